"""What is known of runs that may be taken back: plain values."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from cs_playbook.effects.run_record import RunRecord
from cs_playbook.model.event import EnrollmentEvent


class TakenBack(Struct, frozen=True):
    """Who took a run back, when and why; `number`: under which that was recorded."""

    by: str
    on: date
    because: str
    number: int


class KnownRun(Struct, frozen=True):
    """A run by its number."""

    number: int
    record: RunRecord
    taken_back: TakenBack | None = None


class Touched(Struct, frozen=True):
    """An enrollment of which a run has recorded something: all its events with the run of each. `traits`: set by that run."""

    enrollment: str
    account: str
    history: tuple[tuple[int | None, EnrollmentEvent], ...]
    traits: int
