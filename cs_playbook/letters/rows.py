"""`rows('tickets', "closed_on is null")` of a letter → its condition, bound to the contract; and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.letters.pieces import Blank, Loop, Rows, blanks_in, loops_in
from cs_playbook.letters.template import Template
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import ACCOUNTS, Contract, Table
from cs_playbook.model.expression import Expression
from cs_playbook.parse.bind import Binder
from cs_playbook.parse.condition import read_condition
from cs_playbook.parse.scope import Scope
from cs_playbook.parse.tokens import Refusal
from cs_playbook.parse.untold import untold_facts
from cs_playbook.source.finding import Finding, Span, did_you_mean


def wrong_rows(template: Template, catalog: Catalog) -> list[Finding]:
    """Tables that are not there, conditions that do not bind, fields that a row does not have."""
    return [
        finding
        for loop in loops_in((*template.subject, *template.body))
        if isinstance(loop.over, Rows)
        for finding in _wrong(loop, loop.over, catalog)
    ]


def condition_of(table: Table, condition: str, catalog: Catalog) -> Expression | None:
    """The condition on rows of that table; None: all of them."""
    bound, findings = _bound(table, condition, catalog, Span(""))
    assert not findings, "a letter with errors is never written"
    return bound


def _wrong(loop: Loop, rows: Rows, catalog: Catalog) -> Iterator[Finding]:
    table = None if rows.table == ACCOUNTS else catalog.contract.table(rows.table)
    if table is None:
        yield _no_table(rows, catalog.contract)
        return
    yield from _bound(table, rows.condition, catalog, rows.condition_span)[1]
    for blank in blanks_in(loop.body):
        if blank.inside:
            yield from _no_field(blank, table)


def _no_table(rows: Rows, contract: Contract) -> Finding:
    names = [table.name for table in contract.of_rows]
    if rows.table == ACCOUNTS:
        fact = "accounts are not gone through: a letter is about one"
        return Finding(rows.span, "CSP411", fact, "print its facts: {{ account.name }}")
    hint = did_you_mean(rows.table, names) or f"tables are: {', '.join(names)}"
    return Finding(rows.span, "CSP411", f"there is no table '{rows.table}' of rows", hint)


def _no_field(blank: Blank, table: Table) -> Iterator[Finding]:
    name = ".".join(blank.path[1:])
    names = [field.name for field in table.fields]
    if not name:
        hint = f"write one of its fields: {{{{ {blank.path[0]}.{names[0]} }}}}"
        yield Finding(blank.span, "CSP411", f"'{blank.name}' is a whole row of {table.name}", hint)
    elif name not in names:
        hint = did_you_mean(name, names) or f"its fields: {', '.join(names)}"
        yield Finding(blank.span, "CSP411", f"{table.name} has no field '{name}'", hint)


def _bound(
    table: Table, condition: str, catalog: Catalog, span: Span
) -> tuple[Expression | None, list[Finding]]:
    if not condition:
        return None, []
    untold = untold_facts(catalog.contract, catalog.signals.values())
    scope = Scope(catalog.contract, catalog.facts, catalog.fact_values, untold=untold).inside(table)
    binder = Binder(scope, lambda at: span.within(*at))
    try:
        bound = binder.yes_or_no(read_condition(condition))
    except Refusal as refusal:
        return None, [Finding(span.within(*refusal.at), refusal.code, refusal.message, refusal.hint)]
    return bound, binder.findings
