"""An enrollment → canonical JSON, and back."""

from __future__ import annotations

import json

from cs_playbook.effects.field_text import KEEP, encode, translation
from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.enrollment import Enrollment


def write_enrollment(enrollment: Enrollment) -> str:
    return encode(translation(Enrollment).write(enrollment))


def read_enrollment(text: str) -> Enrollment:
    """The one that was written, its maps in order of their keys; StoppedOnPurpose when the text is none."""
    try:
        enrollment: Enrollment = translation(Enrollment).read(json.loads(text))
    except (KeyError, TypeError, AttributeError, ValueError) as cause:
        raise StoppedOnPurpose("the ledger holds an enrollment that cannot be read", KEEP) from cause
    return enrollment
