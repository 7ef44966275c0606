"""A ledger that is looked at: its runs, the enrollments as they stand, how much waits. No event is read for that."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Self

from cs_playbook.effects import ledger_faults, ledger_place, ledger_rows
from cs_playbook.effects.enrollment_text import read_enrollment
from cs_playbook.effects.ledger_records import RunRecord
from cs_playbook.model.enrollment import Enrollment

# What people asked for and no run has answered yet.
ASKED = """
select body from event asked where kind = 'StartAsked' and not exists (
  select * from event answer where answer.account = asked.account and answer.seq > asked.seq
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
_LAST_RUN = """
select day, snapshot_sha, sources_hash, files_hash, plan_hash, version, started_at, counts
from run order by id desc limit 1
"""
_NOT_IN_PLACE = """
select count(*) from file where content is not null and run in (select id from run where published = 0)
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

    def _ask(self, query: str, *parameters: object) -> Iterator[tuple[Any, ...]]:
        with ledger_faults.reading(self._place):
            yield from self._connection.execute(query, parameters)

    def enrollments(self, day: date) -> Iterator[Enrollment]:
        """The open and the still watched on that day, in order of (account, row or "", playbook, episode)."""
        for (state,) in self._ask(_TO_LOOK_AT, day.isoformat()):
            yield read_enrollment(state)

    def last_run(self) -> RunRecord | None:
        return next(map(ledger_rows.run_record, self._ask(_LAST_RUN)), None)

    def how_many_starts_asked(self) -> int:
        """As many as Ledger.pending_starts gives."""
        with ledger_faults.understood("an event"):
            asked = (json.loads(body) for (body,) in self._ask(ASKED))
            return len({(start["playbook"], start["account"], start.get("row")) for start in asked})

    def how_many_not_in_place(self) -> int:
        """Files, as many as Ledger.unpublished gives."""
        return int(next(self._ask(_NOT_IN_PLACE))[0])

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
