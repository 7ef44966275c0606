"""What a run makes once its events stand: bytes of mails, files; written one by one, as they come."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from msgspec import Struct

from cs_playbook.effects import ledger_sums
from cs_playbook.effects.ledger_outbox import Written
from cs_playbook.effects.ledger_records import Seal
from cs_playbook.effects.ledger_writing import Hear, nobody, write_file
from cs_playbook.model.event import MailMoved

_WRITE = "update outbox set content = ?, sha256 = ?, words = coalesce(?, words) where task = ?"


class MadeFile(Struct, frozen=True):
    """`path` below the output folder."""

    path: str
    content: bytes


Made = Written | MailMoved | MadeFile


class Afterwards(Struct, frozen=True):
    """What of a run is asked once its last event is written. `made`: files; mails, or why there are none. `seal`: the hash
    and the counts that only then are known. `hear`: is told the text of each event as it is recorded."""

    made: Iterable[Made] = ()
    seal: Callable[[], Seal] | None = None
    hear: Hear = nobody


NOTHING_MORE = Afterwards()


def write_made(connection: sqlite3.Connection, run: int | None, made: Iterable[Made]) -> Iterator[MailMoved]:
    """Bytes of a mail replace those before (the triggers know how long). Gives back what could not be written."""
    mails = files = 0
    for one in made:
        match one:
            case MailMoved():
                yield one
            case Written():
                mails += _write_mail(connection, one)
            case MadeFile():
                assert run is not None, "only runs make files"
                files += write_file(connection, run, one.path, one.content)
            case _:
                assert_never(one)
    ledger_sums.add(connection, "outbox", mails)
    if files:
        ledger_sums.add(connection, "file", files)


def _write_mail(connection: sqlite3.Connection, mail: Written) -> int:
    """By how much the sum of the outbox has changed."""
    (before,) = connection.execute("select sha256 from outbox where task = ?", (mail.task,)).fetchone()
    sha = hashlib.sha256(mail.content).hexdigest()
    connection.execute(_WRITE, (mail.content, sha, mail.words, mail.task))
    gone = ledger_sums.number_of((mail.task, before)) if before else 0
    return ledger_sums.number_of((mail.task, sha)) - gone
