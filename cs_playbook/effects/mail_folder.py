"""Finished mails → files: a folder of .eml, or a Maildir that mail programs read. Under the name of its key each is there once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from cs_playbook.effects.on_disk import make_sure
from cs_playbook.errors import UserError
from cs_playbook.model.outbox import Delivered, Handed, InDoubt, Sealed

_STAYS = "Nothing is lost: what is not there yet waits in the outbox."


class MailFolder(Struct, frozen=True):
    """`name`: of the way, as it is recorded. `ready`: where a mail waits unseen; `there`: where people find it, `taken`:
    where a mail program puts it then. `file`: the name of a key. `written`: the bytes as they are kept there.

    Nobody looks into `ready`, so a mail is made there before it is recorded as sending; after that to hand it over is
    one rename. A cut leaves it in one of the three places, or somebody has taken it away: then nobody can tell.
    """

    name: str
    ready: Path
    there: Path
    taken: Path
    file: Callable[[str], str]
    written: Callable[[bytes], bytes]

    def make_ready(self, mails: tuple[Sealed, ...]) -> None:
        """UserError: the disk is full, or nobody may write there; then none of them was handed over."""
        try:
            for folder in (self.there, self.taken, self.ready):
                _make_folder(folder)
            there = self._found_there()
            new = [mail for mail in mails if self.file(mail.key) not in there]
            for mail in new:
                _write(self.ready / self.file(mail.key), self.written(mail.content))
            for mail in new:  # after all are written: the disk takes them together
                make_sure(self.ready / self.file(mail.key))
            make_sure(self.ready)
        except OSError as cause:
            raise _unwritable(self.ready, cause) from cause

    def hand_over(self, mail: Sealed) -> Handed:
        """Also after a cut: what is there already is not put there again."""
        target = self.there / self.file(mail.key)
        try:
            (self.ready / target.name).rename(target)
        except FileNotFoundError:
            if target.name not in self._found_there():
                return InDoubt(f"{target} is not there: perhaps somebody has taken it away")
        except OSError as cause:
            raise _unwritable(self.there, cause) from cause
        return Delivered(str(target))

    def settle(self) -> None:
        """After this a power cut takes none of them away."""
        try:
            make_sure(self.there)
            make_sure(self.ready)
        except OSError as cause:
            raise _unwritable(self.there, cause) from cause

    def _found_there(self) -> frozenset[str]:
        """A mail program that has seen one adds a mark behind its name (`:2,S`)."""
        folders = [folder for folder in (self.there, self.taken) if folder.is_dir()]
        return frozenset(name.partition(":")[0] for folder in folders for name in os.listdir(folder))


def eml_folder(folder: Path) -> MailFolder:
    """<key>.eml each."""
    return MailFolder(
        f"folder {folder}",
        folder / ".ready",
        folder,
        folder,
        lambda key: f"{key}.eml",
        lambda content: content,
    )


def maildir(folder: Path) -> MailFolder:
    """As mail programs read it: tmp, new, cur, and lines that end as on this machine."""
    return MailFolder(
        f"maildir {folder}", folder / "tmp", folder / "new", folder / "cur", lambda key: f"{key}.cs-playbook",
        lambda content: content.replace(b"\r\n", b"\n"),
    )  # fmt: skip


def _make_folder(folder: Path) -> None:
    """A new folder is only safe once the one above it is."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        make_sure(folder.parent)


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)  # what a cut left; a link put there is removed, not followed
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _unwritable(folder: Path, cause: OSError) -> UserError:
    return UserError(f"{cause.filename or folder} cannot be written: {cause.strerror or cause}", _STAYS)
