"""A new connection → the settings and the empty tables of the ledger."""

from __future__ import annotations

import sqlite3
from functools import cache

from cs_playbook.effects import ledger_sums

APPLICATION_ID = 0x4353504C  # "CSPL": `file` and other programs see whose database this is
USER_VERSION = 2
OLDEST = 1  # that can be read, and brought up
SHAPE = "select type, name, tbl_name, coalesce(sql, '') from sqlite_schema"
WAIT = "pragma busy_timeout = 5000"  # milliseconds, for a reader that is just finishing

_SETTINGS = (
    WAIT,
    "pragma foreign_keys = on",
    "pragma secure_delete = on",  # what was deleted is overwritten, not only forgotten
    "pragma trusted_schema = off",
    "pragma cell_size_check = on",
    "pragma journal_mode = delete",  # one writer; and the write-ahead log of older SQLites can corrupt
    "pragma synchronous = extra",  # full would let a power cut undo a commit whose files are already out
    "pragma fullfsync = on",  # the same on macOS; nothing elsewhere
    "pragma cache_size = -12288",  # KiB; a run that changes more waits for the disk in between
)


def build(connection: sqlite3.Connection, ledger_id: str, version: str, made_at: str) -> None:
    """The tables of an empty ledger, in one transaction."""
    settle(connection)
    whose = f"pragma application_id = {APPLICATION_ID}; pragma user_version = {USER_VERSION};"
    connection.executescript(f"begin immediate; {whose} {_all_that_is_made()}")
    meta = [("id", ledger_id), ("version", version), ("made_at", made_at)]
    connection.executemany("insert into meta values (?, ?)", meta)
    ledger_sums.begin(connection)
    connection.execute("commit")


@cache
def as_made() -> frozenset[tuple[str, ...]]:
    """What SQLite says of the tables, indexes and triggers of a ledger that nobody has touched."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.executescript(_all_that_is_made())
        return frozenset(connection.execute(SHAPE))
    finally:
        connection.close()


def settle(connection: sqlite3.Connection) -> None:
    """Safe before fast: one writer, every commit on the disk."""
    for setting in _SETTINGS:
        connection.execute(setting)


def _all_that_is_made() -> str:
    # Who only opens a ledger does not wait for the states of mails and the kinds of words that these name.
    from cs_playbook.effects.ledger_tables import MADE  # noqa: PLC0415 - only where a ledger is made or checked: what opens one starts quicker

    return MADE
