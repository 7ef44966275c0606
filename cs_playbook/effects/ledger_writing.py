"""What a run or a person brings → rows of the ledger, inside the caller's transaction."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import chain

from cs_playbook.effects import ledger_before, ledger_sums
from cs_playbook.effects.event_text import read_event, write_event
from cs_playbook.effects.ledger_records import Observation, Seal
from cs_playbook.effects.ledger_undone import STANDS
from cs_playbook.effects.publish import checked
from cs_playbook.effects.run_record import RunRecord
from cs_playbook.model.event import (
    Allowed,
    Event,
    Muted,
    StartAsked,
    Started,
    StartRefused,
    TraitSet,
    Unmuted,
)
from cs_playbook.model.forgetting import ContactForgotten
from cs_playbook.model.keys import SERIES
from cs_playbook.model.moved import AccountMoved, LedgerBegan, SubjectMoved
from cs_playbook.model.posting import Posted
from cs_playbook.model.recall import RunUndone
from cs_playbook.model.suppression import Suppressed, SuppressionLifted
from cs_playbook.model.value import Value, to_day

Hear = Callable[[str], None]
LENGTH = "events in all"
_KEPT = 4_000  # events; about 10 MB
_RUN = """
insert into run(day, snapshot_sha, sources_hash, files_hash, plan_hash, version, started_at, counts, fresh)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_ASKED_LATELY = "select series from series where instr(series, ?) = 1 and last_day >= ?"
_HELD = """
select subject from (select subject, value, max(day) from memory where series = ? group by subject)
where value = 1
"""
_EVENT = "insert into event values (?, ?, ?, ?, ?, ?, ?, ?, ?)"


def nobody(text: str) -> None:
    """Hears nothing."""


def write_run(connection: sqlite3.Connection, run: RunRecord) -> int:
    """The new run's number."""
    day = run.day.isoformat()
    before = f"select sources_hash from run where day < ? and {STANDS} order by day desc, id desc limit 1"
    last = connection.execute(before, (day,)).fetchone()
    fresh = last is None or last[0] != run.sources_hash
    counts = json.dumps(dict(run.counts), sort_keys=True)
    hashes = (run.snapshot_sha, run.sources_hash, run.files_hash, run.plan_hash)
    row = (day, *hashes, run.version, run.started_at, counts, int(fresh))
    number = connection.execute(_RUN, row).lastrowid
    assert number is not None
    return number


def seal(connection: sqlite3.Connection, run: int, seal: Seal) -> None:
    """The run's hash and counts, once its events are all in; and how long the chain was then."""
    counts = json.dumps({**seal.counts, LENGTH: head_of(connection)[0]}, sort_keys=True)
    connection.execute("update run set plan_hash = ?, counts = ? where id = ?", (seal.plan_hash, counts, run))


def append(
    connection: sqlite3.Connection,
    run: int | None,
    events: Iterable[Event],
    recorded_at: str,
    hear: Hear = nobody,
) -> Iterator[Event]:
    """Adds the events at the end of the chain; when all are in, gives them once more. `hear`: each text as it is written."""
    seq, head = head_of(connection)
    kept: list[Event] = []
    rows = _chained(connection, (seq, head), (run, recorded_at), _keeping(events, kept), hear)
    connection.executemany(_EVENT, rows)
    return chain(kept, _read_after(connection, seq + len(kept)))


def head_of(connection: sqlite3.Connection) -> tuple[int, str]:
    """Number and hash of the last event; in an empty ledger 0 and its id, with which the chain begins."""
    last = connection.execute("select seq, hash from event order by seq desc limit 1").fetchone()
    first = "select 0, v from meta where k = 'id'"
    seq, head = last or connection.execute(first).fetchone()
    return seq, head


def _keeping(events: Iterable[Event], kept: list[Event]) -> Iterator[Event]:
    """Most runs fit into memory and are not read again; the rest of a large one is."""
    for event in events:
        if len(kept) < _KEPT:
            kept.append(event)
        yield event


def _read_after(connection: sqlite3.Connection, seq: int) -> Iterator[Event]:
    for (body,) in connection.execute("select body from event where seq > ? order by seq", (seq,)):
        yield read_event(body)


def _chained(
    connection: sqlite3.Connection,
    head: tuple[int, str],
    frame: tuple[int | None, str],
    events: Iterable[Event],
    hear: Hear,
) -> Iterator[tuple[object, ...]]:
    (seq, previous), (run, recorded_at) = head, frame
    enrollment, account = None, None
    for number, event in enumerate(events, seq + 1):
        enrollment, account = _whose(connection, event, enrollment, account)
        kind, body = type(event).__name__, write_event(event)
        hear(body)
        row = (run, event.on.isoformat(), recorded_at, kind, enrollment, account, body)
        previous = link(previous, row)
        yield (number, *row, previous)


def _whose(
    connection: sqlite3.Connection, event: Event, last: str | None, its_account: str | None
) -> tuple[str | None, str | None]:
    """Enrollment and account of an event; those of the event before it are known."""
    match event:
        case Started() | TraitSet() | SubjectMoved():
            return event.enrollment, event.account
        case StartAsked() | StartRefused() | Muted() | Unmuted() | AccountMoved():
            return None, event.account
        case Posted():
            return None, event.account or None
        case (
            Suppressed() | SuppressionLifted() | Allowed() | RunUndone() | LedgerBegan() | ContactForgotten()
        ):
            return None, None
        case _ if event.enrollment == last:
            return last, its_account
        case _:
            return event.enrollment, _account_of(connection, event.enrollment)


