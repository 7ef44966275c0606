"""Who is one condition short of a rule: asked of few, counted as if of all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import permutations, product
from types import SimpleNamespace
from typing import Any

import pytest

from cs_playbook.compile.scan import Rule, near, one_no_at_most
from cs_playbook.model.condition import Group, Leaf
from cs_playbook.model.expression import Comparison, Expression, FieldType, Literal, Name, Negative
from cs_playbook.parse.depth import MOST_PLACES, places
from cs_playbook.source.finding import NOWHERE

ANSWERS = (1, 0, None)
SEES_ALL: Any = SimpleNamespace(sees_inactive=True, trigger=SimpleNamespace(one_per=None, per_person=None))


@pytest.mark.parametrize("order", [*permutations(("a", "b", "c", "d"))][::5])
def test_whoever_has_two_noes_is_left_out_and_nobody_else(order: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("create table f (a, b, c, d)")
        connection.executemany("insert into f values (?, ?, ?, ?)", product(ANSWERS, repeat=4))
        kept = connection.execute(f"select a, b, c, d from f where {one_no_at_most(order)}").fetchall()

    assert kept == [row for row in product(ANSWERS, repeat=4) if row.count(0) <= 1]


@pytest.mark.parametrize("turns", [0, 8, 18])
@pytest.mark.parametrize("count", [1, 12, 50])
def test_a_rule_may_have_as_many_parts_and_be_as_deep_as_one_may_write(count: int, turns: int) -> None:
    """SQLite's parser has a stack of 100 places."""
    said = [Leaf("", at_least(number, turns), NOWHERE) for number in range(1, count + 1)]
    assert max(map(places, said)) <= MOST_PLACES
    asked = near(Rule(SEES_ALL, Group("all", tuple(said), NOWHERE)), {})
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("create temp table facts_keyed (_n integer primary key, seats integer)")
        connection.executemany(
            "insert into facts_keyed (seats) values (?)", [(n,) for n in (*range(count + 1), None)]
        )
        short, *unknown = connection.execute(asked.query).fetchone()

    assert (short, unknown) == (1, [1] * count)  # who has one less than the last part wants


def test_long_questions_are_not_written_out_again_and_again() -> None:
    """SQLite takes five million letters."""
    long = Group("any", tuple(Leaf("", at_least(number, 0), NOWHERE) for number in range(500)), NOWHERE)

    assert len(near(Rule(SEES_ALL, Group("all", (long,) * 12, NOWHERE)), {}).query) < 200_000


def at_least(number: int, turns: int) -> Comparison:
    """`- - seats >= number`"""
    seats: Expression = Name("seats")
    for _ in range(turns):
        seats = Negative(seats)
    return Comparison(">=", seats, Literal(number, FieldType.INTEGER))
