"""Questions to rows and to memory, bound: their tables, fields, playbooks, and what they give."""

from __future__ import annotations

from typing import Protocol

from cs_playbook.model.data import ACCOUNTS, CHILDREN, Table
from cs_playbook.model.expression import (
    OF_PLAYBOOKS,
    At,
    Both,
    Case,
    Comparison,
    Expression,
    FieldType,
    IsEmpty,
    Literal,
    Memory,
    Name,
    Not,
    Related,
    ScopeName,
    walk,
)
from cs_playbook.model.pairing import pairs_with_row, row_named
from cs_playbook.parse.advice import unknown_name
from cs_playbook.parse.family import NO_PARENT, SAY_PARENT, book_of, children_of
from cs_playbook.parse.scope import Scope
from cs_playbook.parse.untold import asks_untold, is_untold
from cs_playbook.source.finding import did_you_mean
from cs_playbook.values import replace


class Binder(Protocol):
    """What binding needs of the one who binds (parse/bind.py)."""

    scope: Scope

    def report(self, at: At, code: str, message: str, hint: str = "") -> None: ...
    def within(self, scope: Scope) -> Binder: ...
    def yes_or_no(self, expression: Expression) -> Expression: ...


def bind_related(binder: Binder, related: Related) -> tuple[Expression, FieldType | None]:
    """`has(contacts, …)` and its kin: the table, the field, the condition on its rows, the type of the answer."""
    scope = binder.scope
    if scope.related is not None:
        binder.report(
            related.at,
            "CSP206",
            "rows are asked inside a question to rows",
            f"define a signal, and name it here as {'' if scope.related.name in (CHILDREN, ACCOUNTS) else 'account.'}<signal>",
        )
        return related, None
    if scope.person is not None:
        return _bind_book(binder, related, scope.person)
    table = scope.contract.table(related.table) or (children_of(scope) if related.table == CHILDREN else None)
    if table is None or table.name == "accounts":
        names = [known.name for known in scope.contract.of_rows]
        hint = did_you_mean(related.table, names) or f"there are: {', '.join(names)}"
        if related.table == CHILDREN:
            binder.report(related.at, "CSP210", NO_PARENT, SAY_PARENT)
        elif table is not None:
            binder.report(
                related.at,
                "CSP210",
                "accounts are not rows of an account",
                f"tables of rows are: {', '.join(names)}; a playbook with `one_per: <role>` asks about a person's accounts",
            )
        else:
            binder.report(related.at, "CSP210", f"there is no table '{related.table}'", hint)
        return related, None
    kind = _asked(binder, related, table)
    # An account below this one is no row: it has all its facts, and is asked before any row is there.
    inside = replace(scope, row=None) if table.name == CHILDREN else scope
    where = None if related.where is None else binder.within(inside.inside(table)).yes_or_no(related.where)
    if related.everybody:
        _of_everybody(binder, related, table, where)
    bound = replace(related, where=where, type=kind, row=row_named(where))
    return replace(bound, told=not asks_untold(bound, table, scope)), kind


def _of_everybody(binder: Binder, related: Related, table: Table, where: Expression | None) -> None:
    """`all promises`: which of them belong to the row that it is asked for must be said."""
    if table.name == CHILDREN or table.items is not None:
        fact = f"'all' asks the rows of all accounts, and {table.name} are no rows of accounts"
        binder.report(related.at, "CSP228", fact, "leave 'all' out")
    elif not pairs_with_row(where) and not _misspelt(where):
        scope = binder.scope
        fact = f"'all {table.name}' are the rows of all accounts: which of them belong to this one?"
        hint = (
            "in a playbook with `one_per: <table>` row.x says which: has(all promises, feature = row.feature)"
        )
        if scope.row is not None:
            same = _shared(table, scope.row)
            hint = (
                f"say which field both share, e.g. {related.function}(all {table.name}, {same} = row.{same})"
            )
        binder.report(related.at, "CSP228", fact, hint)


def _misspelt(where: Expression | None) -> bool:
    """A name in it means nothing, which is told already: perhaps it was the one that pairs the rows."""
    names = (part for part in walk(where) if isinstance(part, Name)) if where is not None else ()
    return any(name.scope is ScopeName.ACCOUNT and name.name != "today" for name in names)


