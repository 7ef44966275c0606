"""An envelope and a rendered letter → the bytes of a mail (.eml), always the same, or why not."""

from __future__ import annotations

import re
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import lru_cache

from cs_playbook.letters.headers import address_header, text_header, wrong_address, wrong_text
from cs_playbook.letters.render import Rendered

_KEY = re.compile(r"[A-Za-z0-9]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom. `key`: the mail's own, letters and digits; it names boundary and Message-ID.

    `day`: the logical day. `message_id_domain`: what stands behind the @ of the Message-ID.
    """

    key: str
    sender_name: str
    sender: str
    to_name: str
    to: str
    subject: str
    day: date
    message_id_domain: str


@dataclass(frozen=True, slots=True)
class Unsendable:
    """Nothing was made, because it could reach somebody else or say something else than it seems."""

    reason: str


def eml(envelope: Envelope, rendered: Rendered) -> bytes | Unsendable:
    """A finished mail, dated 08:00 UTC of its day."""
    return _message(envelope, rendered, f"Date: {_eight(envelope.day)}")


def draft(envelope: Envelope, rendered: Rendered) -> bytes | Unsendable:
    """A mail that opens for editing (X-Unsent); whoever sends it gives it its date."""
    return _message(envelope, rendered, "X-Unsent: 1")


def _message(envelope: Envelope, rendered: Rendered, own: str) -> bytes | Unsendable:
    reason = _wrong(envelope)
    if reason:
        return Unsendable(reason)
    # In quoted-printable no body can hold "=_": the boundary needs no search.
    boundary = f"=_{envelope.key}"
    head = (
        f"{address_header('From', envelope.sender_name, envelope.sender)}\r\n"
        f"{address_header('To', envelope.to_name, envelope.to)}\r\n"
        f"{text_header('Subject', envelope.subject)}\r\n"
        f"{own}\r\n"
        f"Message-ID: <{envelope.key}@{envelope.message_id_domain}>\r\n"
        "MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'
        "\r\n"
    )
    parts = (_part(boundary, "plain", rendered.text), _part(boundary, "html", rendered.html))
    return b"".join((head.encode("ascii"), *parts, f"--{boundary}--\r\n".encode("ascii")))


def _wrong(envelope: Envelope) -> str:
    """The first thing that may not be sent, in words."""
    if not _KEY.match(envelope.key) or wrong_address(f"key@{envelope.message_id_domain}"):
        return f"'{envelope.key}@{envelope.message_id_domain}' cannot name a mail"
    for what, text in (
        ("sender's name", envelope.sender_name),
        ("recipient's name", envelope.to_name),
        ("subject", envelope.subject),
    ):
        if wrong := wrong_text(text):
            return f"the {what} cannot be written into a mail: {wrong}"
    for what, address in (("sender", envelope.sender), ("recipient", envelope.to)):
        if wrong := wrong_address(address):
            return f"the address of the {what} cannot be used: {wrong}"
    return ""


def _part(boundary: str, kind: str, text: str) -> bytes:
    head = (
        f"--{boundary}\r\n"
        f'Content-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "\r\n"
    )
    return head.encode("ascii") + _quoted_printable(text)


def _quoted_printable(text: str) -> bytes:
    # One line end more than the text has: the last one before a boundary belongs to the boundary.
    return b"\r\n".join([_line(line) for line in text.split("\n")]) + b"\r\n"


# Most lines of a letter are the same for everybody; those with a name in them are soon forgotten.
@lru_cache(maxsize=4096)
def _line(line: str) -> bytes:
    return b2a_qp(line.encode()).replace(b"=\n", b"=\r\n")


@lru_cache(maxsize=64)
def _eight(day: date) -> str:
    return format_datetime(datetime(day.year, day.month, day.day, 8, tzinfo=UTC))
