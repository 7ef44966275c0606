"""A folder → every finding in its files; nothing is looked at twice that has not changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cs_playbook.effects import verdicts
from cs_playbook.source.files import WorkspaceFiles, find_root, read_files
from cs_playbook.source.finding import Finding, in_order


@dataclass(frozen=True, slots=True)
class Validated:
    """The files that were read, and all findings in order of place."""

    files: WorkspaceFiles
    findings: tuple[Finding, ...]


def validate(start: Path, kept: Path | None) -> Validated:
    """`kept`: the folder of earlier verdicts; None: look anew, whatever is known."""
    files = read_files(find_root(start))
    if kept is None:
        return Validated(files, _findings(files))
    key = verdicts.key_of(files)
    findings = verdicts.recall(kept, key)
    if findings is None:
        findings = _findings(files)
        verdicts.keep(kept, key, findings)
    return Validated(files, findings)


def _findings(files: WorkspaceFiles) -> tuple[Finding, ...]:
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
    return in_order([*examined.findings, *stories])
