"""The contract → the SQL that makes the tables of a snapshot, finds bad rows of an export, places the good.

Rows are staged as they come, in temporary tables, with the code of what is wrong with them; then they are
placed in order, so that the order of an export leaves no trace in a snapshot.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import assert_never

from cs_playbook.model.data import ACCOUNTS, Contract, Field, Table
from cs_playbook.model.value import FieldType

REPEATED = "CSP734"
ORPHAN = "CSP735"
TEMPORARY = "SELECT name FROM temp.sqlite_schema WHERE type = 'table'"
# What stands before the cells of a staged row: the line of the export, what is wrong with it and where, and how
# new it is where `newest_by` asks for it.
STAGED_BEFORE = ("line", "code", "message", "hint", "start", "letters", "moment")


def shape(contract: Contract) -> str:
    """A hash of all that decides what the tables of a snapshot look like: tables, fields, types, keys."""
    tables = [
        [
            table.name,
            [[field.name, field.type.value] for field in table.fields],
            [table.key, table.account, table.day],
            [table.through.table, table.through.by] if table.through else None,
        ]
        for table in contract.exported
    ]
    # What nobody exports is part of it: rows that are not there because nobody has them say something else than none.
    told = [tables, contract.not_exported] if contract.not_exported else tables
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def in_order_of_belonging(contract: Contract) -> tuple[Table, ...]:
    """Every table after the one its rows belong to; accounts first."""
    placed = [contract.accounts]
    waiting = [table for table in contract.tables if table.name != ACCOUNTS]
    while waiting:
        there = {table.name for table in placed}
        ready = [table for table in waiting if owner_table(table) in there]
        assert ready, "tables that belong to each other are refused when the contract is read"
        placed += ready
        waiting = [table for table in waiting if table not in ready]
    return tuple(placed)


def owner_table(table: Table) -> str:
    """The table whose rows its rows belong to."""
    return table.through.table if table.through else ACCOUNTS


def owner_field(table: Table) -> str | None:
    """The field that names the row it belongs to; None for accounts."""
    return table.through.by if table.through else table.account


def create(table: Table) -> str:
    """The table of a snapshot."""
    columns = [f"{quoted(field.name)} {_stored_as(field)}" for field in table.fields]
    if table.name == ACCOUNTS:
        return f"CREATE TABLE main.{quoted(table.name)}(_n INTEGER PRIMARY KEY, {', '.join(columns)}) STRICT"
    if table.stands_alone:
        return (
            f"CREATE TABLE main.{quoted(table.name)}(_row INTEGER PRIMARY KEY, {', '.join(columns)}) STRICT"
        )
    through = ["_through INTEGER NOT NULL"] if table.through else []
    before = ["_account INTEGER NOT NULL", "_row INTEGER NOT NULL", *through]
    key = ", ".join(["_account", *_day(table), "_row"])
    body = ", ".join([*before, *columns, f"PRIMARY KEY ({key})"])
    return f"CREATE TABLE main.{quoted(table.name)}({body}) STRICT, WITHOUT ROWID"


def create_staging(table: Table) -> str:
    """Where the rows of an export wait: untyped, so that a cell stays what it was read as."""
    cells = ", ".join(_cell(field) for field in table.fields)
    before = "line INTEGER PRIMARY KEY, code TEXT, message TEXT, hint TEXT, start INTEGER, letters INTEGER"
    return f"CREATE TEMP TABLE {_staging(table)}({before}, moment INTEGER, {cells})"


def stage(table: Table, said: Iterable[int]) -> str:
    """INSERT of one staged row; `said`: which of its places, STAGED_BEFORE and then the fields in their order."""
    names = [*STAGED_BEFORE, *map(_cell, table.fields)]
    columns = [names[n] for n in said]
    return (
        f"INSERT INTO temp.{_staging(table)}({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    )


def keep_newest(table: Table) -> tuple[str, str]:
    """Of the rows that share a key only the newest stay, good or bad; of those that say the same, the first."""
    assert table.key is not None, "refused when the mapping is read"
    staged, key = f"temp.{_staging(table)}", _named(table.key)
    # Only those that share a key are held against each other: they are few.
    several = f"{key} IN (SELECT {key} FROM {staged} GROUP BY {key} HAVING count(*) > 1)"
    by_age = f"rank() OVER (PARTITION BY {key} ORDER BY moment DESC) AS place"
    older = f"SELECT line FROM (SELECT line, moment, {by_age} FROM {staged} WHERE {several}) WHERE place > 1 AND moment IS NOT NULL"
    cells = ", ".join(_cell(field) for field in table.fields)
    by_cells = f"row_number() OVER (PARTITION BY {cells} ORDER BY line) AS place"
    same = f"SELECT line, {by_cells} FROM {staged} WHERE code IS NULL AND {several}"
    again = f"SELECT line FROM ({same}) WHERE place > 1"
    return f"DELETE FROM {staged} WHERE line IN ({older})", f"DELETE FROM {staged} WHERE line IN ({again})"


def give_up_keys(table: Table) -> str:
    """A row without a moment is bad, and it alone: its key belongs to the row that has both."""
    assert table.key is not None, "refused when the mapping is read"
    staged, key = f"temp.{_staging(table)}", _named(table.key)
    dated = f"SELECT {key} FROM {staged} WHERE moment IS NOT NULL"
    return f"UPDATE {staged} SET {key} = NULL WHERE moment IS NULL AND {key} IN ({dated})"


def mark_repeated(table: Table) -> str | None:
    """All rows that share a key are bad: nobody knows which one is right."""
    if table.key is None:
        return None
    key = _named(table.key)
    twice = (
        f"SELECT {key} FROM temp.{_staging(table)} WHERE {key} IS NOT NULL GROUP BY {key} HAVING count(*) > 1"
    )
    return f"UPDATE temp.{_staging(table)} SET code = '{REPEATED}' WHERE code IS NULL AND {key} IN ({twice})"


def mark_orphans(table: Table) -> str | None:
    """A row whose account, or whose row in between, is not there."""
    by = owner_field(table)
    if by is None:
        return None
    owner = f"SELECT 1 FROM temp.{_keys(owner_table(table))} AS owner WHERE owner.key = staged.{_named(by)}"
    alone = f"code IS NULL AND NOT EXISTS ({owner})"
    return f"UPDATE temp.{_staging(table)} AS staged SET code = '{ORPHAN}' WHERE {alone}"


def place(table: Table) -> str:
    """The good rows, numbered and in the order of the primary key."""
    names = ", ".join(quoted(field.name) for field in table.fields)
    values = ", ".join(_value(field) for field in table.fields)
    rows = f"temp.{_staging(table)} AS staged"
    by = owner_field(table)
    if by is None or table.stands_alone:
        # SQLite numbers them as they come, from 1: a sixth of what row_number() takes.
        order = _order(table) if table.stands_alone else [_named(table.key or "id")]
        chosen = f"SELECT {values} FROM {rows} WHERE code IS NULL ORDER BY {', '.join(order)}"
        return f"INSERT INTO main.{quoted(table.name)}({names}) {chosen}"
    number = f"row_number() OVER (ORDER BY {', '.join(['owner.account', *_order(table)])})"
    into, through = ("_account, _row, _through", ", owner.row") if table.through else ("_account, _row", "")
    joined = f"{rows} JOIN temp.{_keys(owner_table(table))} AS owner ON owner.key = staged.{_named(by)}"
    # They come in the order of their numbers; to sort them by these once more takes as long as all the rest.
    chosen = f"SELECT owner.account, {number}{through}, {values} FROM {joined} WHERE code IS NULL"
    return f"INSERT INTO main.{quoted(table.name)}({into}, {names}) {chosen}"


def remember_keys(table: Table) -> tuple[str, ...]:
    """Where the rows of a table have been placed, for the rows that belong to them; nothing without a key."""
    if table.key is None:
        return ()
    number = "_n, _n" if table.name == ACCOUNTS else "_account, _row"
    placed = f"SELECT {quoted(table.key)}, {number} FROM main.{quoted(table.name)} ORDER BY 1"
    return (
        f"CREATE TEMP TABLE {_keys(table.name)}(key PRIMARY KEY, account INTEGER, row INTEGER) WITHOUT ROWID",
        f"INSERT INTO temp.{_keys(table.name)} {placed}",
    )


def count(table: Table) -> str:
    """One row: how many good rows, how many bad ones, then the empties of each field among the good."""
    empties = ", ".join(
        f"coalesce(sum({_cell(field)} IS NULL AND code IS NULL), 0)" for field in table.fields
    )
    return f"SELECT coalesce(sum(code IS NULL), 0), count(code), {empties} FROM temp.{_staging(table)}"


def bad_rows(table: Table, owner: Table | None) -> str:
    """Some bad rows: STAGED_BEFORE, the key, the line of another row with it, the owner's key, and the owner's
    line where it is there but bad itself. Parameters: how many rows that are wrong alike are shown one by one, how
    many where there are more of them, how many in all. Rows are wrong alike by code, hint and first column."""
    columns = [*STAGED_BEFORE, "NULL", "NULL", "NULL", "NULL"]
    staged = f"temp.{_staging(table)}"
    if table.key:
        key = _named(table.key)
        same = f"other.{key} = staged.{key} AND other.line <> staged.line"
        other = f"SELECT min(other.line) FROM {staged} AS other WHERE {same}"
        columns[-4:-2] = [key, f"iif(code = '{REPEATED}', ({other}), NULL)"]
    by = owner_field(table)
    if by and owner and owner.key:
        same = f"bad.{_named(owner.key)} = staged.{_named(by)}"
        bad = f"SELECT min(bad.line) FROM temp.{_staging(owner)} AS bad WHERE {same}"
        columns[-2:] = [_named(by), f"iif(code = '{ORPHAN}', ({bad}), NULL)"]
    alike = "PARTITION BY code, hint, substr(message, 1, instr(message, ':'))"
    places = f"row_number() OVER ({alike} ORDER BY line) AS place, count(*) OVER ({alike}) AS many"
    numbered = f"SELECT line, {places} FROM {staged} WHERE code IS NOT NULL"
    # By place, so that a mistake at the end of a file is not hidden by another that fills it from the top.
    some = f"SELECT line FROM ({numbered}) WHERE many <= ? OR place <= ? ORDER BY place, line LIMIT ?"
    return f"SELECT {', '.join(columns)} FROM {staged} AS staged WHERE line IN ({some}) ORDER BY line"


def lost_parents(accounts: Table) -> str | None:
    """How many accounts name a parent that is not there, and one such parent."""
    if accounts.parent is None:
        return None
    parent = quoted(accounts.parent)
    there = f"SELECT 1 FROM temp.{_keys(ACCOUNTS)} AS owner WHERE owner.key = child.{parent}"
    lost = f"{parent} IS NOT NULL AND NOT EXISTS ({there})"
    return f"SELECT count(*), min({parent}) FROM main.{quoted(ACCOUNTS)} AS child WHERE {lost}"


def in_between(accounts: Table) -> str | None:
    """(key, parent) of the accounts that stand above others and below another: circles are among them."""
    if accounts.parent is None:
        return None
    key, parent = quoted(accounts.key or "id"), quoted(accounts.parent)
    above = f"SELECT {parent} FROM main.{quoted(ACCOUNTS)} WHERE {parent} IS NOT NULL"
    return f"SELECT {key}, {parent} FROM main.{quoted(ACCOUNTS)} WHERE {parent} IS NOT NULL AND {key} IN ({above})"


def answers_said(table: Table, day: int) -> str:
    """(number, task, outcome, by, on, note, answers) of the answers that name a task and an outcome, up to that day."""
    names = ("task", "outcome", "by", "on", "note", "answers")
    columns = ", ".join(quoted(name) if table.field(name) else "NULL" for name in names)
    seen = f" AND ({quoted('on')} IS NULL OR {quoted('on')} <= {day})" if table.field("on") else ""
    filled = f"{quoted('task')} IS NOT NULL AND {quoted('outcome')} IS NOT NULL"
    return f"SELECT _row, {columns} FROM main.{quoted(table.name)} WHERE {filled}{seen} ORDER BY _row"


def as_stored(table: Table) -> str:
    """All rows as they stand in the snapshot, every column."""
    return f"SELECT * FROM main.{quoted(table.name)}"


def put_back(table: str, columns: int) -> str:
    """INSERT of one such row."""
    return f"INSERT INTO main.{quoted(table)} VALUES ({', '.join('?' * columns)})"


def empty(table: str) -> str:
    """`table`: quoted, with its schema."""
    return f"DELETE FROM {table}"


def forget(table: Table) -> tuple[str, ...]:
    """The temporary tables go."""
    return (
        f"DROP TABLE IF EXISTS temp.{_staging(table)}",
        f"DROP TABLE IF EXISTS temp.{_keys(table.name)}",
    )


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _staging(table: Table) -> str:
    return quoted(f"staged_{table.name}")


def _keys(table: str) -> str:
    return quoted(f"keys_{table}")


def _cell(field: Field) -> str:
    return _named(field.name)


def _named(field: str) -> str:
    """A cell in staging; its own prefix keeps it apart from line, code, message …"""
    return quoted(f"cell_{field}")


def _value(field: Field) -> str:
    if not field.exported:
        return "NULL"  # also a yes/no: nobody knows
    match field.type:
        case FieldType.BOOLEAN:
            return f"coalesce({_cell(field)}, 0)"  # an empty yes/no field is no
        case FieldType.LIST:
            return f"coalesce({_cell(field)}, '[]')"
        case _:
            return _cell(field)


def _stored_as(field: Field) -> str:
    match field.type:
        case FieldType.TEXT | FieldType.EMAIL:
            return "TEXT"
        case FieldType.NUMBER:
            return "REAL"
        case FieldType.INTEGER | FieldType.DATE | FieldType.HAPPENED:
            return "INTEGER"
        case FieldType.BOOLEAN:
            return "INTEGER NOT NULL" if field.exported else "INTEGER"
        case FieldType.LIST:
            return "TEXT NOT NULL" if field.exported else "TEXT"
        case _:
            assert_never(field.type)


def _day(table: Table) -> list[str]:
    return [quoted(table.day)] if table.day else []


def _order(table: Table) -> list[str]:
    """Within an account: by day, then by key, or by all cells where there is no key."""
    last = [table.key] if table.key else [field.name for field in table.fields]
    return [_named(name) for name in ([table.day] if table.day else []) + last]
