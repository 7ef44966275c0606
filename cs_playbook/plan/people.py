"""A role, first_of or all_of + an account → the people: colleagues by address, contacts by their row."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from msgspec import Struct

from cs_playbook.model.answer import evaluate, truth
from cs_playbook.model.data import Table
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.team import (
    ROW,
    AllOf,
    Always,
    ContactsWhere,
    FirstOf,
    FromField,
    ManagerOf,
    People,
    Pool,
    Role,
    RoleRef,
)
from cs_playbook.plan.absence import Colleague, away, colleague, is_there, there
from cs_playbook.plan.decision import Row, Subject, Today
from cs_playbook.values import replace

__all__ = [
    "Colleague",
    "Contact",
    "Someone",
    "colleagues",
    "contacts",
    "knowing",
    "owners",
    "people",
    "with_pick",
]


class Contact(Struct, frozen=True):
    """Somebody of the customer: their row of `contacts`."""

    id: str
    row: Row
    role: str

    @property
    def email(self) -> str | None:
        address = self.row.get("email")
        return str(address) if address else None


Someone = Colleague | Contact


class _Asked(Struct, frozen=True):
    """Of whom, when, and who is meant by a pool: (role, pool) → one of them, or all."""

    subject: Subject
    today: Today
    of_pool: Callable[[str, Pool], tuple[Colleague, ...]]


def people(who: People, subject: Subject, today: Today) -> tuple[Someone, ...]:
    """Everybody meant, each address once, in the order asked; empty where there is nobody.

    Of a pool: whom this enrollment has; before anybody is picked, all of it.
    """

    def known_or_all(role: str, pool: Pool) -> tuple[Colleague, ...]:
        known = _known(role, pool, subject)
        if known:
            return tuple(colleague(email, role, today.catalog) for email in known)
        return tuple(replace(colleague(email, role, today.catalog), pool=role) for email in pool.people)

    return _each_once(_people(who, _Asked(subject, today, known_or_all)))


def owners(who: People, subject: Subject, today: Today) -> tuple[Colleague, ...]:
    """Who gets a line that opens now: a pool picks one, who then stays this enrollment's."""

    def known_or_picked(role: str, pool: Pool) -> tuple[Colleague, ...]:
        known = _known(role, pool, subject)
        if known:
            return tuple(colleague(email, role, today.catalog) for email in known)
        email = today.pick(role, _of_those_there(pool, today))
        return () if email is None else (replace(colleague(email, role, today.catalog), pool=role),)

    found = _each_once(_people(who, _Asked(subject, today, known_or_picked)))
    return tuple(someone for someone in found if isinstance(someone, Colleague))


def colleagues(who: People, subject: Subject, today: Today) -> tuple[Colleague, ...]:
    return tuple(someone for someone in people(who, subject, today) if isinstance(someone, Colleague))


def contacts(who: People, subject: Subject, today: Today) -> tuple[Contact, ...]:
    return tuple(someone for someone in people(who, subject, today) if isinstance(someone, Contact))


def knowing(subject: Subject, enrollment: Enrollment) -> Subject:
    """The subject, with whom its pools have picked in this enrollment."""
    of_pools = [task for task in enrollment.tasks.values() if task.pool]
    picked: dict[str, tuple[str, ...]] = {}
    for task in sorted(of_pools, key=lambda task: (task.opened_on, task.key), reverse=True):
        picked[task.pool] = (*picked.get(task.pool, ()), task.instead_of or task.owner)
    return replace(subject, picked={**subject.picked, **picked}) if picked else subject


def with_pick(subject: Subject, one: Colleague) -> Subject:
    """The subject as it will be known once this line is open."""
    picked = {**subject.picked, one.pool: (one.instead_of or one.email,)}
    return replace(subject, picked=picked) if one.pool else subject


def _known(role: str, pool: Pool, subject: Subject) -> tuple[str, ...]:
    """Whom this enrollment has, as long as they are in the pool."""
    of_pool = {email.casefold() for email in pool.people}
    return tuple(email for email in subject.picked.get(role, ()) if email.casefold() in of_pool)[:1]


def _of_those_there(pool: Pool, today: Today) -> Pool:
    """Nobody who is away is picked, unless all of them are."""
    here = tuple(email for email in pool.people if away(email, today.catalog, today.day) is None)
    return replace(pool, people=here) if here else pool


def _each_once(found: tuple[Someone, ...]) -> tuple[Someone, ...]:
    once: dict[str, Someone] = {}
    for someone in found:
        once.setdefault((someone.email or someone.role).lower(), someone)
    return tuple(once.values())


