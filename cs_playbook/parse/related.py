"""Questions to rows and to memory, bound: their tables, fields, playbooks, and what they give."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from cs_playbook.model.data import Table
from cs_playbook.model.expression import At, Expression, FieldType, Memory, Name, Related
from cs_playbook.parse.advice import unknown_name
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import did_you_mean


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
            "define a signal, and name it here as account.<signal>",
        )
        return related, None
    table = scope.contract.table(related.table)
    if table is None or table.name == "accounts":
        names = [known.name for known in scope.contract.tables if known.name != "accounts"]
        hint = did_you_mean(related.table, names) or f"there are: {', '.join(names)}"
        if related.table == "children":
            binder.report(related.at, "CSP215", "'children' is not yet part of the language")
        elif table is not None:
            binder.report(
                related.at,
                "CSP210",
                "accounts are not rows of an account",
                f"tables of rows are: {', '.join(names)}",
            )
        else:
            binder.report(related.at, "CSP210", f"there is no table '{related.table}'", hint)
        return related, None
    kind = _asked(binder, related, table)
    where = None if related.where is None else binder.within(scope.inside(table)).yes_or_no(related.where)
    return replace(related, where=where, type=kind), kind


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
    if related.function in ("newest", "oldest") and table.day is None:
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
    if not scope.remembers:
        binder.report(
            memory.at,
            "CSP219",
            f"{memory.function}() cannot be asked here",
            "what was is asked in playbooks and segments, not of rows and in signals",
        )
        return memory, None
    if memory.function in ("running", "finished"):
        if scope.playbooks is not None and memory.subject not in scope.playbooks:
            names = f"there are: {', '.join(sorted(scope.playbooks))}"
            binder.report(
                memory.at,
                "CSP210",
                f"there is no playbook '{memory.subject}'",
                did_you_mean(memory.subject, scope.playbooks) or names,
            )
        return replace(memory, type=FieldType.BOOLEAN), FieldType.BOOLEAN
    if memory.function == "at_start" and scope.steps is None:
        binder.report(
            memory.at,
            "CSP219",
            "at_start() is about an enrollment: it cannot be asked before there is one",
            "use it in exit, goal and steps",
        )
    found = scope.find(Name(memory.subject)) if "." not in memory.subject else None
    if found is None or found.name in ("today", "started_on"):
        code, fact, hint = unknown_name(memory.subject, scope)
        if "." in memory.subject or found is not None:
            fact, hint = (
                f"{memory.function}() remembers facts of the account only",
                f"e.g. {memory.function}(arr)",
            )
        binder.report(memory.at, code, fact, hint)
        return memory, None
    return replace(memory, type=found.type), found.type
