"""Rhythms: each day of one follows the one before, none is left out, and other people's arithmetic says the same."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from cs_playbook.model.rhythm import day_on_or_after, falls_on, is_fixed, last_day, next_day
from cs_playbook.model.time import Calendar, Rhythm
from cs_playbook.parse.rhythm import WEEKDAYS, read_rhythm
from cs_playbook.source.finding import NOWHERE
from cs_playbook.source.tree import Scalar

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
CODES = dict(zip(WEEKDAYS, ("MO", "TU", "WE", "TH", "FR", "SA", "SU"), strict=True))
NUMBERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
AWAY = frozenset({date(2026, 5, 1), date(2026, 12, 25)})
FRENCH = Calendar(holidays_of=lambda year: AWAY, fiscal_year_starts=2)

COUNTS = st.integers(1, 9)
WHOLE = st.one_of(
    st.builds("{} days".format, COUNTS),
    st.builds("{} business days".format, COUNTS),
    st.builds("{} weeks".format, COUNTS),
    st.builds("{} months".format, COUNTS),
    st.builds("{} weeks on {}".format, COUNTS, st.sampled_from(WEEKDAYS)),
    st.sampled_from(WEEKDAYS),
    st.builds("{}th".format, st.integers(1, 31)),
    st.builds(
        "{} {} of {}".format,
        st.sampled_from([*NUMBERS, "fifth", "7th"]),
        st.sampled_from([*WEEKDAYS, "day", "business day", "week"]),
        st.sampled_from(["month", "quarter", "year", "fiscal quarter", "fiscal year", "february"]),
    ),
    st.builds(
        "RRULE:FREQ=WEEKLY;INTERVAL={};BYDAY={}".format, COUNTS, st.sampled_from(sorted(CODES.values()))
    ),
)


def rhythm(text: str) -> Rhythm:
    read, findings = read_rhythm(Scalar(text, text, NOWHERE))
    assert read is not None, findings
    return read


@given(WHOLE, DAYS, st.integers(0, 900))
def test_the_next_day_is_later_is_one_of_them_and_none_lies_between(
    text: str, since: date, days: int
) -> None:
    beat, after = rhythm(text), since + timedelta(days=days)

    found = next_day(beat, after, since, FRENCH)

    if found is not None:  # there may be no fifth Monday of a month called February for long
        assert found > after
        assert falls_on(beat, found, since, FRENCH)
        between = [after + timedelta(days=n) for n in range(1, min((found - after).days, 60))]
        assert not any(falls_on(beat, day, since, FRENCH) for day in between)


@given(WHOLE, DAYS)
def test_the_phase_never_drifts(text: str, since: date) -> None:
    """From whichever of its days one goes on, the days are the same."""
    beat = rhythm(text)
    days, day = [], day_on_or_after(beat, since, since, FRENCH)
    while day is not None and len(days) < 8:
        days.append(day)
        day = next_day(beat, day, since, FRENCH)

    assert [next_day(beat, one, since, FRENCH) for one in days[:-1]] == days[1:]
    assert days == sorted(set(days))


@given(COUNTS, st.sampled_from(WEEKDAYS), DAYS, st.integers(0, 900))
def test_weeks_are_those_of_an_rrule(count: int, weekday: str, since: date, days: int) -> None:
    first = day_on_or_after(rhythm(weekday), since, since, FRENCH)
    assert first is not None
    told = rhythm(f"{count} weeks on {weekday} from {first.isoformat()}")

    assert next_day(told, first + timedelta(days=days), since, FRENCH) == by_rrule(
        f"FREQ=WEEKLY;INTERVAL={count};BYDAY={CODES[weekday]}", first, first + timedelta(days=days)
    )


@given(st.sampled_from(sorted(NUMBERS)), st.sampled_from(WEEKDAYS), DAYS)
def test_days_of_the_week_of_a_month_are_those_of_an_rrule(number: str, weekday: str, after: date) -> None:
    told = rhythm(f"{number} {weekday} of month")

    oracle = by_rrule(f"FREQ=MONTHLY;BYDAY={NUMBERS[number]}{CODES[weekday]}", date(2019, 1, 1), after)
    assert next_day(told, after, after, FRENCH) == oracle


@given(st.sampled_from(sorted(NUMBERS)), st.sampled_from(WEEKDAYS), DAYS)
def test_days_of_the_week_of_a_year_are_those_of_an_rrule(number: str, weekday: str, after: date) -> None:
    told = rhythm(f"{number} {weekday} of year")

    oracle = by_rrule(f"FREQ=YEARLY;BYDAY={NUMBERS[number]}{CODES[weekday]}", date(2019, 1, 1), after)
    assert next_day(told, after, after, FRENCH) == oracle


@given(st.integers(1, 28), DAYS)
def test_days_of_a_month_are_those_of_an_rrule(number: int, after: date) -> None:
    oracle = by_rrule(f"FREQ=MONTHLY;BYMONTHDAY={number}", date(2019, 1, 1), after)

    assert next_day(rhythm(f"{number}th"), after, after, FRENCH) == oracle


@given(st.integers(1, 12), DAYS, st.integers(0, 30))
def test_months_are_counted_from_the_first_one(count: int, since: date, times: int) -> None:
    told = rhythm(f"{count} months")
    day = since + relativedelta(months=count * times)

    assert falls_on(told, day, since, FRENCH)
    assert next_day(told, day, since, FRENCH) == since + relativedelta(months=count * (times + 1))


@given(DAYS)
def test_the_31st_of_a_shorter_month_is_its_last_day(after: date) -> None:
    oracle = by_rrule("FREQ=MONTHLY;BYMONTHDAY=-1", date(2019, 1, 1), after)

    assert next_day(rhythm("31st"), after, after, FRENCH) == oracle
    assert next_day(rhythm("last day of month"), after, after, FRENCH) == oracle


@given(DAYS)
def test_the_last_business_day_of_a_month_is_worked_and_none_after_it_is(after: date) -> None:
    found = next_day(rhythm("last business day of month"), after, after, FRENCH)

    assert found is not None
    assert FRENCH.is_worked(found)
    rest = [found + timedelta(days=n) for n in range(1, 12)]
    assert not any(FRENCH.is_worked(day) for day in rest if day.month == found.month)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("first business day of fiscal quarter", date(2026, 5, 4)),  # 1 May is a holiday, 2 and 3 a weekend
        ("first day of fiscal quarter", date(2026, 5, 1)),  # the year begins in February
        ("first day of quarter", date(2026, 4, 1)),
        ("first day of fiscal year", date(2027, 2, 1)),
        ("last day of year", date(2026, 12, 31)),
        ("second week of month", date(2026, 3, 9)),  # from its Monday
        ("first monday of march", date(2027, 3, 1)),
        ("third thursday of month", date(2026, 3, 19)),
        ("2 weeks on monday from 2026-01-05", date(2026, 3, 16)),
        ("RRULE:FREQ=MONTHLY;BYDAY=-1FR", date(2026, 3, 27)),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260309T120000Z", date(2026, 3, 9)),
        ("1 month from 2027-01-31", date(2027, 1, 31)),  # not before its first day
    ],
)
def test_what_comes_after_2_march_2026(text: str, first: date) -> None:
    day = date(2026, 3, 2)

    assert next_day(rhythm(text), day, date(2026, 1, 1), FRENCH) == first


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("monday", True),
        ("1 week on monday", True),
        ("1 business day", True),
        ("15th", True),
        ("2 weeks on monday from 2026-01-05", True),
        ("RRULE:FREQ=MONTHLY;BYDAY=-1FR", True),
        ("1 week", False),
        ("2 weeks on monday", False),
        ("1 month", False),
        ("RRULE:FREQ=WEEKLY", False),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", False),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3", False),
    ],
)
def test_a_rhythm_is_fixed_or_counted_from_where_it_begins(text: str, fixed: bool) -> None:
    assert is_fixed(rhythm(text)) is fixed


def test_a_rhythm_that_is_over_comes_no_more() -> None:
    over = rhythm("RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260309")

    assert next_day(over, date(2026, 3, 9), date(2026, 1, 1), FRENCH) is None
    assert next_day(rhythm("30th day of february"), date(2026, 3, 9), date(2026, 1, 1), FRENCH) is None
    assert next_day(rhythm("1 month"), date(9999, 12, 31), date(2026, 1, 31), FRENCH) is None


@given(
    st.sampled_from(["monday", "15th", "first day of fiscal year", "29th day of february"]),
    DAYS,
    st.integers(0, 2000),
)
def test_the_last_day_is_the_one_after_which_none_comes_in_time(text: str, first: date, days: int) -> None:
    told, until = rhythm(text), first + timedelta(days=days)

    found = last_day(told, first, until, FRENCH)

    if found is None:
        assert day_on_or_after(told, first, first, FRENCH) > until  # type: ignore[operator]
    else:
        assert first <= found <= until
        assert falls_on(told, found, first, FRENCH)
        assert next_day(told, found, first, FRENCH) > until  # type: ignore[operator]


def by_rrule(rule: str, first: date, after: date) -> date:
    start = datetime.combine(first, time.min)
    found = rrulestr(rule, dtstart=start).after(datetime.combine(after, time.min))
    assert found is not None
    return found.date()
