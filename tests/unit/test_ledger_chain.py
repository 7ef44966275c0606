"""Whoever changes an event and hashes it anew is given away by the event after it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_writing import link
from tests.unit import ledgers
from tests.unit.ledgers import ID, commit, started


def test_an_event_that_was_changed_and_hashed_anew_is_found(tmp_path: Path) -> None:
    path = ledgers.made(tmp_path / "state" / "ledger.db")
    with Ledger.open(path, ID, writing=True) as ledger:
        commit(ledger, started("e1", "acme"), started("e2", "bolt"))
        assert ledger.verify() == []

    change_and_hash_anew(path)

    with Ledger.open(path, ID, writing=False) as ledger:
        assert ledger.verify() == [
            "event 2 does not follow from the one before: one of the two was changed or taken out"
        ]


def change_and_hash_anew(path: Path) -> None:
    """Somebody who knows how, and puts the trigger back that was in the way."""
    with closing(sqlite3.connect(path)) as connection:
        (trigger,) = connection.execute("select sql from sqlite_schema where name = 'event_stays'").fetchone()
        connection.execute("drop trigger event_stays")
        row = connection.execute(
            "select run, day, '1999-12-31T00:00:00Z', kind, enrollment, account, body from event where seq = 1"
        ).fetchone()
        connection.execute(
            "update event set recorded_at = ?, hash = ? where seq = 1", (row[2], link(ID, row))
        )
        connection.execute(trigger)
        connection.commit()
