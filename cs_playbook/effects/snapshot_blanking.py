"""The database of an old snapshot → the same without addresses, names and free texts of contacts, and without free texts in
tables that tell of them; rows, ids and flags stay."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from cs_playbook.compile.placing import quoted
from cs_playbook.effects.snapshot_forgetting import CONTACTS, columns_of, of_contacts, referring
from cs_playbook.model.data import Contract, Field, Table
from cs_playbook.model.personal import is_personal
from cs_playbook.model.value import FieldType
from cs_playbook.source.manifest import Manifest


def blank(connection: sqlite3.Connection, contract: Contract) -> frozenset[str]:
    """The tables that are others now."""
    connection.execute("pragma secure_delete = on")
    changed = set[str]()
    for table, field in _all_blanked(contract):
        if field.name in columns_of(connection, table.name):
            cell = quoted(field.name)
            query = f"update main.{quoted(table.name)} set {cell} = null where {cell} is not null"
            if connection.execute(query).rowcount:
                changed.add(table.name)
    return frozenset(changed)


def is_blank(manifest: Manifest, contract: Contract) -> bool:
    """As its manifest counts: no cell of these fields is filled."""
    counts = manifest.counts
    return all(
        dict(counts[table.name].empties).get(field.name, counts[table.name].rows) == counts[table.name].rows
        for table, field in _all_blanked(contract)
        if table.name in counts
    )


def _all_blanked(contract: Contract) -> Iterator[tuple[Table, Field]]:
    """Of contacts; and the addresses and free texts that other tables tell of them: a comment names whoever wrote it."""
    table = contract.table(CONTACTS)
    if table is not None:
        yield from ((table, field) for field in _blanked(table))
    yield from ((other, mail) for other, _, mails in referring(contract) for mail in mails if mail.exported)
    for other, _ in of_contacts(contract):
        yield from ((other, field) for field in _blanked(other) if field.type is FieldType.TEXT)


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
