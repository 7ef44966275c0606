"""A note and the address of a channel → one post over HTTP, signed where there is a secret; what surely came of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import ssl
from binascii import Error
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from cs_playbook.errors import UserError
from cs_playbook.model.outbox import Delivered, Handed, InDoubt, Refused, TryLater
from cs_playbook.model.sending import ChannelFormat
from cs_playbook.parse.sending import is_loopback

_OF_THE_NOTE = frozenset({400, 413, 422})  # it will not be liked better tomorrow; all else may be mended
_UNREADABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]+"
)
_SECRET = "whsec_"


class Target(Struct, frozen=True):
    """Where a channel is posted to. `address` and `secret` are never shown; `variable` names where they come from."""

    variable: str
    format: ChannelFormat
    address: str
    secret: bytes = b""
    tls: ssl.SSLContext | None = None
    wait: float = 30  # seconds

    def __repr__(self) -> str:
        return f"Target({self.variable!r}, {self.format!r})"


def post(target: Target, key: str, note: Mapping[str, Any], moment: int) -> Handed:
    """`key`: the note's own, so that whoever gets it twice can see it. `moment`: seconds since 1970, UTC.

    Redirects are not followed: nobody but the address reads the note. UserError: the address is none.
    """
    parts = parts_of(target)
    body = slack_body(note) if target.format == "slack" else webhook_body(note)
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "cs-playbook"}
    if target.format == "webhook":
        headers |= signed_headers(key, moment, body, target.secret)
    line = _line(parts, target)
    try:
        return _exchange(line, _path(parts), body, headers)
    finally:
        line.close()


def parts_of(target: Target) -> SplitResult:
    """https, or http to this very machine."""
    try:
        parts = urlsplit(target.address)
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
        usable = safe and bool(parts.hostname) and parts.port != 0 and re.fullmatch(r"[!-~]+", target.address)
    except ValueError:
        usable = None
    if not usable or "@" in parts.netloc:
        raise UserError(f"what {target.variable} holds is no https address", "it is set in the environment")
    return parts


def secret_of(written: str, variable: str) -> bytes:
    """`whsec_…` → the bytes that sign. UserError: it is none."""
    try:
        secret = base64.b64decode(written.removeprefix(_SECRET), validate=True)
    except (Error, ValueError):
        secret = b""
    if not 24 <= len(secret) <= 64:
        hint = "24 to 64 bytes in base64, behind whsec_: the scheme of standard-webhooks"
        raise UserError(f"what {variable} holds is no secret that signs", hint)
    return secret


def signed_headers(key: str, moment: int, body: bytes, secret: bytes) -> dict[str, str]:
    """By the scheme of standard-webhooks; without a secret there is no signature."""
    named = {"webhook-id": key, "webhook-timestamp": str(moment)}
    if not secret:
        return named
    signed = hmac.new(secret, f"{key}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {**named, "webhook-signature": f"v1,{base64.b64encode(signed).decode()}"}


def webhook_body(note: Mapping[str, Any]) -> bytes:
    """{type, timestamp, data}: the day of the note, and every field of it."""
    content = {"type": "cs_playbook.note", "timestamp": f"{note['day']}T00:00:00Z", "data": dict(note)}
    # ASCII: nothing in it ends a line, or steers the terminal of who looks at it.
    return json.dumps(content, separators=(",", ":")).encode()


def slack_body(note: Mapping[str, Any]) -> bytes:
    """One line of plain text. Nothing of it is a mention, a link with another name, or a style: it is data."""
    who = "" if note["account_name"] in note["text"] else f" ({note['account_name']})"
    text = _UNREADABLE.sub(" ", f"{note['text']}{who} · {note['playbook']} › {note['step']}")
    for letter, spelt in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(letter, spelt)
    said = {"text": text, "mrkdwn": False, "link_names": False, "unfurl_links": False, "unfurl_media": False}
    return json.dumps(said, ensure_ascii=False).encode()


def _line(parts: SplitResult, target: Target) -> HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        return HTTPConnection(host, parts.port, timeout=target.wait)
    context = target.tls or ssl.create_default_context()
    return HTTPSConnection(host, parts.port, timeout=target.wait, context=context)


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _exchange(line: HTTPConnection, path: str, body: bytes, headers: Mapping[str, str]) -> Handed:
    try:
        line.connect()
        line.request("POST", path, body, dict(headers))
    except (OSError, HTTPException) as cause:
        return TryLater(_why(cause))
    # All of it has left: from here on nobody can tell without an answer.
    try:
        status = line.getresponse().status
    except (OSError, HTTPException) as cause:
        return InDoubt(f"the connection was lost before the answer: {_why(cause)}")
    if status // 100 == 2:
        return Delivered(str(status))
    if status in _OF_THE_NOTE:
        return Refused(f"it answers {status}")
    return TryLater(
        f"it answers {status}, a redirect: nothing follows it"
        if status // 100 == 3
        else f"it answers {status}"
    )


def _why(cause: BaseException) -> str:
    """Never the address: it may be secret."""
    match cause:
        case ssl.SSLCertVerificationError():
            return f"its certificate cannot be believed: {cause.verify_message}"
        case OSError(strerror=str(reason)):
            return reason
        case _:
            return type(cause).__name__
