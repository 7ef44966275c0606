"""What is known of runs that may be taken back: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cs_playbook.effects.run_record import RunRecord
from cs_playbook.model.event import EnrollmentEvent


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Who took a run back, when and why; `number`: under which that was recorded."""

    by: str
    on: date
    because: str
    number: int


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run by its number."""

    number: int
    record: RunRecord
    taken_back: TakenBack | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """An enrollment of which a run has recorded something: all its events with the run of each. `traits`: set by that run."""

    enrollment: str
    account: str
    history: tuple[tuple[int | None, EnrollmentEvent], ...]
    traits: int
