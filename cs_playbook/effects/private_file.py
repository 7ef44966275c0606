"""A path and bytes → a file that nobody else may read, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from cs_playbook.errors import UserError


def put_private(path: Path, content: bytes) -> None:
    """Replaces what was there. UserError: the machine refuses."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}", "name another file: -o FILE"
        ) from error
