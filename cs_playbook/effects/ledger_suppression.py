"""The suppression list in the ledger: what was said of it comes out as it stands; its key is made once and kept."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import Any

from cs_playbook.effects import ledger_sums
from cs_playbook.effects.ledger_faults import understood
from cs_playbook.model.suppression import Entry, SuppressionList, reader_mark

KEY = "select v from meta where k = 'suppression_key'"
_KINDS = "kind in ('Suppressed', 'SuppressionLifted')"
SAID = f"select kind, body from event where {_KINDS} order by seq"
INDEX = f"create index event_suppressed on event(seq) where {_KINDS};"
_ADD_KEY = "insert or ignore into meta values ('suppression_key', ?)"


def read_list(key: Iterable[tuple[Any, ...]], said: Iterable[tuple[Any, ...]]) -> SuppressionList:
    """The rows of KEY and of SAID → the list as it stands; the last word on an address counts."""
    known = next((str(value) for (value,) in key), "")
    if not known:
        return SuppressionList()
    entries: dict[str, Entry] = {}
    with understood("an event"):
        for kind, body in said:
            word = json.loads(body)
            entries.pop(word["address"], None)
            if kind == "Suppressed":
                on, forgets = date.fromisoformat(word["on"]), word.get("forgets", "")
                entry = Entry(word["address"], on, word["by"], word["because"], forgets)
                entries[entry.address] = entry
    return SuppressionList(known, entries)


def with_a_key(connection: sqlite3.Connection) -> str:
    """Without it nobody can tell from the ledger whose addresses stand there; it never changes."""
    connection.execute(_ADD_KEY, (secrets.token_hex(32),))
    ledger_sums.recount(connection, "meta")
    return str(connection.execute(KEY).fetchone()[0])


def reader_marks(connection: sqlite3.Connection, addresses: Iterable[str]) -> frozenset[str]:
    """By which the caps know these addresses; none where there is no key."""
    found = connection.execute(KEY).fetchone()
    return frozenset(reader_mark(address, str(found[0])) for address in addresses) if found else frozenset()
