"""Exports → the snapshot of a day; a snapshot looked at."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cs_playbook.commands.workspace import Workspace, calendar_of, open_ledger
from cs_playbook.compile import expecting, placing
from cs_playbook.compile.rows import view_of
from cs_playbook.effects.snapshot_build import Built, Stamp, build
from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.model.data import Contract
from cs_playbook.model.expression import to_day
from cs_playbook.model.functions import Reckoning, functions, like
from cs_playbook.source import snapshot as snapshots
from cs_playbook.source.finding import Finding, warning
from cs_playbook.source.manifest import Manifest
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.study.data_check import compare


def build_snapshot(workspace: Workspace, exports: Path | None, stamp: Stamp) -> Built:
    """From the folder that `sources:` names, or `exports`. A day that was run already is never replaced.

    Raises StoppedOnPurpose where the day has a snapshot and the ledger is lost: it might have been run.
    """
    sources = workspace.catalog.sources
    if sources is None:
        raise ChoiceError(
            "no file says `sources:`",
            "it tells how your exports become the tables of data.yaml; the starter library has one",
        )
    folder = exports or workspace.root / sources.folder
    if os.path.lexists(snapshots.place_of(workspace.snapshots, stamp.day)):
        _refuse_to_replace_what_was_run(workspace, stamp.day)
    violations = _violations(workspace, stamp.day)
    return build(
        workspace.catalog.contract, sources, folder, workspace.snapshots, stamp, violations, replace=True
    )


def _refuse_to_replace_what_was_run(workspace: Workspace, day: date) -> None:
    """Only the ledger knows: without it, nobody can tell that the day was not run."""
    with open_ledger(workspace, writing=False) as ledger:
        last = ledger.last_run()
    if last is not None and day <= last.day:
        raise ChoiceError(
            f"the snapshot of {day.isoformat()} was run already",
            "what was decided stays explainable: build one for a later day",
        )


def _violations(workspace: Workspace, day: date) -> Callable[[sqlite3.Connection, Contract], list[Finding]]:
    """Asks the finished tables what `expect:` says of them: warnings with the count and the first examples."""
    reckoning = Reckoning(to_day(day), calendar_of(workspace.catalog.project.calendar))

    def ask(connection: sqlite3.Connection, contract: Contract) -> list[Finding]:
        for name, function in functions(reckoning).items():
            connection.create_function(f"cs_{name}", -1, function, deterministic=True)  # type: ignore[arg-type]
        connection.create_function("cs_like", 2, like, deterministic=True)
        return expectations(connection, contract, reckoning)

    return ask


def expectations(connection: sqlite3.Connection, contract: Contract, reckoning: Reckoning) -> list[Finding]:
    findings: list[Finding] = []
    for table in contract.tables:
        if not table.expect:
            continue
        connection.execute(view_of(table, contract, reckoning)) if table.name != "accounts" else None
        for condition in table.expect:
            count, examples = connection.execute(
                expecting.says_no(condition, table, contract, reckoning)
            ).fetchone()
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


@dataclass(frozen=True, slots=True)
class Checked:
    """What `snapshot check` shows. `before`: the snapshot of the day before, if there is one."""

    manifest: Manifest
    before: Manifest | None
    findings: tuple[Finding, ...]


def check_snapshot(workspace: Workspace, day: date | None) -> Checked:
    """The contract again, and against the snapshot before: rows, empties."""
    with _open(workspace, day) as snapshot:
        reckoning = Reckoning(to_day(snapshot.day), calendar_of(workspace.catalog.project.calendar))
        for name, function in functions(reckoning).items():
            snapshot.add_function(f"cs_{name}", -1, function)  # type: ignore[arg-type]
        snapshot.add_function("cs_like", 2, like)
        findings = expectations(snapshot.connection, workspace.catalog.contract, reckoning)
        manifest = snapshot.manifest
    earlier = snapshots.previous(workspace.snapshots, manifest.day)
    before = snapshots.read_manifest(earlier) if earlier else None
    return Checked(
        manifest,
        before,
        (*findings, *(compare(manifest, before, f"{manifest.day.isoformat()}.db") if before else ())),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What `snapshot show` shows. `days`: all snapshots there are."""

    manifest: Manifest
    days: tuple[date, ...]
    path: Path


def show_snapshot(workspace: Workspace, day: date | None) -> Shown:
    with _open(workspace, day) as snapshot:
        return Shown(snapshot.manifest, snapshots.days(workspace.snapshots), snapshot.path or Path())


def _open(workspace: Workspace, day: date | None) -> Snapshot:
    path = snapshots.newest(workspace.snapshots) if day is None else snapshots.on(workspace.snapshots, day)
    try:
        return Snapshot.open(path, placing.shape(workspace.catalog.contract))
    except sqlite3.DatabaseError as error:
        raise UserError(f"{path.name} cannot be read: {error}", "build it again") from error
