"""What the ledger knows of mails: those that wait, their bytes, and what is written of them inside a transaction."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable

from msgspec import Struct

from cs_playbook.effects import ledger_faults
from cs_playbook.effects.enrollment_text import read_enrollment
from cs_playbook.effects.event_text import read_event
from cs_playbook.effects.ledger_faults import DAMAGED
from cs_playbook.effects.ledger_look import LedgerLook
from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.event import MailMoved
from cs_playbook.model.outbox import MailState

# As the index says it: SQLite sees no other way that it serves.
_WAITING = "state in ('pending', 'sending', 'uncertain')"
_OF_STATE = (
    f"select enrollment, task from outbox where {_WAITING} and state = ? and task > ? order by task limit ?"
)
_UNWRITTEN = "select 1 from outbox where task = ? and state = 'pending' and content is null"
_CONTENT = "select content, sha256 from outbox where task = ?"
_WORDS = "select words from outbox where task = ?"
_MOVES = """
select body from event where account = ? and enrollment = ? and kind = 'MailMoved' order by seq desc
"""
_MANY = 1 << 30


class Written(Struct, frozen=True):
    """The bytes of a mail. `words`: what a person wrote instead of the letter's."""

    task: str
    content: bytes
    words: str | None = None


class LedgerOutbox(LedgerLook):
    """The mails of one open ledger. All lists are whole: what is written meanwhile is not in them."""

    _connection: sqlite3.Connection

    def mails(
        self, state: MailState, after: str = "", at_most: int = _MANY
    ) -> list[tuple[Enrollment, OpenTask]]:
        """Those that are pending, sending or uncertain, whose key is greater than `after`, in order of key."""
        return self._with_enrollments(self._ask(_OF_STATE, state.value, after, at_most))

    def is_unwritten(self, task: str) -> bool:
        """Pending, and without bytes: a run has just put it there."""
        return self._connection.execute(_UNWRITTEN, (task,)).fetchone() is not None

    def _with_enrollments(self, found: Iterable[tuple[str, str]]) -> list[tuple[Enrollment, OpenTask]]:
        read: dict[str, Enrollment] = {}
        mails = []
        for key, task in list(found):
            if key not in read:
                ((state,),) = self._ask("select state from enrollment where key = ?", key)
                read[key] = read_enrollment(state)
            mails.append((read[key], read[key].tasks[task]))
        return mails

    def last_move(self, enrollment: Enrollment, task: OpenTask) -> MailMoved | None:
        """What was recorded last of a mail."""
        for (body,) in self._ask(_MOVES, enrollment.account, enrollment.key):
            event = read_event(body)
            if isinstance(event, MailMoved) and event.task == task.key:
                return event
        return None

    def mail_bytes(self, task: str) -> bytes | None:
        """None where none were ever written, or they are gone. StoppedOnPurpose: they are not those that were."""
        if self._keeps_no_bytes():
            return None
        with ledger_faults.reading(self._place):
            found = self._connection.execute(_CONTENT, (task,)).fetchone()
        content, sha = found or (None, None)
        if content is None:
            return None
        if hashlib.sha256(content).hexdigest() != sha:
            raise StoppedOnPurpose(f"the bytes of the mail {task} are not those that were recorded", DAMAGED)
        return bytes(content)

    def words_of_mail(self, task: str) -> str | None:
        """As a person wrote them last; None: they are still the letter's."""
        if self._keeps_no_bytes():
            return None
        return next((words for (words,) in self._ask(_WORDS, task)), None)

    def _keeps_no_bytes(self) -> bool:
        """A ledger of version 1, opened to look, has drafts only."""
        ((version,),) = self._ask("pragma user_version")
        return bool(version < 2)
