"""What holds for the whole workspace (`project:`): where things are, the calendar, languages, when to stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from cs_playbook.source.finding import Span

if TYPE_CHECKING:  # a project is looked at by commands that ask no condition
    from cs_playbook.model.condition import Condition


@dataclass(frozen=True, slots=True)
class CalendarRules:
    """`holidays`: country codes. `week`: weekdays worked, Monday is 0."""

    timezone: str = "UTC"
    holidays: tuple[str, ...] = ()
    week: tuple[int, ...] = (0, 1, 2, 3, 4)
    fiscal_year_starts: int = 1


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages letters are written in, and the one for everybody else."""

    supported: tuple[str, ...] = ("en",)
    default: str = "en"


@dataclass(frozen=True, slots=True)
class StopWhen:
    """When nothing at all is done. Shares are 0 to 1; `empty_cells_rise_by` in points of a share (0.10: from 5 % to 15 %)."""

    snapshot_older_than_hours: int = 36
    newly_fitting_more_than: int = 40
    newly_fitting_and_share: float = 0.10
    a_table_shrinks_by: float = 0.10
    empty_cells_rise_by: float = 0.10


@dataclass(frozen=True, slots=True)
class HandsOff:
    """Which accounts no playbook touches, why, and the day on which that ends."""

    when: Condition
    because: str
    lifted_on: date | None


@dataclass(frozen=True, slots=True)
class Channel:
    """Where notes go besides people. `variable`: of the environment, which holds the address."""

    name: str
    variable: str
    span: Span


@dataclass(frozen=True, slots=True)
class Project:
    """`snapshots` and `ledger` are folders and files relative to the project file. `ledger_id` None: never made."""

    name: str
    format: int
    snapshots: str
    ledger: str
    ledger_id: str | None
    span: Span
    calendar: CalendarRules = CalendarRules()
    languages: Languages = Languages()
    stop_when: StopWhen = StopWhen()
    channels: tuple[Channel, ...] = ()
    hands_off: tuple[HandsOff, ...] = ()


RuleName = OneOf[
    "snapshot_older_than",
    "newly_fitting_a_playbook",
    "a_table_shrinks_by",
    "empty_cells_rise_by",
    "a_day_already_passed",
]
