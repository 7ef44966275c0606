"""Two manifests side by side: what shrank, grew and became empty."""

from __future__ import annotations

from datetime import date

from cs_playbook.source.finding import Severity
from cs_playbook.source.manifest import Manifest, TableCount
from cs_playbook.study.data_check import compare, emptied, shrunk


def manifest(day: int, **tables: tuple[int, dict[str, int]]) -> Manifest:
    """table=(rows, empties)."""
    counts = tuple(
        (name, TableCount(rows, tuple(empties.items()))) for name, (rows, empties) in tables.items()
    )
    return Manifest(date(2026, 3, day), "", "", (), counts, "", "")


def test_a_table_that_lost_rows_has_shrunk() -> None:
    before = manifest(1, accounts=(400, {}), usage=(1000, {}), tickets=(10, {}))
    today = manifest(2, accounts=(401, {}), usage=(250, {}))

    assert shrunk(today, before) == [("usage", 1000, 250, 0.75), ("tickets", 10, 0, 1.0)]


def test_a_field_that_is_empty_more_often_has_emptied() -> None:
    before = manifest(1, accounts=(100, {"arr": 5, "name": 0, "sector": 50}))
    today = manifest(2, accounts=(200, {"arr": 30, "name": 0, "sector": 90}))

    assert emptied(today, before) == [("accounts", "arr", 0.05, 0.15)]


def test_nothing_is_said_of_shares_where_there_are_no_rows() -> None:
    before = manifest(1, tickets=(0, {"kind": 0}), usage=(9, {"day": 0}))
    today = manifest(2, tickets=(5, {"kind": 5}), usage=(0, {"day": 0}))

    assert emptied(today, before) == []


def test_the_same_twice_says_nothing() -> None:
    same = manifest(1, accounts=(400, {"arr": 3}))

    assert compare(same, same, "x.json") == []


def test_small_changes_are_told_and_large_ones_are_worth_a_look() -> None:
    before = manifest(1, accounts=(400, {"arr": 0}), usage=(1000, {}), tickets=(10, {}))
    today = manifest(2, accounts=(402, {"arr": 40}), usage=(250, {}), meetings=(1, {}))

    assert [(f.code, f.severity, f.message) for f in compare(today, before, "2026-03-02.json")] == [
        ("CSP754", Severity.WARNING, "the table meetings is new since 2026-03-01"),
        ("CSP754", Severity.WARNING, "the table tickets is gone since 2026-03-01"),
        ("CSP752", Severity.NOTE, "accounts: 402 rows (+0.5%), 400 on 2026-03-01"),
        ("CSP751", Severity.WARNING, "usage: 250 rows (-75.0%), 1000 on 2026-03-01"),
        ("CSP753", Severity.WARNING, "accounts.arr is empty in 10.0% of the rows, 0.0% on 2026-03-01"),
    ]
