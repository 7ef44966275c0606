"""New bytes for a file that is there → the file with these, whole, or as it was; also after a power cut."""

from __future__ import annotations

import os
from pathlib import Path

from cs_playbook.effects.publish import sync_folder
from cs_playbook.errors import UserError


def put_in_place_of(path: Path, content: bytes) -> None:
    """It keeps its mode. UserError: the disk refuses."""
    beside = path.with_name(f".tmp-{path.name}")
    try:
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, path.stat().st_mode & 0o777)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as cause:
        raise UserError(f"{path} cannot be written anew: {cause.strerror or cause}") from cause
