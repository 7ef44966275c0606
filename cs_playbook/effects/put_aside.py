"""A file that means nothing any more → the same file elsewhere below the same root: nothing that people wrote is lost."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from msgspec import Struct

from cs_playbook.effects.on_disk import make_sure
from cs_playbook.effects.publish import checked
from cs_playbook.errors import UserError


class Aside(Struct, frozen=True):
    """A file that was moved. `changed`: somebody had written in it."""

    path: str
    to: str
    changed: bool


def put_aside(root: Path, path: str, to: str, sha256: str) -> Aside | None:
    """None where there is no such file, or where it was moved already. `sha256`: of what was published there.

    UserError: the disk refuses, a folder on the way is a link out of `root`.
    """
    source, target = root / checked(path), root / checked(to)
    if source.is_symlink() or not source.is_file() or os.path.lexists(target):
        return None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for folder in (source.parent, target.parent):
            if not folder.resolve().is_relative_to(root.resolve()):
                raise UserError(f"{folder} is a link that leads out of {root}", "Remove the link.")
        changed = hashlib.sha256(source.read_bytes()).hexdigest() != sha256
        source.rename(target)
        make_sure(target.parent)
        make_sure(source.parent)
        _remove_empty(source.parent, root)
    except OSError as cause:
        raise UserError(f"{source} cannot be put aside: {cause.strerror}") from cause
    return Aside(path, to, changed)


def _remove_empty(folder: Path, root: Path) -> None:
    """Somebody without any work has no folder."""
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
