"""Durations, moments and the working calendar: everything a playbook says about time, reckoned on dates, never on clocks."""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from msgspec import Struct

from cs_playbook.model.duration import LONGEST, Duration
from cs_playbook.source.finding import Span
from cs_playbook.values import Placed

if TYPE_CHECKING:  # days are reckoned by commands that ask no condition
    from cs_playbook.model.expression import Expression

Period = OneOf["month", "quarter", "year", "fiscal quarter", "fiscal year"]
Counted = OneOf["day", "business day"]


class Interval(Struct, frozen=True):
    """`2 weeks`, `2 weeks on monday` (weekday 0), `1 month`: counted from a first day."""

    every: Duration
    weekday: int | None = None


class DayOfMonth(Struct, frozen=True):
    """`15th`; in a shorter month `31st` is the last day."""

    day: int


class Nth(Struct, frozen=True):
    """`fourth friday of month`, `last business day of fiscal quarter`, `first monday of march`.

    `number` counts from 1, from the end when it is negative. `of`: a weekday (0 is Monday), or which days are counted.
    `month`: the only one in which it falls, None: in each period.
    """

    number: int
    of: int | Counted
    period: Period
    month: int | None = None


class Recurrence(Struct, frozen=True):
    """An RRULE of RFC 5545, without the word before it: `FREQ=WEEKLY;BYDAY=MO`."""

    rule: str


Beat = Interval | DayOfMonth | Nth | Recurrence


class Rhythm(Placed, frozen=True):
    """`start`: `from 2026-01-05`: its first day, which fixes the phase. `text`: as people wrote it.

    `phase`: `from contract_start`: where the account (or the row, or what was given) says the first day.
    """

    beat: Beat
    text: str
    start: date | None = None
    span: Span | None = None
    phase: Expression | None = None

    def __str__(self) -> str:
        return self.text


class FromReady(Struct, frozen=True):
    """`2 business days`: counted from the day the step became ready."""

    duration: Duration


class FromStart(Struct, frozen=True):
    """`day 30`: day 0 is the day the enrollment started."""

    days: int


class FromDate(Struct, frozen=True):
    """`60 days before renewal_date`, `1 business day after steps.meeting.done_on`; `given.meeting_on` alone: 0 days after."""

    duration: Duration
    direction: OneOf["before", "after"]
    date: Expression
    text: str
    span: Span


class OnDay(Struct, frozen=True):
    """`2026-03-31`."""

    day: date


class OnRhythm(Struct, frozen=True):
    """`first monday of month`, `15th`: the first such day on or after the step became ready."""

    rhythm: Rhythm


Moment = FromReady | FromStart | FromDate | OnDay | OnRhythm


def no_holidays(year: int) -> frozenset[date]:
    return frozenset()


class Calendar(Struct, frozen=True):
    """Which days are worked. `week`: weekdays, Monday is 0. `holidays_of(year)`: days off of a year."""

    week: frozenset[int] = frozenset(range(5))
    holidays_of: Callable[[int], frozenset[date]] = no_holidays
    fiscal_year_starts: int = 1  # month

    def is_worked(self, day: date) -> bool:
        return day.weekday() in self.week and day not in self.holidays_of(day.year)

    def add(self, start: date, duration: Duration) -> date:
        """`start` plus a duration (its count may be negative). The end of a shorter month is its last day."""
        match duration.unit:
            case "day":
                return start + timedelta(days=duration.count)
            case "week":
                return start + timedelta(weeks=duration.count)
            case "month":
                return add_months(start, duration.count)
            case "business day":
                return _add_worked(self, start, duration.count)

    def worked_between(self, start: date, end: date) -> int:
        """Business days after `start` up to and with `end`; negative when `end` comes first."""
        if end < start:
            return -self.worked_between(end, start)
        span = (end - start).days
        if span > LONGEST:
            return span * len(self.week) // 7
        return sum(self.is_worked(start + timedelta(days=n)) for n in range(1, span + 1))

    def fiscal_quarter(self, day: date) -> str:
        """`FY2026 Q1`, the fiscal year named by the calendar year in which it ends."""
        months = (day.month - self.fiscal_year_starts) % 12
        started = day.year if day.month >= self.fiscal_year_starts else day.year - 1
        year = started if self.fiscal_year_starts == 1 else started + 1
        return f"FY{year} Q{months // 3 + 1}"


@lru_cache(maxsize=4096)  # whatever opens on one day is due on few
def _add_worked(calendar: Calendar, start: date, count: int) -> date:
    step = timedelta(days=1 if count >= 0 else -1)
    day, left = start, abs(count)
    while left:
        day += step
        left -= calendar.is_worked(day)
    return day


def add_months(start: date, months: int) -> date:
    """31 January plus a month is the last day of February."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    last = gregorian.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def months_between(start: date, end: date) -> int:
    """Whole months from `start` to `end`; negative when `end` comes first."""
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    # The day of the month decides; the end of a shorter month counts as reached.
    last = gregorian.monthrange(end.year, end.month)[1]
    return months if min(start.day, last) <= end.day else months - 1
