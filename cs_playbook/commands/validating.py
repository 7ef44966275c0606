"""A folder → every finding in its files; nothing is looked at twice that has not changed."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from cs_playbook.effects import verdicts
from cs_playbook.errors import UserError
from cs_playbook.source.files import WorkspaceFiles, find_root, read_files
from cs_playbook.source.finding import Finding, in_order

if TYPE_CHECKING:
    from cs_playbook.effects.ledger import Ledger
    from cs_playbook.model.project import Project


class Validated(Struct, frozen=True):
    """The files that were read, and all findings in order of place."""

    files: WorkspaceFiles
    findings: tuple[Finding, ...]


def validate(start: Path, kept: Path | None) -> Validated:
    """`kept`: the folder of earlier verdicts; None: look anew, whatever is known."""
    files = read_files(find_root(start))
    project = _project(files)
    with ExitStack() as stack:
        ledger = _ledger(files, project, stack)
        if kept is None:
            return Validated(files, _findings(files, ledger))
        snapshot = _newest_snapshot(files.root / project.snapshots) if project else ""
        key = verdicts.key_of(files, (ledger.head() if ledger else "") + snapshot)
        findings = verdicts.recall(kept, key)
        if findings is None:
            findings = _findings(files, ledger)
            verdicts.keep(kept, key, findings)
        return Validated(files, findings)


def _ledger(files: WorkspaceFiles, project: Project | None, stack: ExitStack) -> Ledger | None:
    """Where there is one that can be read: what else is wrong with it is told by what needs it."""
    path = files.root / project.ledger if project else None
    if path is None or not path.exists():
        return None
    from cs_playbook.effects.ledger import Ledger

    try:
        return stack.enter_context(Ledger.open(path, None, writing=False))
    except UserError:
        return None


def _project(files: WorkspaceFiles) -> Project | None:
    from cs_playbook.parse.project import read_project
    from cs_playbook.source.tree import Mapping, read_tree

    for path, text in files.yaml.items():
        root = read_tree(text, path).root if text.lstrip().startswith("project:") else None
        if isinstance(root, Mapping):
            return read_project(root)[0]
    return None


def _newest_snapshot(folder: Path) -> str:
    """Its manifest, which names its bytes; "" where there is none."""
    if not folder.is_dir():
        return ""
    from cs_playbook.source import snapshot

    try:
        return snapshot.newest(folder).with_suffix(".json").read_text(encoding="utf-8")
    except (UserError, OSError, UnicodeDecodeError):
        return ""


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
    stories = (
        check_stories(examined.catalog.stories, files.yaml, examined.catalog)
        if examined.catalog is not None and sound
        else []
    )
    found = in_order([*examined.findings, *stories])
    if examined.catalog is not None and not any(finding.is_error for finding in found):
        from cs_playbook.commands.not_exported import told_not_exported
        from cs_playbook.commands.plan_accounts import plans_of_nobody
        from cs_playbook.commands.unfilled import unfilled

        folder = files.root / examined.catalog.project.snapshots
        seen = [*unfilled(examined.catalog, folder), *plans_of_nobody(examined.catalog, folder)]
        found = in_order([*found, *seen, *told_not_exported(examined.catalog)])
    if ledger is None or examined.catalog is None or examined.around is None:
        return found
    from cs_playbook.commands.in_flight import in_flight

    going = in_flight(examined.catalog, examined.around, ledger)
    # A playbook with a mistake in it is missing among those that were read, and nobody has taken its file away.
    wrong = any(finding.is_error for finding in found)
    return in_order([*found, *(one for one in going if not wrong or one.code != "CSP366")])
