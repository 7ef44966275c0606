"""A role, first_of or all_of + an account → the people: colleagues by address, contacts by their row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from cs_playbook.model.answer import evaluate, truth
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import Table
from cs_playbook.model.team import (
    AllOf,
    Always,
    ContactsWhere,
    FirstOf,
    FromField,
    ManagerOf,
    People,
    Role,
    RoleRef,
)
from cs_playbook.plan.decision import Row, Subject, Today


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of our own. `role` is the name under which they were asked for."""

    email: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody of the customer: their row of `contacts`."""

    id: str
    row: Row
    role: str

    @property
    def email(self) -> str | None:
        address = self.row.get("email")
        return str(address) if address else None


Someone = Colleague | Contact


def people(who: People, subject: Subject, today: Today) -> tuple[Someone, ...]:
    """Everybody meant, each address once, in the order asked; empty where there is nobody."""
    found: dict[str, Someone] = {}
    for someone in _people(who, subject, today):
        found.setdefault((someone.email or someone.role).lower(), someone)
    return tuple(found.values())


def colleagues(who: People, subject: Subject, today: Today) -> tuple[Colleague, ...]:
    return tuple(someone for someone in people(who, subject, today) if isinstance(someone, Colleague))


def contacts(who: People, subject: Subject, today: Today) -> tuple[Contact, ...]:
    return tuple(someone for someone in people(who, subject, today) if isinstance(someone, Contact))


def _people(who: People, subject: Subject, today: Today) -> Iterator[Someone]:
    match who:
        case RoleRef(role=name):
            yield from _role(name, subject, today)
        case FirstOf(people=choices):
            for choice in choices:
                found = list(_people(choice, subject, today))
                if found:
                    yield from found
                    return
        case AllOf(people=choices):
            for choice in choices:
                yield from _people(choice, subject, today)
        case _:
            assert_never(who)


def _role(
    name: str, subject: Subject, today: Today, asked: frozenset[str] = frozenset()
) -> tuple[Someone, ...]:
    role = today.catalog.team.role(name)
    if role is None or name in asked:  # a role that falls back on itself has nobody
        return ()
    found = _found(role, subject, today, asked | {name})
    if found or role.otherwise is None:
        return found
    return _role(role.otherwise.role, subject, today, asked | {name})


def _found(role: Role, subject: Subject, today: Today, asked: frozenset[str]) -> tuple[Someone, ...]:
    match role.source:
        case FromField(fact=fact):
            address = evaluate(fact, subject.values, today.reckoning)
            return (_colleague(str(address), role.name, today.catalog),) if address else ()
        case Always(email=email):
            return (_colleague(email, role.name, today.catalog),)
        case ManagerOf(role=managed):
            return tuple(
                _colleague(manager, role.name, today.catalog)
                for person in _role(managed.role, subject, today, asked)
                if person.email and (manager := _manager(person.email, today.catalog))
            )
        case ContactsWhere() as source:
            return _contacts(source, role.name, subject, today)


def _colleague(email: str, role: str, catalog: Catalog) -> Colleague:
    person = catalog.team.person(email)
    return Colleague(person.email, person.name, role) if person else Colleague(email, email, role)


def _manager(email: str, catalog: Catalog) -> str | None:
    person = catalog.team.person(email)
    return person.manager if person else None


def _contacts(source: ContactsWhere, role: str, subject: Subject, today: Today) -> tuple[Someone, ...]:
    table = today.catalog.contract.table("contacts")
    if table is None or table.key is None:
        return ()
    fitting = [row for row in subject.contacts if _fits(source, row, subject, today)]
    chosen = _picked(source, fitting, table)
    return tuple(Contact(str(row[table.key]), row, role) for row in chosen)


def _fits(source: ContactsWhere, row: Row, subject: Subject, today: Today) -> bool:
    values = {**subject.values, **{f"related.{name}": value for name, value in row.items()}}
    return truth(evaluate(source.where, values, today.reckoning)) is True


def _picked(source: ContactsWhere, rows: list[Row], table: Table) -> list[Row]:
    """All, in order of their key; or the one with the newest (oldest) date: an empty date comes last, ties by key."""
    by, key = source.by, table.key or ""
    ordered = sorted(rows, key=lambda row: str(row[key]))
    if source.pick == "all" or by is None:
        return ordered
    sign = -1 if source.pick == "newest" else 1
    return sorted(ordered, key=lambda row: (row[by] is None, sign * (row[by] or 0)))[:1]
