"""A workspace's folder and what is read from or written to below it → findings, or a refusal, where a link leads out of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cs_playbook.errors import ChoiceError
from cs_playbook.model.project import Project
from cs_playbook.parse.project import leads_out
from cs_playbook.source.finding import Finding


def links_out(root: Path, project: Project) -> Iterator[Finding]:
    """For snapshots and ledger; a path that leads out by its text alone is told by the parser already."""
    inside = os.path.realpath(root)
    for path in (project.snapshots, project.ledger):
        if "\0" in path or not _is_below(inside, os.path.normpath(os.path.join(inside, path))):
            continue
        if not _is_below(inside, os.path.realpath(os.path.join(inside, path))):
            yield leads_out(project.span, path)


def refuse_link(root: Path, file: Path) -> None:
    """Raises ChoiceError where a folder on the way from `root` to a file that is to be written is a link."""
    for folder in reversed(file.relative_to(root).parents[:-1]):
        if (root / folder).is_symlink():
            fact = f"{root / folder} is a link to {os.path.realpath(root / folder)}: nothing is written through it"
            raise ChoiceError(fact, "put a folder in its place, or write the file yourself where it belongs")


def _is_below(folder: str, path: str) -> bool:
    return os.path.commonpath((folder, path)) == folder
