"""An envelope and a rendered letter → the bytes of a mail (.eml), always the same, or why not."""

from __future__ import annotations

import re
from binascii import b2a_qp
from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Literal as OneOf

from msgspec import Struct

from cs_playbook.letters.headers import address_header, text_header, wrong_address, wrong_text
from cs_playbook.letters.render import Rendered

_FOLD = "\r\n "
_KEY = re.compile(r"[A-Za-z0-9]{1,64}\Z")
_LINK = re.compile(r"https://[A-Za-z0-9/?:@!$&'()*+.=%_~-]{1,900}\Z")


class Envelope(Struct, frozen=True):
    """Who writes to whom. `key`: the mail's own, letters and digits; it names boundary and Message-ID.

    `day`: the logical day. `message_id_domain`: what stands behind the @ of the Message-ID.
    `copies`: (name, address) of who reads it besides. `thread`: keys of the mails it goes on from, the oldest first.
    `unsubscribe`: the https link by which the reader gets no more of them; "": none. `auto_submitted`: auto-generated
    where no person wrote it, so that no machine answers.
    """

    key: str
    sender_name: str
    sender: str
    to_name: str
    to: str
    subject: str
    day: date
    message_id_domain: str
    copies: tuple[tuple[str, str], ...] = ()
    thread: tuple[str, ...] = ()
    unsubscribe: str = ""
    auto_submitted: OneOf["", "auto-generated"] = ""


class Unsendable(Struct, frozen=True):
    """Nothing was made, because it could reach somebody else or say something else than it seems."""

    reason: str


def eml(envelope: Envelope, rendered: Rendered) -> bytes | Unsendable:
    """A finished mail, dated 08:00 UTC of its day."""
    return _message(envelope, rendered, dated(envelope.day))


def dated(day: date) -> str:
    """The line of a mail's head that gives it its date."""
    return f"Date: {_eight(day)}"


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
        f"{_copies(envelope)}"
        f"{text_header('Subject', envelope.subject)}\r\n"
        f"{own}\r\n"
        f"Message-ID: <{envelope.key}@{envelope.message_id_domain}>\r\n"
        f"{_thread(envelope)}"
        f"{_unsubscribe(envelope)}"
        f"{_auto_submitted(envelope)}"
        "MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'
        "\r\n"
    )
    parts = (_part(boundary, "plain", rendered.text), _part(boundary, "html", rendered.html))
    return b"".join((head.encode("ascii"), *parts, f"--{boundary}--\r\n".encode("ascii")))


def _wrong(envelope: Envelope) -> str:
    """The first thing that may not be sent, in words."""
    if not all(_KEY.match(key) for key in (envelope.key, *envelope.thread)) or wrong_address(
        f"key@{envelope.message_id_domain}"
    ):
        return f"'{envelope.key}@{envelope.message_id_domain}' cannot name a mail"
    if envelope.unsubscribe and not _LINK.match(envelope.unsubscribe):
        return f"nobody can unsubscribe by '{envelope.unsubscribe}'"
    for what, text in (
        ("sender's name", envelope.sender_name),
        ("recipient's name", envelope.to_name),
        ("subject", envelope.subject),
        *(("name of who gets a copy", name) for name, _ in envelope.copies),
    ):
        if wrong := wrong_text(text):
            return f"the {what} cannot be written into a mail: {wrong}"
    copies = (("copy", address) for _, address in envelope.copies)
    for what, address in (("sender", envelope.sender), ("recipient", envelope.to), *copies):
        if wrong := wrong_address(address):
            return f"the address of the {what} cannot be used: {wrong}"
    return ""


def _copies(envelope: Envelope) -> str:
    """One address a line."""
    lines = [address_header("Cc", name, address).removeprefix("Cc: ") for name, address in envelope.copies]
    return f"Cc: {f',{_FOLD}'.join(lines)}\r\n" if lines else ""


def _thread(envelope: Envelope) -> str:
    """Mail programs sort by these: the mail that is answered, and all before it."""
    named = [f"<{key}@{envelope.message_id_domain}>" for key in envelope.thread]
    return f"In-Reply-To: {named[-1]}\r\nReferences: {_FOLD.join(named)}\r\n" if named else ""


def _unsubscribe(envelope: Envelope) -> str:
    """RFC 8058: mail programs show a button, and its one click is a post to the link."""
    if not envelope.unsubscribe:
        return ""
    click = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    return f"List-Unsubscribe: <{envelope.unsubscribe}>\r\n{click}"


def _auto_submitted(envelope: Envelope) -> str:
    return f"Auto-Submitted: {envelope.auto_submitted}\r\n" if envelope.auto_submitted else ""


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
