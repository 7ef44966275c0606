"""An event → canonical JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

from cs_playbook.effects.field_text import KEEP, encode, translation
from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.event import Event

_KINDS: Mapping[str, Any] = {kind.__name__: kind for kind in get_args(Event)}


def write_event(event: Event) -> str:
    """Sorted keys, no spaces, dates as ISO text, enums by value, tuples as lists; `kind` names the class.

    A field that has its default is left out, so a default can never change: what happened would.
    """
    kind: Any = type(event)
    written = translation(kind).write(event)
    return encode(dict(sorted({"kind": kind.__name__, **written}.items())))


def read_event(text: str) -> Event:
    """The event that was written; StoppedOnPurpose when the text is none."""
    try:
        written = json.loads(text)
        event: Event = translation(_KINDS[written.pop("kind")]).read(written)
    except (KeyError, TypeError, AttributeError, ValueError) as cause:
        raise StoppedOnPurpose("the ledger holds an event that cannot be read", KEEP) from cause
    return event
