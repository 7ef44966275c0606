"""An enrollment → canonical JSON, and back."""

from __future__ import annotations

from msgspec import MsgspecError
from msgspec.json import Decoder

from cs_playbook.effects.ledger_text import KEEP, encode
from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.enrollment import Enrollment

_DECODER = Decoder(Enrollment)


def write_enrollment(enrollment: Enrollment) -> str:
    return encode(enrollment)


def read_enrollment(text: str) -> Enrollment:
    """The one that was written, its maps in order of their keys; StoppedOnPurpose when the text is none."""
    try:
        return _DECODER.decode(text)
    except (MsgspecError, UnicodeEncodeError) as cause:
        raise StoppedOnPurpose("the ledger holds an enrollment that cannot be read", KEEP) from cause
