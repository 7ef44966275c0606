"""Who does it: people, roles of an account, and the one grammar in which a step names somebody (`team:`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Literal as OneOf

from msgspec import Struct

from cs_playbook.model.expression import Expression
from cs_playbook.source.finding import Span

ROW = "row"  # `to: row`: the contact that an enrollment with `one_per: contacts` is about


class RoleRef(Struct, frozen=True):
    """A role by its name; or ROW."""

    role: str
    span: Span


class FirstOf(Struct, frozen=True):
    """The first that has somebody who is there; who is away counts where a cover stands in."""

    people: tuple[People, ...]
    span: Span


class AllOf(Struct, frozen=True):
    """Everybody of each, each person once."""

    people: tuple[People, ...]
    span: Span


People = RoleRef | FirstOf | AllOf


class FromField(Struct, frozen=True):
    """The person whose address stands in a fact of the account (a Name, or `was(x)`)."""

    fact: Expression


class ManagerOf(Struct, frozen=True):
    """Whoever manages the people of that role."""

    role: RoleRef


class Always(Struct, frozen=True):
    """One person, whatever the account."""

    email: str


class ContactsWhere(Struct, frozen=True):
    """People of the customer: rows of `contacts` that say yes; all, or the one first (`newest`, `oldest`) by a field."""

    where: Expression
    pick: OneOf["all", "newest", "oldest"]
    by: str | None


PoolPick = OneOf["round robin", "fewest accounts", "fewest minutes", "least"]


class Pool(Struct, frozen=True):
    """One of several colleagues (addresses), picked when a line opens. `by`: the fact of which one has the `least`."""

    people: tuple[str, ...]
    pick: PoolPick
    by: str | None = None


RoleSource = FromField | ManagerOf | Always | ContactsWhere | Pool


class Role(Struct, frozen=True):
    """A name for people. `otherwise`: the role that stands in where there is nobody."""

    name: str
    source: RoleSource
    span: Span
    otherwise: RoleRef | None = None

    @property
    def is_contact(self) -> bool:
        """Whether it names people of the customer."""
        return isinstance(self.source, ContactsWhere)


class Absence(Struct, frozen=True):
    """Not there from `first` to `last`, both included. `cover`: the address of who stands in meanwhile."""

    first: date
    last: date
    cover: str | None
    span: Span


class Person(Struct, frozen=True):
    """One of our own. `title`, `phone`: for signatures; "" where nothing is said."""

    email: str
    name: str
    span: Span
    manager: str | None = None
    speaks: tuple[str, ...] = ()
    minutes_per_week: int | None = None
    sectors: tuple[str, ...] = ()
    away: tuple[Absence, ...] = ()
    title: str = ""
    phone: str = ""

    def absence(self, day: date) -> Absence | None:
        """The one in force on that day; of several the one that lasts longest."""
        now = [absence for absence in self.away if absence.first <= day <= absence.last]
        return max(now, key=lambda absence: absence.last, default=None)


class Team(Struct, frozen=True, dict=True):
    """All roles and all of our people."""

    name: str
    roles: tuple[Role, ...]
    people: tuple[Person, ...]
    span: Span
    unread: tuple[str, ...] = ()  # roles that are there and have errors
    teams: tuple[tuple[str, tuple[str, ...]], ...] = ()  # name → addresses, in the order of the file

    @property
    def addresses(self) -> frozenset[str]:
        """Of everybody it names, in small letters: the keys by which they are known where a playbook is one per person."""
        people = (person.email for person in self.people)
        return frozenset(email.lower() for email in (*self.always, *people))

    @property
    def always(self) -> frozenset[str]:
        """The addresses that roles have, whatever the account."""
        return frozenset(role.source.email for role in self.roles if isinstance(role.source, Always))

    def role(self, name: str) -> Role | None:
        return self._of_name.get(name)

    def person(self, email: str) -> Person | None:
        """Addresses differ in more than capitals: a CRM spells them as somebody once typed them."""
        return self._of_address.get(email) or self._of_folded.get(email.casefold())

    # Of each name or address the first. A large morning asks for them a million times.

    @cached_property
    def _of_name(self) -> Mapping[str, Role]:
        return {role.name: role for role in reversed(self.roles)}

    @cached_property
    def _of_address(self) -> Mapping[str, Person]:
        return {person.email: person for person in reversed(self.people)}

    @cached_property
    def _of_folded(self) -> Mapping[str, Person]:
        return {person.email.casefold(): person for person in reversed(self.people)}
