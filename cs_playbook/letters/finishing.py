"""The bytes of a draft, or of a mail with copies, and what is learnt later → the bytes that leave."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from cs_playbook.letters.message import dated

_NEXT = re.compile(rb"\r\n(?! )")
_READS = re.compile(rb"(?:^|[ <])([^ <>]+@[^ <>]+)>?\Z")
_UNSENT = b"\r\nX-Unsent: 1\r\n"


def finished(draft: bytes, day: date) -> bytes:
    """Ours, so the line that a draft has instead of its date stands in its head once."""
    head, between, body = draft.partition(b"\r\n\r\n")
    assert head.count(_UNSENT) == 1, "this is no draft of ours"
    return head.replace(_UNSENT, f"\r\n{dated(day)}\r\n".encode("ascii")) + between + body


def without_copies(mail: bytes, gone: Collection[str]) -> bytes:
    """`gone`: addresses as they stand in its head. Who reads it besides stands there one a line."""
    head, between, body = mail.partition(b"\r\n\r\n")
    fields = (_without(field, gone) if field.startswith(b"Cc: ") else field for field in _NEXT.split(head))
    return b"\r\n".join(field for field in fields if field) + between + body


def _without(field: bytes, gone: Collection[str]) -> bytes:
    """Nothing, where nobody is left."""
    there = field.removeprefix(b"Cc: ").split(b",\r\n ")
    left = [one for one in there if not ((said := _READS.search(one)) and said[1].decode("ascii") in gone)]
    return b"Cc: " + b",\r\n ".join(left) if left else b""
