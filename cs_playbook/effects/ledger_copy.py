"""A ledger in use → a copy of it elsewhere, whole and looked through, or none."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from cs_playbook.effects import ledger_check, ledger_place
from cs_playbook.effects.ledger_schema import APPLICATION_ID
from cs_playbook.effects.on_disk import make_sure
from cs_playbook.effects.publish import make_private_folder
from cs_playbook.errors import ChoiceError, StoppedOnPurpose, UserError


def back_up(ledger: Path, ledger_id: str | None, target: Path) -> int:
    """Gives the number of events in the copy. It may be made while others write; an older copy in its place is replaced.

    StoppedOnPurpose: what was copied is not whole; then nothing is put in place. ChoiceError: something else is there.
    """
    _refuse_what_is_no_copy(ledger, target)
    beside = target.with_name(f".new-{target.name}")
    try:
        make_private_folder(target.parent)
        beside.unlink(missing_ok=True)
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _copy(ledger, ledger_id, beside)
        events = _looked_through(beside, ledger)
        beside.replace(target)
        make_sure(target.parent)
    except (OSError, sqlite3.OperationalError) as cause:
        raise UserError(f"no copy of the ledger can be written to {target}: {cause}") from cause
    finally:
        beside.unlink(missing_ok=True)
    return events


def _refuse_what_is_no_copy(ledger: Path, target: Path) -> None:
    if not os.path.lexists(target):
        return
    same = target.exists() and target.samefile(ledger)
    if same or target.is_symlink() or not is_a_ledger(target):
        what = "is the ledger itself" if same else "is there already, and is no copy of a ledger"
        raise ChoiceError(f"{target} {what}", "name another file: cs-playbook ledger backup FILE")


def is_a_ledger(path: Path) -> bool:
    """Whether the file says of itself that it is one."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(72)
    return head[:16] == b"SQLite format 3\0" and int.from_bytes(head[68:72]) == APPLICATION_ID


def _copy(ledger: Path, ledger_id: str | None, beside: Path) -> None:
    with (
        closing(ledger_place.connect_to_read(ledger, ledger_id)) as there,
        closing(sqlite3.connect(beside)) as copy,
    ):
        there.backup(copy)
    make_sure(beside)


def _looked_through(copy: Path, ledger: Path) -> int:
    with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        wrong = ledger_check.verify(connection)
        if wrong:
            raise StoppedOnPurpose(
                f"the ledger {ledger} is not whole, and no copy of it was kept: {wrong[0]}",
                "cs-playbook ledger verify says all that is wrong; bring it back from an earlier copy",
            )
        (events,) = connection.execute("select count(*) from event").fetchone()
        return int(events)
