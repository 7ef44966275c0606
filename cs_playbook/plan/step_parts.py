"""What the keys of a step say on its day: owners, due date, minutes, the case that fits; or why it waits."""

from __future__ import annotations

import hashlib
from collections import ChainMap
from datetime import date
from typing import TypeVar

from cs_playbook.model.answer import UNFIT, Values, choose
from cs_playbook.model.condition import Cases
from cs_playbook.model.step import Step
from cs_playbook.model.team import People
from cs_playbook.model.time import Moment
from cs_playbook.plan.advance import Day
from cs_playbook.plan.decision import HeldBy
from cs_playbook.plan.moments import day_of
from cs_playbook.plan.people import Colleague, Contact, owners

T = TypeVar("T")


def with_contact(values: Values, contact: Contact | None) -> Values:
    if contact is None:
        return values
    return ChainMap({f"contact.{name}": value for name, value in contact.row.items()}, values)  # type: ignore[arg-type]


def owners_of(day: Day, step: Step, cases: Cases[People], values: Values) -> tuple[Colleague, ...]:
    who = chosen(day, step, "who does it", cases, values)
    if who is None:
        return ()
    found = owners(who, day.subject, day.today)
    if not found:
        day.hold(HeldBy.NOBODY, step.id, "nobody is there to do it")
    return found


def due_on(day: Day, step: Step, cases: Cases[Moment], values: Values) -> date | None:
    moment = chosen(day, step, "the due date", cases, values)
    if moment is None:
        return None
    due = day_of(moment, day.today.day, day.enrollment.day_zero, values, day.today)
    if due is None:
        day.hold(HeldBy.DATE, step.id, "the date from which it is due is empty")
    return due


def minutes_of(day: Day, cases: Cases[int], values: Values) -> int:
    """An effort that cannot be known counts as none: no task waits for it."""
    chosen = choose(cases, values, day.today.reckoning)
    return chosen if isinstance(chosen, int) else 0


def chosen(day: Day, step: Step, what: str, cases: Cases[T], values: Values) -> T | None:
    """The value that fits; where none fits, or an earlier case is unknown, the step waits and is listed."""
    chosen = choose(cases, values, day.today.reckoning)
    if chosen is UNFIT:
        day.hold(
            HeldBy.UNKNOWN, step.id, f"{what} cannot be decided: no case fits, or an earlier one is unknown"
        )
        return None
    return chosen


def said_hash(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()
