"""A run by its number → what it has recorded and all that stands around it; the rows that change when it is taken back."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter

from cs_playbook.effects import ledger_before, ledger_rows, ledger_sums
from cs_playbook.effects.event_text import read_event
from cs_playbook.effects.ledger_faults import understood
from cs_playbook.effects.ledger_undo_records import KnownRun, TakenBack, Touched
from cs_playbook.effects.ledger_undone import GONE
from cs_playbook.model.enrollment import TaskState
from cs_playbook.model.event import EnrollmentEvent

_RUNS = """
select id, day, snapshot_sha, sources_hash, files_hash, plan_hash, version, started_at, counts from run
where id not in (select run from event where kind = 'RunUndone' and run is not null) order by id desc
"""
_WORDS = "select body, run from event where kind = 'RunUndone' order by seq"
_TOUCHED = """
select enrollment, account, run, body from event
where enrollment in (select enrollment from event where run = ?) order by enrollment, seq
"""
_LATER = f"select count(*) from run where id > ? and id not in {GONE}"
_ANSWERS = "select count(*) from event where run = ? and kind in ('TaskAnswered', 'TaskSnoozed')"
_REFUSED = "select count(*) from event where run = ? and kind = 'StartRefused'"
_ANEW = """
select exists (select 1 from event where kind = 'RunUndone' and json_extract(body, '$.later') is not null and seq > ?)
"""
_TO_MOVE = """
select path, sha256 from file where instr(path, 'undone/') = 1 and run in (
  select json_extract(body, '$.run') from event join run on run.id = event.run
  where kind = 'RunUndone' and run.published = 0
) order by path
"""
_NOT_MOVED = """
select run from event where kind = 'RunUndone' and run in (select id from run where published = 0)
"""
_KEY = re.compile(r"([a-z][0-9a-f]{15})\.[a-z]+$")  # at the end of the name of what belongs to one line


def runs(connection: sqlite3.Connection) -> Iterator[KnownRun]:
    """The newest first, also those that were taken back."""
    gone: dict[int, TakenBack] = {}
    for body, number in connection.execute(_WORDS):
        said = json.loads(body)
        with understood("a run"):
            gone[said["run"]] = TakenBack(
                said["by"], date.fromisoformat(said["on"]), said["because"], number or 0
            )
    for number, *row in connection.execute(_RUNS):
        yield KnownRun(number, ledger_rows.run_record(row), gone.get(number))


def touched_by(connection: sqlite3.Connection, run: int) -> Iterator[Touched]:
    """Every enrollment of which the run has recorded anything, with all its events; in order of key."""
    for key, rows in groupby(connection.execute(_TOUCHED, (run,)), key=itemgetter(0)):
        together = [(account, number, read_event(body)) for _, account, number, body in rows]
        history = [(number, event) for _, number, event in together if isinstance(event, EnrollmentEvent)]
        traits = sum(1 for _, number, event in together if number == run) - sum(
            1 for number, _ in history if number == run
        )
        yield Touched(key, str(together[0][0]), tuple(history), traits)


def runs_after(connection: sqlite3.Connection, run: int) -> int:
    """How many stand that came later."""
    return int(connection.execute(_LATER, (run,)).fetchone()[0])


def beside(connection: sqlite3.Connection, run: int) -> tuple[int, int]:
    """(answers that it took from lists, starts asked by people that it refused)."""
    (answers,) = connection.execute(_ANSWERS, (run,)).fetchone()
    (refused,) = connection.execute(_REFUSED, (run,)).fetchone()
    return answers, refused


def starts_again(connection: sqlite3.Connection, length: int) -> bool:
    """Whether, since there were so many events, a run was taken back on which others had followed."""
    return bool(connection.execute(_ANEW, (length,)).fetchone()[0])


def take_back(connection: sqlite3.Connection, run: int, day: date, later: int) -> None:
    """Memory as it was before the newest run; and where the files of the run that mean nothing any more are to be."""
    if not later:
        ledger_before.bring_back(connection, run, day)
    paths = [path for (path,) in connection.execute("select path from file where run = ?", (run,))]
    aside = [(f"undone/run-{run}/{path}", run, path) for path in paths if not _is_open(connection, path)]
    connection.executemany("update file set path = ? where run = ? and path = ?", aside)
    ledger_sums.recount(connection, "file")


def _is_open(connection: sqlite3.Connection, path: str) -> bool:
    """Whether it is the draft or the document of a line that is still open."""
    key = _KEY.search(path)
    if key is None:
        return False
    state = connection.execute("select state from task where key = ?", (key[1],)).fetchone()
    return state is not None and state[0] == TaskState.OPEN


def to_move(connection: sqlite3.Connection) -> tuple[list[tuple[str, str]], list[int]]:
    """(where a file of a run taken back is to be, its sha256), and the numbers under which that was recorded."""
    numbers = [number for (number,) in connection.execute(_NOT_MOVED)]
    return (list(connection.execute(_TO_MOVE)) if numbers else []), numbers
