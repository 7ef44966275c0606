"""A ledger that is looked at: its runs, the enrollments as they stand, how much waits. No event is read for that."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from cs_playbook.effects import ledger_faults, ledger_place, ledger_posts, ledger_rows
from cs_playbook.effects.enrollment_text import read_enrollment
from cs_playbook.effects.ledger_undone import STANDS, UNDONE, WHOLLY_GONE, still_counts
from cs_playbook.effects.run_record import RunRecord
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.posting import PostState, may_post

if TYPE_CHECKING:  # its keys and hashes are for those who write to people
    from cs_playbook.model.suppression import SuppressionList

IN_MEMORY = "in memory"  # as a place
# What people asked for and no run has answered yet.
ASKED = f"""
select body from event asked where kind = 'StartAsked' and not exists (
  select * from event answer where answer.account = asked.account and answer.seq > asked.seq
  and {still_counts("answer")} and (answer.kind = 'Started' or answer.run is null or answer.run not in {UNDONE})
  and answer.kind in ('StartRefused', 'Started') and json_extract(answer.body, '$.by') is not 'rule'
  and json_extract(answer.body, '$.playbook') = json_extract(asked.body, '$.playbook')
  and (json_extract(answer.body, '$.row') is json_extract(asked.body, '$.row')
    or (json_extract(answer.body, '$.per_value') and (json_extract(asked.body, '$.row') is null
      or instr(json_extract(answer.body, '$.row'),
        replace(replace(json_extract(asked.body, '$.row'), '~', '~0'), '/', '~1') || '/') = 1)))
) order by seq
"""
_TO_LOOK_AT = """
select state from enrollment
where (ended_on is null or watch_until is not null) and (ended_on is null or watch_until >= ?)
order by account, coalesce(row, ''), playbook, episode
"""
_LAST_RUN = f"""
select day, snapshot_sha, sources_hash, files_hash, plan_hash, version, started_at, counts
from run where {STANDS} order by id desc limit 1
"""
_BEGAN = f"select started_at from run where {STANDS} order by id desc limit 60"
_NUMBER = f"select max(id) from run where {STANDS}"
_RUN_BEFORE = f"""
select day, snapshot_sha, sources_hash, files_hash, plan_hash, version, started_at, counts
from run where {STANDS} and day < ? order by id desc limit 1
"""
_TAKEN_BACK = """
select json_extract(body, '$.run'), json_extract(body, '$.by'), json_extract(body, '$.because'), day from event
where kind = 'RunUndone' order by seq desc limit 1
"""
_LAST_DAY = f"select max(day) from run where run.id not in {WHOLLY_GONE}"
_WHO_IS_THERE = """
select account, row, playbook, json_extract(state, '$.definition') from enrollment
where (ended_on is null or watch_until is not null) and (ended_on is null or watch_until >= ?) order by account
"""
# All that is asked of every enrollment there ever was stands in the index.
_ENDED_WITH_MAILS = """
select state from enrollment where instr(state, '"kind":"email"') and rowid in (
  select rowid from enrollment indexed by enrollment_of_playbook where arm = 'treated' and ended_on >= ?)
