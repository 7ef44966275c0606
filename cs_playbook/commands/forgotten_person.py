"""An id or an address → the person: every id, address and name under which snapshots and ledger know them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from msgspec import Struct, field

from cs_playbook.commands.place import Place
from cs_playbook.compile.placing import quoted
from cs_playbook.effects.forgotten_rows import Rewriting
from cs_playbook.effects.ledger_forgetting import enrollments_of, written_to
from cs_playbook.effects.snapshot_forgetting import CONTACTS, columns_of, keys_of_others, mails_beside
from cs_playbook.errors import StoppedOnPurpose, UserError
from cs_playbook.model.data import Table
from cs_playbook.model.forgetting import contact_print, mark_of
from cs_playbook.model.person_name import LAST, WHOLE, full_names, parts_of_names
from cs_playbook.model.suppression import fingerprint
from cs_playbook.model.traces import Traces, is_like_no_other_word
from cs_playbook.model.value import FieldType
from cs_playbook.source import snapshot as snapshots
from cs_playbook.source.snapshot import Snapshot

_MAILS = "select contact, content from outbox where content is not null and contact is not null"


class Person(Struct):
    """Filled while snapshots go by. `contacts`: id → account. `parts`: first and last names. `shared`: an address they
    have had besides → somebody else who has it too: it is left alone. `days`: of the snapshots they are in. `unread`: damaged snapshots, with what is wrong."""

    contacts: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, None] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    parts: dict[str, None] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    days: dict[date, None] = field(default_factory=dict)
    unread: dict[Path, str] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        return bool(self.contacts)


def find_person(place: Place, ledger: sqlite3.Connection, who: str, ours: Collection[str] = ()) -> Person:
    """Everybody who has, or had, the address is one person; of an id, whoever shares an address with it.

    Looks at every snapshot that is kept, the newest last, then at what only the ledger still knows. `ours`: addresses and
    names of our people, in small letters: who is called like one of them is looked for by id and address alone.
    """
    person = Person()
    table = place.contract.table(CONTACTS)
    days = snapshots.days(place.snapshots)
    if table is not None and table.key is not None:
        meant = {who}  # some systems call a contact by their address
        wanted = {who.casefold()} if "@" in who else _addresses(place, table, who, days)
        meant |= _told_of_contacts(place, days, who)
        for day in days:
            _look(place, day, table, (meant, wanted), person)
        person.contacts |= {
            one: there for one, there in written_to(ledger, wanted) if one not in person.contacts
        }
        # What the row once said of those who were found in any of them: another day, another address or name.
        _add_all(place, table, days, person, ours)
        _leave_to_others(place, table, days, person)
    _known_to_the_ledger(ledger, who, person)
    for name in [name for name in person.names if name.casefold() in ours]:
        person.names.pop(name)
    return person


def keys_that_others_have(place: Place, contacts: Iterable[str]) -> frozenset[str]:
    """Those ids that are also the key of a row of another table, in any snapshot: they are looked for in no text."""
    days, wanted = snapshots.days(place.snapshots), list(contacts)
    opened = (one for day in days for one in _opened(place, day, Person()))
    return frozenset(key for one in opened for key in keys_of_others(one, place.contract, wanted))


def traces_of(contacts: Iterable[str], addresses: Iterable[str], names: Iterable[str], parts: Iterable[str], key: str, apart: Collection[str] = ()) -> Traces:  # fmt: skip
    """`key`: of the suppression list. `apart`: keys of others; an id that is one of these is looked for in no text."""
    marks = {contact: mark_of(contact_print(contact, key)) for contact in contacts}
    by_address = {address: mark_of(fingerprint(address, key)) for address in addresses}
    whole = next(iter((*marks.values(), *by_address.values())), "")
    searched = tuple(one for one in marks if is_like_no_other_word(one) and one not in apart)
    return Traces(marks, searched, by_address, dict.fromkeys(names, whole), tuple(parts))


# --- the snapshots ---


def _opened(place: Place, day: date, person: Person) -> Iterator[sqlite3.Connection]:
    path = snapshots.place_of(place.snapshots, day)
    try:
        with closing(Snapshot.open(path)) as snapshot:
            yield snapshot.connection
    except (StoppedOnPurpose, UserError) as cause:
        person.unread[path] = cause.sentence


def _addresses(place: Place, table: Table, contact: str, days: Sequence[date]) -> set[str]:
    """All that one contact ever had."""
    found: set[str] = set()
    for day in days:
        for connection in _opened(place, day, Person()):
            for row in _rows(connection, table, f"{quoted(table.key or '')} = ?", contact):
                found |= {value.casefold() for value in _mails(row, table)}
    return found


def _told_of_contacts(place: Place, days: Sequence[date], address: str) -> set[str]:
    """The ids to which another table tells that address: one that the contacts themselves have no more."""
    if "@" not in address:
        return set()
    opened = (one for day in days for one in _opened(place, day, Person()))
    beside = (pair for one in opened for pair in mails_beside(one, place.contract))
    return {contact for contact, mail in beside if mail.casefold() == address.casefold()}


def _look(place: Place, day: date, table: Table, asked: tuple[set[str], set[str]], person: Person) -> None:
    """The contacts of one day who are meant."""
    meant, wanted = asked
    for connection in _opened(place, day, person):
        for contact in meant:
            _keep(_rows(connection, table, f"{quoted(table.key or '')} = ?", contact), table, person)
        for address in wanted:
            _keep(_with_address(connection, table, address), table, person)


def _add_all(place: Place, table: Table, days: Sequence[date], person: Person, ours: Collection[str]) -> None:
    for day in days:
        for connection in _opened(place, day, person):
            for contact in tuple(person.contacts):
                for row in _rows(connection, table, f"{quoted(table.key or '')} = ?", contact):
                    person.days[day] = None
                    _add(row, table, person)
            for contact, mail in mails_beside(connection, place.contract):
                if contact in person.contacts and mail.casefold() not in ours:
                    person.days[day] = None
                    person.addresses[mail] = None


def _leave_to_others(place: Place, table: Table, days: Sequence[date], person: Person) -> None:
    """Nobody is forgotten by an address that another one brought in, and nobody by a name that two have."""
    for day in days:
        for connection in _opened(place, day, person):
            for address in tuple(person.addresses):
                for row in _of_others(_with_address(connection, table, address), table, person):
                    person.shared[address] = str(row[table.key or ""])
                    person.addresses.pop(address, None)
            for row in _of_others(_perhaps_namesakes(connection, table, person), table, person):
                theirs = {name.casefold() for name in full_names(row)}
                for name in [name for name in person.names if name.casefold() in theirs]:
                    person.names.pop(name)


def _of_others(
    rows: Iterable[Mapping[str, object]], table: Table, person: Person
) -> Iterator[Mapping[str, object]]:
    return (row for row in rows if str(row[table.key or ""]) not in person.contacts)


def _perhaps_namesakes(
    connection: sqlite3.Connection, table: Table, person: Person
) -> Iterator[Mapping[str, object]]:
    there = columns_of(connection, table.name).intersection(field.name for field in table.fields)
    known = {*person.names, *person.parts} if person.names else ()
    for column in there.intersection((*LAST, *WHOLE)):
        for name in known:
            yield from _rows(connection, table, f"lower({quoted(column)}) = lower(?)", name)


def _with_address(
    connection: sqlite3.Connection, table: Table, address: str
) -> Iterator[Mapping[str, object]]:
    there = columns_of(connection, table.name)
    for column in table.fields:
        if column.type is FieldType.EMAIL and column.name in there:
            yield from _rows(connection, table, f"lower({quoted(column.name)}) = ?", address.lower())


def _rows(connection: sqlite3.Connection, table: Table, where: str, value: str) -> list[Mapping[str, object]]:
    columns = [field.name for field in table.fields if field.name in columns_of(connection, table.name)]
    if table.key not in columns:
        return []
    query = f"select {', '.join(map(quoted, columns))} from main.{quoted(table.name)} where {where}"  # noqa: S608 - names are quoted
    return [dict(zip(columns, row, strict=True)) for row in connection.execute(query, (value,))]


def _keep(rows: Iterable[Mapping[str, object]], table: Table, person: Person) -> None:
    for row in rows:
        account = row.get(table.account) if table.account else None
        person.contacts[str(row[table.key or ""])] = str(account or "")
        _add(row, table, person)


def _add(row: Mapping[str, object], table: Table, person: Person) -> None:
    """Addresses and names of one row."""
    person.addresses.update(dict.fromkeys(_mails(row, table)))
    person.names.update(dict.fromkeys(full_names(row)))
    person.parts.update(dict.fromkeys(parts_of_names(row)))


def _mails(row: Mapping[str, object], table: Table) -> Iterator[str]:
    for column in table.fields:
        value = row.get(column.name)
        if column.type is FieldType.EMAIL and isinstance(value, str) and value:
            yield value


# --- the ledger ---


def _known_to_the_ledger(ledger: sqlite3.Connection, who: str, person: Person) -> None:
    """Whoever is in no snapshot any more: by id in what is recorded, by address in the mails that are kept."""
    if who not in person.contacts:
        mine = Traces({who: "?"}, (), {}, {}, ())
        about = Rewriting(ledger, mine)
        # A date, a key, an outcome stands in an enrollment like an id: only where a contact is meant it is one.
        accounts = [
            enrollment.account
            for enrollment in enrollments_of(ledger, mine)
            if about.is_about_them(enrollment.playbook, enrollment.row)
            or any(task.contact == who for task in enrollment.tasks.values())
        ]
        person.contacts |= {who: accounts[0]} if accounts else {}
    if "@" not in who and (person.addresses or not person.contacts):
        return  # else only the mails know the address

    from cs_playbook.commands.leaving import address_in  # with all that writes letters

    for contact, content in ledger.execute(_MAILS).fetchall():
        address = address_in(content)
        if contact in person.contacts or address.casefold() == who.casefold():
            person.contacts.setdefault(str(contact), "")
            person.addresses[address] = None
