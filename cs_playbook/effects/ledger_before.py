"""What a run is about to write over in memory → kept beside it, so that the run can be taken back."""

from __future__ import annotations

import sqlite3
from datetime import date

from cs_playbook.effects import ledger_sums
from cs_playbook.model.value import to_day

_SERIES = """
insert into series_before
select ?1, ?2, first_day, last_day from (select 1) left join series on series.series = ?2 where true
on conflict do nothing returning run, series, first_day, last_day
"""
_MEMORY = """
insert into memory_before select ?, series, subject, day, value from memory where series = ? and day = ?
on conflict do nothing returning run, series, subject, day, value
"""
_TOUCHED = "select series, first_day, last_day from series_before where run = ?"
_OF_THE_DAY = "from memory where series = ? and day = ?"
_BACK = """
insert into memory select series, subject, day, value from memory_before where run = ? and series = ?
returning series, subject, day, value
"""


def keep(connection: sqlite3.Connection, series: str, run: int, day: int) -> None:
    """The series as the run finds it, and what an earlier run of the same day has remembered of it."""
    _keep(connection, "series_before", _SERIES, (run, series))
    _keep(connection, "memory_before", _MEMORY, (run, series, day))


def _keep(connection: sqlite3.Connection, table: str, insert: str, what: tuple[int | str, ...]) -> None:
    ledger_sums.add(connection, table, ledger_sums.sum_of(connection.execute(insert, what).fetchall()))


def bring_back(connection: sqlite3.Connection, run: int, day: date) -> None:
    """Memory as the newest run has found it. Nothing is known of runs of an earlier version: what they saw stays."""
    change = 0
    for series, first_day, last_day in connection.execute(_TOUCHED, (run,)).fetchall():
        gone = connection.execute(f"select series, subject, day, value {_OF_THE_DAY}", (series, to_day(day)))
        change -= ledger_sums.sum_of(gone)
        connection.execute(f"delete {_OF_THE_DAY}", (series, to_day(day)))
        change += ledger_sums.sum_of(connection.execute(_BACK, (run, series)).fetchall())
        _as_it_was(connection, series, first_day, last_day)
    ledger_sums.add(connection, "memory", change)
    ledger_sums.recount(connection, "series")


def _as_it_was(
    connection: sqlite3.Connection, series: str, first_day: int | None, last_day: int | None
) -> None:
    if first_day is None:
        connection.execute("delete from series where series = ?", (series,))
    else:
        connection.execute(
            "update series set first_day = ?, last_day = ? where series = ?", (first_day, last_day, series)
        )
