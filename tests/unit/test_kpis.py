"""What a KPI is reckoned from: retention account by account, to the cent; shares, medians and totals of what is known."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_playbook.model.kpi import Counted
from cs_playbook.study.kpis import Bridge, Figures, State, compared, retained, shares, taken

CENTS = 100


def customer(key: str, worth: int | None, group: str = "high") -> State:
    """Worth in whole units; 0: no customer."""
    return key, group, int(worth != 0), None if worth is None else worth * CENTS


def figures(then: list[State], now: list[State], counted: Counted, lately: tuple[str, ...] = ()) -> Figures:
    return retained(compared(then, now), counted, lately)


def bridge_of(found: Figures) -> Bridge:
    assert found.all.bridge is not None
    return found.all.bridge


@pytest.mark.parametrize(
    ("start", "expansion", "contraction", "churn", "gross", "net"),
    [
        (10_000_000, 1_800_000, 600_000, 900_000, "85", "103"),
        (100_000, 12_000, 5_000, 8_000, "87", "99"),
        (1_000_000, 150_000, 50_000, 80_000, "87", "102"),
        (100_000, 30_000, 20_000, 5_000, "75", "105"),
    ],
)
def test_the_published_examples_come_out_as_published(
    start: int, expansion: int, contraction: int, churn: int, gross: str, net: str
) -> None:
    """Four customers: one grows, one shrinks, one leaves, one stays as it is."""
    parts = {"grows": 1_000, "leaves": churn, "shrinks": contraction + 1_000}
    parts["stays"] = start - sum(parts.values())
    after = {**parts, "grows": 1_000 + expansion, "leaves": 0, "shrinks": 1_000}
    then = [customer(key, parts[key]) for key in sorted(parts)]
    now = [customer(key, after[key]) for key in sorted(after)]

    assert figures(then, now, "gross").all.value == Fraction(int(gross), 100)
    assert figures(then, now, "net").all.value == Fraction(int(net), 100)


def test_what_one_customer_grows_never_makes_up_for_another_that_left_in_gross_retention() -> None:
    then = [customer("acme", 100), customer("bolt", 100)]
    now = [customer("acme", 200), customer("bolt", 0)]

    assert figures(then, now, "net").all.value == 1
    assert figures(then, now, "gross").all.value == Fraction(1, 2)
    assert figures(then, now, "logos").all.value == Fraction(1, 2)


def test_who_became_a_customer_in_between_is_in_neither_figure() -> None:
    then = [customer("acme", 100), customer("trial", 0)]
    now = [customer("acme", 90), customer("newest", 500), customer("trial", 70)]

    net, gross = figures(then, now, "net"), figures(then, now, "gross")

    assert (net.all.value, gross.all.value) == (Fraction(9, 10), Fraction(9, 10))
    assert (bridge_of(net).joined, bridge_of(net).new) == (2, 570 * CENTS)


def test_who_is_unknown_on_one_of_the_days_is_in_neither_sum_and_never_counts_as_nothing() -> None:
    then = [customer("acme", 100), customer("bolt", 50), customer("core", None)]
    now = [customer("acme", 100), customer("bolt", None), customer("core", 70)]

    found = figures(then, now, "gross")

    assert (found.all.value, found.all.known, found.all.about) == (1, 1, 3)
    assert bridge_of(found).unknown_start == 50 * CENTS
    assert figures([customer("acme", None)], [], "net").all.value is None


def test_who_is_missing_has_left_unless_it_was_there_a_moment_ago() -> None:
    then, now = [customer("acme", 100), customer("bolt", 100)], [customer("acme", 100)]

    gone, hole = figures(then, now, "gross"), figures(then, now, "gross", ("bolt",))

    assert (gone.all.value, bridge_of(gone).vanished) == (Fraction(1, 2), 1)
    assert (hole.all.value, hole.all.known, hole.all.about) == (1, 1, 2)


def test_a_customer_stays_in_the_group_in_which_it_began_and_a_new_one_in_that_of_today() -> None:
    then = [customer("acme", 100, "high"), customer("bolt", 100, "low")]
    now = [customer("acme", 40, "low"), customer("bolt", 100, "low"), customer("core", 9, "low")]

    found = figures(then, now, "net")

    assert {group: one.value for group, one in found.groups.items()} == {"high": Fraction(2, 5), "low": 1}
    low = found.groups["low"].bridge
    assert low is not None
    assert low.joined == 1


worths = st.dictionaries(
    st.text("abcde", min_size=1, max_size=2), st.one_of(st.none(), st.integers(0, 10**9))
)


@given(worths, worths)
def test_a_reconciliation_adds_up_to_the_cent_in_each_group_and_in_all(
    then: dict[str, int | None], now: dict[str, int | None]
) -> None:
    def states(worths: dict[str, int | None]) -> list[State]:
        return [(key, key[0], int(worths[key] != 0), worths[key]) for key in sorted(worths)]

    found = figures(states(then), states(now), "net")

    bridges = [one.bridge for one in (found.all, *found.groups.values()) if one.bridge is not None]
    assert all(one.start + one.expansion - one.contraction - one.churn == one.end for one in bridges)
    assert bridges[0].start == sum(one.start for one in bridges[1:])
    assert bridges[0].customers + bridges[0].unknown == found.all.about
    gross = figures(states(then), states(now), "gross").all.value
    assert gross is None or (gross <= 1 and found.all.value is not None and gross <= found.all.value)


def test_a_share_is_of_those_who_are_known() -> None:
    found = shares([("high", 1, 3), ("high", 0, 1), ("low", None, 2), ("low", 0, 1)])

    assert (found.all.value, found.all.known, found.all.about) == (Fraction(3, 5), 5, 7)
    assert shares([("low", None, 2)]).all.value is None


def test_medians_means_and_totals_leave_out_what_is_empty_and_are_exact() -> None:
    rows = [("a", 0.1), ("a", 0.2), ("b", 0.3), ("b", None)]

    assert taken("total", rows).all.value == Fraction(6, 10)
    assert taken("mean", rows).all.value == Fraction(2, 10)
    assert taken("median", [("a", 4), ("a", 1), ("a", 2), ("a", 10)]).all.value == 3
    assert (taken("total", rows).groups["b"].known, taken("total", rows).groups["b"].about) == (1, 2)
    assert taken("total", [("a", None)]).all.value is None
