"""The tables of a new snapshot and who was forgotten → the tables without them, and a note of how many were left out."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct

from cs_playbook.compile.placing import quoted
from cs_playbook.effects.snapshot_forgetting import CONTACTS, REFERS, columns_of, mails_beside, take_out
from cs_playbook.model.data import Contract, Table
from cs_playbook.model.forgetting import ADDRESS, CONTACT, contact_print, mark_of
from cs_playbook.model.person_name import FIRST, LAST, WHOLE, full_names
from cs_playbook.model.suppression import Entry, SuppressionList, fingerprint
from cs_playbook.model.traces import Traces, is_like_no_other_word
from cs_playbook.model.value import FieldType
from cs_playbook.source.finding import Finding, Severity, Span

_FEW = 3  # days that are named


class LeftOut(Struct, frozen=True):
    """The tables that have lost rows or words, and what is told of it."""

    tables: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()


def leave_out(connection: sqlite3.Connection, contract: Contract, known: SuppressionList) -> LeftOut:
    """By id and by address: whoever was forgotten stays so, under whatever id the CRM brings them."""
    forgotten = {mark: entry for mark, entry in known.entries.items() if entry.forgets}
    if not forgotten:
        return LeftOut()
    contacts, addresses, names = dict[str, str](), dict[str, str](), dict[str, str]()
    days = set[date]()
    table = contract.table(CONTACTS)
    if table is not None and table.key is not None and columns_of(connection, CONTACTS):
        for contact, mails, row in _contacts(connection, table):
            entry = _forgotten(contact, mails, forgotten, known.key)
            if entry is not None:
                contacts[contact] = mark_of(contact_print(contact, known.key))
                names |= dict.fromkeys(full_names(row), contacts[contact])
                addresses |= {mail: mark_of(fingerprint(mail, known.key)) for mail in mails}
                days.add(entry.on)
    elsewhere = dict(_elsewhere(connection, contract, forgotten, known.key))
    # An address of before, that only another table still knows; unless it is somebody else's now.
    kept = _addresses_of_others(connection, table, contacts)
    addresses |= {
        mail: mark_of(fingerprint(mail, known.key))
        for contact, mail in mails_beside(connection, contract)
        if contact_print(contact, known.key) in forgotten and mail.casefold() not in kept
    }
    addresses |= {value: mark for value, (mark, kind) in elsewhere.items() if kind == ADDRESS}
    rows = len(contacts)
    contacts |= {value: mark for value, (mark, kind) in elsewhere.items() if kind == CONTACT}
    searched = tuple(one for one in contacts if is_like_no_other_word(one))
    changed = take_out(connection, contract, Traces(contacts, searched, addresses, names, ()))
    return LeftOut(changed, tuple(_told(rows, days)))


def _contacts(
    connection: sqlite3.Connection, table: Table
) -> Iterator[tuple[str, list[str], Mapping[str, object]]]:
    """(id, addresses, the row) of each."""
    named = [field.name for field in table.fields if field.name in (*FIRST, *LAST, *WHOLE)]
    mails = [field.name for field in table.fields if field.type is FieldType.EMAIL]
    columns = ", ".join(map(quoted, [table.key or "", *mails, *named]))
    for contact, *found in connection.execute(f"select {columns} from main.{quoted(table.name)}"):
        cells = found[len(mails) :]
        yield (
            str(contact),
            [str(mail) for mail in found[: len(mails)] if mail],
            dict(zip(named, cells, strict=True)),
        )


def _addresses_of_others(
    connection: sqlite3.Connection, table: Table | None, contacts: Collection[str]
) -> frozenset[str]:
    if table is None or table.key is None or not columns_of(connection, CONTACTS):
        return frozenset()
    rows = _contacts(connection, table)
    return frozenset(
        mail.casefold() for contact, mails, _ in rows if contact not in contacts for mail in mails
    )


def _forgotten(contact: str, mails: Iterable[str], forgotten: Mapping[str, Entry], key: str) -> Entry | None:
    prints = (contact_print(contact, key), *(fingerprint(mail, key) for mail in mails))
    return next((forgotten[one] for one in prints if one in forgotten), None)


def _elsewhere(
    connection: sqlite3.Connection, contract: Contract, forgotten: Mapping[str, Entry], key: str
) -> Iterator[tuple[str, tuple[str, str]]]:
    """What other tables say of contacts that the export itself has no more: value → (mark, contact or address)."""
    for table in contract.exported:
        for field in table.fields:
            is_mail, refers = field.type is FieldType.EMAIL, REFERS.match(field.name) is not None
            if table.name == CONTACTS or not (is_mail or refers) or field.name == table.key:
                continue
            cell = quoted(field.name)
            query = f"select distinct {cell} from main.{quoted(table.name)} where {cell} is not null"
            for (value,) in connection.execute(query):
                mark = fingerprint(str(value), key) if is_mail else contact_print(str(value), key)
                if mark in forgotten:
                    yield str(value), (mark_of(mark), ADDRESS if is_mail else CONTACT)


def _told(rows: int, days: Iterable[date]) -> Iterator[Finding]:
    if rows:
        of = sorted(days)
        on = ", ".join(day.isoformat() for day in of[:_FEW]) + (" …" if len(of) > _FEW else "")
        are = "1 contact" if rows == 1 else f"{rows} contacts"
        fact = f"{are} left out: forgotten on {on}"
        hint = "the export still has them: take them out at the source too"
        yield Finding(Span(CONTACTS), "CSP745", fact, hint, Severity.NOTE)
