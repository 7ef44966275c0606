"""What the ledger is given and gives back besides events and enrollments: plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:  # how things stand is seen without a single event
    from cs_playbook.model.event import Event
    from cs_playbook.model.value import Value


class Seal(Struct, frozen=True):
    """What is known of a run only once its last event is written: the hash of its plan, and its counts."""

    plan_hash: str
    counts: Mapping[str, int]


class RunDay(Struct, frozen=True):
    """A day with a run. `fresh`: its exports differ from those of the run day before."""

    day: date
    fresh: bool


class Recorded(Struct, frozen=True):
    """An event and how it came in. `day`: when it counts; `run`: None for what people did between runs."""

    seq: int
    day: date
    recorded_at: str
    run: int | None
    event: Event


class Past(Struct, frozen=True):
    """How often a subject was in a playbook, in any arm and treated. `open`: in any arm. `last_…`: of the last one to end."""

    account: str
    row: str | None
    count: int
    treated: int
    open: bool
    last_ended_on: date | None
    last_outcome: str | None
    open_treated: bool = False
    watched: int = 0  # held out
    open_watched: bool = False
    last_started_on: date | None = None


class Observation(Struct, frozen=True):
    """The values of a series that are new or other than at the end of the day before: (subject, value)."""

    series: str
    changes: Iterable[tuple[str, Value]]
