"""Named bytes → files in a folder, each whole or not there at all, also after a power cut."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Container, Iterable
from itertools import count
from pathlib import Path, PurePosixPath

from cs_playbook.effects.on_disk import make_sure, write_new
from cs_playbook.errors import UserError

# Letters that mean the same everywhere; no dot in front (hidden, or ours) nor at the end (Windows drops it).
_PART = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._@+=%~-]{0,198}[A-Za-z0-9_@+=%~-])?")
_BESIDE = ".tmp-"
_STAYS = "Nothing is lost: the ledger keeps what is not in place yet, and the next run puts it there."


def publish(root: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Puts every file in place and gives how many were not there yet. `root` is made if it is missing.

    A file with the same bytes is left alone, so a second time does nothing. UserError: a path that leads out
    of `root`, a full disk, a folder that may not be written; what is in place by then stays.
    """
    written = 0
    touched: set[Path] = set()
    ready: set[Path] = set()
    try:
        _make_folder(root, touched)
        inside = root.resolve()
        for path, content in files:
            place = inside / checked(path)
            if place.parent not in ready:
                _prepare(inside, place.parent, touched)
                ready.add(place.parent)
            written += _put(place, content)
        for folder in sorted(touched):
            make_sure(folder)
    except OSError as cause:
        raise UserError(
            f"{cause.filename or root} cannot be written: {cause.strerror or cause}",
            _STAYS,
        ) from cause
    return written


def keep_what_others_wrote(
    root: Path, path: str, content: bytes, ours: Callable[[str], Container[str]]
) -> str | None:
    """Before `content` takes its place: a file that is there and is none of ours goes aside, as tasks.filled-1.csv.

    `ours`: the path → the sha256 of all that was ever published there. Gives the new path; None: nothing to keep.
    """
    target = root / checked(path)
    if not target.parent.resolve().is_relative_to(root.resolve()):  # publish says so
        return None
    if target.is_symlink() or not target.is_file() or _is_there(target, content):
        return None
    if hashlib.sha256(target.read_bytes()).hexdigest() in ours(path):
        return None
    names = (f"{target.stem}.filled-{number}{target.suffix}" for number in count(1))
    aside = next(target.with_name(name) for name in names if not os.path.lexists(target.with_name(name)))
    try:
        target.rename(aside)
        # Before the name goes to another: a power cut may keep the later change alone.
        make_sure(target.parent)
    except OSError as cause:
        raise UserError(f"{target} cannot be kept as {aside.name}: {cause.strerror}", _STAYS) from cause
    return aside.relative_to(root).as_posix()


def checked(path: str) -> PurePosixPath:
    """The path, if it is relative, leads nowhere else, and is a name on every system; UserError otherwise."""
    parts = path.split("/")
    if not all(_PART.fullmatch(part) for part in parts):
        raise UserError(
            f"{path!r} cannot be the name of a file here", "Letters, digits and . _ @ + = % ~ - only."
        )
    return PurePosixPath(*parts)


def _make_folder(folder: Path, touched: set[Path]) -> None:
    """Makes it and what is missing above; a new folder is only safe once the one above it is."""
    if folder.is_dir():
        return
    _make_folder(folder.parent, touched)
    folder.mkdir(exist_ok=True)
    touched.add(folder.parent)


def _prepare(root: Path, folder: Path, touched: set[Path]) -> None:
    _refuse_a_way_out(root, folder)
    _make_folder(folder, touched)
    # Also when all is there: a cut may have come after the renaming and before the folders were safe.
    touched.update((folder, *folder.parents[: len(folder.relative_to(root).parts) + 1]))


def _put(target: Path, content: bytes) -> bool:
    if _is_there(target, content):
        return False
    beside = target.parent / f"{_BESIDE}{target.name}"
    write_new(beside, content)
    os.replace(beside, target)
    return True


def _refuse_a_way_out(root: Path, folder: Path) -> None:
    """Some folder on the way may be a link: where it leads must be below the root."""
    if not folder.resolve().is_relative_to(root):
        raise UserError(
            f"{folder} is a link that leads out of {root}",
            "Remove the link: files are put below that folder only.",
        )


def _is_there(target: Path, content: bytes) -> bool:
    if target.is_symlink() or not target.is_file():
        return False
    return target.stat().st_size == len(content) and target.read_bytes() == content


def make_private_folder(folder: Path) -> None:
    """It and what is missing above, for nobody else (0700); a new folder is safe once the one above it is."""
    if not folder.is_dir():
        make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        make_sure(folder.parent)
