"""The open database of a snapshot and a person → their row taken out, and a mark, or nothing, where other rows name them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace

from cs_playbook.compile.placing import quoted
from cs_playbook.model.data import ACCOUNTS, Contract, Field, Table
from cs_playbook.model.traces import Traces
from cs_playbook.model.value import FieldType

CONTACTS = "contacts"
# A field of another table that holds the id of a contact.
REFERS = re.compile(r"(?:.*_)?contact(?:_?id)?\Z", re.IGNORECASE)
_TEXTS = (FieldType.TEXT, FieldType.EMAIL, FieldType.LIST)


def take_out(connection: sqlite3.Connection, contract: Contract, traces: Traces) -> frozenset[str]:
    """The tables that are others now. Rows of other tables stay, so that nothing else looks smaller than it was."""
    connection.execute("pragma secure_delete = on")
    changed = set[str]()
    for table in contract.tables:
        columns = columns_of(connection, table.name)
        rows = _without_rows(connection, table, traces) if table.key in columns else 0
        # An account may be called like its owner: it is no person.
        of_table = replace(traces, names={}) if table.name == ACCOUNTS else traces
        for field in table.fields:
            if field.name in columns and field.type in _TEXTS and field.name != table.key:
                rows += _without_words(connection, table, field, of_table)
        if rows:
            changed.add(table.name)
    return frozenset(changed)


def columns_of(connection: sqlite3.Connection, table: str) -> frozenset[str]:
    """None where there is no such table: the contract may have changed since."""
    try:
        found = connection.execute(f"select * from main.{quoted(table)} limit 0").description
    except sqlite3.OperationalError:
        return frozenset()
    return frozenset(str(column[0]) for column in found)


def _without_rows(connection: sqlite3.Connection, table: Table, traces: Traces) -> int:
    if table.name != CONTACTS or table.key is None:
        return 0
    query = f"delete from main.{quoted(table.name)} where {quoted(table.key)} = ?"
    return sum(connection.execute(query, (contact,)).rowcount for contact in traces.contacts)


def _without_words(connection: sqlite3.Connection, table: Table, field: Field, traces: Traces) -> int:
    place, cell = f"main.{quoted(table.name)}", quoted(field.name)
    values = connection.execute(f"select distinct {cell} from {place} where {cell} is not null").fetchall()
    new = list(_replaced((str(value) for (value,) in values), table, field, traces))
    update = f"update {place} set {cell} = ? where {cell} = ?"
    return sum(connection.execute(update, pair).rowcount for pair in new)


def _replaced(
    values: Iterable[str], table: Table, field: Field, traces: Traces
) -> Iterator[tuple[str | None, str]]:
    """(new, old)."""
    refers = table.name not in (CONTACTS, ACCOUNTS) and REFERS.match(field.name)
    for value in values:
        if refers and value in traces.contacts:
            yield traces.contacts[value], value
        elif traces.count(value):  # a mark is no address
            yield None if field.type is FieldType.EMAIL else traces.without(value), value
