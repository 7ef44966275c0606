"""Names, addresses and subjects → header lines that read in one way only, or why they cannot be sent."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache

from cs_playbook.letters.said import UNREADABLE, one_line

# Whoever reads the mail takes encoded-words apart: "=?utf-8?q?a=0d=0aBcc:_x?=" becomes a recipient.
_ENCODED = re.compile(r"=\?[^?]*\?[^?]*\?")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\Z"
)
_SIMPLE = re.compile(r"[A-Za-z0-9 '_-]*")
_LONGEST_LINE = 76
# The old and the new standard of names beyond ASCII send these to different sites.
_TWO_MEANINGS = "ßςẞ\u200c\u200d"


def wrong_text(text: str) -> str:
    """Why `text` cannot stand in a header; "" if it can."""
    if UNREADABLE.search(text):
        return "it holds a control letter"
    if _ENCODED.search(text):
        return "it holds an encoded word (=?…?=)"
    return ""


@lru_cache(maxsize=4096)
def wrong_address(address: str) -> str:
    """Why it is not one plain address; "" if it is."""
    local, at, domain = address.rpartition("@")
    if not at or address.count("@") > 1 or re.search(r"[\s,;<>()\"\[\]:\\]", address):
        return "it is not one address"
    if wrong_text(address) or "=?" in address:
        return wrong_text(address) or "it holds an encoded word (=?…?=)"
    if not local.isascii():
        return "the part before the @ has letters beyond ASCII"
    if not _LOCAL.match(local) or len(local) > 64:
        return "the part before the @ is not an address"
    site = _ascii(domain)
    return "" if _DOMAIN.match(site) and len(site) <= 253 else "the part after the @ is not a site"


def text_header(name: str, text: str) -> str:
    """`Subject: …`, folded, without the last line end. `text` is one that is not wrong."""
    plain = _is_plain(text) and len(name) + 2 + len(text) <= _LONGEST_LINE
    return f"{name}: {text if plain else _encoded(text)}"


@lru_cache(maxsize=4096)
def address_header(name: str, shown: str, address: str) -> str:
    """`To: Claire <claire@acme.example>`, folded, its site in ASCII. `address` is one that is not wrong."""
    written = written_address(address)
    phrase = _phrase(one_line(shown))
    if not phrase:
        return f"{name}: {written}"
    line = f"{name}: {phrase} <{written}>"
    return line if len(line) <= _LONGEST_LINE else f"{name}: {phrase}\r\n <{written}>"


def written_address(address: str) -> str:
    """As it stands in a mail and in its envelope: the site in ASCII."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{_ascii(domain)}"


def _phrase(shown: str) -> str:
    if not _is_plain(shown) or len(shown) > 60:
        return _encoded(shown)
    return shown if _SIMPLE.fullmatch(shown) else '"' + re.sub(r'(["\\])', r"\\\1", shown) + '"'


def _is_plain(text: str) -> bool:
    """Written as it is, it is read as it is."""
    return text.isascii() and text == text.strip() and "  " not in text and "=?" not in text


def _encoded(text: str) -> str:
    """RFC 2047: words of at most 75 letters, one a line."""
    return "\r\n ".join([f"=?utf-8?b?{b64encode(piece).decode()}?=" for piece in _pieces(text.encode())])


def _pieces(text: bytes) -> Iterator[bytes]:
    """At most 45 bytes each, cut only between letters."""
    start = 0
    while len(text) - start > 45:
        end = start + 45
        while text[end] & 0xC0 == 0x80:
            end -= 1
        yield text[start:end]
        start = end
    yield text[start:]


@lru_cache(maxsize=4096)
def _ascii(domain: str) -> str:
    """IDNA; "" when it cannot be written."""
    if domain.isascii():
        return domain
    if any(letter in _TWO_MEANINGS for letter in domain):
        return ""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
