"""The head of a mail, of the one form in which letters/message writes heads → whether every reader finds in it what was meant."""

from __future__ import annotations

import re
from binascii import Error, a2b_base64
from collections.abc import Mapping, Sequence

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NEXT = re.compile("\r\n(?! )")
_FOLD = "\r\n "
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_SITE = r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_KEY = rf"<[A-Za-z0-9]{{1,64}}@{_SITE}>"
_WORD = r"=\?utf-8\?b\?[A-Za-z0-9+/]+={0,2}\?="
_ENCODED = re.compile(rf"{_WORD}(?:\r\n {_WORD})*\Z")
_QUOTED = r'"(?:[ !#-\[\]-~]|\\["\\])*"'
_SIMPLE = r"[A-Za-z0-9][A-Za-z0-9 '_-]*"
_PERSON = re.compile(
    rf"(?:(?P<shown>{_QUOTED}|{_SIMPLE}|{_WORD}(?:\r\n {_WORD})*)(?: |\r\n )<)?(?P<address>{_LOCAL}@{_SITE})(?P<end>>?)\Z"
)
_OTHERS = {
    "Subject": re.compile(r"[ -~]+\Z"),
    "Date": re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} \+0000\Z"),
    "Message-ID": re.compile(rf"{_KEY}\Z"),
    "In-Reply-To": re.compile(rf"{_KEY}\Z"),
    "References": re.compile(rf"{_KEY}(?:\r\n {_KEY})*\Z"),
    "List-Unsubscribe": re.compile(r"<https://[A-Za-z0-9/?:@!$&'()*+.=%_~-]{1,900}>\Z"),
    "List-Unsubscribe-Post": re.compile(r"List-Unsubscribe=One-Click\Z"),
    "MIME-Version": re.compile(r"1\.0\Z"),
    "Content-Type": re.compile(r'multipart/alternative; boundary="=_[A-Za-z0-9]{1,64}"\Z'),
    "Auto-Submitted": re.compile(r"auto-generated\Z"),
}


def reads_plainly(head: str, people: Mapping[str, Sequence[str]], must: Sequence[str]) -> bool:
    """True: surely. False: it may still be right, which the readers of email have to say.

    `people`: of From, To and Cc the addresses that are meant. `must`: names that have to stand there.
    """
    fields: dict[str, str] = {}
    for field in _NEXT.split(head):
        name, between, value = field.partition(": ")
        if not between or name in fields:
            return False
        fields[name] = value
    return all(name in fields for name in must) and all(
        _names(fields.get(name, ""), meant) for name, meant in people.items()
    ) and all(_is_plain(name, value) for name, value in fields.items() if name not in people)  # fmt: skip


def reader(content: bytes) -> str:
    """Whom a mail is for; "" where its head has not that form."""
    for line in content.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        if line.startswith(b"To: "):
            said = _PERSON.match(line[len(b"To: ") :].decode("ascii", "replace"))
            return said["address"] if said is not None and (said["end"] or not said["shown"]) else ""
    return ""


def _is_plain(name: str, value: str) -> bool:
    form = _OTHERS.get(name)
    if form is None:
        return False
    if name == "Subject" and _ENCODED.match(value):
        return _is_readable(value)
    return "=?" not in value and form.match(value) is not None


def _names(value: str, meant: Sequence[str]) -> bool:
    """One person a line, with exactly these addresses."""
    found = value.split(f",{_FOLD}") if value else []
    return len(found) == len(meant) and all(
        _names_one(written, address) for written, address in zip(found, meant, strict=True)
    )


def _names_one(written: str, meant: str) -> bool:
    said = _PERSON.match(written)
    if said is None or said["address"] != meant or "=?" in meant:
        return False
    shown = said["shown"]
    if shown is None or not said["end"]:
        return shown is None and not said["end"]
    return _is_readable(shown) if _ENCODED.match(shown) else "=?" not in shown


def _is_readable(words: str) -> bool:
    """Encoded words, each of them whole letters, none of which could begin a line."""
    try:
        texts = [
            a2b_base64(word[len("=?utf-8?b?") : -2], strict_mode=True).decode() for word in words.split(_FOLD)
        ]
    except (Error, UnicodeDecodeError):
        return False
    return not any(CONTROL.search(text) for text in texts)
