"""Bytes and a place → a file with these, whole or not there; safe after a power cut as well."""

from __future__ import annotations

import os
from pathlib import Path

from cs_playbook.errors import UserError


def make_sure(path: Path) -> None:
    """What was written of a file, or was made, renamed or removed in a folder, is there after a power cut too."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_new(path: Path, content: bytes, mode: int = 0o666) -> None:
    """What a cut left there goes; a link put there is removed, not followed. Its name is safe once its folder is."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def put_in_place_of(path: Path, content: bytes) -> None:
    """Of a file that is there: it keeps its mode. UserError: the disk refuses."""
    beside = path.with_name(f".tmp-{path.name}")
    try:
        write_new(beside, content, path.stat().st_mode & 0o777)
        beside.replace(path)
        make_sure(path.parent)
    except OSError as cause:
        raise UserError(f"{path} cannot be written anew: {cause.strerror or cause}") from cause
