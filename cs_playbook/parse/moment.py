"""How moments are written (`dates:` and `zone:`) → readers: text of a cell → its day in a zone, or its instant."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from cs_playbook.model.expression import to_day
from cs_playbook.model.mapping import Format
from cs_playbook.parse.date_pattern import ISO, read_pattern

TIMESTAMP = "timestamp"
EPOCHS = {"epoch seconds": 1, "epoch milliseconds": 1_000}

_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{1,2}):([0-9]{2})(?::([0-5][0-9]|60)(?:[.,]([0-9]{1,9}))?)?"
    r" ?(Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_USUAL = len("2026-03-02T10:00:00Z")
_EPOCH = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?")
_START = datetime(1970, 1, 1, tzinfo=UTC)
_REMEMBERED = 4096  # a column holds the same few days again and again


class Moment(NamedTuple):
    """What a cell says: a day and, if it says one, a time of day; `zone` None: it does not say where."""

    at: datetime  # without zone
    has_time: bool
    zone: tzinfo | None


Way = Callable[[str], Moment | None]  # None: the cell is not written so, or is no day of the calendar


class Clocks(Struct, frozen=True):
    """`cells`: the zone of moments that say none. `days`: the project's, in which a moment becomes a day."""

    cells: tzinfo | None = None
    days: tzinfo = UTC

    @staticmethod
    def of(way: Format, project: tzinfo) -> Clocks:
        return Clocks(ZoneInfo(way.zone) if way.zone else None, project)


def way_of_moments(dates: str | None) -> Way:
    """Raises NoPattern where `dates` says no way of writing dates."""
    if dates == TIMESTAMP:
        return _timestamp
    if dates in EPOCHS:
        return _since_1970(EPOCHS[dates])
    return _by_pattern(dates or ISO)


def day_reader(dates: str | None, clocks: Clocks) -> Callable[[str], int | None]:
    """Days since 1970-01-01: the day of the project's calendar on which the moment lies."""
    read = way_of_moments(dates)

    def day(cell: str) -> int | None:
        moment = read(cell)
        return None if moment is None else to_day(_day(moment, clocks))

    return lru_cache(maxsize=_REMEMBERED)(day)


def instant_reader(dates: str | None, clocks: Clocks) -> Callable[[str], int | None]:
    """Microseconds since 1970 in UTC, to tell which of two moments is later; a day alone is its midnight."""
    read = way_of_moments(dates)

    def instant(cell: str) -> int | None:
        moment = read(cell)
        if moment is None:
            return None
        since = moment.at.replace(tzinfo=moment.zone or clocks.cells or clocks.days) - _START
        return since // timedelta(microseconds=1)

    return instant


def _day(moment: Moment, clocks: Clocks) -> date:
    zone = moment.zone or clocks.cells
    if not moment.has_time or zone is None or zone is clocks.days:
        return moment.at.date()
    try:
        return moment.at.replace(tzinfo=zone).astimezone(clocks.days).date()
    except OverflowError:  # 9999-12-31 23:59:59 is how some tools write "not yet"
        return moment.at.date()


def _timestamp(cell: str) -> Moment | None:
    if len(cell) == _USUAL and (at := _at_once(cell)) is not None:
        return Moment(at, has_time=True, zone=UTC)
    found = _TIMESTAMP.fullmatch(cell)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        at = datetime(  # noqa: DTZ001 - the zone comes later
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            min(int(second or 0), 59),
            int((fraction or "")[:6].ljust(6, "0")),
        )
        return Moment(at, hour is not None, _zone(zone) if zone else None)
    except ValueError:
        return None


def _at_once(cell: str) -> datetime | None:
    """2026-03-02T10:00:00Z, as nearly all are written; None: it is not written so."""
    signs = cell[4] + cell[7] + cell[10] + cell[13] + cell[16] + cell[19]
    if signs not in ("--T::Z", "-- ::Z") or not cell.isascii():
        return None
    try:
        return datetime.fromisoformat(cell[:-1])
    except ValueError:
        return None


def _zone(written: str) -> tzinfo:
    if written in ("Z", "UTC"):
        return UTC
    digits = written[1:].replace(":", "")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-shift if written[0] == "-" else shift)


def _since_1970(parts: int) -> Way:
    def read(cell: str) -> Moment | None:
        if _EPOCH.fullmatch(cell) is None:
            return None
        try:
            at = _START + timedelta(microseconds=round(float(cell) * (1_000_000 // parts)))
        except OverflowError:
            return None
        return Moment(at.replace(tzinfo=None), has_time=True, zone=UTC)

    return read


def _by_pattern(text: str) -> Way:
    pattern = read_pattern(text)
    zone = UTC if text.endswith("Z") else None  # the letter says so
    with_time = "HH" in text or "H" in text

    def read(cell: str) -> Moment | None:
        at = pattern.moment(cell)
        return None if at is None else Moment(at, with_time, zone)

    return read
