"""One scan for many rules says of each rule what that rule says alone, in whatever order it asks their parts."""

from __future__ import annotations

import sqlite3
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.masks import MOST, masks, parts, sample
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
    )
)  # fmt: skip
RULES = st.lists(st.lists(LEAVES, min_size=1, max_size=4), min_size=1, max_size=MOST)
ROW = st.tuples(
    st.sampled_from((None, 0.0, 99.5, 100.0, 900.0)), st.sampled_from((None, 0, 2, 4)),
    st.sampled_from((None, "high", "low", "tech")), st.sampled_from((0, 1)), st.sampled_from((0, 1)),
    st.sampled_from((None, 20_490, 20_498, 20_500)),
)  # fmt: skip


@pytest.fixture(scope="module")
def database() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    patient = series_of(condition(["{when: seats > 3, for: 3 days}"]))
    connection.execute(
        f"create temp table facts (_n integer primary key, arr real, seats integer, tier text, paying integer, _active integer, {patient} integer) strict"
    )
    connection.execute("create temp view facts_keyed as select *, _n as _id from temp.facts")
    for name, function in own_functions(RECKONING).items():
        connection.create_function(name, -1, function, deterministic=True)
    return connection


@settings(max_examples=150, deadline=None)
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
    database.executemany("insert into temp.facts values (null, ?, ?, ?, ?, ?, ?)", rows)
    rules = [rule(condition(lines), sees_inactive=k in see_all) for k, lines in enumerate(written)]
    shares = {part: chance.random() for part in parts(rules)}

    said = dict(database.execute(masks(rules, shares)))

    for k, one in enumerate(rules):
        for bit, asked in ((k, impatient(one.condition)), (MOST + k, one.condition)):
            assert {account for account, mask in said.items() if mask >> bit & 1} == alone(
                database, one, asked
            )


@given(RULES)
def test_the_sample_gives_the_share_of_each_part(
    database: sqlite3.Connection, written: list[list[str]]
) -> None:
    database.execute("delete from temp.facts")
    asked = parts([rule(condition(lines)) for lines in written])

    assert database.execute(sample(asked)).fetchone() == (0.0,) * len(asked)

    database.execute("insert into temp.facts values (null, 100.0, 4, 'high', 1, 1, 20490)")
    assert set(database.execute(sample(asked)).fetchone()) <= {0.0, 1.0}


def alone(database: sqlite3.Connection, one: Rule, asked: Condition) -> set[int]:
    seen = "1" if one.playbook.sees_inactive else "_active"
    text = sql_of_condition(asked, account_columns("f"))
    return {
        account
        for (account,) in database.execute(f"select _id from temp.facts_keyed f where {seen} and {text}")
    }


def rule(asked: Condition, *, sees_inactive: bool = False) -> Rule:
    return Rule(
        SimpleNamespace(sees_inactive=sees_inactive, trigger=SimpleNamespace(one_per=None, per_person=None)),
        asked,
    )  # type: ignore[arg-type]


def condition(lines: list[str]) -> Condition:
    root = read_tree("".join(f"- {line}\n" for line in lines), "t").root
    assert root is not None
    found, findings = read_conditions(root, SCOPE)
    assert found is not None, findings
    return found
