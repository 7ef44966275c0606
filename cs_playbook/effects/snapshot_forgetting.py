"""The open database of a snapshot and a person → their row taken out, and a mark, or nothing, where other rows name them."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator

from cs_playbook.compile.placing import quoted
from cs_playbook.model.data import ACCOUNTS, Contract, Field, Table
from cs_playbook.model.traces import Traces
from cs_playbook.model.value import FieldType
from cs_playbook.values import replace

CONTACTS = "contacts"
# A field of another table that holds the id of a contact.
REFERS = re.compile(r"(?:.*_)?contact(?:_?id)?\Z", re.IGNORECASE)
# And one that holds the address of that contact; who wrote to them, or owns the ticket, is somebody else.
_THEIR_MAIL = re.compile(
    r"(?:(?:recipient|contact|requester|respondent)(?:_?(?:e?mail|address))?|e?mail(?:_?address)?|address|to)\Z",
    re.IGNORECASE,
)
_TEXTS = (FieldType.TEXT, FieldType.EMAIL, FieldType.LIST)


def take_out(connection: sqlite3.Connection, contract: Contract, traces: Traces) -> frozenset[str]:
    """The tables that are others now. Rows of other tables stay, so that nothing else looks smaller than it was, and what
    names an account or another row is never touched: some systems number all their tables from one counter."""
    connection.execute("pragma secure_delete = on")
    others = keys_of_others(connection, contract, traces.contacts)
    traces = replace(traces, searched=tuple(one for one in traces.searched if one not in others))
    changed = set[str]()
    for table in contract.tables:
        columns = columns_of(connection, table.name)
        rows = _without_rows(connection, table, traces) if table.key in columns else 0
        # An account may be called like its owner: it is no person.
        of_table = replace(traces, names={}) if table.name == ACCOUNTS else traces
        for field in table.fields:
            if field.name in columns and field.type in _TEXTS and field.name not in _pointers(table):
                rows += _without_words(connection, table, field, of_table)
        if rows:
            changed.add(table.name)
    return frozenset(changed)


def _pointers(table: Table) -> tuple[str | None, ...]:
    """The fields that say which row this is, and to which account or other row it belongs; a contact is a person."""
    through = table.through.by if table.through and table.through.table != CONTACTS else None
    return (table.key, table.account, table.parent, through)


def keys_of_others(
    connection: sqlite3.Connection, contract: Contract, contacts: Iterable[str]
) -> frozenset[str]:
    """Those ids of contacts that are also the key of a row of another table."""
    asked, found = json.dumps(list(contacts)), set[str]()
    for table in contract.tables:
        if table.name != CONTACTS and table.key in columns_of(connection, table.name):
            query = f"select value from json_each(?) where value in (select {quoted(table.key or '')} from main.{quoted(table.name)})"
            found |= {str(value) for (value,) in connection.execute(query, (asked,))}
    return frozenset(found)


def of_contacts(contract: Contract) -> Iterator[tuple[Table, str]]:
    """(table, its field with the id of a contact) of tables that tell of contacts."""
    for table in contract.exported:
        by = table.through.by if table.through and table.through.table == CONTACTS else None
        refers = by or next((one.name for one in table.fields if REFERS.match(one.name)), None)
        if table.name not in (CONTACTS, ACCOUNTS) and refers is not None:
            yield table, refers


def referring(contract: Contract) -> Iterator[tuple[Table, str, tuple[Field, ...]]]:
    """(table, its field with the id of a contact, its fields with their address) of those that tell one."""
    for table, refers in of_contacts(contract):
        mails = tuple(
            one for one in table.fields if one.type is FieldType.EMAIL and _THEIR_MAIL.match(one.name)
        )
        if mails:
            yield table, refers, mails


def mails_beside(connection: sqlite3.Connection, contract: Contract) -> Iterator[tuple[str, str]]:
    """(id of a contact, address) as other tables tell them together."""
    for table, refers, mails in referring(contract):
        columns = columns_of(connection, table.name)
        for mail in mails:
            if {refers, mail.name} <= columns:
                who, address = quoted(refers), quoted(mail.name)
                query = f"select distinct {who}, {address} from main.{quoted(table.name)} where {who} is not null and {address} is not null"
                yield from ((str(one), str(other)) for one, other in connection.execute(query))


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
