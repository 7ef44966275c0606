"""When runs have begun → when the next one is expected, and whether one has not come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from msgspec import Struct

GRACE = timedelta(hours=2)  # a run that is later than that is missing
_KNOWN_AFTER = 14  # days: then the days of the week on which there was a run say it all
_LOOKED_BACK = 28


class Expected(Struct, frozen=True):
    """`next`: in the future. `missing`: the first one that has not come."""

    next: datetime
    missing: datetime | None = None


def expected(began: Sequence[datetime], week: Sequence[int], now: datetime) -> Expected | None:
    """`began`: of each run, any order, in the project's zone like `now`. `week`: working days, Monday is 0. None: no run yet."""
    if not began:
        return None
    newest = max(began)
    days, usual = _days(began, week, newest.date()), _usual_time(began)
    first = _next_on(newest.date(), days, usual, now)
    if first + GRACE >= now:
        return Expected(first)
    coming = first
    while coming <= now:
        coming = _next_on(coming.date(), days, usual, now)
    return Expected(coming, first)


def _days(began: Sequence[datetime], week: Sequence[int], newest: date) -> set[int]:
    """The days of the week with a run. Where too little is known, all working days too."""
    lately = {start.date() for start in began if (newest - start.date()).days < _LOOKED_BACK}
    seen = {day.weekday() for day in lately}
    return seen if (newest - min(lately)).days >= _KNOWN_AFTER else seen | set(week)


def _usual_time(began: Sequence[datetime]) -> time:
    """Of the first run of a day: later ones are by hand."""
    firsts: dict[date, datetime] = {}
    for start in sorted(began, reverse=True):
        firsts[start.date()] = start
    lately = sorted(firsts.values(), reverse=True)[:7]
    minutes = sorted(start.hour * 60 + start.minute for start in lately)
    usual = minutes[(len(minutes) - 1) // 2]
    return time(usual // 60, usual % 60)


def _next_on(after: date, days: set[int], usual: time, now: datetime) -> datetime:
    following = (after + timedelta(days=number) for number in range(1, 8))
    day = next(day for day in following if day.weekday() in days)
    return datetime.combine(day, usual, now.tzinfo)