def _shared(table: Table, row: Table) -> str:
    """A field by which rows of both could be found; any, where there is none."""
    both = (field.name for field in table.fields if row.field(field.name) is not None)
    return next((name for name in both if name not in (table.key, table.account)), row.fields[0].name)


def _bind_book(binder: Binder, related: Related, role: str) -> tuple[Expression, FieldType | None]:
    """Of a person one may ask their accounts, and nothing else."""
    table = book_of(binder.scope)
    if related.everybody:
        fact = "'all' asks the rows of all accounts, and a person is asked about their own accounts"
        binder.report(related.at, "CSP228", fact, "leave 'all' out")
    if related.table != ACCOUNTS:
        fact = f"this is asked of a person ('{role}'), who has accounts, and no {related.table}"
        hint = "ask about their accounts; what is asked of an account's rows there is a signal: has(accounts, <signal> > 0)"
        binder.report(related.at, "CSP210", fact, hint)
        return related, None
    kind = _asked(binder, related, table)
    where = (
        None if related.where is None else binder.within(binder.scope.inside(table)).yes_or_no(related.where)
    )
    bound = replace(related, where=where, type=kind, of=role)
    return replace(bound, told=not asks_untold(bound, table, binder.scope)), kind


def _asked(binder: Binder, related: Related, table: Table) -> FieldType | None:
    if related.function in ("has", "number_of"):
        if related.column is not None:
            binder.report(
                related.at,
                "CSP214",
                f"{related.function}() asks a table, not the field '{related.column}'",
                f"{related.function}({table.name}, <condition>)",
            )
        return FieldType.BOOLEAN if related.function == "has" else FieldType.INTEGER
    if related.column is None:
        binder.report(
            related.at,
            "CSP214",
            f"{related.function}() asks for one field",
            f"{related.function}({table.name}.<field>, <condition>)",
        )
        return None
    return _field(binder, related, table, related.column)


def _field(binder: Binder, related: Related, table: Table, column: str) -> FieldType | None:
    field = table.field(column)
    if field is None:
        names = [known.name for known in table.fields]
        binder.report(
            related.at,
            "CSP210",
            f"there is no field '{column}' in {table.name}",
            did_you_mean(column, names) or f"it has: {', '.join(names)}",
        )
        return None
    kind = field.type.reads_as
    if related.function == "total" and not kind.is_number:
        binder.report(related.at, "CSP211", f"total() adds numbers; '{column}' is {kind.value}")
    if related.function in ("newest", "oldest") and table.name in (CHILDREN, ACCOUNTS):
        fact = f"{related.function}() needs to know which date counts, and accounts have no day of their own"
        hint = f"ask has({table.name}, …), number_of({table.name}, …) or total({table.name}.arr)"
        binder.report(related.at, "CSP214", fact, hint)
    elif related.function in ("newest", "oldest") and table.day is None:
        binder.report(
            related.at,
            "CSP214",
            f"{related.function}() needs to know which date counts, and {table.name} has no `day:`",
            "say `day:` for the table in data.yaml",
        )
    return kind


def bind_memory(binder: Binder, memory: Memory) -> tuple[Expression, FieldType | None]:
    """`was(x)`, `running('p')` …: the fact or playbook must exist."""
    scope = binder.scope
    if not scope.remembers or (scope.person is not None and memory.function not in OF_PLAYBOOKS):
        binder.report(memory.at, "CSP219", *_not_remembered(memory, scope))
        return memory, None
    if memory.function in OF_PLAYBOOKS:
        return _bind_playbook(binder, memory)
    if memory.function == "set_on":
        return _bind_set_on(binder, memory)
    if memory.function == "at_start" and scope.steps is None:
        binder.report(
            memory.at,
            "CSP219",
            "at_start() is about an enrollment: it cannot be asked before there is one",
            "use it in exit, goal and steps",
        )
    of_row = memory.function == "at_start" and memory.name.scope is ScopeName.ROW
    is_fact = "." not in memory.subject or memory.subject in scope.facts or of_row
    found = scope.find(Name(memory.subject)) if is_fact else None
    if found is None or found.name in ("today", "started_on"):
        code, fact, hint = unknown_name(memory.subject, scope)
        of_a_card = any(known.startswith(f"{memory.subject.partition('.')[0]}.") for known in scope.facts)
        if ("." in memory.subject and not of_a_card) or found is not None:
            fact, hint = (
                f"{memory.function}() remembers facts of the account only",
                f"e.g. {memory.function}(arr)",
            )
        binder.report(memory.at, code, fact, hint)
        return memory, None
    if memory.function == "changed":
        return change(memory, found, told=not is_untold(found, scope)), FieldType.BOOLEAN
    return replace(memory, type=found.type), found.type


