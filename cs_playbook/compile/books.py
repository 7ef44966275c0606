"""Roles of which each person is a subject of its own (`one_per: csm`) → the rows of `temp.facts` that stand for these people.

A book is all active accounts whose role is that person. What is asked of them stands in columns that are empty for
accounts; in the row of a person, which has a number below zero, everything else is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.asked import Asked, about_person
from cs_playbook.compile.rows import Counted, columns_named, counted_related
from cs_playbook.compile.sql import constant, quoted, sql
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.columns import book_column, column_of, known_column
from cs_playbook.model.data import ACCOUNTS
from cs_playbook.model.expression import OF_PLAYBOOKS, FieldType, Related
from cs_playbook.model.lasting import series_of
from cs_playbook.model.team import Always, FromField, ManagerOf, Role, Team

OF_ACCOUNTS = "f._n > 0"


def has_book(role: str) -> str:
    """Of a person: whether any account is theirs by this role."""
    return f"(coalesce(f.{quoted(book_column(role))}, 0) > 0)"


def columns_of_books(asked: Asked) -> dict[str, FieldType]:
    """How many accounts are in the book of each role, then what is asked of them."""
    counts = {book_column(role): FieldType.INTEGER for role in asked.books}
    return counts | {
        column_of(item): item.type or FieldType.INTEGER for item in _of(asked.books, asked.related)
    }


def people(asked: Asked, catalog: Catalog, known: Sequence[tuple[str, FieldType]]) -> list[str]:
    """Run after `temp.facts` is filled. `known`: its columns; where accounts have a name, people have one too."""
    roles, related, team = asked.books, tuple(asked.related), catalog.team
    if not roles:
        return []
    statements = [line for role in roles for line in _of_role(role, tuple(_of((role,), related)), team)]
    key = quoted(catalog.contract.accounts.key or "id")
    remembered = _remembered(asked)
    columns = ", ".join(quoted(name) for name in (*columns_of_books(asked), *remembered))
    everybody = " union ".join(f"select person from temp.{_table(role)}" for role in roles)
    values = ", ".join(
        [*(f"b{at}.{quoted(name)}" for at, name in _where(roles, related)), *remembered.values()]
    )
    joins = "".join(f" left join temp.{_table(role)} b{at} using (person)" for at, role in enumerate(roles))
    name, said = (", name", f", {_name(team)}") if ("name", FieldType.TEXT) in known else ("", "")
    number = "-row_number() over (order by person)"
    statements.append(
        f"insert into temp.facts (_n, {key}{name}, _active, {columns}) "
        f"select {number}, person{said}, 0, {values} from ({everybody}){joins}"
    )
    return statements


def _remembered(asked: Asked) -> dict[str, str]:
    """What people have been through, and since when what is asked of their books says yes; columns that are there for all.

    Sub-queries, not joins: of them there may be more than SQLite joins.
    """
    found: dict[str, str] = {}
    for memory in asked.memories:
        if memory.function in OF_PLAYBOOKS:
            past = quoted(column_of(memory))
            there = f"exists (select 1 from temp.{past} p where p.subject = person)"
            value = f"(select p.value from temp.{past} p where p.subject = person)"
            found[column_of(memory)] = value if memory.function == "last_outcome" else there
            found[known_column(memory)] = there
    for condition in asked.lasting:
        if about_person(condition):
            series = series_of(condition)
            found[series] = (
                f"(select p.since from temp.{quoted(series)} p where p.subject = person and p.value = 1)"
            )
    return found


def _of(roles: Sequence[str], asked: Iterable[Related]) -> Iterator[Related]:
    yield from (item for item in asked if item.table == ACCOUNTS and item.of in roles)


def _table(role: str) -> str:
    return quoted(book_column(role))


def _of_role(role: str, asked: Sequence[Related], team: Team) -> list[str]:
    count = Counted(book_column(role), "count(*)", "0", needs_owner=False)
    counted = (count, *(counted_related(item) for item in asked))
    names = ", ".join(quoted(item.column) for item in counted)
    who = _person(team.role(role), team, frozenset())
    book = f"select {who} as _person, f.* from temp.facts f where f._active and {OF_ACCOUNTS}"
    table = f"temp.{_table(role)}"
    return [
        f"create temp table if not exists {_table(role)} (person text primary key, {names}) without rowid",
        f"insert into {table} select r._person, {columns_named(counted)} from ({book}) r where r._person is not null group by r._person",
    ]


def _where(roles: Sequence[str], asked: Sequence[Related]) -> Iterator[tuple[int, str]]:
    """In the order of columns_of_books: which role's table has the column."""
    yield from ((at, book_column(role)) for at, role in enumerate(roles))
    yield from dict.fromkeys((roles.index(item.of), column_of(item)) for item in _of(roles, asked))


def _person(role: Role | None, team: Team, seen: frozenset[str]) -> str:
    """The address in small letters: a CRM spells them as somebody once typed them. Of a role that leads back, nobody."""
    if role is None or role.name in seen:
        return "null"
    further = seen | {role.name}
    match role.source:
        case FromField(fact=fact):
            found = f"nullif(lower({sql(fact, account_columns('f'))}), '')"
        case Always(email=email):
            found = constant(email.lower())
        case ManagerOf(role=managed):
            found = _manager(_person(team.role(managed.role), team, further), team)
        case _:
            found = "null"
    if role.otherwise is None:
        return found
    return f"coalesce({found}, {_person(team.role(role.otherwise.role), team, further)})"


def _manager(managed: str, team: Team) -> str:
    known = [(one.email.lower(), one.manager.lower()) for one in team.people if one.manager]
    arms = "".join(f" when {constant(email)} then {constant(manager)}" for email, manager in known)
    return f"(case {managed}{arms} end)" if arms else "null"


def _name(team: Team) -> str:
    arms = "".join(f" when {constant(one.email.lower())} then {constant(one.name)}" for one in team.people)
    return f"(case person{arms} else person end)" if arms else "person"
