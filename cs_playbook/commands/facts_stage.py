"""A snapshot and what is asked of it → `temp.facts` on its connection: the one stage that meets raw rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial

from msgspec import Struct

from cs_playbook.commands.facts_apart import Part, fill_facts, parts_of
from cs_playbook.commands.past_stage import fill_from_ledger, fill_from_rows, fill_past, remembered
from cs_playbook.commands.plan_stage import fill_plans
from cs_playbook.commands.too_large import values_may_be_too_large
from cs_playbook.compile.asked import Asked, asked_of, lasting_by_row
from cs_playbook.compile.facts import facts_sql
from cs_playbook.compile.facts_sql import FactsSql
from cs_playbook.compile.filled import add_given, given_table
from cs_playbook.compile.own_functions import own_functions
from cs_playbook.compile.scan import facts_by_key, keyed, rule_of
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import UserError
from cs_playbook.model.asking import (
    handed_over,
    later_conditions,
    named_in_sentences,
    rule_conditions,
    step_dates,
)
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Condition
from cs_playbook.model.data import PARENT_DOT
from cs_playbook.model.expression import Expression, FieldType, Memory, Value
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.lasting import series_of
from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.model.team import ContactsWhere, FromField, Pool
from cs_playbook.plan.families import shared_steps
from cs_playbook.source.snapshot import Snapshot, together

# What screens, digests and lists show of an account, where the contract has it.
SHOWN = ("name", "arr", "language")


class Stage(Struct, frozen=True):
    """The facts of the day, ready. `columns`: name → type of temp.facts. `row_lasting`: `for` conditions about rows."""

    connection: sqlite3.Connection
    asked: Asked
    columns: Mapping[str, FieldType]
    reckoning: Reckoning
    catalog: Catalog
    parts: tuple[Part, ...]


class Given(Struct, frozen=True):
    """What a story says outright: account key → facts; and the SQL that reckons with them, made once for many days."""

    facts: Mapping[str, Mapping[str, Value]]
    sql: FactsSql


def everything_asked(catalog: Catalog, texts: Iterable[Playbook]) -> Asked:
    """What the playbooks of today and the texts of open enrollments ask, what screens show, what is always remembered."""
    texts = tuple(texts)
    wanted, facts = _asked_by_playbooks(catalog, texts)
    # Of a score the band is remembered in any case: it changes rarely, and it is the trend that people look at.
    wanted += [Memory("was", card.band, None, FieldType.TEXT) for card in catalog.scorecards.values()]
    facts += [fact for one in catalog.segmentations.values() for fact in one.standing]
    return asked_of(wanted, facts, catalog, _books(catalog, texts))


def asked_in_stories(catalog: Catalog, expected: Iterable[str], besides: Iterable[Condition] = ()) -> Asked:
    """What the playbooks ask, the facts a story expects, and what it asks besides: its day has no trend to be looked at."""
    wanted, facts = _asked_by_playbooks(catalog, ())
    return asked_of([*wanted, *besides], [*facts, *expected], catalog, _books(catalog, ()))


def _books(catalog: Catalog, texts: Iterable[Playbook]) -> list[str]:
    """The roles of which each person is a subject of its own."""
    acting = (playbook for playbook in catalog.playbooks.values() if playbook.status is not Status.DRAFT)
    roles = {playbook.trigger.per_person for playbook in (*acting, *texts)}
    return sorted(role for role in roles if role is not None)


def _asked_by_playbooks(
    catalog: Catalog, texts: Iterable[Playbook]
) -> tuple[list[Condition | Expression], list[str]]:
    """Conditions and dates, and the names of facts."""
    wanted: list[Condition | Expression] = []
    facts = [name for name in (*SHOWN, catalog.contract.accounts.key or "id") if name in catalog.facts]
    acting = [playbook for playbook in catalog.playbooks.values() if playbook.status is not Status.DRAFT]
    for playbook in acting:
        wanted += rule_conditions(playbook)
    for playbook in (*acting, *texts):
        wanted += later_conditions(playbook)
        for step in playbook.all_steps:
            wanted += [*step_dates(step), *handed_over(step)]
        wanted += named_in_sentences(playbook)
    wanted += [*_asked_by_roles(catalog), *(rule.when for rule in catalog.project.hands_off)]
    above = PARENT_DOT if catalog.contract.accounts.parent is not None else ""
    facts += [*_facts_of_pools(catalog), *_drawn_by(catalog, [*acting, *texts])]
    facts += [item.fact for playbook in (*acting, *texts) for item in playbook.trigger.per_value]
    facts += [name for name in _in_letters(catalog) if name.removeprefix(above) in catalog.facts]
    if catalog.contract.active is not None:
        wanted.append(catalog.contract.active)
    return wanted, facts


def _asked_by_roles(catalog: Catalog) -> Iterator[Condition | Expression]:
    for role in catalog.team.roles:
        match role.source:
            case FromField(fact=fact):
                yield fact
            case ContactsWhere(where=where):
                yield where
            case _:
                pass


def _facts_of_pools(catalog: Catalog) -> list[str]:
    sources = (role.source for role in catalog.team.roles)
    return [source.by for source in sources if isinstance(source, Pool) and source.by is not None]


def _drawn_by(catalog: Catalog, playbooks: Iterable[Playbook]) -> list[str]:
    """Sisters share a lot, and a letter: the fact that names the parent account, where one of them matters."""
    parent, playbooks = catalog.contract.accounts.parent, tuple(playbooks)
    asked = any(playbook.holdout for playbook in playbooks) or bool(shared_steps(playbooks))
    return [parent] if parent and asked else []


def _in_letters(catalog: Catalog) -> Iterator[str]:
    """Facts that letters and documents name as account.x; those of parent.x are called so here too."""
    import re

    texts = (document.text for document in catalog.documents.values())
    for letter in (*catalog.letters.values(), *texts):
        written = letter.subject + letter.body + " ".join(letter.needs)
        yield from re.findall(r"\baccount\.([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?)", written)
        yield from re.findall(r"\bparent\.[a-z_][a-z0-9_]*", written)


def stage_facts(
    snapshot: Snapshot, asked: Asked, catalog: Catalog, reckoning: Reckoning, ledger: Ledger, day: date,
    given: Given | None = None,
) -> Stage:  # fmt: skip
    for name, function in own_functions(reckoning).items():
        snapshot.add_function(name, -1, function)
    connection = snapshot.connection
    plan = facts_sql(asked, catalog) if given is None else given.sql
    try:
        parts = parts_of(snapshot, reckoning, plan)
        waiting = fill_from_ledger(snapshot, parts, plan.past, catalog, ledger, day)
        with values_may_be_too_large(), together(connection):
            _give(connection, catalog, {} if given is None else given.facts)
            fill_from_rows(parts, waiting, catalog, ledger, day)
            for series in sorted({series_of(item) for item in _about_rows(catalog)}):
                fill_past(connection, series, remembered(ledger, series, day))
            fill_facts(
                parts, plan, partial(fill_plans, catalog=catalog, reckoning=reckoning, ledger=ledger, day=day)
            )
            for statement in plan.of_all:
                connection.execute(statement)
            connection.execute(facts_by_key(catalog.contract))
    except sqlite3.IntegrityError as error:
        if not asked.books:
            raise
        fact = "an account has the address of one of your people as its key"
        raise UserError(fact, "a playbook that is one per person could not tell them apart") from error
    for part in parts:
        part.connection.execute(keyed(catalog.contract, part.own))
    return Stage(connection, asked, dict(plan.columns), reckoning, catalog, parts)


def _about_rows(catalog: Catalog) -> Iterator[Condition]:
    for playbook in catalog.playbooks.values():
        rule = rule_of(playbook)
        if rule is not None and rule.row is not None:
            yield from lasting_by_row(rule.condition)


def facts_given(given: Mapping[str, Mapping[str, Value]]) -> frozenset[str]:
    """The names of facts that stories say outright."""
    return frozenset(name for facts in given.values() for name in facts)


def _give(connection: sqlite3.Connection, catalog: Catalog, given: Mapping[str, Mapping[str, Value]]) -> None:
    """`temp.given(_n, given_x …)`."""
    names = sorted(facts_given(given))
    if not names:
        return
    connection.execute(given_table(names))
    insert = add_given(names, catalog.contract)
    connection.executemany(
        insert, ((*(facts.get(name) for name in names), account) for account, facts in given.items())
    )
