"""Exports → the snapshot of a day; a snapshot looked at."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from msgspec import Struct

from cs_playbook.commands.place import look_at_ledger
from cs_playbook.commands.workspace import Workspace, calendar_of, open_ledger
from cs_playbook.compile import expecting, placing
from cs_playbook.compile.own_functions import own_functions
from cs_playbook.compile.rows import view_of
from cs_playbook.effects import snapshot_leaving_out
from cs_playbook.effects.origins import Exports, Watch, nobody_watches
from cs_playbook.effects.snapshot_build import Built, Forgotten, Stamp, build, nobody_forgotten
from cs_playbook.effects.snapshot_leaving_out import LeftOut
from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.model.data import Contract
from cs_playbook.model.expression import to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.source import snapshot as snapshots
from cs_playbook.source.finding import Finding, warning
from cs_playbook.source.manifest import Manifest
from cs_playbook.source.snapshot import Snapshot

NOTHING: Mapping[str, str] = MappingProxyType({})


class Look(Enum):
    """Whether it is the first that the day's run will see, or one more for the next run of the same day."""

    FIRST = "first"
    AGAIN = "again"


def build_snapshot(
    workspace: Workspace,
    folder: Path | None,
    stamp: Stamp,
    environment: Mapping[str, str] = NOTHING,
    watch: Watch = nobody_watches,
    look: Look = Look.FIRST,
) -> Built:
    """From the folder that `sources:` names, or `folder`. A day that was run already is replaced by another look
    only, and an earlier one never. `environment` holds the addresses of databases.

    Raises StoppedOnPurpose where the day has a snapshot and the ledger is lost: it might have been run.
    """
    sources = workspace.catalog.sources
    if sources is None:
        raise ChoiceError(
            "no file says `sources:`",
            "it tells how your exports become the tables of data.yaml; cs-playbook sources suggest drafts one",
        )
    zone = ZoneInfo(workspace.catalog.project.calendar.timezone)
    exports = Exports(folder or workspace.root / sources.folder, zone, environment, watch)
    if os.path.lexists(snapshots.place_of(workspace.snapshots, stamp.day)):
        _refuse_to_replace_what_was_run(workspace, stamp.day, look)
    violations = _violations(workspace, stamp.day)
    forgotten = _whoever_was_forgotten(workspace)
    return build(
        workspace.catalog.contract, sources, exports, workspace.snapshots, stamp, violations, forgotten, replace=True
    )  # fmt: skip


def _refuse_to_replace_what_was_run(workspace: Workspace, day: date, look: Look) -> None:
    """Only the ledger knows: without it, nobody can tell that the day was not run."""
    with open_ledger(workspace, writing=False) as ledger:
        last = ledger.last_day()
    if last is None or day > last or (day == last and look is Look.AGAIN):
        return
    hint = "what was decided stays explainable: build one for a later day"
    if day == last:
        hint += ", or say --again: the next run of this day looks at the new one"
    raise ChoiceError(f"the snapshot of {day.isoformat()} was run already", hint)


def _whoever_was_forgotten(workspace: Workspace) -> Forgotten:
    """Where there is no ledger, as in a clone, nobody was."""
    if not workspace.ledger.exists():
        return nobody_forgotten
    with look_at_ledger(workspace.place) as ledger:
        known = ledger.suppression_list()
    if not any(entry.forgets for entry in known.entries.values()):
        return nobody_forgotten

    def leave_out(connection: sqlite3.Connection, contract: Contract) -> LeftOut:
        return snapshot_leaving_out.leave_out(connection, contract, known)

    return leave_out


def _violations(workspace: Workspace, day: date) -> Callable[[sqlite3.Connection, Contract], list[Finding]]:
    """Asks the finished tables what `expect:` says of them: warnings with the count and the first examples."""
    reckoning = Reckoning(to_day(day), calendar_of(workspace.catalog.project.calendar))

    def ask(connection: sqlite3.Connection, contract: Contract) -> list[Finding]:
        for name, function in own_functions(reckoning).items():
            connection.create_function(name, -1, function, deterministic=True)
        return expectations(connection, contract)

    return ask


def expectations(connection: sqlite3.Connection, contract: Contract) -> list[Finding]:
    findings: list[Finding] = []
    for table in contract.tables:
        if not table.expect:
            continue
        connection.execute(view_of(table, contract)) if table.name != "accounts" else None
        for condition in table.expect:
            count, examples = connection.execute(expecting.says_no(condition, table, contract)).fetchone()
            if count:
                rows = connection.execute(expecting.how_many(table)).fetchone()[0]
                why = f": {condition.because}" if condition.because else ""
                findings.append(
                    warning(
                        condition.span,
                        "CSP743",
                        f"{count} of {rows} rows of {table.name} are not as expected{why}",
                        f"e.g. {examples}",
                    )
                )
    return findings


class Shown(Struct, frozen=True):
    """What `snapshot show` shows. `days`: all snapshots there are."""

    manifest: Manifest
    days: tuple[date, ...]
    path: Path


def show_snapshot(workspace: Workspace, day: date | None) -> Shown:
    with open_one(workspace, day) as snapshot:
        return Shown(snapshot.manifest, snapshots.days(workspace.snapshots), snapshot.path or Path())


def open_one(workspace: Workspace, day: date | None) -> Snapshot:
    """That of `day`, or the newest, built by today's contract."""
    path = snapshots.newest(workspace.snapshots) if day is None else snapshots.on(workspace.snapshots, day)
    try:
        return Snapshot.open(path, placing.shape(workspace.catalog.contract))
    except sqlite3.DatabaseError as error:
        raise UserError(f"{path.name} cannot be read: {error}", "build it again") from error
