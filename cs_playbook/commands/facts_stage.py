"""A snapshot and what is asked of it → `temp.facts` on its connection: the one stage that meets raw rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cs_playbook.compile.asked import Asked, asked_of, lasting_of
from cs_playbook.compile.facts import FactsSql, Past, add_given, add_past, facts_sql, given_table, past_table
from cs_playbook.compile.scan import facts_by_key, keyed, rule_of
from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.asking import later_conditions, named_in_sentences, rule_conditions, step_dates
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Condition
from cs_playbook.model.expression import Expression, FieldType, Memory, Value, to_day
from cs_playbook.model.functions import Reckoning, functions, like
from cs_playbook.model.lasting import series_of
from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.model.team import ContactsWhere, FromField
from cs_playbook.source.snapshot import Snapshot

# What screens, digests and lists show of an account, where the contract has it.
SHOWN = ("name", "arr", "language")


@dataclass(frozen=True, slots=True)
class Stage:
    """The facts of the day, ready. `columns`: name → type of temp.facts. `row_lasting`: `for` conditions about rows."""

    connection: sqlite3.Connection
    asked: Asked
    columns: Mapping[str, FieldType]
    reckoning: Reckoning
    catalog: Catalog


def everything_asked(catalog: Catalog, texts: Iterable[Playbook]) -> Asked:
    """What the playbooks of today and the texts of open enrollments ask, and what screens show."""
    wanted: list[Condition | Expression] = []
    facts = [name for name in (*SHOWN, catalog.contract.accounts.key or "id") if name in catalog.facts]
    acting = [playbook for playbook in catalog.playbooks.values() if playbook.status is not Status.DRAFT]
    for playbook in acting:
        wanted += rule_conditions(playbook)
    for playbook in (*acting, *texts):
        wanted += later_conditions(playbook)
        for step in playbook.steps:
            wanted += step_dates(step)
        wanted += named_in_sentences(playbook)
    for role in catalog.team.roles:
        match role.source:
            case FromField(fact=fact):
                wanted.append(fact)
            case ContactsWhere(where=where):
                wanted.append(where)
            case _:
                pass
    facts += [name for name in _in_letters(catalog) if name in catalog.facts]
    if catalog.contract.active is not None:
        wanted.append(catalog.contract.active)
    return asked_of(wanted, [*facts, *catalog.segmentations], catalog)


def _in_letters(catalog: Catalog) -> Iterator[str]:
    """Facts that letters name as account.x."""
    import re

    for letter in catalog.letters.values():
        yield from re.findall(
            r"\baccount\.([a-z_][a-z0-9_]*)", letter.subject + letter.body + " ".join(letter.needs)
        )


def stage_facts(
    snapshot: Snapshot, asked: Asked, catalog: Catalog, reckoning: Reckoning, ledger: Ledger, day: date,
    given: Mapping[str, Mapping[str, Value]] | None = None,
) -> Stage:  # fmt: skip
    """`given`: account key → facts that a story says outright."""
    for name, function in functions(reckoning).items():
        snapshot.add_function(f"cs_{name}", -1, function)  # type: ignore[arg-type]
    snapshot.add_function("cs_like", 2, like)
    connection = snapshot.connection
    names = _give(connection, catalog, given or {})
    plan: FactsSql = facts_sql(asked, catalog, reckoning, names)
    row_lasting = [Past(series_of(item), item) for item in _about_rows(catalog)]
    for past in {past.table: past for past in (*plan.past, *row_lasting)}.values():
        fill_past(connection, past.table, recalled(past, catalog, ledger, day))
    for statement in plan.statements:
        connection.execute(statement)
    connection.execute(facts_by_key(catalog.contract))
    connection.execute(keyed(catalog.contract))
    return Stage(connection, asked, dict(plan.columns), reckoning, catalog)


def _about_rows(catalog: Catalog) -> Iterator[Condition]:
    for playbook in catalog.playbooks.values():
        rule = rule_of(playbook)
        if rule is not None and rule.row is not None:
            yield from lasting_of(rule.condition)


def fill_past(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[str, Value, int]]) -> None:
    """A small table of the past: subject, value, the day since which it is so."""
    connection.execute(past_table(Past(table, Memory("was", table))))
    connection.executemany(add_past(table), rows)


def recalled(past: Past, catalog: Catalog, ledger: Ledger, day: date) -> Iterator[tuple[str, Value, int]]:
    """Memory as it stood at the end of the previous logical day."""
    match past.asks:
        case Memory(function="running", subject=playbook):
            yield from ((account, 1, 0) for account in ledger.running(_first_name(playbook, catalog), day))
        case Memory(function="finished", subject=playbook, days=days):
            since = day - timedelta(days=days or 0)
            yield from (
                (account, 1, 0) for account in ledger.finished(_first_name(playbook, catalog), since, day)
            )
        case Memory(function="ago", subject=fact, days=days):
            before = day - timedelta(days=(days or 0) - 1)
            yield from _remembered(ledger, fact_series(fact), min(before, day))
        case Memory(subject=fact):
            yield from _remembered(ledger, fact_series(fact), day)
        case condition:
            yield from _remembered(ledger, series_of(condition), day)


def _remembered(ledger: Ledger, series: str, before: date) -> Iterator[tuple[str, Value, int]]:
    yield from (
        (subject, value, to_day(since)) for subject, value, since in ledger.remembered(series, before)
    )


def _first_name(playbook: str, catalog: Catalog) -> str:
    """By its name of today or any it had."""
    known = next(
        (known for known in catalog.playbooks.values() if playbook in (known.name, *known.formerly)), None
    )
    return known.first_name if known else playbook


def fact_series(fact: str) -> str:
    return f"fact:{fact}"


def _give(
    connection: sqlite3.Connection, catalog: Catalog, given: Mapping[str, Mapping[str, Value]]
) -> frozenset[str]:
    """`temp.given(_n, given_x …)` for facts that stories say outright."""
    names = sorted({name for facts in given.values() for name in facts})
    if not names:
        return frozenset()
    connection.execute(given_table(names))
    insert = add_given(names, catalog.contract)
    connection.executemany(
        insert, ((*(facts.get(name) for name in names), account) for account, facts in given.items())
    )
    return frozenset(names)
