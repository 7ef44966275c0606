"""Anything a workspace says (a playbook, a signal, a role, a letter …) → every word it names, and where.

Read off the values themselves, so that what the language gets is in it by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from cs_playbook.model.data import Contract
from cs_playbook.model.expression import OF_PLAYBOOKS, Aggregate, Call, Memory, Name, Rank, Related, ScopeName
from cs_playbook.model.kpi import Aim
from cs_playbook.model.playbook import ANYONE, PLAYBOOK, RULE, Playbook, Trigger
from cs_playbook.model.signal import Signal
from cs_playbook.model.step import ChannelRef, Document, Email, Play, Set
from cs_playbook.model.team import ContactsWhere, Pool, RoleRef
from cs_playbook.parse.letter import TAG
from cs_playbook.source.finding import NOWHERE, Span
from cs_playbook.values import names_of


class Kind(StrEnum):
    """What a word is. COLUMN: of a table other than accounts, written `contacts.roles`."""

    FACT = "fact"
    TABLE = "table"
    COLUMN = "column"
    ROLE = "role"
    FUNCTION = "function"
    PLAYBOOK = "playbook"
    LETTER = "letter"
    DOCUMENT = "document"
    CHANNEL = "channel"
    KPI = "KPI"


class Mention(Struct, frozen=True):
    """A word that is named, and the place of the condition, step or line that names it."""

    kind: Kind
    word: str
    at: Span


def mentions(said: object, contract: Contract) -> Iterator[Mention]:
    """Everything that is named in it, as often as it is named."""
    yield from _Walk(contract).inside(said, NOWHERE, "")


class _Walk(Struct, frozen=True):
    """Goes through values; `table`, handed down, is the one of whose rows a question is asked."""

    contract: Contract

    def inside(self, said: object, at: Span, table: str) -> Iterator[Mention]:
        if isinstance(said, str | int | float | None):
            return
        if isinstance(said, Mapping):
            said = tuple(said.values())
        if isinstance(said, tuple | list):
            for item in said:
                yield from self.inside(item, at, table)
        elif isinstance(said, Struct):
            span = getattr(said, "span", None)
            here = span if isinstance(span, Span) and span.line else at
            yield from self._itself(said, here, table)
            below = self._table_below(said, table)
            for name in names_of(said):
                yield from self.inside(getattr(said, name), here, below)

    def _table_below(self, said: object, table: str) -> str:
        match said:
            case Related(table=named):
                return named
            case Signal(table=str(named)):
                return named
            case ContactsWhere():
                return "contacts"
            case _:
                return table

    def _itself(self, said: object, at: Span, table: str) -> Iterator[Mention]:
        match said:
            case Name():
                yield from self._name(said, at, table)
            case Related(table=named, column=column):
                yield Mention(Kind.FUNCTION, said.function, at)
                yield Mention(Kind.TABLE, named, at)
                if column is not None:
                    yield Mention(Kind.COLUMN, f"{named}.{column}", at)
            case Memory(function=function, subject=subject):
                yield Mention(Kind.FUNCTION, function, at)
                yield Mention(Kind.PLAYBOOK if function in OF_PLAYBOOKS else Kind.FACT, subject, at)
            case Call(function=function) | Aggregate(function=function) | Rank(function=function):
                yield Mention(Kind.FUNCTION, function, at)
            case RoleRef(role=role):
                yield Mention(Kind.ROLE, role, at)
            case ChannelRef(channel=channel):
                yield Mention(Kind.CHANNEL, channel, at)
            case _:
                yield from self._of_a_block(said, at)

    def _name(self, name: Name, at: Span, table: str) -> Iterator[Mention]:
        match name.scope:
            case ScopeName.ACCOUNT | ScopeName.OWNER:
                if name.name not in ("today", "started_on"):
                    yield Mention(Kind.FACT, name.name.removeprefix("parent."), at)
            case ScopeName.RELATED:
                yield self._column(table, name.name, at)
            case ScopeName.PARENT:
                yield self._column(self._through(table), name.name.partition(".")[2], at)
            case ScopeName.ROW:
                yield self._column(name.table or table, name.name, at)
            case ScopeName.CONTACT:
                yield self._column("contacts", name.name, at)
            case ScopeName.ENROLLMENT:
                pass

    def _through(self, table: str) -> str:
        found = self.contract.table(table)
        return found.through.table if found is not None and found.through is not None else table

    def _column(self, table: str, field: str, at: Span) -> Mention:
        """A question about children asks facts of accounts."""
        if self.contract.table(table) is None or table == "accounts":
            return Mention(Kind.FACT, field, at)
        return Mention(Kind.COLUMN, f"{table}.{field}", at)

    def _of_a_block(self, said: object, at: Span) -> Iterator[Mention]:
        """What is named by a bare text, where only the block knows what it means."""
        match said:
            case Signal(table=str(table)):
                yield Mention(Kind.TABLE, table, said.span)
            case ContactsWhere(by=by):
                yield Mention(Kind.TABLE, "contacts", at)
                if by is not None:
                    yield Mention(Kind.COLUMN, f"contacts.{by}", at)
            case Pool(by=str(fact)):
                yield Mention(Kind.FACT, fact, at)
            case Trigger():
                yield from _of_trigger(said)
            case Aim(kpi=kpi):
                yield Mention(Kind.KPI, kpi, said.span)
            case Playbook(not_together_with=others):
                yield from (Mention(Kind.PLAYBOOK, name, said.span) for name in others)
            case _:
                yield from _of_verb(said, at)


def _of_verb(said: object, at: Span) -> Iterator[Mention]:
    match said:
        case Email(letter=cases):
            yield from (Mention(Kind.LETTER, fit.value, said.span) for fit in cases.fits)
        case Document(name=cases):
            yield from (Mention(Kind.DOCUMENT, fit.value, said.span) for fit in cases.fits)
        case Play(playbook=cases):
            yield from (Mention(Kind.PLAYBOOK, fit.value, said.span) for fit in cases.fits)
        case Set(values=values):
            yield from (Mention(Kind.FACT, trait, at) for trait, _ in values)
        case _:
            pass


def _of_trigger(trigger: Trigger) -> Iterator[Mention]:
    if trigger.one_per is not None:
        yield Mention(Kind.TABLE, trigger.one_per, trigger.span)
    yield from (Mention(Kind.FACT, item.fact, trigger.span) for item in trigger.per_value)
    people = (who for who in trigger.started_by if who not in (RULE, ANYONE, PLAYBOOK))
    yield from (Mention(Kind.ROLE, role, trigger.span) for role in people)


_DOTTED = re.compile(r"(?<![\w.'\"])([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_.]*)")
_ROWS = re.compile(r"rows\(\s*['\"]([a-z_][a-z0-9_]*)['\"](.*?)\)", re.DOTALL)
_FOR = re.compile(r"\bfor\s+([a-z_][a-z0-9_]*)\s+in\s+rows\(\s*['\"]([a-z_][a-z0-9_]*)")
_WORD = re.compile(r"[a-z_][a-z0-9_]*")


def mentions_in_letter(
    text: str, needs: tuple[str, ...], at: Span, contract: Contract, roles: frozenset[str]
) -> Iterator[Mention]:
    """What the blanks of a letter or a document name: facts, fields of contacts and rows, roles."""
    tags = [*TAG.findall(text), *(f"{{{{ {need} }}}}" for need in needs)]
    items = dict(_FOR.findall(text))
    for tag in tags:
        for table, asked in _ROWS.findall(tag):
            yield from _of_rows(table, asked, at, contract)
        for first, rest in _DOTTED.findall(tag):
            if first in ("account", "parent"):
                yield Mention(Kind.FACT, rest, at)
            elif first == "contact":
                yield Mention(Kind.TABLE, "contacts", at)
                yield Mention(Kind.COLUMN, f"contacts.{rest}", at)
            elif first in items:
                yield from _of_item(items[first], rest, at, contract)
            elif first in roles:
                yield Mention(Kind.ROLE, first, at)


def _of_item(table: str, field: str, at: Span, contract: Contract) -> Iterator[Mention]:
    """What a letter shows of each row it goes through."""
    known = contract.table(table)
    if known is not None and known.field(field) is not None:
        yield Mention(Kind.COLUMN, f"{table}.{field}", at)


def _of_rows(table: str, asked: str, at: Span, contract: Contract) -> Iterator[Mention]:
    yield Mention(Kind.TABLE, table, at)
    known = contract.table(table)
    names = {field.name for field in known.fields} if known else set()
    words = dict.fromkeys(_WORD.findall(asked))
    yield from (Mention(Kind.COLUMN, f"{table}.{word}", at) for word in words if word in names)
