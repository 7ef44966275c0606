"""Rows that no event explains → one number a table, kept beside them, so that a changed row is found.

The number is the sum of the hashes of all rows: it does not ask for an order, and what is new is added without
reading what was there.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator

from cs_playbook.effects.ledger_faults import DAMAGED
from cs_playbook.errors import StoppedOnPurpose

Row = tuple[str | int | float | bytes | None, ...]

# What changes later on (whether a run is published, the bytes of a file until they are in place) is not counted; of the
# outbox only the hashes of the mails: all else of it is the fold.
_ROWS = {
    "meta": "select k, v from meta where k not like 'sum of %'",
    "run": "select id, day, snapshot_sha, sources_hash, files_hash, plan_hash, version, started_at, fresh, counts from run",
    "definition": "select sha, playbook, text, first_day from definition",
    "memory": "select series, subject, day, value from memory",
    "series": "select series, first_day, last_day from series",
    "file": "select run, path, sha256 from file",
    "series_before": "select run, series, first_day, last_day from series_before",
    "memory_before": "select run, series, subject, day, value from memory_before",
    "outbox": "select task, sha256 from outbox where sha256 is not null",
}
_ROOM = 1 << 128
_KEEP = "insert into meta values (?, ?) on conflict do update set v = excluded.v"


def begin(connection: sqlite3.Connection) -> None:
    """Counts what is there, where nobody has yet: in a new ledger, or one of an earlier version."""
    for table in _ROWS:
        if _kept(connection, table) is None:
            recount(connection, table)


def recount(connection: sqlite3.Connection, table: str) -> None:
    """For a small table, of which rows have changed."""
    _keep(connection, table, _counted(connection, table))


def recount_run(connection: sqlite3.Connection, run: int) -> None:
    """A run is added once all of it is known."""
    rows = connection.execute(f"{_ROWS['run']} where id = ?", (run,))
    add(connection, "run", sum_of(rows))


def add(connection: sqlite3.Connection, table: str, amount: int) -> None:
    """`amount`: the sum of what is new less that of what is gone. Raises StoppedOnPurpose: the sum is damaged."""
    before = _kept(connection, table) or ""
    try:
        _keep(connection, table, int(before, 16) + amount)
    except ValueError as cause:
        raise StoppedOnPurpose(f"the sum of {table} in the ledger is damaged", DAMAGED) from cause


def sum_of(rows: Iterable[Row]) -> int:
    return sum(map(number_of, rows))


def number_of(row: Row) -> int:
    """Of what a row says, with the kind of each value: 1 is not '1'."""
    written = repr([value + 0.0 if isinstance(value, float) else value for value in row])
    return int.from_bytes(hashlib.blake2b(written.encode(), digest_size=16).digest())


def verify(connection: sqlite3.Connection) -> Iterator[str]:
    for table in _ROWS:
        kept = _kept(connection, table)
        if kept is None:
            yield f"nothing says what {table} should hold: the ledger is of an earlier version until the next run"
        elif kept != _written(_counted(connection, table)):
            yield f"the rows of {table} are not those that were recorded"


def _counted(connection: sqlite3.Connection, table: str) -> int:
    return sum_of(connection.execute(_ROWS[table]))


def _kept(connection: sqlite3.Connection, table: str) -> str | None:
    row = connection.execute("select v from meta where k = ?", (f"sum of {table}",)).fetchone()
    return None if row is None else str(row[0])


def _keep(connection: sqlite3.Connection, table: str, amount: int) -> None:
    connection.execute(_KEEP, (f"sum of {table}", _written(amount)))


def _written(amount: int) -> str:
    return f"{amount % _ROOM:032x}"
