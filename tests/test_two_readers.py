"""A condition has two readers: SQL for the many, Python for the few. They must never differ; nor may sqlglot, a third one."""

from __future__ import annotations

import json
import sqlite3
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.own_functions import own_functions
from cs_playbook.compile.sql import sql
from cs_playbook.model import answer
from cs_playbook.model.answer import evaluate, truth
from cs_playbook.model.columns import column_of, known_column
from cs_playbook.model.data import Contract, Field, Table
from cs_playbook.model.expression import Expression, FieldType, Memory, Value, to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.time import Calendar
from cs_playbook.model.trait import Trait
from cs_playbook.model.wording import write
from cs_playbook.parse.bind import Binder
from cs_playbook.parse.condition import read_condition
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import NOWHERE
from cs_playbook.values import replace

TYPES = {
    "arr": FieldType.NUMBER, "spend": FieldType.NUMBER, "seats": FieldType.INTEGER, "users": FieldType.INTEGER,
    "tier": FieldType.TEXT, "owner": FieldType.TEXT, "paying": FieldType.BOOLEAN, "renewal": FieldType.DATE,
    "signed": FieldType.DATE, "roles": FieldType.LIST,
}  # fmt: skip
ACCOUNTS = Table(
    "accounts", tuple(Field(name, kind, NOWHERE) for name, kind in TYPES.items()), NOWHERE, key="tier"
)
SCOPE = Scope(Contract("c", (ACCOUNTS,), NOWHERE), TYPES)
RECKONING = Reckoning(20_500, Calendar(fiscal_year_starts=2))
WORDS = (
    "high", "low", 'a"b', "l'été", "ÉTÉ", "", "100%", 'a,"high"', "a_b", "back\\slash", "\\%", "%_%", "İ", "straße",
    "STRASSE", "ΣΊΣΥΦΟΣ", "日本", "'", "''", "[", '","',
)  # fmt: skip
LARGE = (2**53 + 1, -(2**53) - 1, 2**62, 2**63 - 1, -(2**63))

numbers = (
    st.sampled_from(("arr", "spend", "seats", "users"))
    | st.integers(-3, 60).map(str)
    | st.sampled_from(("0", "0.5", "1e3", "7"))
    | st.sampled_from(
        ("9007199254740993", "999999999999999", "9223372036854775808", "1e308", "0.1", "-1e-300")
    )
)
texts = st.sampled_from(("tier", "owner", "lower(tier)", "lower('ÉTÉ')")) | st.sampled_from(WORDS).map(
    lambda word: "'" + word.replace("'", "''") + "'"
)
dates = st.sampled_from(
    (
        "renewal",
        "signed",
        "today",
        "days_after(renewal, users)",
        "days_after(today, arr / spend)",
        "months_after(renewal, users)",
        "months_after(signed, arr / 12)",
    )
)
distances = st.sampled_from(("0", "1", "30", "400", "2.5", "-5"))
null = st.just("null")  # refused beside = and its kin, nowhere else
asked_lists = st.sampled_from(("roles", "roles", "roles", "case when paying then roles end"))


def numeric(depth: int) -> st.SearchStrategy[str]:
    if depth == 0:
        return numbers | dates.flatmap(
            lambda day: st.sampled_from(
                (
                    f"days_until({day})",
                    f"days_since({day})",
                    f"months_since({day})",
                    f"months_until({day})",
                    f"calendar_months_since({day})",
                    f"business_days_until({day})",
                )
            )
        )
    inner = numeric(depth - 1)
    reckoned = st.tuples(inner, st.sampled_from("+-*/"), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    )
    chain = st.lists(st.tuples(st.sampled_from("+-*/"), numbers | null), min_size=1, max_size=5).map(
        lambda parts: "arr" + "".join(f" {operator} {item}" for operator, item in parts)
    )
    case = st.tuples(questions(depth - 1), inner, inner).map(
        lambda parts: f"case when {parts[0]} then {parts[1]} else {parts[2]} end"
    )
    return inner | reckoned | chain | inner.map(lambda item: f"-({item})") | case


