"""A scan for many rules says of each rule what that rule says alone, in whatever order and however nested it asks their parts."""

from __future__ import annotations

import sqlite3
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.masks import MOST, Scan, parts, sample, scans
from cs_playbook.compile.own_functions import own_functions
from cs_playbook.compile.scan import Rule
from cs_playbook.compile.sql import sql_of_condition
from cs_playbook.model.condition import Condition, impatient
from cs_playbook.model.data import Contract, Field, Table
from cs_playbook.model.expression import FieldType
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.lasting import series_of
from cs_playbook.model.time import Calendar
from cs_playbook.parse.conditions import read_conditions
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import NOWHERE
from cs_playbook.source.tree import read_tree

TYPES = {
    "arr": FieldType.NUMBER,
    "seats": FieldType.INTEGER,
    "tier": FieldType.TEXT,
    "begun": FieldType.DATE,
    "paying": FieldType.BOOLEAN,
}
ACCOUNTS = Table(
    "accounts", tuple(Field(name, kind, NOWHERE) for name, kind in TYPES.items()), NOWHERE, key="tier"
)
SCOPE = Scope(Contract("c", (ACCOUNTS,), NOWHERE), TYPES)
RECKONING = Reckoning(20_500, Calendar(), (20_497, 20_498, 20_499))

LEAVES = st.sampled_from(
    (
        "paying", "arr >= 100", "arr < 100", "tier = 'high'", "tier in ('high', 'low')", "seats is null", "not paying",
        "{when: seats > 3, for: 3 days}", "{any: [paying, arr > 500]}", "{none: [tier = 'low', seats < 2]}",
        "days_since(begun) between 0 and 60", "days_since(begun) between 30 and 90", "days_since(begun) between 95 and 99",
        "days_since(begun) between 61.5 and 20", "days_since(begun) between -5 and 10", "seats between 1 and 3",
        "{when: days_since(begun) between 40 and 50, for: 3 days}", "{when: seats > 3, for: 2 days}",
    )
)  # fmt: skip
RULES = st.lists(st.lists(LEAVES, min_size=1, max_size=4), min_size=1, max_size=MOST + 5)
ROW = st.tuples(
    st.sampled_from((None, 0.0, 99.5, 100.0, 900.0)), st.sampled_from((None, 0, 2, 4)),
    st.sampled_from((None, "high", "low", "tech")), st.sampled_from((0, 1)), st.sampled_from((0, 1)),
    st.sampled_from((None, 20_400, 20_405, 20_438, 20_450, 20_470, 20_500, 20_504)), *[st.sampled_from((None, 20_490, 20_498, 20_500))] * 2,
)  # fmt: skip


@pytest.fixture(scope="module")
def database() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    asked = (
        "seats > 3, for: 3 days",
        "days_since(begun) between 40 and 50, for: 3 days",
    )
    patient = ", ".join(f"{series_of(condition([f'{{when: {one}}}']))} integer" for one in asked)
    connection.execute(
        f"create temp table facts (_n integer primary key, arr real, seats integer, tier text, paying integer, _active integer, begun integer, {patient}) strict"
    )
    connection.execute("create temp view facts_keyed as select *, 'a' || _n as _id from temp.facts")
    for name, function in own_functions(RECKONING).items():
        connection.create_function(name, -1, function, deterministic=True)
    return connection


@settings(max_examples=60)
@given(
    RULES, st.lists(ROW, min_size=1, max_size=12), st.sets(st.integers(0, MOST - 1), max_size=2), st.randoms()
)
def test_one_scan_says_what_each_rule_says(
    database: sqlite3.Connection,
    written: list[list[str]],
    rows: list[tuple[Any, ...]],
    see_all: set[int],
    chance: Any,
) -> None:
    database.execute("delete from temp.facts")
    database.executemany("insert into temp.facts values (null, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    rules = [rule(condition(lines), sees_inactive=k in see_all) for k, lines in enumerate(written)]
    shares = {part: chance.random() for part in parts(rules)}

    found = list(scans(rules, shares))

    assert sorted(place for scan in found for place in scan.places) == list(range(len(rules)))
    for scan in found:
        said = database.execute(scan.query).fetchall()
        for at, place in enumerate(scan.places):
            one = rules[place]
            assert fitting(said, scan, at, 0) == alone(database, one, impatient(one.condition))
            assert fitting(said, scan, at, MOST) == alone(database, one, one.condition)


def fitting(said: list[tuple[Any, ...]], scan: Scan, at: int, shift: int) -> set[str]:
    """Whose bit is set: of rule `at` of the scan, that it fits or, shifted, that every `for` holds."""
    mask, bit = divmod(at, MOST)
    return {account for _, account, *masks in said if masks[mask] >> (bit + shift) & 1}


@given(RULES)
def test_the_sample_gives_the_share_of_each_part(
    database: sqlite3.Connection, written: list[list[str]]
) -> None:
    database.execute("delete from temp.facts")
    asked = parts([rule(condition(lines)) for lines in written])

    assert database.execute(sample(asked)).fetchone() == (0.0,) * len(asked)

    database.execute("insert into temp.facts values (null, 100.0, 4, 'high', 1, 1, 20490, 20490, 20490)")
    assert set(database.execute(sample(asked)).fetchone()) <= {0.0, 1.0}


def alone(database: sqlite3.Connection, one: Rule, asked: Condition) -> set[str]:
    seen = "1" if one.playbook.sees_inactive else "_active"
    text = sql_of_condition(asked, account_columns("f"))
    return {
        account
        for (account,) in database.execute(f"select _id from temp.facts_keyed f where {seen} and {text}")
    }


def rule(asked: Condition, *, sees_inactive: bool = False) -> Rule:
    trigger = SimpleNamespace(one_per=None, per_person=None)
    playbook: Any = SimpleNamespace(sees_inactive=sees_inactive, trigger=trigger)
    return Rule(playbook, asked)


def condition(lines: list[str]) -> Condition:
    root = read_tree("".join(f"- {line}\n" for line in lines), "t").root
    assert root is not None
    found, findings = read_conditions(root, SCOPE)
    assert found is not None, findings
    return found
