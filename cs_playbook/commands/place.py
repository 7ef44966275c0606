"""A folder → where its snapshots and its ledger are and what its tables look like: all that looking back needs.

Only the project and the contract are read: how things stand can be seen at once, also while somebody mends a playbook.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from cs_playbook.commands.outside import links_out
from cs_playbook.commands.unsound import UnsoundFiles
from cs_playbook.compile import placing
from cs_playbook.effects.ledger_look import LedgerLook
from cs_playbook.effects.ledger_place import FORGETTING
from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.data import Contract
from cs_playbook.model.project import Project
from cs_playbook.parse.data import read_contract
from cs_playbook.parse.exported import as_exported
from cs_playbook.parse.project import read_project
from cs_playbook.source import snapshot as snapshots
from cs_playbook.source.files import WorkspaceFiles, find_root, read_files
from cs_playbook.source.finding import Finding, Span, in_order
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.source.tree import Mapping, read_tree

if TYPE_CHECKING:  # its events, and all that writes them, take a tenth of the start
    from cs_playbook.effects.ledger import Ledger


class Place(Struct, frozen=True):
    """`contract`: without its conditions."""

    root: Path
    project: Project
    contract: Contract

    @property
    def snapshots(self) -> Path:
        return self.root / self.project.snapshots

    @property
    def ledger(self) -> Path:
        return self.root / self.project.ledger


def open_place(start: Path) -> Place:
    """Raises UnsoundFiles where the project or the contract cannot be read, or say what cannot be."""
    root = find_root(start)
    files = read_files(root)
    project_root, data = _first(files, "project"), _first(files, "data")
    contract, wrong = read_contract(data)
    contract = None if contract is None else as_exported(contract, _first_if_any(files, "sources"))
    project, more = read_project(project_root)
    wrong = [*wrong, *more, *links_out(root, project)]
    if any(finding.is_error for finding in wrong):
        raise UnsoundFiles(in_order([*files.findings, *wrong]), files)
    if contract is None:
        raise _unsound(files, f"the tables of `data:` cannot be read: {data.span.file}")
    return Place(root, project, contract)


def _first(files: WorkspaceFiles, kind: str) -> Mapping:
    """The root of the first file that says `kind:` with its first key."""
    root = _first_if_any(files, kind)
    if root is None:
        raise _unsound(files, f"no file that can be read says `{kind}:`")
    return root


def _first_if_any(files: WorkspaceFiles, kind: str) -> Mapping | None:
    likely = [(path, text) for path, text in files.yaml.items() if f"{kind}:" in text]
    # Most say it at the beginning of a line, and a file that only mentions it need not be read for that.
    for path, text in sorted(likely, key=lambda one: f"\n{kind}:" not in f"\n{one[1]}"):
        root = read_tree(text, path).root
        if isinstance(root, Mapping) and root.entries and root.entries[0][0].text == kind:
            return root
    return None


def _unsound(files: WorkspaceFiles, message: str) -> UnsoundFiles:
    return UnsoundFiles(
        in_order(
            [
                *files.findings,
                Finding(Span("project.yaml"), "CSP140", message, "cs-playbook validate tells more"),
            ]
        ),
        files,
    )


def open_snapshot(place: Place, day: date | None) -> Snapshot:
    """That of `day`, or the newest."""
    path = snapshots.newest(place.snapshots) if day is None else snapshots.on(place.snapshots, day)
    return Snapshot.open(path, placing.shape(place.contract))


def look_at_ledger(place: Place) -> LedgerLook:
    """What can be seen of it without reading events."""
    return LedgerLook.open_to_look(place.ledger, place.project.ledger_id)


def open_ledger(place: Place, *, writing: bool) -> Ledger:
    """For writing: StoppedOnPurpose where somebody was being forgotten when a cut came."""
    from cs_playbook.effects.ledger import Ledger

    if writing and place.ledger.with_suffix(FORGETTING).exists():
        raise StoppedOnPurpose(
            "a cut came while somebody was being forgotten: until that is finished nothing else is recorded",
            "cs-playbook run finishes it first, and so does the next cs-playbook forget",
        )
    return Ledger.open(place.ledger, place.project.ledger_id, writing)
