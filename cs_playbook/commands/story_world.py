"""A story's accounts and rows, changed day by day → the tables of a day's export, and facts said outright."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from cs_playbook.compile import placing
from cs_playbook.compile.filled import SAID_EMPTY
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import ACCOUNTS, Contract, Table
from cs_playbook.model.expression import Value
from cs_playbook.model.story import Case, Row, Run, Stories
from cs_playbook.parse.resources import as_stored
from cs_playbook.parse.story_value import (
    Days,
    Kind,
    Wrong,
    field_named,
    kinds_of_account,
    kinds_of_rows,
    read_day,
    read_value,
)
from cs_playbook.values import replace

RUNNING, FINISHED = "running", "finished"  # what a story may say of other playbooks, beside the facts

Labelled = Mapping[str, Row]  # key (or, in a table without keys, a label) → fields as written


class World(Struct, frozen=True):
    """What stands in the export of a day, as written: table → key → fields; `missing` are (table, key)."""

    tables: Mapping[str, Labelled]
    missing: frozenset[tuple[str, str]] = frozenset()

    def of(self, table: str) -> Labelled:
        """Those that are there."""
        rows = self.tables.get(table, {})
        return {key: row for key, row in rows.items() if (table, key) not in self.missing}


class Export(Struct, frozen=True):
    """The same, typed. `given`: account → facts said outright. `running`, `finished`: (account, playbook)."""

    tables: Mapping[str, list[dict[str, Value]]]
    given: Mapping[str, Mapping[str, Value]]
    running: frozenset[tuple[str, str]]
    finished: Mapping[tuple[str, str], date]


def begin(stories: Stories, case: Case, contract: Contract) -> World:
    """Day 0, before its own changes."""
    world = World({ACCOUNTS: stories.accounts})
    for rows in ({"contacts": stories.contacts}, stories.rows, {"contacts": case.contacts}, case.rows):
        world = _with_rows(world, rows, contract)
    return _changed(world, case.changes, contract)


def later(world: World, run: Run, contract: Contract) -> World:
    """From this day on."""
    return _with_rows(_changed(world, run.set, contract), run.rows, contract)


def _changed(world: World, changes: Mapping[str, Any], contract: Contract) -> World:
    """A table's name means its rows; any other key is an account."""
    for name, fields in changes.items():
        if name != ACCOUNTS and contract.table(name) is not None:
            for key, row in (fields or {}).items():
                world = _changed_row(world, name, key, row)
        else:
            world = _changed_row(world, ACCOUNTS, name, fields)
    return world


def _changed_row(world: World, table: str, key: str, fields: Row | None) -> World:
    """Nothing: it is missing from now on. Anything else brings it back, with all it had before."""
    if fields is None:
        return replace(world, missing=world.missing | {(table, key)})
    rows = world.tables.get(table, {})
    tables = {**world.tables, table: {**rows, key: {**(rows.get(key) or {}), **fields}}}
    return World(tables, world.missing - {(table, key)})


def _with_rows(world: World, rows: Mapping[str, Any], contract: Contract) -> World:
    tables = dict(world.tables)
    for name, given in rows.items():
        known = tables.get(name, {})
        tables[name] = {**known, **dict(_labelled(given, contract.table(name), len(known)))}
    return replace(world, tables=tables) if rows else world


def _labelled(given: Any, table: Table | None, known: int) -> Iterator[tuple[str, Row]]:
    """Rows in a list have the key they say, or a number."""
    if isinstance(given, dict):
        yield from ((key, row or {}) for key, row in given.items())
        return
    key = table.key if table else None
    for number, row in enumerate(given, known + 1):
        yield str(row.get(key) or number) if key else str(number), row


def with_own_resources(contract: Contract, world: World, days: Days) -> Contract:
    """A story says its own resources and leaves out the rest: what the workspace lists today would age in it."""
    own = tuple(replace(table, items=_items(table, world, days)) for table in contract.resources)
    return replace(contract, resources=own)