def _not_remembered(memory: Memory, scope: Scope) -> tuple[str, str]:
    if scope.remembers:
        fact = f"{memory.function}() remembers facts of an account, and this is asked of a person"
        hint = "of a person: running('p'), finished('p', '30 days'), last_outcome('p'); a trait or a segment of the accounts can hold more: has(accounts, …)"
        return fact, hint
    where = "what was is asked in playbooks and segments, not of rows and in signals"
    return f"{memory.function}() cannot be asked here", where


def _bind_playbook(binder: Binder, memory: Memory) -> tuple[Expression, FieldType | None]:
    """`running('p')`, `last_outcome('p')`; of a tag: of any playbook that has it."""
    known, kind = binder.scope.playbooks, FieldType.BOOLEAN
    if memory.function == "last_outcome":
        kind = FieldType.TEXT
    elif known is not None:
        known |= {f"tag:{tag}" for tag in binder.scope.tags}
    if known is not None and memory.subject not in known:
        what = "tag" if memory.subject.startswith("tag:") else "playbook"
        fact = f"there is no {what} '{memory.subject}'"
        if what == "tag" and memory.function == "last_outcome":
            fact = "last_outcome() asks about one playbook, not about a tag"
        hint = did_you_mean(memory.subject, known) or f"there are: {', '.join(sorted(known))}"
        binder.report(memory.at, "CSP210", fact, hint)
    return replace(memory, type=kind), kind


def change(memory: Memory, fact: Name, *, told: bool = True) -> Expression:
    """`changed(x, '14 days')` → whether it has changed until yesterday, or is another one today than yesterday.

    Null-safe: also from and to empty. Where nothing was ever recorded no branch says yes or no: unknown. Not `told`:
    the fact of today stands on what nobody exports, so nobody knows whether it is another one.
    """
    before = Memory("was", memory.subject, None, fact.type, memory.at)
    until_yesterday = replace(memory, type=FieldType.BOOLEAN)
    yes, no = (Literal(value, FieldType.BOOLEAN, memory.at) for value in (True, False))
    came = Both("and", (IsEmpty(before, memory.at), Not(IsEmpty(fact, memory.at), memory.at)), memory.at)
    empty_now = IsEmpty(fact, memory.at, told)
    went = Both("and", (Not(IsEmpty(before, memory.at), memory.at), empty_now), memory.at)
    other = Comparison("<>", before, fact, memory.at)
    branches = ((until_yesterday, yes), (came, yes), (went, yes), (other, yes))
    return Case((*branches, (Not(until_yesterday, memory.at), no)), None, memory.at)


def _bind_set_on(binder: Binder, memory: Memory) -> tuple[Expression, FieldType | None]:
    """`set_on(trait)`: the day it was last set."""
    traits, name = binder.scope.traits, memory.subject
    if name in traits or name in binder.scope.unread:
        return replace(memory, type=FieldType.DATE), FieldType.DATE
    known = f"traits are: {', '.join(sorted(traits))}" if traits else "there are no traits yet"
    if name in binder.scope.facts:
        fact = f"set_on() asks about traits, and '{name}' is set by nobody"
        binder.report(memory.at, "CSP227", fact, known)
    else:
        binder.report(memory.at, "CSP227", f"there is no trait '{name}'", did_you_mean(name, traits) or known)
    return memory, None
