"""The bytes of a mail and the traces of a person → whether it names them, in its head or in any of its parts."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.errors import MessageError

from cs_playbook.model.traces import Traces


def named_in_mail(content: bytes, traces: Traces) -> bool:
    """Also where letters are encoded, in the head or in a part."""
    if not content:
        return False
    if traces.count(content.decode("utf-8", "replace")):
        return True
    try:
        mail = message_from_bytes(content, policy=policy.default)
        heads = "\n".join(str(value) for value in mail.values())
        parts = [part for part in mail.walk() if not part.is_multipart()]
        bodies = [_decoded(part.get_payload(decode=True)) for part in parts]
    except (MessageError, LookupError, ValueError, AttributeError, IndexError):
        return False  # whatever it is, it is none that mail programs read; its bytes were searched above
    return any(traces.count(text) for text in (heads, *bodies))


def _decoded(payload: object) -> str:
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
