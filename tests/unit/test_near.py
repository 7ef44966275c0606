"""Who is one condition short of a rule: asked of few, counted as if of all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import permutations, product

import pytest

from cs_playbook.compile.scan import one_no_at_most

ANSWERS = (1, 0, None)


@pytest.mark.parametrize("order", [*permutations(("a", "b", "c", "d"))][::5])
def test_whoever_has_two_noes_is_left_out_and_nobody_else(order: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("create table f (a, b, c, d)")
        connection.executemany("insert into f values (?, ?, ?, ?)", product(ANSWERS, repeat=4))
        kept = connection.execute(f"select a, b, c, d from f where {one_no_at_most(order)}").fetchall()

    assert kept == [row for row in product(ANSWERS, repeat=4) if row.count(0) <= 1]


def test_a_rule_of_hundreds_of_parts_is_asked_of_everybody() -> None:
    assert one_no_at_most(["a"] * 300) == "1"
    assert one_no_at_most([]) == "1"
