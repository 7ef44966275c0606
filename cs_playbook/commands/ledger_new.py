"""A ledger was lost for good → a new one that knows whoever fits today: nobody is started for what has long been so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from msgspec import Struct

from cs_playbook.commands.planning import Morning, Sources, prepare
from cs_playbook.commands.recording import definitions, observations
from cs_playbook.commands.stopping import kept, segments_of, shape_of
from cs_playbook.commands.workspace import Workspace, calendar_of, open_snapshot
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_made import Afterwards
from cs_playbook.effects.ledger_records import Seal
from cs_playbook.effects.lock import locked
from cs_playbook.effects.run_record import RunRecord
from cs_playbook.errors import ChoiceError
from cs_playbook.model.moved import LedgerBegan
from cs_playbook.plan.much import Much
from cs_playbook.source.manifest import sources_hash
from cs_playbook.source.snapshot import Snapshot


class Begun(Struct, frozen=True):
    """`known`: (playbook, how many fit it today), those that nobody fits left out."""

    path: Path
    day: date
    known: tuple[tuple[str, int], ...]


def begin_among_the_known(
    workspace: Workspace, day: date | None, by: str, because: str, version: str, recorded_at: str
) -> Begun:
    """All of it, or no ledger. Raises ChoiceError where there is one."""
    project = workspace.catalog.project
    if project.ledger_id is None:
        raise ChoiceError(
            "project.yaml names no ledger", "write one: ledger: {path: data/ledger.db, id: <any word>}"
        )
    if workspace.ledger.exists():
        raise ChoiceError(
            f"there is already a ledger at {workspace.ledger}",
            "Nothing was changed. This is for one that is lost for good; a copy of it is always better.",
        )
    workspace.ledger.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = workspace.ledger.with_name(f".begin-{workspace.ledger.name}")
    with locked(workspace.ledger, "ledger new"):
        beside.unlink(missing_ok=True)
        try:
            Ledger.create(beside, project.ledger_id, version, recorded_at)
            with (
                Ledger.open(beside, project.ledger_id, writing=True) as ledger,
                open_snapshot(workspace, day) as snapshot,
            ):
                begun = LedgerBegan(snapshot.day, by, because)
                known = _observed(workspace, snapshot, ledger, begun, version, recorded_at)
            beside.rename(workspace.ledger)
        finally:
            beside.unlink(missing_ok=True)
    return Begun(workspace.ledger, begun.on, known)


def _observed(
    workspace: Workspace,
    snapshot: Snapshot,
    ledger: Ledger,
    begun: LedgerBegan,
    version: str,
    recorded_at: str,
) -> tuple[tuple[str, int], ...]:
    """A first run that only looks."""
    catalog = workspace.catalog
    calendar = calendar_of(catalog.project.calendar)
    morning = prepare(Sources(catalog, workspace.around, snapshot, ledger, calendar))
    manifest = snapshot.manifest
    record = RunRecord(
        snapshot.day, manifest.sha256, sources_hash(manifest), catalog.files, "", version, recorded_at
    )
    sizes = kept(shape_of(manifest, catalog.contract), None, segments_of(morning), Much())
    ledger.commit(
        record, [begun], definitions(morning), observations(morning), (), recorded_at,
        Afterwards(seal=lambda: Seal("", sizes)),
    )  # fmt: skip
    number = next(ledger.runs()).number
    ledger.mark_published(number)
    return _fitting(morning)


def _fitting(morning: Morning) -> tuple[tuple[str, int], ...]:
    return tuple(
        (choice.playbook.name, choice.fitting) for choice in morning.choices.choices if choice.fitting
    )
