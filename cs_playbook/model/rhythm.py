"""A rhythm of the calendar and a day → the next day on which it falls; whether it falls on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import assert_never

from cs_playbook.model.duration import Duration
from cs_playbook.model.time import Calendar, DayOfMonth, Interval, Nth, Period, Recurrence, Rhythm, add_months

HORIZON = 12  # years: what has not come by then never comes (29 February may take eight)
_DAY = timedelta(days=1)
_MONTHS: dict[Period, int] = {"month": 1, "quarter": 3, "year": 12, "fiscal quarter": 3, "fiscal year": 12}


def next_day(rhythm: Rhythm, after: date, since: date, calendar: Calendar) -> date | None:
    """The first of its days later than `after`; None where none comes any more.

    `since`: the day from which a rhythm without `from` is counted; none of its days lies before it.
    """
    try:
        return _next(rhythm, max(after, _begins(rhythm, since) - _DAY), _begins(rhythm, since), calendar)
    except (OverflowError, ValueError):  # the calendar ends with the year 9999
        return None


def day_on_or_after(rhythm: Rhythm, day: date, since: date, calendar: Calendar) -> date | None:
    return next_day(rhythm, day - _DAY, since, calendar)


def last_day(rhythm: Rhythm, first: date, until: date, calendar: Calendar) -> date | None:
    """The last of its days from `first` to `until`, both included. The rhythm must be fixed."""
    found: date | None = None
    for span in (40, 400, (until - first).days):  # from near to far: most come each month
        day = day_on_or_after(rhythm, max(first, until - timedelta(days=span)), first, calendar)
        while day is not None and day <= until:
            found, day = day, next_day(rhythm, day, first, calendar)
        if found is not None:
            break
    return found


def falls_on(rhythm: Rhythm, day: date, since: date, calendar: Calendar) -> bool:
    return day_on_or_after(rhythm, day, since, calendar) == day


def is_fixed(rhythm: Rhythm) -> bool:
    """Whether its days are the same for everybody; otherwise it is counted from wherever it begins."""
    if rhythm.start is not None:
        return True
    match rhythm.beat:
        case Interval(every=Duration(count=count, unit=unit), weekday=weekday):
            return count == 1 and (weekday is not None or unit in ("day", "business day"))
        case DayOfMonth() | Nth():
            return True
        case Recurrence(rule=rule):
            return _is_fixed_rule(rule)
        case _:
            assert_never(rhythm.beat)


def comes_to_an_end(rhythm: Rhythm) -> bool:
    """Whether it says itself how long it lasts (COUNT, UNTIL)."""
    return isinstance(rhythm.beat, Recurrence) and bool(_parts(rhythm.beat.rule).keys() & {"COUNT", "UNTIL"})


def _begins(rhythm: Rhythm, since: date) -> date:
    return rhythm.start or since


def _next(rhythm: Rhythm, after: date, since: date, calendar: Calendar) -> date | None:
    match rhythm.beat:
        case Interval() as beat:
            return _next_interval(beat, after, since, calendar)
        case DayOfMonth(day=number):
            days = (_day_of_month(month, number) for month in _months(after, 1, 1))
            return next((day for day in days if day > after), None)
        case Nth() as beat:
            return next((day for day in _nth_days(beat, after, calendar) if day > after), None)
        case Recurrence(rule=rule):
            return _next_of_rule(rule, after, since)
        case _:
            assert_never(rhythm.beat)


# --- every so often ---


def _next_interval(beat: Interval, after: date, since: date, calendar: Calendar) -> date:
    """The `n`-th day is reckoned from the first one, never from the one before: 31 January, 28 February, 31 March."""
    first = _first(beat, since, calendar)
    if after < first:
        return first
    count = beat.every.count
    match beat.every.unit:
        case "day" | "week" as unit:
            days = count * (7 if unit == "week" else 1)
            return first + timedelta(days=((after - first).days // days + 1) * days)
        case "month":
            times = max(0, ((after.year - first.year) * 12 + after.month - first.month) // count)
            day = add_months(first, times * count)
            return day if day > after else add_months(first, (times + 1) * count)
        case "business day":
            worked = calendar.worked_between(first, after) // count + 1
            return calendar.add(first, Duration(worked * count, "business day"))


def _first(beat: Interval, since: date, calendar: Calendar) -> date:
    if beat.weekday is not None:
        return since + timedelta(days=(beat.weekday - since.weekday()) % 7)
    if beat.every.unit == "business day":
        return calendar.add(since - _DAY, Duration(1, "business day"))
    return since


# --- so many of a period ---


def _nth_days(beat: Nth, after: date, calendar: Calendar) -> Iterator[date]:
    """The days of this period and of the next ones, as far as the horizon."""
    length = _MONTHS[beat.period]
    starts = calendar.fiscal_year_starts if beat.period.startswith("fiscal") else 1
    for month in _months(after, length, starts):
        if beat.month in (None, month.month):
            day = _nth_of(beat, month, add_months(month, length), calendar)
            if day is not None:
                yield day


def _months(after: date, length: int, starts: int) -> Iterator[date]:
    """First days of periods of so many months: the one in which `after` lies, and those that follow."""
    first = add_months(after.replace(day=1), -((after.month - starts) % length))
    yield from (add_months(first, number * length) for number in range(HORIZON * 12 // length + 1))


def _nth_of(beat: Nth, begins: date, ends: date, calendar: Calendar) -> date | None:
    """From `begins` on to the day before `ends`."""
    forward = beat.number > 0
    step = _DAY if forward else -_DAY
    day, left = (begins if forward else ends - _DAY), abs(beat.number)
    while begins <= day < ends:
        left -= _counts(beat, day, calendar)
        if not left:
            return day
        day += step
    return None


def _counts(beat: Nth, day: date, calendar: Calendar) -> bool:
    if beat.of == "business day":
        return calendar.is_worked(day)
    return beat.of in ("day", day.weekday())


def _day_of_month(month: date, number: int) -> date:
    return min(month + timedelta(days=number - 1), add_months(month, 1) - _DAY)


# --- RRULE ---


@lru_cache(maxsize=4096)
def _next_of_rule(rule: str, after: date, since: date) -> date | None:
    from cs_playbook.model.recurrence import next_of_rule  # noqa: PLC0415 - 30 ms that few files need

    return next_of_rule(rule, after, since)


def _is_fixed_rule(rule: str) -> bool:
    parts = _parts(rule)
    if parts.get("INTERVAL", "1") != "1" or "COUNT" in parts:
        return False
    named = parts.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}
    return parts.get("FREQ") == "DAILY" or bool(named)


def _parts(rule: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.partition("=") for part in rule.split(";"))}
