"""A workspace's folder and its project → findings where a link leads its memory out of the folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

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


def _is_below(folder: str, path: str) -> bool:
    return os.path.commonpath((folder, path)) == folder