def questions(depth: int) -> st.SearchStrategy[str]:
    compared = st.tuples(
        numeric(min(depth, 1)), st.sampled_from(("=", "<>", "<", "<=", ">", ">=")), numeric(min(depth, 1))
    ).map(" ".join)
    leaf = st.one_of(
        compared,
        st.tuples(texts, st.sampled_from(("=", "<>")), texts).map(" ".join),
        st.tuples(dates, st.sampled_from(("<", ">=", "=")), dates).map(" ".join),
        st.tuples(texts | null, texts, texts | null).map(
            lambda parts: f"{parts[0]} in ({parts[1]}, {parts[2]})"
        ),
        st.tuples(numbers | null, numbers, numbers | null).map(
            lambda parts: f"{parts[0]} between {parts[1]} and {parts[2]}"
        ),
        st.tuples(st.sampled_from(("days_until", "days_since")), dates, distances, distances).map(
            lambda parts: f"{parts[0]}({parts[1]}) between {parts[2]} and {parts[3]}"
        ),
        st.tuples(texts | null, texts | null).map(lambda parts: f"{parts[0]} like {parts[1]}"),
        st.tuples(texts | null, asked_lists | null).map(" in ".join),
        st.tuples(numbers | null, numbers, numbers | null).map(
            lambda parts: f"{parts[0]} in ({parts[1]}, {parts[2]})"
        ),
        numbers.map(lambda item: f"{item} not in (seats)"),
        st.sampled_from(
            (
                "paying",
                "arr is null",
                "tier is not null",
                "renewal is null",
                "fiscal_quarter(renewal) = fiscal_quarter(today)",
                "earliest(renewal, signed) < today",
                "latest(renewal, signed) >= '2026-01-31'",
                "lower(tier) = 'été'",
                "(arr / seats) is null",
                "(seats + users) is null",
                "null",
                "null is null",
                "paying in (true, null)",
                "earliest(renewal, null) < today",
                "lower(null) = 'a'",
                "case when null then true end",
            )
        ),
    )
    if depth == 0:
        return leaf
    inner = questions(depth - 1)
    return leaf | st.one_of(
        st.tuples(inner, st.sampled_from(("and", "or")), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
        inner.map(lambda item: f"not ({item})"),
    )


values = st.fixed_dictionaries(
    {
        "arr": st.none()
        | st.floats(-1e6, 1e6, allow_nan=False)
        | st.sampled_from((0.0, -0.0, 0.5, 20000.0, 1e308, -1e308, 2.0**53, 2.0**63)),
        "spend": st.none() | st.floats(-10, 10, allow_nan=False),
        "seats": st.none() | st.integers(-3, 60) | st.sampled_from(LARGE),
        "users": st.none() | st.integers(0, 60) | st.sampled_from(LARGE),
        "tier": st.none() | st.sampled_from(WORDS),
        "owner": st.none() | st.sampled_from(WORDS),
        "paying": st.sampled_from((0, 1, None)),
        "renewal": st.none() | st.integers(19_700, 21_200),
        "signed": st.none() | st.integers(19_700, 21_200),
        "roles": st.none()  # as was(roles) is, where nothing is recorded
        | st.lists(st.sampled_from(WORDS), max_size=3).map(
            lambda words: json.dumps(words, ensure_ascii=False, separators=(",", ":"))
        ),
    }
)


def bound(text: str, scope: Scope = SCOPE) -> Expression:
    binder = Binder(scope, lambda at: NOWHERE)
    expression = binder.yes_or_no(read_condition(text))
    assert not [finding for finding in binder.findings if finding.is_error], binder.findings
    return expression


def connected() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    for name, function in own_functions(RECKONING).items():
        connection.create_function(name, -1, function, deterministic=True)
    return connection


@pytest.fixture(scope="module")
def database() -> sqlite3.Connection:
    connection = connected()
    stored = {FieldType.TEXT: "text", FieldType.LIST: "text", FieldType.NUMBER: "real"}
    columns = ", ".join(f'"{name}" {stored.get(kind, "integer")}' for name, kind in TYPES.items())
    connection.execute(f"create table f ({columns}) strict")
    return connection


def by_sql(database: sqlite3.Connection, text: str, row: dict[str, Value]) -> object:
    database.execute("delete from f")
    database.execute(f"insert into f values ({', '.join('?' for _ in TYPES)})", [row[name] for name in TYPES])
    return database.execute(f"select {text} from f").fetchone()[0]


@settings(max_examples=350)
@given(questions(2), values)
def test_sql_and_python_give_the_same_answer(
    database: sqlite3.Connection, text: str, row: dict[str, Value]
) -> None:
    expression = bound(text)
    many = by_sql(database, sql(expression, account_columns("f")), row)
    few = truth(evaluate(expression, row, RECKONING))
    assert (None if many is None else bool(many)) == few, text


UNTOLD = frozenset(("arr", "users", "tier", "renewal", "roles", "paying"))


@settings(max_examples=200)
@given(questions(2), values)
def test_nor_do_they_differ_about_what_nobody_exports(
    database: sqlite3.Connection, text: str, row: dict[str, Value]
) -> None:
    expression = bound(text, replace(SCOPE, untold=UNTOLD))
    row = {name: None if name in UNTOLD else value for name, value in row.items()}
    many = by_sql(database, sql(expression, account_columns("f")), row)
    few = truth(evaluate(expression, row, RECKONING))
    assert (None if many is None else bool(many)) == few, text


@pytest.mark.parametrize(
    ("text", "roles"), [("null in roles", '["high"]'), ("'high' in roles", None), ("tier in roles", None)]
)
def test_what_a_list_holds_is_unknown_where_either_is_empty(
    database: sqlite3.Connection, text: str, roles: Value
) -> None:
    row: dict[str, Value] = {**dict.fromkeys(TYPES), "tier": "high", "roles": roles}
    assert by_sql(database, sql(bound(text), account_columns("f")), row) is None
    assert evaluate(bound(text), row, RECKONING) is None


def test_yes_has_no_opposite_number() -> None:
    binder = Binder(SCOPE, lambda at: NOWHERE)
    binder.bind(read_condition("-true < arr"))
    assert [finding.code for finding in binder.findings] == ["CSP211"]


@settings(max_examples=300)
@given(questions(2))
def test_the_canonical_text_reads_back_to_the_same_expression(text: str) -> None:
    expression = read_condition(text)
    assert read_condition(write(expression)) == expression


PLAIN = st.one_of(
    st.tuples(
        st.sampled_from(("arr", "seats", "users")),
        st.sampled_from(("=", "<", ">=", "<>")),
        st.integers(0, 60).map(str),
    ).map(" ".join),
    st.sampled_from(
        (
            "paying",
            "tier = 'high'",
            "tier in ('high', 'low')",
            "arr is null",
            "seats between 2 and 9",
            "users / seats < 0.5",
            "not paying",
            "users * 2 - seats > arr + 1",
            "-seats < 3",
            "tier not in ('low')",
            "case when paying then arr else 0 end > 5",
        )
    ),
)
PLAIN_TREE = st.recursive(
    PLAIN,
    lambda inner: (
        st.tuples(inner, st.sampled_from(("and", "or")), inner).map(
            lambda parts: f"{parts[0]} {parts[1]} {parts[2]}"
        )
        | inner.map(lambda item: f"not ({item})")
    ),
    max_leaves=5,
)


@settings(max_examples=200)
@given(PLAIN_TREE, values)
def test_what_we_read_is_the_sql_that_others_read(
    database: sqlite3.Connection, text: str, row: dict[str, Value]
) -> None:
    """sqlglot reads the same text by itself: our grammar must bind as tightly, our answers must be its answers."""
    import sqlglot

    row = {**row, **{name: None for name in ("seats", "users") if row[name] in LARGE}}
    theirs = by_sql(
        database,
        sqlglot.transpile(f"select {text} from f", write="sqlite")[0]
        .removeprefix("SELECT ")
        .removesuffix(" FROM f"),
        row,
    )
    ours = truth(evaluate(bound(text), row, RECKONING))
    assert (None if theirs is None else bool(theirs)) == ours, text


def test_the_day_of_the_tests_is_a_day() -> None:
    from datetime import date

    assert to_day(date(2026, 2, 16)) == RECKONING.today


# --- traits ---

SAID = Memory("set_on", "mood", None, FieldType.DATE)
TRAITS = {"mood": FieldType.TEXT, "at_risk": FieldType.BOOLEAN}
SAID_COLUMNS = {
    **TRAITS, "renewal": FieldType.DATE, column_of(SAID): FieldType.DATE, known_column(SAID): FieldType.INTEGER,
}  # fmt: skip
OF_TRAITS = st.recursive(
    st.sampled_from(
        (
            "set_on(mood) is null",
            "set_on(mood) is not null",
            "days_since(set_on(mood)) >= 3",
            "set_on(mood) = today",
            "set_on(mood) < renewal",
            "latest(set_on(mood), renewal) > '2026-01-01'",
            "mood is null",
            "mood <> 'bad'",
            "at_risk",
            "not at_risk",
            "at_risk is null",
        )
    ),
    lambda inner: (
        st.tuples(inner, st.sampled_from(("and", "or")), inner).map(" ".join)
        | inner.map(lambda item: f"not ({item})")
    ),
    max_leaves=4,
)
SAID_VALUES = st.fixed_dictionaries(
    {
        "mood": st.sampled_from((None, "good", "bad")),
        "at_risk": st.sampled_from((0, 1)),
        "renewal": st.none() | st.integers(20_400, 20_600),
        column_of(SAID): st.none() | st.integers(20_490, 20_500),
        known_column(SAID): st.just(1),
    }
)


@settings(max_examples=200)
@given(OF_TRAITS, SAID_VALUES)
def test_of_traits_and_of_when_they_were_set_too(text: str, row: dict[str, Value]) -> None:
    traits = {name: Trait(name, kind, NOWHERE) for name, kind in TRAITS.items()}
    binder = Binder(replace(SCOPE, facts={**TYPES, **TRAITS}, traits=traits), lambda at: NOWHERE)
    expression = binder.yes_or_no(read_condition(text))
    assert binder.findings == []
    connection = connected()
    connection.execute(f"create table f ({', '.join(SAID_COLUMNS)})")
    marks = ", ".join("?" for _ in SAID_COLUMNS)
    connection.execute(f"insert into f values ({marks})", [row[name] for name in SAID_COLUMNS])
    (many,) = connection.execute(f"select {sql(expression, account_columns('f'))} from f").fetchone()
    few = truth(evaluate(expression, row, RECKONING))
    assert (None if many is None else bool(many)) == few, text


def test_every_kind_of_expression_is_answered() -> None:
    assert set(answer._READERS) == set(get_args(Expression))