def _items(table: Table, world: World, days: Days) -> tuple[tuple[Value, ...], ...]:
    rows = (_row(label, row, table, days) for label, row in sorted(world.of(table.name).items()))
    return tuple(tuple(as_stored(row.get(field.name), field.type) for field in table.fields) for row in rows)


def export(world: World, catalog: Catalog, days: Days) -> Export:
    """The world must have been checked: what is not of its kind is a mistake of ours."""
    contract = catalog.contract
    accounts = {name: fields or {} for name, fields in world.of(ACCOUNTS).items()}
    kinds = kinds_of_account(catalog)
    own = {column.name for column in contract.accounts.fields}
    facts = {name: _typed(fields, kinds, days) for name, fields in accounts.items()}
    key = contract.accounts.key or "id"
    tables = {
        ACCOUNTS: [{**_only(values, own), key: name} for name, values in facts.items()],
        **_rows(world, contract, days, set(accounts)),
    }
    given = {name: _said(values, own | catalog.traits.keys()) for name, values in facts.items()}
    pairs = [(name, fields or {}) for name, fields in world.tables[ACCOUNTS].items()]  # missing or not
    return Export(
        tables,
        {name: said for name, said in given.items() if said},
        frozenset((name, playbook) for name, fields in pairs for playbook in _words(fields, RUNNING, kinds)),
        {pair: day for name, fields in pairs for pair, day in _finished(name, fields, kinds, days)},
    )


def _typed(fields: Row, kinds: Mapping[str, Kind], days: Days) -> dict[str, Value]:
    typed: dict[str, Value] = {}
    for name, written in fields.items():
        if name in kinds:
            value = read_value(written, kinds[name], days)
            assert not isinstance(value, Wrong), f"{name}: {value}"
            typed[name] = value
    return typed


def _only(values: Mapping[str, Value], names: set[str]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if name in names}


def _said(values: Mapping[str, Value], own: set[str]) -> dict[str, Value]:
    """Facts that are neither fields nor traits. One that is said to be empty is not reckoned either."""
    return {name: SAID_EMPTY if value is None else value for name, value in values.items() if name not in own}


def _words(fields: Row, key: str, kinds: Mapping[str, Kind]) -> list[str]:
    written = fields.get(key)
    return [str(item) for item in written] if key not in kinds and isinstance(written, list) else []


def _finished(
    account: str, fields: Row, kinds: Mapping[str, Kind], days: Days
) -> Iterator[tuple[tuple[str, str], date]]:
    """`finished: [onboarding]` the day before the stories begin, or `{onboarding: -10 days}`."""
    for playbook in _words(fields, FINISHED, kinds):
        yield (account, playbook), days.today - timedelta(days=1)
    written = fields.get(FINISHED)
    if FINISHED not in kinds and isinstance(written, dict):
        for playbook, said in written.items():
            day = read_day(said, days)
            assert not isinstance(day, Wrong), f"{playbook}: {day}"
            yield (account, playbook), day


def _rows(
    world: World, contract: Contract, days: Days, accounts: set[str]
) -> Mapping[str, list[dict[str, Value]]]:
    """Rows of accounts that are there, and of rows that are there where they belong through others."""
    there: dict[str, set[Value]] = {ACCOUNTS: set(accounts)}
    tables: dict[str, list[dict[str, Value]]] = {}
    for table in placing.in_order_of_belonging(contract):
        if table.name == ACCOUNTS:
            continue
        owners, owner = there[placing.owner_table(table)], placing.owner_field(table)
        written = [_row(label, row, table, days) for label, row in world.of(table.name).items()]
        tables[table.name] = [row for row in written if row.get(owner or "") in owners]
        there[table.name] = {row.get(table.key) for row in tables[table.name]} if table.key else set()
    return tables


def _row(label: str, row: Row, table: Table, days: Days) -> dict[str, Value]:
    named = {field_named(word, table): written for word, written in row.items()}
    typed = _typed(named, kinds_of_rows(table), days)
    return {table.key: label, **typed} if table.key else typed
