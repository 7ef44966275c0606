"""A moment of the language + an enrollment → a day, or nothing yet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import assert_never

from cs_playbook.model.answer import Values, evaluate
from cs_playbook.model.expression import from_day
from cs_playbook.model.rhythm import day_on_or_after
from cs_playbook.model.time import FromDate, FromReady, FromStart, Moment, OnDay, OnRhythm
from cs_playbook.plan.decision import Today
from cs_playbook.values import replace


def day_of(moment: Moment, ready_on: date, started_on: date, values: Values, today: Today) -> date | None:
    """None where the date it is counted from is empty, or the sum leaves the calendar (9999-12-31 as "never")."""
    try:
        return _day_of(moment, ready_on, started_on, values, today)
    except (OverflowError, ValueError):
        return None


def _day_of(moment: Moment, ready_on: date, started_on: date, values: Values, today: Today) -> date | None:
    calendar = today.reckoning.calendar
    match moment:
        case FromReady(duration=duration):
            return calendar.add(ready_on, duration)
        case FromStart(days=days):
            return started_on + timedelta(days=days)
        case OnDay(day=day):
            return day
        case OnRhythm(rhythm=rhythm):
            return day_on_or_after(rhythm, ready_on, ready_on, calendar)
        case FromDate(duration=duration, direction=direction, date=named):
            from_date = evaluate(named, values, today.reckoning)
            if not isinstance(from_date, int):
                return None
            signed = duration if direction == "after" else replace(duration, count=-duration.count)
            return calendar.add(from_day(from_date), signed)
        case _:
            assert_never(moment)
