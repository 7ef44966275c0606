"""Days are days: clocks that change, zones at the ends of the world, and the 29th of February move nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.model.duration import Duration
from cs_playbook.model.expression import to_day
from cs_playbook.model.stopping import StopWhen
from cs_playbook.model.time import Calendar, add_months, months_between
from cs_playbook.parse.moment import Clocks, day_reader
from cs_playbook.plan.guards import too_old
from tests.builders import ZETA, World, account, small, tables, used

# Half hours and quarters, midnights that do not exist, winters in July, days that come first and last, no change at all.
ZONES = (
    "Pacific/Kiritimati", "Pacific/Auckland", "Pacific/Chatham", "Australia/Lord_Howe", "Australia/Adelaide", "Asia/Tokyo",
    "Asia/Kathmandu", "Asia/Kolkata", "Asia/Tehran", "Asia/Beirut", "Asia/Gaza", "Asia/Jerusalem", "Africa/Cairo",
    "Africa/Casablanca", "Europe/Moscow", "Europe/Paris", "Europe/London", "Europe/Dublin", "Atlantic/Azores",
    "America/Scoresbysund", "America/St_Johns", "America/Sao_Paulo", "America/Santiago", "America/Asuncion", "America/New_York",
    "America/Havana", "America/Phoenix", "America/Los_Angeles", "Pacific/Marquesas", "Pacific/Pago_Pago",
)  # fmt: skip
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
RULES = StopWhen()
HOURS = RULES.snapshot_older_than_hours
some = settings(max_examples=60, derandomize=True, database=None)


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """The instants at which its clocks change, to the hour; where they never do, any."""
    place, found = ZoneInfo(zone), []
    at, step = FIRST, timedelta(days=7)
    while at < LAST:
        if at.astimezone(place).utcoffset() != (at + step).astimezone(place).utcoffset():
            found.append(_narrowed(at, at + step, place))
        at += step
    return tuple(found) or (FIRST,)


def _narrowed(before: datetime, after: datetime, place: ZoneInfo) -> datetime:
    while after - before > timedelta(minutes=15):
        middle = before + (after - before) / 2
        same = middle.astimezone(place).utcoffset() == before.astimezone(place).utcoffset()
        before, after = (middle, after) if same else (before, middle)
    return after


@st.composite
def around_changes(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """A zone, and an instant within two days of a change of its clocks."""
    zone = draw(st.sampled_from(ZONES))
    change = draw(st.sampled_from(changes(zone)))
    return ZoneInfo(zone), change + timedelta(minutes=draw(st.integers(-2880, 2880)))


@some
@given(around_changes())
def test_the_snapshot_of_today_is_never_too_old_and_that_of_tomorrow_never_good(
    moment: tuple[ZoneInfo, datetime],
) -> None:
    zone, now = moment
    today = now.astimezone(zone).date()

    assert too_old(today, now, zone, RULES) == []
    assert [stop.rule for stop in too_old(today + timedelta(1), now, zone, RULES)] == [
        "snapshot_from_the_future"
    ]


@some
@given(around_changes(), st.sampled_from((-90, -1, 0, 1, 90)))
def test_how_old_a_snapshot_is_the_clock_on_the_wall_says(
    moment: tuple[ZoneInfo, datetime], minutes: int
) -> None:
    """At six the next morning it is thirty hours old on every day of the year, whoever asks in which zone."""
    zone, at = moment
    day = at.astimezone(zone).date()
    wall = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(hours=HOURS, minutes=minutes)

    for clock in (wall, wall.astimezone(UTC), wall.astimezone(ZoneInfo("Asia/Tokyo"))):
        assert bool(too_old(day, clock, zone, RULES)) == (minutes > 0)


@some
@given(around_changes())
def test_an_instant_of_an_export_is_one_day_however_it_is_written(moment: tuple[ZoneInfo, datetime]) -> None:
    zone, at = moment
    kathmandu = at.astimezone(ZoneInfo("Asia/Kathmandu"))
    day = to_day(at.astimezone(zone).date())

    stamp = day_reader("timestamp", Clocks(None, zone))
    assert {stamp(at.isoformat()), stamp(kathmandu.isoformat()), stamp(f"{at:%Y-%m-%dT%H:%M:%S}Z")} == {day}
    assert day_reader("epoch seconds", Clocks(None, zone))(str(int(at.timestamp()))) == day


@some
@given(st.dates(date(2023, 1, 1), date(2037, 12, 31)), st.integers(-60, 60))
def test_months_and_back_lose_no_more_than_the_days_a_month_is_shorter(start: date, months: int) -> None:
    there = add_months(start, months)

    assert (there.year * 12 + there.month) - (start.year * 12 + start.month) == months
    assert there.day == start.day or (there + timedelta(1)).day == 1
    if months >= 0:
        assert months_between(start, there) == months


@some
@given(st.dates(date(2023, 1, 1), date(2037, 12, 31)), st.integers(0, 600))
def test_working_days_are_counted_as_they_are_added(start: date, count: int) -> None:
    calendar = Calendar()
    end = calendar.add(start, Duration(count, "business day"))

    assert calendar.worked_between(start, end) == count
    assert count == 0 or calendar.is_worked(end)


# --- a whole world over such days ---


def test_over_the_29th_of_february_and_a_change_of_clocks_the_same_days_pass(tmp_path: Path) -> None:
    """Five mornings around each: what happens is the same, so many days after the first."""
    told = {
        str(begin): story(small(tmp_path / str(begin)), begin)
        for begin in (date(2026, 3, 2), date(2028, 2, 28), date(2026, 3, 23))
    }

    assert len({repr(events) for events in told.values()}) == 1
    assert len(next(iter(told.values()))) > 4


def story(world: World, begin: date) -> list[tuple[str, int]]:
    """(what happened, how many days after the first); each begins on a Monday."""
    for days in (0, 1, 4, 6, 7):
        day = begin + timedelta(days)
        usage = [used(key, day - timedelta(n), 1) for key in ("acme", "zeta") for n in range(3)]
        world.morning(
            day,
            tables(
                [account("acme", seats=3, renewal_date=None), {**ZETA, "renewal_date": None}], usage=usage
            ),
        )
        if days == 1:
            world.done(world.task("acme", "ask"), "product", day)
    return [(type(event).__name__, (event.on - begin).days) for event in world.events()]