def _people(who: People, asked: _Asked) -> tuple[Someone, ...]:
    match who:
        case RoleRef(role=name):
            return _or_stand_in(name, asked)
        case FirstOf(people=choices):
            return _first(choices, asked)
        case AllOf(people=choices):
            return tuple(someone for choice in choices for someone in _people(choice, asked))
        case _:
            assert_never(who)


def _first(choices: tuple[People, ...], asked: _Asked) -> tuple[Someone, ...]:
    """The first with somebody there, covers counted; then the first whose role has a stand-in; then the first at all."""
    missed: tuple[Someone, ...] = ()
    for choice in choices:
        found = _present(choice, asked)
        if found:
            return _instead_of(missed, found)
        missed = missed or _named_in(choice, asked)
    ways = [_people(choice, asked) for choice in choices]
    return next(
        (way for way in ways if way and _all_there(way, asked)), next((way for way in ways if way), ())
    )


def _present(who: People, asked: _Asked) -> tuple[Someone, ...]:
    """Those of them who are there, or covered."""
    if not isinstance(who, RoleRef):
        found = _people(who, asked)
        return found if _all_there(found, asked) else ()
    return _there(_named(who.role, asked), asked)


def _named_in(who: People, asked: _Asked) -> tuple[Someone, ...]:
    return _named(who.role, asked) if isinstance(who, RoleRef) else _people(who, asked)


def _or_stand_in(name: str, asked: _Asked) -> tuple[Someone, ...]:
    """Those of a role who are there or covered; else who stands in by `else:`; else they themselves, though away."""
    found = _named(name, asked)
    present = _there(found, asked)
    role = asked.today.catalog.team.role(name)
    if present or not found or role is None or role.otherwise is None:
        return present or found
    stand_ins = _there(_named(role.otherwise.role, asked), asked)
    return _instead_of(found, stand_ins) or found


def _there(found: tuple[Someone, ...], asked: _Asked) -> tuple[Someone, ...]:
    today = asked.today
    ways = [there(one, today.catalog, today.day) if isinstance(one, Colleague) else one for one in found]
    return tuple(one for one in ways if one is not None)


def _all_there(found: tuple[Someone, ...], asked: _Asked) -> bool:
    today = asked.today
    return all(not isinstance(one, Colleague) or is_there(one, today.catalog, today.day) for one in found)


def _instead_of(missed: tuple[Someone, ...], found: tuple[Someone, ...]) -> tuple[Someone, ...]:
    """Who stands in for somebody away, and is not there in their own right."""
    absent = next((one for one in missed if isinstance(one, Colleague)), None)
    if absent is None:
        return found
    return tuple(
        replace(one, instead_of=one.instead_of or absent.email) if isinstance(one, Colleague) else one
        for one in found
    )


# --- who they are, there or not ---


def _named(name: str, asked: _Asked, seen: frozenset[str] = frozenset()) -> tuple[Someone, ...]:
    if name == ROW:
        return _the_row(asked)
    if name == asked.subject.person:
        return (colleague(asked.subject.account, name, asked.today.catalog),)
    role = asked.today.catalog.team.role(name)
    if role is None or name in seen:  # a role that falls back on itself has nobody
        return ()
    found = _found(role, asked, seen | {name})
    if found or role.otherwise is None:
        return found
    return _named(role.otherwise.role, asked, seen | {name})


def _found(role: Role, asked: _Asked, seen: frozenset[str]) -> tuple[Someone, ...]:
    catalog = asked.today.catalog
    match role.source:
        case FromField(fact=fact):
            address = evaluate(fact, asked.subject.values, asked.today.reckoning)
            return (colleague(str(address), role.name, catalog),) if address else ()
        case Always(email=email):
            return (colleague(email, role.name, catalog),)
        case ManagerOf(role=managed):
            # The manager of who is away, not of who stands in.
            persons = [catalog.team.person(one.email or "") for one in _named(managed.role, asked, seen)]
            return tuple(
                colleague(person.manager, role.name, catalog)
                for person in persons
                if person and person.manager
            )
        case Pool() as pool:
            return asked.of_pool(role.name, pool)
        case ContactsWhere() as source:
            return _contacts(source, role.name, asked.subject, asked.today)
        case _:
            assert_never(role.source)


def _the_row(asked: _Asked) -> tuple[Someone, ...]:
    """The contact an enrollment is about: nobody once its row has gone."""
    table, values = asked.today.catalog.contract.table("contacts"), asked.subject.values
    key = (table.key if table else None) or ""
    known = values.get(f"row.{key}")
    rows = (row for row in asked.subject.contacts if known is not None and row[key] == known)
    return tuple(Contact(str(known), row, ROW) for row in rows)


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
