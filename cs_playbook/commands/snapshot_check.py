"""A snapshot and one of an earlier day → what `expect:` says of it, and what has changed, beside what stops a run."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from msgspec import Struct

from cs_playbook.commands.snapshots import expectations, open_one
from cs_playbook.commands.stopping import shape_of, shape_recorded, still_exported
from cs_playbook.commands.workspace import Workspace, calendar_of, open_ledger
from cs_playbook.compile import two_snapshots
from cs_playbook.compile.own_functions import own_functions
from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.model.data import ACCOUNTS, Contract, Field, Table
from cs_playbook.model.expression import FieldType, to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.personal import MOST_VALUES, is_personal, is_repeated
from cs_playbook.plan.guards import broken
from cs_playbook.plan.measured import implausible
from cs_playbook.source import snapshot as snapshots
from cs_playbook.source.finding import Finding
from cs_playbook.source.manifest import Manifest
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.study.data_check import compare
from cs_playbook.study.snapshot_change import (
    LastRun,
    Loose,
    Moved,
    SnapshotChange,
    Unseen,
    contract_changed,
    empties_changed,
    exports_changed,
    moved,
    tables_changed,
)
from cs_playbook.values import replace

SHOWN_VALUES = 5  # of those never seen before

Columns = dict[str, dict[str, str]]  # table → column → how it is stored


class Checked(Struct, frozen=True):
    """What `snapshot check` shows. `findings`: what `expect:` says of the rows; `change` None: nothing to compare with.

    `told`: the change as findings, for formats that know nothing else.
    """

    manifest: Manifest
    findings: tuple[Finding, ...]
    change: SnapshotChange | None = None
    told: tuple[Finding, ...] = ()


def check_snapshot(workspace: Workspace, day: date | None, against: date | None = None) -> Checked:
    """`day` None: the newest. `against` None: the one before it. Raises ChoiceError for a day without a snapshot."""
    with ExitStack() as stack:
        now = stack.enter_context(open_one(workspace, day))
        findings = _expected(workspace, now)
        earlier = _earlier(workspace, now.day, against)
        if earlier is None:
            return Checked(now.manifest, findings)
        before = stack.enter_context(_opened(earlier))
        change = _change(workspace, now, before)
        here, then = (_of_accounts(one.manifest, workspace.catalog.contract) for one in (now, before))
        told = compare(here, then, f"{now.day.isoformat()}.db")
        return Checked(now.manifest, findings, change, tuple(told))


def _expected(workspace: Workspace, snapshot: Snapshot) -> tuple[Finding, ...]:
    reckoning = Reckoning(to_day(snapshot.day), calendar_of(workspace.catalog.project.calendar))
    for name, function in own_functions(reckoning).items():
        snapshot.add_function(name, -1, function)
    return tuple(expectations(snapshot.connection, workspace.catalog.contract))


def _earlier(workspace: Workspace, day: date, against: date | None) -> Path | None:
    if against is None:
        return snapshots.previous(workspace.snapshots, day)
    if against == day:
        raise ChoiceError(
            f"the snapshot of {day} against itself shows nothing", "name another day: --against DAY"
        )
    return snapshots.on(workspace.snapshots, against)


def _opened(path: Path) -> Snapshot:
    """As it was built, by whatever contract."""
    try:
        return Snapshot.open(path)
    except sqlite3.DatabaseError as error:
        raise UserError(
            f"{path.name} cannot be read: {error}", "compare with another day: --against DAY"
        ) from error


def _change(workspace: Workspace, now: Snapshot, before: Snapshot) -> SnapshotChange:
    contract, rules = workspace.catalog.contract, workspace.catalog.project.stop_when
    columns, earlier = _columns(now), _columns(before)
    here, then = (_of_accounts(one.manifest, contract) for one in (now, before))
    exports = exports_changed(now.manifest, before.manifest)
    same_shape = now.manifest.shape == before.manifest.shape
    keys = {table.name: _moved(table, now, before) for table in contract.tables if _keyed(table, columns, earlier)}  # fmt: skip
    return SnapshotChange(
        now.day,
        before.day,
        tuple(tables_changed(here, then, keys, rules)),
        tuple(empties_changed(here, then, rules)),
        tuple(_unseen(contract, columns, earlier, now, before)),
        tuple(_loose(contract, earlier, now, before)),
        (*exports, *contract_changed(columns, earlier, same_shape=bool(exports) or same_shape)),
        _names(contract.accounts, keys.get(ACCOUNTS), earlier, now, before),
        rules,
        _last_run(workspace, now, before),
        tuple(implausible(shape_of(now.manifest, contract), still_exported(shape_of(before.manifest, contract), contract), rules)),
    )  # fmt: skip


def _of_accounts(manifest: Manifest, contract: Contract) -> Manifest:
    """Without what stands alone: answers from the CRM come and go with the tasks."""
    alone = {table.name for table in contract.exported if table.stands_alone}
    return replace(manifest, tables=tuple(pair for pair in manifest.tables if pair[0] not in alone))


def _columns(snapshot: Snapshot) -> Columns:
    found = snapshot.connection.execute(two_snapshots.TABLES)
    return {name: two_snapshots.columns_in(statement) for name, statement in found}


def _same(table: Table, name: str | None, columns: Columns, earlier: Columns) -> bool:
    """Whether both have this column, stored alike: else their cells cannot be compared."""
    stored = columns.get(table.name, {}).get(name or "")
    return stored is not None and stored == earlier.get(table.name, {}).get(name or "")


def _keyed(table: Table, columns: Columns, earlier: Columns) -> bool:
    return table.exported and table.key is not None and _same(table, table.key, columns, earlier)


def _moved(table: Table, now: Snapshot, before: Snapshot) -> Moved:
    query = two_snapshots.keys_in_order(table)
    return moved(*((row[0] for row in one.connection.execute(query)) for one in (before, now)))


def _names(
    accounts: Table, keys: Moved | None, earlier: Columns, now: Snapshot, before: Snapshot
) -> dict[str, str]:
    """What the accounts that are gone and new are called; nothing where accounts have no name."""
    if keys is None or accounts.field("name") is None:
        return {}
    query = two_snapshots.names_of(accounts)
    asked = [(now, keys.first_new)]
    if "name" in earlier[ACCOUNTS]:
        asked.append((before, keys.first_gone))
    names: dict[str, str] = {}
    for snapshot, chosen in asked:
        found = snapshot.connection.execute(query, (_as_stored(accounts, chosen),))
        names.update({str(key): str(name) for key, name in found if name})
    return names


def _as_stored(accounts: Table, keys: tuple[str, ...]) -> str:
    field = accounts.field(accounts.key or "")
    whole = field is not None and field.type is FieldType.INTEGER
    return json.dumps([int(key) for key in keys] if whole else list(keys))


def _unseen(
    contract: Contract, columns: Columns, earlier: Columns, now: Snapshot, before: Snapshot
) -> Iterator[Unseen]:
    for table in contract.tables:
        for field in table.fields:
            if _of_few_words(table, field) and _same(table, field.name, columns, earlier):
                yield from _never_before(table, field, now, before)


def _of_few_words(table: Table, field: Field) -> bool:
    return field.type in (FieldType.TEXT, FieldType.LIST) and not is_personal(field, table)


def _never_before(table: Table, field: Field, now: Snapshot, before: Snapshot) -> Iterator[Unseen]:
    ask = before.connection.execute
    known = [row[0] for row in ask(two_snapshots.different_values(table, field), (MOST_VALUES + 1,))]
    if not field.values:
        # Texts that hardly repeat are new every day: only what is one of a few words can be a new word.
        cells = (
            ask(two_snapshots.filled_cells(table, field)).fetchone()[0] if len(known) <= MOST_VALUES else 0
        )
        if not is_repeated(len(known), cells):
            return
    found = now.connection.execute(
        two_snapshots.other_values(table, field), (json.dumps(known), SHOWN_VALUES + 1)
    ).fetchall()
    if found:
        values = tuple((str(value), count) for value, count in found[:SHOWN_VALUES])
        yield Unseen(table.name, field.name, values, len(found) > SHOWN_VALUES)


def _loose(contract: Contract, earlier: Columns, now: Snapshot, before: Snapshot) -> Iterator[Loose]:
    """Rows that the build left out, and accounts below a parent that is not there."""
    was, has = before.manifest.counts, now.manifest.counts
    for table in contract.tables:
        aside = tuple(counts[table.name].set_aside if table.name in counts else 0 for counts in (was, has))
        if any(aside):
            yield Loose(f"rows of {table.name} set aside: nobody's, or unreadable", *aside)
    query = two_snapshots.parents_lost(contract.accounts)
    if query is None:
        return
    there = contract.accounts.parent in earlier[ACCOUNTS] and contract.accounts.key in earlier[ACCOUNTS]
    lost = now.connection.execute(query).fetchone()[0]
    then = before.connection.execute(query).fetchone()[0] if there else 0
    if lost or then:
        yield Loose(f"accounts with a {contract.accounts.parent} that is not there", then, lost)


def _last_run(workspace: Workspace, now: Snapshot, before: Snapshot) -> LastRun | None:
    """None where a run would compare with the very snapshot that is compared with here."""
    if not workspace.ledger.exists():
        return None
    with open_ledger(workspace, writing=False) as ledger:
        last = ledger.last_run()
    shape = shape_recorded(last) if last else None
    if last is None or shape is None or last.snapshot_sha in (before.manifest.sha256, now.manifest.sha256):
        return None
    now_is = shape_of(now.manifest, workspace.catalog.contract)
    then = still_exported(shape, workspace.catalog.contract)
    rules = workspace.catalog.project.stop_when
    stops = (*broken(now_is, then or shape, rules), *implausible(now_is, then or shape, rules))
    return LastRun(last.day, stops)
