"""A ledger's place → the only process that writes there, for as long as the block lasts."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cs_playbook.errors import StoppedOnPurpose, UserError


@contextmanager
def locked(ledger: Path, command: str) -> Iterator[None]:
    """Holds `<ledger>.lock` beside the ledger; StoppedOnPurpose while another process holds it.

    The kernel lets go when the process ends, however it ends: the file that stays behind means nothing.
    """
    path = ledger.with_suffix(".lock")
    descriptor = _open(path)
    try:
        _take(descriptor, path)
        _say_who(descriptor, command)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except FileNotFoundError as cause:
        raise StoppedOnPurpose(
            f"there is no folder {path.parent} for the ledger",
            "A lost ledger must never look like a first day: bring it back from a backup, or begin with "
            "cs-playbook init.",
        ) from cause
    except OSError as cause:
        raise UserError(f"the lock {path} cannot be opened: {cause.strerror}") from cause


def _take(descriptor: int, path: Path) -> None:
    try:
        # Not lockf: that lock is lost as soon as any other descriptor of the file is closed.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as cause:
        holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
        raise StoppedOnPurpose(
            f"another cs-playbook is at work here ({holder or 'it has just begun'})",
            f"Wait until it has ended. The system frees the lock by itself: never delete {path}.",
        ) from cause


def _say_who(descriptor: int, command: str) -> None:
    """For the message of whoever comes next, nothing else: the lock is the kernel's, also on a full disk."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}, {command}\n".encode(), 0)
