"""Which snapshot a run has looked at, where that snapshot was written anew since: it stays the same one for everybody."""

from __future__ import annotations

import sqlite3

from cs_playbook.effects import ledger_faults, ledger_sums


def knows_snapshot(connection: sqlite3.Connection, sha256: str) -> bool:
    """Whether a run has looked at it."""
    found = connection.execute("select 1 from run where snapshot_sha = ? limit 1", (sha256,)).fetchone()
    return found is not None


def point_to_snapshot(connection: sqlite3.Connection, place: str, before: str, after: str) -> None:
    """In a transaction of its own, before the new one takes its place."""
    if knows_snapshot(connection, before):
        with ledger_faults.transaction(connection, place):
            ledger_sums.begin(connection)
            connection.execute("update run set snapshot_sha = ? where snapshot_sha = ?", (after, before))
            ledger_sums.recount(connection, "run")
