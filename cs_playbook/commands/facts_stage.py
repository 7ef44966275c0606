"""A snapshot and what is asked of it → `temp.facts` on its connection: the one stage that meets raw rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial

from msgspec import Struct

from cs_playbook.commands.facts_apart import Part, fill_facts, parts_of, share_past
from cs_playbook.commands.plan_stage import fill_plans
from cs_playbook.commands.standing import standing
from cs_playbook.compile.asked import Asked, asked_of, lasting_by_row
from cs_playbook.compile.facts import facts_sql
from cs_playbook.compile.facts_sql import FactsSql
from cs_playbook.compile.filled import Past, add_given, add_past, given_table, past_table
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
from cs_playbook.model.exceptions import now_called, settable
from cs_playbook.model.expression import Expression, FieldType, Memory, Value, to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.lasting import series_of
from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.model.team import ContactsWhere, FromField, Pool
from cs_playbook.model.trait import as_fact
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
    row_lasting = [Past(series_of(item), item) for item in _about_rows(catalog)]
    try:
        parts = parts_of(snapshot, reckoning, plan)
        with together(connection):
            _give(connection, catalog, {} if given is None else given.facts)
            for past in {past.table: past for past in (*plan.past, *row_lasting)}.values():
                fill_past(connection, past.table, recalled(past, catalog, ledger, day))
            share_past(parts, [past.table for past in plan.past], catalog.contract.accounts.key or "id")
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


def fill_past(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[str, Value, int]]) -> None:
    """A small table of the past: subject, value, the day since which it is so."""
    with together(connection):
        connection.execute(past_table(table))
        connection.executemany(add_past(table), rows)


def recalled(past: Past, catalog: Catalog, ledger: Ledger, day: date) -> Iterator[tuple[str, Value, int]]:
    """Memory as it stood at the end of the previous logical day."""
    match past.asks:
        case Memory(function="running" | "finished" | "last_outcome") as memory:
            return _of_playbooks(memory, catalog, ledger, day)
        case Memory(function="trait" | "set_on" | "by_hand") as memory:
            return _of_traits(memory, catalog, ledger, day)
        case Memory() as memory:
            return _of_facts(memory, now_called(memory.subject, catalog), ledger, day)
        case condition:
            return remembered(ledger, series_of(condition), day)


def _of_playbooks(
    memory: Memory, catalog: Catalog, ledger: Ledger, day: date
) -> Iterator[tuple[str, Value, int]]:
    for name in _first_names(memory.subject, catalog):
        match memory.function:
            case "running":
                yield from ((account, 1, 0) for account in ledger.running(name, day))
            case "finished":
                since = day - timedelta(days=memory.days or 0)
                yield from ((account, 1, 0) for account in ledger.finished(name, since, day))
            case _:
                yield from ((account, outcome, 0) for account, outcome in ledger.last_outcomes(name, day))


def _of_traits(
    memory: Memory, catalog: Catalog, ledger: Ledger, day: date
) -> Iterator[tuple[str, Value, int]]:
    trait = settable(catalog)[memory.subject]
    for said in standing(trait, ledger, day):
        called = now_called(memory.subject, catalog).get(str(said.value), said.value)
        value = to_day(said.on) if memory.function == "set_on" else as_fact(called, trait.type)
        yield said.account, value, to_day(said.on)


def _of_facts(
    memory: Memory, names: Mapping[str, str], ledger: Ledger, day: date
) -> Iterator[tuple[str, Value, int]]:
    series, ago = fact_series(memory.subject), day - timedelta(days=(memory.days or 1) - 1)
    match memory.function:
        case "changed":
            return ((account, changed, 0) for account, changed in ledger.changed(series, ago, day))
        case "ago":
            return _called(names, remembered(ledger, series, min(ago, day)))
        case "since":
            return ((whose, since, since) for whose, _, since in remembered(ledger, series, day))
        case _:
            return _called(names, remembered(ledger, series, day))


def _called(
    names: Mapping[str, str], found: Iterator[tuple[str, Value, int]]
) -> Iterator[tuple[str, Value, int]]:
    """With the names of today: what is only called otherwise has not changed."""
    if not names:
        return found
    return ((subject, names.get(str(value), value), since) for subject, value, since in found)


def recalled_fact(
    fact: str, catalog: Catalog, ledger: Ledger, before: date
) -> Iterator[tuple[str, Value, int]]:
    """(subject, value at the end of the day before `before`, since which day)."""
    return _called(now_called(fact, catalog), remembered(ledger, fact_series(fact), before))


def remembered(ledger: Ledger, series: str, before: date) -> Iterator[tuple[str, Value, int]]:
    """(subject, value at the end of the day before `before`, since which day), for `fill_past`."""
    # A million accounts have a million values in each series: nothing here may look at them one by one.
    return ledger.remembered_as_stored(series, before)


def _first_names(written: str, catalog: Catalog) -> tuple[str, ...]:
    """One playbook, or all that have a tag."""
    tag = written.removeprefix("tag:")
    return (_first_name(written, catalog),) if tag == written else catalog.tagged.get(tag, ())


def _first_name(playbook: str, catalog: Catalog) -> str:
    """By its name of today or any it had."""
    known = next(
        (known for known in catalog.playbooks.values() if playbook in (known.name, *known.formerly)), None
    )
    return known.first_name if known else playbook


def fact_series(fact: str) -> str:
    return f"fact:{fact}"


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