def _account_of(connection: sqlite3.Connection, enrollment: str) -> str:
    """As it stands: an account may have got another id since it started. One of this very run is not in the cache yet."""
    row = connection.execute("select account from enrollment where key = ?", (enrollment,)).fetchone()
    if row is None:
        query = "select account from event where enrollment = ? and kind = 'Started'"
        row = connection.execute(query, (enrollment,)).fetchone()
    assert row is not None, f"enrollment {enrollment} never started"
    return str(row[0])


def link(previous: str, row: tuple[object, ...]) -> str:
    """The hash of an event: of the one before and of all that is written of this one."""
    run, day, recorded_at, kind, enrollment, account, body = row
    frame = f"{previous}\n{run or 0}\n{day}\n{recorded_at}\n{kind}\n{enrollment or ''}\n{account or ''}\n"
    return hashlib.sha256(f"{frame}{body}".encode()).hexdigest()


def write_definitions(
    connection: sqlite3.Connection, definitions: Iterable[tuple[str, str, str]], day: date
) -> None:
    """(hash, playbook, text): kept for ever with the first day; known ones stay as they are."""
    known = {sha for (sha,) in connection.execute("select sha from definition")}
    new = {
        sha: (sha, playbook, text, day.isoformat()) for sha, playbook, text in definitions if sha not in known
    }
    connection.executemany("insert into definition values (?, ?, ?, ?)", new.values())
    ledger_sums.add(connection, "definition", ledger_sums.sum_of(new.values()))


def observe(connection: sqlite3.Connection, observation: Observation, run: int, day: int) -> None:
    """Takes back what an earlier run of this day remembered of the series, then writes the changes."""
    series = observation.series
    ledger_before.keep(connection, series, run, day)
    gone = 0
    last = connection.execute("select last_day from series where series = ?", (series,)).fetchone()
    if last is not None and last[0] >= day:
        gone = _forget(connection, series, day)
    connection.execute(
        "insert into series values (?, ?, ?) on conflict do update set last_day = max(last_day, ?)",
        (series, day, day, day),
    )
    total = Total()
    # An account may be known by a whole number: the table makes a text of it, and the sum is one of what stands there.
    rows = ((series, str(subject), day, _stored(value)) for subject, value in observation.changes)
    connection.executemany("insert into memory values (?, ?, ?, ?)", total.counting(rows))
    ledger_sums.add(connection, "memory", total.amount - gone)


class Total:
    """The sum of rows that stream by (ledger_sums)."""

    def __init__(self) -> None:
        self.amount = 0

    def counting(self, rows: Iterable[ledger_sums.Row]) -> Iterator[ledger_sums.Row]:
        for row in rows:
            self.amount += ledger_sums.number_of(row)
            yield row


def _forget(connection: sqlite3.Connection, series: str, day: int) -> int:
    """Takes back what was remembered of a series on that day; gives its sum."""
    there = "from memory where series = ? and day = ?"
    gone = ledger_sums.sum_of(
        connection.execute(f"select series, subject, day, value {there}", (series, day))
    )
    connection.execute(f"delete {there}", (series, day))
    return gone


def _stored(value: Value) -> str | int | float | bytes | None:
    """Lists as bytes: a text that looks like a list stays a text. Yes and no as 1 and 0, as SQLite keeps them."""
    if isinstance(value, bool):
        return int(value)
    return json.dumps(value).encode() if isinstance(value, tuple) else value


def recalled(stored: str | int | float | bytes | None) -> Value:
    return tuple(json.loads(stored)) if isinstance(stored, bytes) else stored


def write_observations(
    connection: sqlite3.Connection, observations: Iterable[Observation], run: int, day: date
) -> None:
    seen: set[str] = set()
    for observation in observations:
        observe(connection, observation, run, to_day(day))
        seen.add(observation.series)
    last = f"select max(day) from run where day < ? and {STANDS}"
    (before,) = connection.execute(last, (day.isoformat(),)).fetchone()
    since = to_day(date.fromisoformat(before)) if before else to_day(day)
    for (series,) in connection.execute(_ASKED_LATELY, (SERIES, since)).fetchall():
        if series not in seen:
            _break_off(connection, series, run, to_day(day))
    ledger_sums.recount(connection, "series")


def _break_off(connection: sqlite3.Connection, series: str, run: int, day: int) -> None:
    """Nobody asks this condition with `for` any more: who asks it again has not seen the days between."""
    ledger_before.keep(connection, series, run, day)
    gone = _forget(connection, series, day)
    broken = [(series, subject, day, None) for (subject,) in connection.execute(_HELD, (series,))]
    connection.executemany("insert into memory values (?, ?, ?, ?)", broken)
    ledger_sums.add(connection, "memory", ledger_sums.sum_of(broken) - gone)
    if broken:
        connection.execute("update series set last_day = ? where series = ?", (day, series))


def write_files(connection: sqlite3.Connection, run: int, files: Iterable[tuple[str, bytes]]) -> None:
    amount = sum(write_file(connection, run, path, content) for path, content in files)
    ledger_sums.add(connection, "file", amount)


def write_file(connection: sqlite3.Connection, run: int, path: str, content: bytes) -> int:
    """The bytes wait here until they are in place; a path that never could be stops the run now. Gives the sum of the row."""
    place, sha = str(checked(path)), hashlib.sha256(content).hexdigest()
    connection.execute("insert into file values (?, ?, ?, ?)", (run, place, content, sha))
    return ledger_sums.number_of((run, place, sha))
