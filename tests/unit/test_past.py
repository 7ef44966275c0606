"""What stood in a series of the ledger: both ways to take it from there say what its rows say."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_playbook.compile.filled import Recorded, from_ledger, from_short_ledger, past_table
from cs_playbook.effects.ledger_tables import MADE

SUBJECTS = st.sampled_from(["a", "b", "ä", "10", "9"])
ROWS = st.dictionaries(
    st.tuples(st.sampled_from(["fact:tier", "fact:it's"]), SUBJECTS, st.integers(1, 6)),
    st.sampled_from(["high", "low", None, 1, 0.5]),
)
MEMORY = next(line for line in MADE.split(";") if "create table memory(" in line)


@given(ROWS, st.integers(1, 7), st.sampled_from(["m.value", "m.day"]))
@pytest.mark.parametrize("fill", [from_ledger, from_short_ledger])
def test_the_last_word_before_a_day_counts(
    fill: Callable[[str, Recorded, str], str],
    rows: dict[tuple[str, str, int], object],
    before: int,
    value: str,
) -> None:
    recorded = Recorded("fact:it's", before, value)
    expected: dict[str, tuple[object, int]] = {}
    for (series, subject, day), said in sorted(rows.items(), key=lambda row: row[0]):
        if series == recorded.series and day < before and subject != "b":
            expected[subject] = (said if value == "m.value" else day, day)

    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("attach ':memory:' as ledger")
        connection.execute(MEMORY.replace("memory(", "ledger.memory("))
        connection.executemany(
            "insert into ledger.memory values (?, ?, ?, ?)", ((*place, said) for place, said in rows.items())
        )
        connection.execute(past_table("past"))
        connection.execute(fill("past", recorded, "m.subject <> 'b'"))
        found = connection.execute("select subject, value, since from temp.past order by 1").fetchall()

    assert found == [(subject, *expected[subject]) for subject in sorted(expected, key=str.encode)]
