"""An event → canonical JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import get_args

from msgspec import MsgspecError, structs
from msgspec.json import Decoder

from cs_playbook.effects.ledger_text import KEEP, encode
from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.event import Event

_KINDS = get_args(Event)
_DECODER = Decoder(Event)
_OF_VALUES = ("at_start", "given", "answers")
# A default is left out where it is the very object; a word that was read or put together is another one.
_WORDS: Mapping[type, Mapping[str, str]] = {
    kind: words
    for kind in _KINDS
    if (words := {one.name: one.default for one in structs.fields(kind) if one.default and isinstance(one.default, str)})
}  # fmt: skip


def write_event(event: Event) -> str:
    """As `encode` says; `kind` names the class.

    A field that has its default is left out, so a default can never change: what happened would.
    ValueError: a number without an end, which JSON does not have.
    """
    for name in _OF_VALUES:
        for value in getattr(event, name, {}).values():
            if isinstance(value, float) and not isfinite(value):
                raise ValueError(f"{value} can be written nowhere")
    known = _WORDS.get(type(event), {})
    same = {name: word for name, word in known.items() if getattr(event, name) == word}
    return encode(structs.replace(event, **same) if same else event)


def read_event(text: str) -> Event:
    """The event that was written; StoppedOnPurpose when the text is none."""
    try:
        event: Event = _DECODER.decode(text)
    except (MsgspecError, UnicodeEncodeError) as cause:
        raise StoppedOnPurpose("the ledger holds an event that cannot be read", KEEP) from cause
    return event
