"""What `keep:` has deleted, or would → one line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from cs_playbook.report.words import count


class Due(Protocol):
    """What this asks of commands/tidying: Due."""

    @property
    def bodies(self) -> Mapping[str, str]: ...
    @property
    def open_bodies(self) -> int: ...
    @property
    def snapshots(self) -> Collection[object]: ...
    @property
    def contacts(self) -> Collection[object]: ...
    @property
    def files(self) -> Collection[object]: ...
    @property
    def people(self) -> int: ...
    @property
    def more(self) -> bool: ...
    @property
    def is_something(self) -> bool: ...


def deleted(due: Due) -> str:
    """ "" where nothing was."""
    return f"  deleted, as `keep:` says: {_words(due)}\n" if due.is_something else ""


def would_go(due: Due) -> str:
    return f"  `keep:` deletes with the next run: {_words(due)}" if due.is_something else ""


def counts(due: Due) -> dict[str, int]:
    return {
        "mail_bodies": len(due.bodies), "snapshots": len(due.snapshots), "contacts_in_snapshots": len(due.contacts),
        "files": len(due.files),
    }  # fmt: skip


def _words(due: Due) -> str:
    parts = [
        count(len(due.bodies), "body of a mail", "bodies of mails") if due.bodies else "",
        count(len(due.snapshots), "snapshot") if due.snapshots else "",
        f"names and free texts in {count(len(due.contacts), 'snapshot')}" if due.contacts else "",
        f"{count(len(due.files), 'file')} below out/" if due.files else "",
    ]
    stays = [
        f"{count(due.people, 'file')} that somebody changed" if due.people else "",
        f"{count(due.open_bodies, 'body of a mail', 'bodies of mails')} of what is still open"
        if due.open_bodies
        else "",
    ]
    kept = ", ".join(part for part in stays if part)
    return (
        ", ".join(part for part in parts if part)
        + (f"; {kept} stay" if kept else "")
        + ("; the rest with the next runs" if due.more else "")
    )
