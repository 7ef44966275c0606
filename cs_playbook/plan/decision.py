"""What a plan consists of: changes (each an event to be), what is held and why, and what is late."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from cs_playbook.model.answer import Values
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Evidence
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.event import EnrollmentEvent, StartRefused
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.playbook import Playbook

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """An account, or one of its rows, as it stands today. `values`: facts by name, `row.x` beside them.

    `contacts`: rows of the contacts table. Not `present`: missing from the snapshot. Not `active`: gets nothing new.
    """

    account: str
    row: str | None
    values: Values
    contacts: tuple[Row, ...] = ()
    present: bool = True
    active: bool = True


@dataclass(frozen=True, slots=True)
class Today:
    """Everything a day is planned with. `texts`: definition → playbook as it was when it began (None: no longer binds).

    `lacks(letter, language, values)`: the blanks of a letter that these values leave empty.
    """

    day: date
    reckoning: Reckoning
    catalog: Catalog
    texts: Mapping[str, Playbook | None] = field(default_factory=dict)
    lacks: Callable[[str, str, Mapping[str, Any]], tuple[str, ...]] = lambda letter, language, values: ()


class HeldBy(StrEnum):
    """Why something that could happen does not, today."""

    LIMIT = "limit"
    RESTING = "resting"
    ALREADY = "fitted before it went live"
    UNKNOWN = "unknown"
    DATE = "no date yet"
    NOBODY = "nobody"
    NOT_BEFORE = "not before"
    ABSENT = "missing from the snapshot"
    INACTIVE = "not active"
    TEXT = "text no longer binds"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Change:
    """An event that the run will record. `evidence`: the conditions behind it. `note`: a sentence where there is one."""

    event: EnrollmentEvent | StartRefused
    evidence: tuple[Evidence, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """`step` None: the start itself."""

    by: HeldBy
    playbook: str
    step: str | None
    why: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Late:
    """An open task whose day has passed."""

    task: OpenTask
    playbook: str


Decision = Change | Held | Late


@dataclass(frozen=True, slots=True)
class SubjectPlan:
    """All that is decided about one subject today, in order; and its enrollments as they stand afterwards."""

    subject: Subject
    decisions: tuple[Decision, ...]
    after: tuple[Enrollment, ...]


def subject_key(account: str, row: str | None) -> str:
    """One text for an account or an account and its row (the unit separator cannot stand in a key)."""
    return account if row is None else f"{account}\x1f{row}"