"""
_NOT_IN_PLACE = """
select count(*) from file where content is not null and run in (select id from run where published = 0)
"""
_IN_OUTBOX = """
select state, count(*) from outbox where state in ('pending', 'sending', 'uncertain') group by state order by state
"""
_LEFT_ALONE = """
select account, kind, json_extract(body, '$.until'), json_extract(body, '$.because') from event
where kind in ('Muted', 'Unmuted') and day <= ? order by seq
"""


class LedgerLook:
    """One open ledger, a context manager. Days are logical days."""

    def __init__(self, connection: sqlite3.Connection, place: str) -> None:
        self._connection = connection
        self._place = place

    @classmethod
    def open_to_look(cls, path: Path, ledger_id: str | None) -> Self:
        """StoppedOnPurpose when it is lost, damaged, of another project or version. `ledger_id` None: any."""
        return cls(ledger_place.connect_to_read(path, ledger_id), str(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    @property
    def file_beside(self) -> Path | None:
        """The file, for SQLite to read beside another database; None: in memory, or half-way through a change of its own."""
        return None if self._place == IN_MEMORY or self._connection.in_transaction else Path(self._place)

    def reading(self) -> AbstractContextManager[None]:
        """Around whatever reads that file: its faults as sentences."""
        return ledger_faults.reading(self._place)

    def _ask(self, query: str, *parameters: object) -> Iterator[tuple[Any, ...]]:
        with ledger_faults.reading(self._place):
            # Not the cursor itself: whoever stops half-way would close it, after its connection, with a traceback.
            yield from chain(self._connection.execute(query, parameters))

    def enrollments(self, day: date) -> Iterator[Enrollment]:
        """The open and the still watched on that day, in order of (account, row or "", playbook, episode)."""
        for (state,) in self._ask(_TO_LOOK_AT, day.isoformat()):
            yield read_enrollment(state)

    def who_is_there(self, day: date) -> Iterator[tuple[str, str | None, str, str]]:
        """(account, row, playbook, definition) of those that `enrollments` gives, in order of account; none is read whole."""
        yield from self._ask(_WHO_IS_THERE, day.isoformat())

    def last_run(self) -> RunRecord | None:
        """One that was taken back while it was the newest is as if it had never been."""
        return next(map(ledger_rows.run_record, self._ask(_LAST_RUN)), None)

    def began_anew(self) -> date | None:
        """The day on which it took the place of a lost one; None: it never did."""
        found = next(self._ask("select day from event where seq = 1 and kind = 'LedgerBegan'"), None)
        return None if found is None else date.fromisoformat(found[0])

    def number_of_the_last_run(self) -> int:
        """0: none."""
        return int(next(self._ask(_NUMBER))[0] or 0)

    def run_before(self, day: date) -> RunRecord | None:
        """The last one of an earlier day."""
        return next(map(ledger_rows.run_record, self._ask(_RUN_BEFORE, day.isoformat())), None)

    def runs_began(self) -> tuple[str, ...]:
        """Of the last 60: UTC, ISO text, the newest first."""
        return tuple(str(began) for (began,) in self._ask(_BEGAN))

    def last_taken_back(self) -> tuple[int, str, str, date] | None:
        """(run, by, because, on which day) of the one that was taken back last."""
        found = next(self._ask(_TAKEN_BACK), None)
        return None if found is None else (found[0], found[1], found[2], date.fromisoformat(found[3]))

    def last_day(self) -> date | None:
        """The last day that was run, where anything of it is left."""
        (day,) = next(self._ask(_LAST_DAY))
        return None if day is None else date.fromisoformat(day)

    def how_many_starts_asked(self) -> int:
        """As many as Ledger.pending_starts gives."""
        with ledger_faults.understood("an event"):
            asked = (json.loads(body) for (body,) in self._ask(ASKED))
            return len({(start["playbook"], start["account"], start.get("row")) for start in asked})

    def how_often_forgotten(self) -> int:
        """How often somebody was taken out of it, and its chain made anew from there on. Reads every event."""
        return int(next(self._ask("select count(*) from event where kind = 'ContactForgotten'"))[0])

    def outbox_counts(self) -> dict[str, int]:
        """How many mails are pending, sending, uncertain; a state without any is not there."""
        return dict(self._ask(_IN_OUTBOX))

    def how_many_not_in_place(self) -> int:
        """Files, as many as Ledger.unpublished gives."""
        return int(next(self._ask(_NOT_IN_PLACE))[0])

    def ended_with_mails(self, since: date) -> Iterator[Enrollment]:
        """Those that ended on that day or later and have written mails, in no order."""
        for (state,) in self._ask(_ENDED_WITH_MAILS, since.isoformat()):
            yield read_enrollment(state)

    def posts(self, since: date) -> dict[str, PostState]:
        """What became of notes and digests, as said on that day or later: key → state."""
        return ledger_posts.last_words(self._ask(ledger_posts.SINCE, since.isoformat()))

    def notes_waiting(self, channels: Collection[str], since: date) -> int:
        """How many notes of that day or later are not posted to these channels yet."""
        if not channels:
            return 0
        states = self.posts(since)
        told = self._ask(ledger_posts.TOLD, since.isoformat(), json.dumps(list(channels)))
        return sum(may_post(str(note), states) for (note,) in told)

    def posts_in_doubt(self, since: date) -> int:
        """How many notes and digests of that day or later perhaps arrived, and are not posted again."""
        return sum(state in (PostState.POSTING, PostState.IN_DOUBT) for state in self.posts(since).values())

    def suppression_list(self) -> SuppressionList:
        """Addresses that nobody writes to, by their fingerprints."""
        from cs_playbook.effects import ledger_suppression  # noqa: PLC0415  # hashes and keys: 2 × an empty Python

        return ledger_suppression.read_list(
            self._ask(ledger_suppression.KEY), self._ask(ledger_suppression.SAID)
        )

    def left_alone(self, day: date) -> tuple[tuple[str, date, str], ...]:
        """(account, until, because) of those whom Ledger.muted gives."""
        said: dict[str, tuple[str, str, str]] = {}
        for account, kind, until, because in self._ask(_LEFT_ALONE, day.isoformat()):
            said[account] = (kind, until, because)
        with ledger_faults.understood("an event"):
            return tuple(
                (account, date.fromisoformat(until), because)
                for account, (kind, until, because) in said.items()
                if kind == "Muted" and day < date.fromisoformat(until)
            )
