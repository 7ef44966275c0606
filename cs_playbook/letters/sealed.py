"""A finished mail about to leave → why it must not: its bytes are read again, and say something else than they should."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import getaddresses

from cs_playbook.letters.plain_head import CONTROL, reads_plainly
from cs_playbook.model.outbox import Sealed

# All that letters/message writes; whatever else stands there came with somebody's name or subject.
NAMES = frozenset(
    {
        "From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Unsubscribe",
        "List-Unsubscribe-Post", "MIME-Version", "Content-Type", "Auto-Submitted",
    }
)  # fmt: skip
_MUST = ("From", "To", "Subject", "Message-ID")
_ADDRESS = re.compile(r"[!-;=?-~]+@[A-Za-z0-9.-]+\Z")
_NAME = re.compile(r"([A-Za-z-]+): ?")
_LONGEST_LINE = 998


def wrong_mail(mail: Sealed) -> str:
    """The first thing that is wrong, in words; "" where it may leave."""
    return next(_wrong(mail), "")


def _wrong(mail: Sealed) -> Iterator[str]:
    strange = [address for address in (mail.sender, *mail.recipients) if not _ADDRESS.match(address)]
    if strange or not mail.recipients:
        yield f"{strange[0]!r} is not one plain address" if strange else "it is for nobody"
        return
    # A line end that only some servers take for one would let a mail end, and another begin, inside of it.
    ends = mail.content.count(b"\r\n")
    if not (mail.content.count(b"\n") == mail.content.count(b"\r") == ends) or b"\0" in mail.content:
        yield "it holds half a line end, or a NUL"
    if any(len(line) > _LONGEST_LINE for line in mail.content.split(b"\r\n")):
        yield f"a line is longer than {_LONGEST_LINE} letters"
    head = mail.content.partition(b"\r\n\r\n")[0]
    if not head.isascii():
        yield "its head holds letters beyond ASCII"
        return
    # What our own strict reader knows needs no other: they take fifty times as long.
    to, *copies = mail.recipients
    text, people = head.decode("ascii"), {"From": [mail.sender], "To": [to], "Cc": copies}
    if not reads_plainly(text, people, _MUST):
        yield from wrong_head(mail, text.split("\r\n"))


def wrong_head(mail: Sealed, lines: list[str]) -> Iterator[str]:
    """As two readers of email find it. `lines`: of the head, ASCII."""
    names = [found[1] if (found := _NAME.match(line)) else line for line in lines if line[:1] not in " \t"]
    unknown = [name for name in names if name not in NAMES]
    if unknown or len(set(names)) < len(names):
        twice = next((name for name in names if names.count(name) > 1), "")
        yield f"its head holds {unknown[0]!r}" if unknown else f"its head holds {twice} twice"
    if missing := [name for name in _MUST if name not in names]:
        yield f"its head lacks {missing[0]}"
        return
    text = "\r\n".join(lines).encode("ascii") + b"\r\n\r\n"
    # Two readers, because mail programs are not of one mind either: one decodes what it can, one nothing.
    read: EmailMessage = BytesHeaderParser(policy=default).parsebytes(text)
    plain = BytesHeaderParser().parsebytes(text)
    if not (read.keys() == plain.keys() == names) or read.defects:
        yield "its head reads as another one than was written"
    for name in names:
        if CONTROL.search(str(read[name])):
            yield f"{name} holds a control letter"
    yield from _wrong_people(mail, read, plain)


def _wrong_people(mail: Sealed, read: EmailMessage, plain: Message) -> Iterator[str]:
    to, *copies = mail.recipients
    for name, meant in (("From", [mail.sender]), ("To", [to]), ("Cc", copies)):
        seen = [found.addr_spec for found in read[name].addresses] if name in read else []
        also = [address for _, address in getaddresses(plain.get_all(name, []))]
        if not (seen == also == meant):
            yield f"{name} reads as {_listed(also if seen == meant else seen)}, and should be {_listed(meant)}"


def _listed(addresses: list[str]) -> str:
    return ", ".join(addresses) or "nobody"
