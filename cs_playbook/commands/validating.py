"""A folder → every finding in its files; nothing is looked at twice that has not changed."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cs_playbook.effects import verdicts
from cs_playbook.errors import UserError
from cs_playbook.source.files import WorkspaceFiles, find_root, read_files
from cs_playbook.source.finding import Finding, in_order

if TYPE_CHECKING:
    from cs_playbook.effects.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Validated:
    """The files that were read, and all findings in order of place."""

    files: WorkspaceFiles
    findings: tuple[Finding, ...]


def validate(start: Path, kept: Path | None) -> Validated:
    """`kept`: the folder of earlier verdicts; None: look anew, whatever is known."""
    files = read_files(find_root(start))
    with ExitStack() as stack:
        ledger = _ledger(files, stack)
        if kept is None:
            return Validated(files, _findings(files, ledger))
        key = verdicts.key_of(files, ledger.head() if ledger else "")
        findings = verdicts.recall(kept, key)
        if findings is None:
            findings = _findings(files, ledger)
            verdicts.keep(kept, key, findings)
        return Validated(files, findings)


def _ledger(files: WorkspaceFiles, stack: ExitStack) -> Ledger | None:
    """Where there is one that can be read: what else is wrong with it is told by what needs it."""
    path = _place_of_ledger(files)
    if path is None or not path.exists():
        return None
    from cs_playbook.effects.ledger import Ledger

    try:
        return stack.enter_context(Ledger.open(path, None, writing=False))
    except UserError:
        return None


def _place_of_ledger(files: WorkspaceFiles) -> Path | None:
    from cs_playbook.parse.project import read_project
    from cs_playbook.source.tree import Mapping, read_tree

    for path, text in files.yaml.items():
        root = read_tree(text, path).root if text.lstrip().startswith("project:") else None
        if isinstance(root, Mapping):
            return files.root / read_project(root)[0].ledger
    return None


def _findings(files: WorkspaceFiles, ledger: Ledger | None) -> tuple[Finding, ...]:
    from cs_playbook.check.stories import check_stories
    from cs_playbook.commands.workspace import examine_files

    examined = examine_files(files)
    # A slip in a story stops no run, so only here are stories asked too. What they give is held against the contract:
    # where that has an error, theirs would be its echo.
    sound = examined.catalog is not None and not any(
        finding.is_error and finding.span.file == examined.catalog.contract.span.file
        for finding in examined.findings
    )
    stories = check_stories(files.yaml, examined.catalog) if examined.catalog is not None and sound else []
    found = in_order([*examined.findings, *stories])
    if ledger is None or examined.catalog is None or examined.around is None:
        return found
    from cs_playbook.commands.in_flight import in_flight

    return in_order([*found, *in_flight(examined.catalog, examined.around, ledger)])
