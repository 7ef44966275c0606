"""What the machine refuses the ledger → a sentence and a hint; and the block that is all or nothing."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from msgspec import Struct

from cs_playbook.errors import StoppedOnPurpose, UserError

_CAUSE = re.compile(r" with text ")  # what follows is a customer's
DAMAGED = "Bring it back from a backup and keep this file: what is in it may still be read."


@contextmanager
def the_machine_allows(place: object) -> Iterator[None]:
    """The machine's faults as sentences; mistakes in our own SQL stay what they are."""
    try:
        yield
    except sqlite3.DatabaseError as cause:
        _say(cause, place)
        raise


def reading(place: object) -> AbstractContextManager[None]:
    """The same where nothing but the ledger is read: text that is none is a damage of its file."""
    return _Reading(place)


class _Reading(Struct, frozen=True):
    """Around every question, a hundred a day of a story: a generator would take longer than most of the answers."""

    place: object

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, cause: BaseException | None, _trace: object) -> None:
        if isinstance(cause, sqlite3.DatabaseError):
            _say(cause, self.place)
        if isinstance(cause, UnicodeDecodeError):  # SQLite quotes the damaged bytes in what it complains of
            fact = f"the ledger {self.place} is damaged: it holds no text"
            raise StoppedOnPurpose(fact, DAMAGED) from cause


def _say(cause: sqlite3.DatabaseError, place: object) -> None:
    """Raises the sentence, where there is one."""
    fault = _fault(cause, place)
    if fault is not None:
        try:
            raise fault from cause
        finally:
            # Or it holds itself, by the frames it has passed, and with them the ledger open and locked.
            del fault


@contextmanager
def understood(what: str) -> Iterator[None]:
    """Around the reading of stored values as what they mean: one that means nothing is a damage of the file."""
    try:
        yield
    except (ValueError, TypeError, KeyError) as cause:
        raise StoppedOnPurpose(f"the ledger holds {what} that cannot be read", DAMAGED) from cause


def _fault(cause: sqlite3.DatabaseError, place: object) -> UserError | None:
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if code == sqlite3.SQLITE_READONLY_ROLLBACK:
        return StoppedOnPurpose(
            f"the ledger {place} was cut in the middle of writing",
            "The next command that writes takes the half-written part back: cs-playbook run.",
        )
    if "Could not decode" in str(cause):  # Python's own: the bytes of a text are none
        return StoppedOnPurpose(f"the ledger {place} is damaged: {_CAUSE.split(str(cause))[0]}", DAMAGED)
    match code & 0xFF:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return StoppedOnPurpose(f"the ledger {place} is damaged: {cause}", DAMAGED)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoppedOnPurpose(
                f"another program is using the ledger {place}", "Try again when it has ended."
            )
        case (
            sqlite3.SQLITE_FULL
            | sqlite3.SQLITE_IOERR
            | sqlite3.SQLITE_READONLY
            | sqlite3.SQLITE_CANTOPEN
            | sqlite3.SQLITE_PERM
        ):
            return UserError(f"the ledger {place} cannot be used: {cause}", "Nothing was recorded.")
        case _:
            return None


@contextmanager
def transaction(connection: sqlite3.Connection, place: object) -> Iterator[None]:
    """All or nothing, whatever ends it."""
    with the_machine_allows(place):
        connection.execute("begin immediate")
        try:
            yield
            connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            raise
