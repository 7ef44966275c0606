"""newest() and oldest(): the field of the first row in order of its day, the later row of one day; each account its own."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.compile.rows import counted_day, edge_row, is_its_day, view_of
from cs_playbook.model.data import Contract, Field, Table
from cs_playbook.model.expression import FieldType, Related
from cs_playbook.source.finding import NOWHERE

FIELDS = (Field("on", FieldType.DATE, NOWHERE), Field("kind", FieldType.TEXT, NOWHERE))
TABLE = Table("calls", FIELDS, NOWHERE, account="account_id", day="on")
TODAY = 20_500

ROWS = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from((-3, 0, 20_499, 20_500, 20_501)), st.sampled_from((None, "a", "b"))),
    max_size=12,
)  # fmt: skip


@pytest.fixture(scope="module")
def database() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "create table calls (_account integer, _row integer, account_id text, 'on' integer, kind text, primary key (_account, 'on', _row)) strict, without rowid"
    )
    connection.create_function("cs_today", -1, lambda: TODAY, deterministic=True)
    connection.execute(view_of(TABLE, Contract("c", (TABLE,), NOWHERE)))
    return connection


@settings(max_examples=60)
@given(ROWS, st.sampled_from(("newest", "oldest")))
def test_the_first_row_is_found_as_if_they_were_sorted(
    database: sqlite3.Connection, rows: list[tuple[int, int, str | None]], function: str
) -> None:
    placed = [(account, place, day, kind) for place, (account, day, kind) in enumerate(rows, 1)]
    database.execute("delete from calls")
    database.executemany("insert into calls values (?, ?, null, ?, ?)", placed)
    first: dict[int, tuple[int, int, str | None]] = {}
    for account, place, day, kind in sorted(placed, key=lambda row: row[2:3] + row[1:2]):
        if day <= TODAY and (function == "newest" or account not in first):
            first[account] = (place, day, kind)

    kinds, days = Related(function, "calls", "kind", None), Related(function, "calls", "on", None)
    counted = counted_day(days, TABLE)

    assert is_its_day(days, TABLE)
    assert not is_its_day(kinds, TABLE)
    assert dict(database.execute(edge_row(kinds, TABLE, None))) == {
        account: kind for account, (_, _, kind) in first.items()
    }
    query = f"select r._account, {counted.value} from temp.seen_calls r group by 1"
    assert dict(database.execute(query)) == {account: day for account, (_, day, _) in first.items()}
