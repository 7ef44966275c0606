"""Minutes people have, minutes promised, and how many accounts there is a human for."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from cs_playbook.model.team import Absence, Person, Team
from cs_playbook.model.time import Calendar
from cs_playbook.plan.ahead import Ahead
from cs_playbook.source.finding import NOWHERE
from cs_playbook.study.capacity import Standing, capacity, minutes_had, promised, reach, weeks_from
from tests.builders import MONDAY, on

HOUR = 60
MAY_FIRST = date(2026, 3, 11)  # a Wednesday, a holiday in these tests
CALENDAR = Calendar(holidays_of=lambda year: frozenset({MAY_FIRST}))
LEA = Person("lea@vendor.example", "Léa", NOWHERE, minutes_per_week=1500)


def test_the_published_example_of_a_quarter_comes_out_as_published() -> None:
    """40 hours, 75 % of them with customers, 15 % off for interruptions: 331.5 hours, of which a touch takes 8."""
    lea = Person("lea@vendor.example", "Léa", NOWHERE, minutes_per_week=int(40 * HOUR * 0.75 * 0.85))
    quarter = weeks_from(MONDAY, 13)

    has = sum((minutes_had(lea, week, Calendar()) or Fraction(0) for week in quarter), Fraction(0))

    assert has == Fraction(3315, 10) * HOUR
    assert reach(1, has, Fraction(0), [("", 100, 2 * 8 * HOUR)]).segments[0].affordable == 20
    assert reach(1, has, Fraction(0), [("", 100, 4 * 8 * HOUR)]).segments[0].affordable == 10


@pytest.mark.parametrize(
    ("accounts", "hours"),
    [
        (5, "26"),
        (10, "13"),
        (20, "6.5"),
        (30, "4.3"),
        (50, "2.6"),
        (100, "1.3"),
        (200, "0.65"),
        (500, "0.26"),
    ],
)
def test_a_hundred_and_thirty_hours_a_month_reach_as_many_accounts_as_published(
    accounts: int, hours: str
) -> None:
    """Ten people together, so that 0.26 hours are whole minutes of each ten accounts."""
    minutes = int(Fraction(hours) * HOUR * 10)

    assert (
        reach(10, Fraction(130 * HOUR * 10), Fraction(0), [("", 1000, minutes)]).segments[0].affordable
        == accounts
    )


def test_this_week_is_what_is_left_of_it_and_absences_and_holidays_take_their_days() -> None:
    weeks = weeks_from(on(3), 3)  # a Thursday
    away = Person(
        "lea@vendor.example",
        "Léa",
        NOWHERE,
        minutes_per_week=1500,
        away=(Absence(on(14), on(15), None, NOWHERE),),
    )

    assert [(week.first, week.last) for week in weeks] == [(on(3), on(6)), (on(7), on(13)), (on(14), on(20))]
    assert [minutes_had(away, week, CALENDAR) for week in weeks] == [600, 1200, 900]
    assert [promised(60, 4, week, CALENDAR) for week in weeks] == [
        Fraction(240 * 12, 52) * 2 / 5, Fraction(240 * 12, 52), Fraction(240 * 12, 52),
    ]  # fmt: skip


def test_who_is_over_is_told_with_what_asks_for_it() -> None:
    team = Team("", (), (LEA,), NOWHERE)
    lines = [
        Ahead("usage-drop", "call", LEA.email, on(8), 1000, is_open=True),
        Ahead("renewal", "talk", LEA.email, on(9), 300),
        Ahead("renewal", "rescue", LEA.email, on(9), 70, is_sure=False),
        Ahead("renewal", "later", LEA.email, None, 50),
        Ahead("renewal", "far", LEA.email, on(40), 900),
        Ahead("renewal", "hers", "", on(1), 20),
    ]

    found = capacity(MONDAY, 2, lines, [Standing("tier high", LEA.email, 13, 120)], team, Calendar())

    lea, nobody = found.people
    assert [week.over for week in lea.weeks] == [0, 160]
    assert lea.weeks[1].asked == {"usage-drop": 1000, "renewal": 300, "promise: tier high": 360}
    assert (lea.weeks[1].possible, lea.unplaced) == (70, 50)
    assert (nobody.owner, nobody.weeks[0].total) == ("", 20)


def test_accounts_are_served_in_the_order_of_their_segments_and_the_smallest_promise_is_kept_to_all() -> None:
    found = reach(
        2, Fraction(10_000), Fraction(1_000), [("high", 30, 240), ("low", 100, 45), ("tech", 500, 2)]
    )

    assert [(one.segment, one.affordable, one.without) for one in found.segments] == [
        ("tech", 500, 0), ("high", 30, 0), ("low", 17, 83),
    ]  # fmt: skip
    assert (found.without, found.missing, found.saved) == (83, 83 * 45, 83 * 43)
    assert not found.pays_off  # 3 569 minutes spared, and a person has 5 000
    assert reach(
        2, Fraction(8_000), Fraction(1_000), [("high", 30, 240), ("low", 100, 45), ("tech", 500, 2)]
    ).pays_off
