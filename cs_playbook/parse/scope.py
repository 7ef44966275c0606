"""Which names mean something in a condition, and of what type: the account's facts, a row, a contact, the enrollment."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from cs_playbook.model.asks import Ask
from cs_playbook.model.data import ACCOUNTS, CHILDREN, PARENT_DOT, Contract, Table
from cs_playbook.model.expression import FieldType, Name, ScopeName
from cs_playbook.model.trait import Trait
from cs_playbook.values import replace

RESERVED = (
    "today",
    "started_on",
    "row",
    "contact",
    "steps",
    "given",
)  # they mean something else in conditions


class Scope(Struct, frozen=True):
    """`facts`: of an account. `values`: the only texts a fact may hold. `row`: the table of `row.x`. `steps`: of the playbook.

    `related`: inside a question about rows, the table whose fields are bare names. `about`: for a role of contacts,
    the tables an enrollment may be about: which of them `row.x` means is known where a playbook names the role.
    `unread`: facts that have errors of their own: they could be of any type, and whoever uses them is not reported too.
    """

    contract: Contract
    facts: Mapping[str, FieldType]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    playbooks: frozenset[str] | None = None
    row: Table | None = None
    contact: bool = False
    steps: frozenset[str] | None = None
    related: Table | None = None
    about: tuple[Table, ...] = ()
    remembers: bool = True
    unread: frozenset[str] = frozenset()
    given: Mapping[str, Ask] | None = (
        None  # what is asked at the start of the playbook; None: there is none yet
    )
    answers: Mapping[str, Mapping[str, Ask]] = field(default_factory=dict)  # step → what it asks
    documents: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()  # of all playbooks
    traits: Mapping[str, Trait] = field(default_factory=dict)  # those of the facts that are set
    channels: frozenset[str] = frozenset()  # of the project file, where notes may go
    kpis: frozenset[str] = frozenset()  # figures of the portfolio: no account has them
    untold: frozenset[str] = frozenset()  # facts that stand on what nobody exports
    ranks: bool = False  # a signal of the account, which may stand on the whole portfolio
    person: str | None = (
        None  # the role of whose people it is asked: then nothing is a fact, but `accounts` are rows
    )

    def inside(self, table: Table) -> Scope:
        """The scope of a condition on rows of `table`: of the enrollment only the row that it is about."""
        return replace(
            self, related=table, contact=False, steps=None, given=None, remembers=False, ranks=False
        )

    def find(self, name: Name) -> Name | None:
        """The name bound to what it means, or None."""
        first, _, rest = name.name.partition(".")
        if self.related is not None:
            return self._find_related(name, first, rest)
        if name.name == "today":
            return replace(name, type=FieldType.DATE)
        if self.person is not None:
            return self._of_person(name, first, rest)
        if rest and name.name not in self.facts:  # health.band is one
            return self._find_dotted(name, first, rest)
        if name.name == "started_on" and self.steps is not None:
            return replace(name, scope=ScopeName.ENROLLMENT, type=FieldType.DATE)
        if name.name in self.unread:
            return Name(name.name, name.scope, None, name.at)
        kind = self.facts.get(name.name)
        return None if kind is None else Name(name.name, name.scope, kind.reads_as, name.at)

    def _of_person(self, name: Name, first: str, rest: str) -> Name | None:
        """No account is meant: only the enrollment is known."""
        if name.name == "started_on" and self.steps is not None:
            return replace(name, scope=ScopeName.ENROLLMENT, type=FieldType.DATE)
        return self._find_dotted(name, first, rest) if first in ("steps", "given") else None

    def values_of(self, name: Name) -> tuple[str, ...]:
        """The only texts it may hold; none where any will do."""
        if name.scope is not ScopeName.ENROLLMENT:
            return self.values.get(name.name, ())
        first, _, rest = name.name.partition(".")
        step, _, what = rest.partition(".")
        ask = (self.given or {}).get(rest) if first == "given" else self.answers.get(step, {}).get(what)
        return ask.choices if ask is not None else ()

    def _find_related(self, name: Name, first: str, rest: str) -> Name | None:
        assert self.related is not None
        if name.name == "today":
            return replace(name, type=FieldType.DATE)
        of_accounts = self.related.name in (CHILDREN, ACCOUNTS)
        if not rest and of_accounts and name.name in self.unread:
            return Name(name.name, ScopeName.RELATED, None, name.at)
        if not rest or (of_accounts and name.name in self.facts):  # health.band of each
            return _of_table(self.related, name, name.name, ScopeName.RELATED)
        if first == "account":
            return self._of_owner(name, rest)
        if first == "row" and self.about:
            return self._of_some_row(name, rest)
        if first == "row" and self.row is not None:
            return self._of_the_row(name, rest)
        through = self.related.through
        if through is None or first != through.prefix:
            return None
        parent = self.contract.table(through.table)
        return None if parent is None else _of_table(parent, name, rest, ScopeName.PARENT)

    def _of_owner(self, name: Name, rest: str) -> Name | None:
        """The account whose row it is; a person's accounts are themselves the rows."""
        if self.person is not None:
            return None
        if rest in self.unread:
            return Name(rest, ScopeName.OWNER, None, name.at)
        kind = self.facts.get(rest)
        return None if kind is None else replace(name, name=rest, scope=ScopeName.OWNER, type=kind.reads_as)

    def _of_the_row(self, name: Name, rest: str) -> Name | None:
        found = _of_table(self.row, name, rest, ScopeName.ROW) if self.row is not None else None
        return None if found is None or self.row is None else replace(found, table=self.row.name)

    def _of_some_row(self, name: Name, rest: str) -> Name | None:
        """Of any type where the tables do not agree."""
        columns = [column for table in self.about for column in (table.field(rest),) if column is not None]
        kinds = {column.type.reads_as for column in columns}
        kind = next(iter(kinds)) if len(kinds) == 1 else None
        return Name(rest, ScopeName.ROW, kind, name.at) if columns else None

    def _find_dotted(self, name: Name, first: str, rest: str) -> Name | None:
        if name.name.startswith(PARENT_DOT):
            return self._of_parent(name, rest)
        if first == "row" and self.row is not None:
            return self._of_the_row(name, rest)
        if first == "contact" and self.contact:
            contacts = self.contract.table("contacts")
            return None if contacts is None else _of_table(contacts, name, rest, ScopeName.CONTACT)
        if first == "steps" and self.steps is not None:
            step, _, what = rest.partition(".")
            kinds = {"outcome": FieldType.TEXT, "done_on": FieldType.DATE}
            if step in self.steps and what in kinds:
                return replace(name, scope=ScopeName.ENROLLMENT, type=kinds[what])
            ask = self.answers.get(step, {}).get(what)
            if ask is not None:
                return replace(name, scope=ScopeName.ENROLLMENT, type=ask.type)
        if first == "given" and self.given is not None and rest in self.given:
            return replace(name, scope=ScopeName.ENROLLMENT, type=self.given[rest].type)
        return None

    def _of_parent(self, name: Name, fact: str) -> Name | None:
        """`parent.arr`: a fact of the account above; none where no account stands above another."""
        if self.contract.accounts.parent is None:
            return None
        if fact in self.unread:
            return Name(name.name, name.scope, None, name.at)
        kind = self.facts.get(fact)
        return None if kind is None else Name(name.name, name.scope, kind.reads_as, name.at)

    def known(self) -> tuple[str, ...]:
        """All names one may write here, for did-you-mean."""
        if self.related is not None:
            own = tuple(column.name for column in self.related.fields)
            about = (*self.about, *((self.row,) if self.row is not None else ()))
            rows = {f"row.{column.name}": None for table in about for column in table.fields}
            return (*own, *(f"account.{fact}" for fact in self.facts), *rows)
        dotted = [f"row.{column.name}" for column in self.row.fields] if self.row else []
        contacts = self.contract.table("contacts")
        if self.contact and contacts:
            dotted += [f"contact.{column.name}" for column in contacts.fields]
        for step in self.steps or ():
            dotted += [f"steps.{step}.outcome", f"steps.{step}.done_on"]
            dotted += [f"steps.{step}.{ask}" for ask in self.answers.get(step, ())]
        dotted += [f"given.{ask}" for ask in self.given or ()]
        return (*self.facts, "today", *dotted)


def _of_table(table: Table, name: Name, wanted: str, scope: ScopeName) -> Name | None:
    column = table.field(wanted)
    if column is None:
        return None
    text = name.name if scope is ScopeName.PARENT else wanted
    return Name(text, scope, column.type.reads_as, name.at)
