"""A ledger → what is wrong with it, as sentences: the file, the chain of events, the cache against them, the rest."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from itertools import groupby
from operator import itemgetter

from cs_playbook.effects import ledger_sums
from cs_playbook.effects.enrollment_text import read_enrollment, write_enrollment
from cs_playbook.effects.event_text import read_event
from cs_playbook.effects.ledger_cache import (
    Row,
    enrollment_row,
    folded,
    is_outward,
    of_enrollments,
    outbox_row,
    task_row,
)
from cs_playbook.effects.ledger_migrations import brought_up_in_memory, version_of
from cs_playbook.effects.ledger_schema import SHAPE, USER_VERSION, as_made
from cs_playbook.effects.ledger_writing import link
from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.event import Event, StepOpened

_READ = {
    "enrollment": "select * from enrollment where key = ?",
    "task": "select * from task where key = ?",
    "outbox": "select task, enrollment, contact, payload, state, by, attempts, run from outbox where task = ?",
}
_COUNT = {
    "enrollment": "select count(*) from enrollment",
    "task": "select count(*) from task",
    "outbox": "select count(*) from outbox",
}


def verify(connection: sqlite3.Connection) -> list[str]:
    """Nothing when all is well. Reads everything: about a minute for a million events.

    One of an earlier version is looked at as it will be once it is brought up.
    """
    if version_of(connection) < USER_VERSION:
        return _verify_older(connection)
    found: list[str] = []
    try:
        found += [*_the_file(connection), *_the_tables(connection), *_the_chain(connection)]
        found += ledger_sums.verify(connection)
        found += _the_bytes(connection)
        # A cache of events that cannot be read would only repeat it.
        return found or list(_the_cache(connection))
    except (sqlite3.Error, UnicodeDecodeError) as cause:
        return [*found, f"the file cannot be read to its end: {cause}"]
    except StoppedOnPurpose as cause:
        return [*found, cause.sentence]


def _verify_older(connection: sqlite3.Connection) -> list[str]:
    try:
        found = list(_the_file(connection))
        with closing(brought_up_in_memory(connection)) as copy:
            return found or verify(copy)
    except (sqlite3.Error, UnicodeDecodeError) as cause:
        return [f"the file cannot be read to its end: {cause}"]
    except StoppedOnPurpose as cause:
        return [cause.sentence]


def _the_file(connection: sqlite3.Connection) -> Iterator[str]:
    for (fault,) in connection.execute("pragma integrity_check"):
        if fault != "ok":
            yield f"the file is damaged: {fault}"
    for table, row, parent, _ in connection.execute("pragma foreign_key_check"):
        yield f"a line of {table} ({row}) names a {parent} that is not there"


def _the_tables(connection: sqlite3.Connection) -> Iterator[str]:
    """A trigger that was changed protects no more, an index that was changed may find other rows."""
    there = frozenset(connection.execute(SHAPE))
    for _, name, *_ in sorted(there ^ as_made(), key=repr):  # what is damaged may be of any kind
        yield f"{name} is not as it was made"


def _the_bytes(connection: sqlite3.Connection) -> Iterator[str]:
    """Of files that wait to be put in place, and of mails."""
    waiting = "select path, content, sha256 from file where content is not null order by run, path"
    for path, content, sha in connection.execute(waiting):
        if not isinstance(content, bytes) or hashlib.sha256(content).hexdigest() != sha:
            yield f"the bytes of {path} are not those that were recorded"
    written = "select task, content, sha256 from outbox where content is not null order by task"
    for task, content, sha in connection.execute(written):
        if not isinstance(content, bytes) or hashlib.sha256(content).hexdigest() != sha:
            yield f"the bytes of the mail {task} are not those that were recorded"
    lost = "select path from file where content is null and run in (select id from run where published = 0)"
    for (path,) in connection.execute(lost):
        yield f"the bytes of {path} are gone before they were put in place"


def _the_chain(connection: sqlite3.Connection) -> Iterator[str]:
    """Stops at the first event that was changed: after it no link can hold."""
    (previous,) = connection.execute("select v from meta where k = 'id'").fetchone()
    query = "select seq, hash, run, day, recorded_at, kind, enrollment, account, body from event order by seq"
    for number, (seq, written, *row) in enumerate(connection.execute(query), 1):
        previous = link(previous, tuple(row))
        # 0 and "" hash as nothing does, and nothing is how it was written.
        if seq != number or written != previous or 0 in row or "" in row:
            yield f"event {seq} does not follow from the one before: one of the two was changed or taken out"
            return


def _the_cache(connection: sqlite3.Connection) -> Iterator[str]:
    counts: Counter[str] = Counter()
    query = "select enrollment, body, run from event where enrollment is not null order by enrollment, seq"
    for _, group in groupby(connection.execute(query), key=itemgetter(0)):
        recorded = [(read_event(body), run) for _, body, run in group]
        after = folded(None, of_enrollments(event for event, _ in recorded))
        for table, row in _rows(after, _opened_by(recorded)):
            counts[table] += 1
            if not says_the_same(connection.execute(_READ[table], (row[0],)).fetchone(), row):
                yield f"{table} {row[0]} is not what its events say"
    for table, query in _COUNT.items():
        (there,) = connection.execute(query).fetchone()
        if there > counts[table]:
            yield f"{there - counts[table]} of {table} belong to no event"


def says_the_same(there: Row | None, row: Row) -> bool:
    """An enrollment is written down with its last cell; earlier versions wrote a number of 17 digits as 1e+16."""
    if there == row:
        return True
    if there is None or there[:-1] != row[:-1] or not isinstance(there[-1], str):
        return False
    with suppress(StoppedOnPurpose):
        return write_enrollment(read_enrollment(there[-1])) == row[-1]
    return False


def _opened_by(recorded: list[tuple[Event, int | None]]) -> dict[str, int | None]:
    """Task → the run that opened it, the first time."""
    opened: dict[str, int | None] = {}
    for event, run in recorded:
        if isinstance(event, StepOpened):
            for task in event.tasks:
                opened.setdefault(task.key, run)
    return opened


def _rows(enrollment: Enrollment, opened: Mapping[str, int | None]) -> Iterator[tuple[str, Row]]:
    """All that the cache should hold of an enrollment."""
    yield "enrollment", enrollment_row(enrollment)
    for task in enrollment.tasks.values():
        yield "task", task_row(enrollment, task)
        if is_outward(enrollment, task):
            yield "outbox", (*outbox_row(enrollment, task), opened[task.key])
