"""A note: what a step told somebody, with everything a reader or a program needs."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec import Struct


class Note(Struct, frozen=True):
    """To a `channel`, or to people (addresses). `key` is its own for ever: whoever delivers it can see what was delivered.

    `meta`: what the step hands along, as JSON knows it; None where there is nothing.
    """

    key: str
    day: date
    account: str
    account_name: str
    row: str
    playbook: str
    playbook_title: str
    step: str
    text: str
    channel: str = ""
    to: tuple[str, ...] = ()
    meta: Any = None
