"""A place on the disk → the open database of a ledger, or a sentence that says why there is none."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from cs_playbook.effects.ledger_faults import DAMAGED, reading
from cs_playbook.effects.ledger_schema import APPLICATION_ID, OLDEST, USER_VERSION, WAIT, build, settle
from cs_playbook.effects.on_disk import make_sure
from cs_playbook.effects.publish import make_private_folder
from cs_playbook.errors import ChoiceError, StoppedOnPurpose, UserError

FORGETTING = ".forgetting"  # of the file beside it while somebody is being forgotten (forgetting_journal)
_LOST = (
    "A lost ledger must never look like a first day: bring the file back from a backup. "
    "In a place where there never was one, as in a clone: cs-playbook ledger create. "
    "Where it is lost for good: cs-playbook ledger new --skip-existing."
)


def create(path: Path, ledger_id: str, version: str, made_at: str) -> None:
    """A new file (0600) with empty tables, complete or not there at all; a missing folder is made (0700)."""
    if os.path.lexists(path):
        raise ChoiceError(f"there is already a ledger at {path}", "Nothing was changed.")
    beside = path.with_name(f".new-{path.name}")
    try:
        make_private_folder(path.parent)
        beside.unlink(missing_ok=True)
        # Made before SQLite makes it, for everybody to read: the journal gets the same mode.
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _fill(beside, ledger_id, version, made_at)
        beside.rename(path)
        make_sure(path.parent)
    except (OSError, sqlite3.OperationalError) as cause:
        raise UserError(f"the ledger {path} cannot be made: {cause}") from cause


def _fill(path: Path, ledger_id: str, version: str, made_at: str) -> None:
    connection = _connect(path, "rw")
    from cs_playbook.effects.ledger_suppression import with_a_key

    try:
        build(connection, ledger_id, version, made_at)
        with_a_key(connection)
    finally:
        connection.close()


def in_memory(ledger_id: str) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(_empty(ledger_id))
    settle(connection)
    return connection


@cache
def _empty(ledger_id: str) -> bytes:
    """A story takes a new one each: to copy the bytes is quicker than to make the tables."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        build(connection, ledger_id, "", "")
        return connection.serialize()


def connect_to_write(path: Path, ledger_id: str | None) -> sqlite3.Connection:
    """StoppedOnPurpose when it is lost, damaged, another one, or of a newer version; an older one is brought up."""
    return _open(path, ledger_id, "rw")


def connect_to_read(path: Path, ledger_id: str | None) -> sqlite3.Connection:
    """The same; it cannot write, and makes no file. An older one is read as it is."""
    return _open(path, ledger_id, "ro")


def _open(path: Path, ledger_id: str | None, mode: str) -> sqlite3.Connection:
    if not path.is_file():
        raise StoppedOnPurpose(f"there is no ledger at {path}", _LOST)
    with reading(path):
        connection = _connect(path, mode)
        try:
            with _nothing_but_ours(path):
                _check(connection, path, ledger_id)
            if mode == "rw":
                settle(connection)
                _bring_up(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _bring_up(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("pragma user_version").fetchone() != (USER_VERSION,):
        # Once in the life of a ledger: what it takes is not loaded by all who write.
        from cs_playbook.effects.ledger_migrations import bring_up

        bring_up(connection, path)


@contextmanager
def _nothing_but_ours(path: Path) -> Iterator[None]:
    """What is asked here is always there: a table or a column that is missing is a damage, no mistake in our SQL."""
    try:
        yield
    except sqlite3.OperationalError as cause:
        if getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) != sqlite3.SQLITE_ERROR:
            raise
        raise StoppedOnPurpose(f"the ledger {path} is damaged: {cause}", DAMAGED) from cause


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    # isolation_level=None: Python begins no transaction of its own, each one here is written out.
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
    connection.execute(WAIT)
    return connection


def _check(connection: sqlite3.Connection, path: Path, ledger_id: str | None) -> None:
    (application,) = connection.execute("pragma application_id").fetchone()
    (version,) = connection.execute("pragma user_version").fetchone()
    if application != APPLICATION_ID:
        raise StoppedOnPurpose(f"{path} is not a ledger of cs-playbook", _LOST)
    if not OLDEST <= version <= USER_VERSION:
        other = "a newer" if version > USER_VERSION else "an older"
        raise StoppedOnPurpose(
            f"the ledger {path} was written by {other} cs-playbook",
            f"Use the version that wrote it: the format is {version}, this one reads {OLDEST} to {USER_VERSION}.",
        )
    _check_length(connection, path)
    found = connection.execute("select v from meta where k = 'id'").fetchone()
    if found is None or (ledger_id is not None and found[0] != ledger_id):
        raise StoppedOnPurpose(
            f"{path} is the ledger of another project",
            f"Put the right file there, or correct `ledger: {{id: …}}` in the project file: "
            f"this one is {found[0] if found else 'nameless'}, not {ledger_id}.",
        )


def _check_length(connection: sqlite3.Connection, path: Path) -> None:
    """SQLite counts whole pages: of one that is cut in its last page it would read the end as zeros."""
    (pages,) = connection.execute("pragma page_count").fetchone()
    (size,) = connection.execute("pragma page_size").fetchone()
    if path.stat().st_size < pages * size:
        raise StoppedOnPurpose(f"the ledger {path} is damaged: its end is missing", DAMAGED)
