"""The database of an old snapshot → the same without addresses, names and free texts of contacts; rows, ids and flags stay."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from cs_playbook.compile.placing import quoted
from cs_playbook.effects.snapshot_forgetting import CONTACTS, columns_of
from cs_playbook.model.data import Contract, Field, Table
from cs_playbook.model.personal import is_personal
from cs_playbook.model.value import FieldType
from cs_playbook.source.manifest import Manifest


def blank(connection: sqlite3.Connection, contract: Contract) -> frozenset[str]:
    """The tables that are others now."""
    connection.execute("pragma secure_delete = on")
    table = contract.table(CONTACTS)
    if table is None:
        return frozenset()
    columns = columns_of(connection, table.name)
    changed = 0
    for field in _blanked(table):
        if field.name in columns:
            cell = quoted(field.name)
            query = f"update main.{quoted(table.name)} set {cell} = null where {cell} is not null"
            changed += connection.execute(query).rowcount
    return frozenset({table.name}) if changed else frozenset()


def is_blank(manifest: Manifest, contract: Contract) -> bool:
    """As its manifest counts: no cell of these fields is filled."""
    table, count = contract.table(CONTACTS), manifest.counts.get(CONTACTS)
    if table is None or count is None:
        return True
    empties = dict(count.empties)
    return all(empties.get(field.name, count.rows) == count.rows for field in _blanked(table))


def _blanked(table: Table) -> Iterator[Field]:
    keys = (table.key, table.account, table.through.by if table.through else None)
    for field in table.fields:
        is_text = field.type in (FieldType.TEXT, FieldType.EMAIL) and field.exported
        if (
            is_text
            and field.name not in keys
            and not field.name.endswith("_id")
            and is_personal(field, table)
        ):
            yield field
