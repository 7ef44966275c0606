"""A table of the contract → the SQL that tells what of it differs between two snapshots: keys, values, columns.

Each query is asked of both, or of one with the answer of the other: two snapshots are never open in one connection.
"""

from __future__ import annotations

import re

from cs_playbook.compile.placing import quoted
from cs_playbook.model.data import ACCOUNTS, Field, Table
from cs_playbook.model.value import FieldType

TABLES = "SELECT name, sql FROM main.sqlite_schema WHERE type = 'table' ORDER BY name"

_COLUMN = re.compile(r'"((?:[^"]|"")+)" (TEXT|REAL|INTEGER)')


def columns_in(statement: str) -> dict[str, str]:
    """Column → how it is stored, of a CREATE TABLE as placing.create writes it; without ours (_n, _account …)."""
    return {name.replace('""', '"'): kind for name, kind in _COLUMN.findall(statement.partition("(")[2])}


def keys_in_order(table: Table) -> str:
    """All keys, each once: accounts are stored in that order."""
    assert table.key is not None
    order = "_n" if table.name == ACCOUNTS else "1"
    return f"SELECT {quoted(table.key)} FROM main.{quoted(table.name)} ORDER BY {order}"


def names_of(table: Table) -> str:
    """(key, name) of the accounts with these keys (parameter: a JSON list)."""
    key = quoted(table.key or "")
    chosen = f"{key} IN (SELECT value FROM json_each(?))"
    return f"SELECT {key}, {quoted('name')} FROM main.{quoted(table.name)} WHERE {chosen}"


def different_values(table: Table, field: Field) -> str:
    """The first different values (parameter: how many), as they are met."""
    value, rows = _values(table, field)
    return f"SELECT DISTINCT {value} FROM {rows} WHERE {value} IS NOT NULL LIMIT ?"


def filled_cells(table: Table, field: Field) -> str:
    value, rows = _values(table, field)
    return f"SELECT count({value}) FROM {rows}"


def other_values(table: Table, field: Field) -> str:
    """(value, rows) of the values that are none of these (parameters: a JSON list, how many), the most frequent first."""
    value, rows = _values(table, field)
    others = f"{value} IS NOT NULL AND {value} NOT IN (SELECT value FROM json_each(?))"
    return f"SELECT {value}, count(*) FROM {rows} WHERE {others} GROUP BY {value} ORDER BY 2 DESC, 1 LIMIT ?"


def parents_lost(accounts: Table) -> str | None:
    """How many accounts name a parent that is not there; None where accounts have no parent."""
    if accounts.parent is None or accounts.key is None:
        return None
    name, key, parent = quoted(ACCOUNTS), quoted(accounts.key), quoted(accounts.parent)
    there = f"SELECT {key} FROM main.{name}"
    return f"SELECT count(*) FROM main.{name} WHERE {parent} IS NOT NULL AND {parent} NOT IN ({there})"


def _values(table: Table, field: Field) -> tuple[str, str]:
    """What to ask and of what: a list is asked entry by entry."""
    rows = f"main.{quoted(table.name)} t"
    if field.type is FieldType.LIST:
        return "entry.value", f"{rows}, json_each(t.{quoted(field.name)}) entry"
    return f"t.{quoted(field.name)}", rows
