"""A ledger → what is wrong with it, as sentences: the file, the chain of events, the cache against them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

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
from cs_playbook.effects.ledger_writing import link
from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.enrollment import Enrollment

_READ = {
    "enrollment": "select * from enrollment where key = ?",
    "task": "select * from task where key = ?",
    "outbox": "select task, enrollment, contact, payload, state from outbox where task = ?",
}
_COUNT = {
    "enrollment": "select count(*) from enrollment",
    "task": "select count(*) from task",
    "outbox": "select count(*) from outbox",
}


def verify(connection: sqlite3.Connection) -> list[str]:
    """Nothing when all is well. Reads everything: about a minute for a million events."""
    try:
        found = [*_the_file(connection), *_the_chain(connection)]
        # A cache of events that cannot be read would only repeat it.
        return found or list(_the_cache(connection))
    except sqlite3.DatabaseError as cause:
        return [f"the file cannot be read to its end: {cause}"]
    except StoppedOnPurpose as cause:
        return [cause.sentence]


def _the_file(connection: sqlite3.Connection) -> Iterator[str]:
    for (fault,) in connection.execute("pragma integrity_check"):
        if fault != "ok":
            yield f"the file is damaged: {fault}"
    for table, row, parent, _ in connection.execute("pragma foreign_key_check"):
        yield f"a line of {table} ({row}) names a {parent} that is not there"


def _the_chain(connection: sqlite3.Connection) -> Iterator[str]:
    """Stops at the first event that was changed: after it no link can hold."""
    (previous,) = connection.execute("select v from meta where k = 'id'").fetchone()
    query = "select seq, hash, run, day, recorded_at, kind, enrollment, account, body from event order by seq"
    for number, (seq, written, *row) in enumerate(connection.execute(query), 1):
        previous = link(previous, tuple(row))
        if seq != number or written != previous:
            yield f"event {seq} does not follow from the one before: one of the two was changed or taken out"
            return


def _the_cache(connection: sqlite3.Connection) -> Iterator[str]:
    counts: Counter[str] = Counter()
    query = "select enrollment, body from event where enrollment is not null order by enrollment, seq"
    for _, group in groupby(connection.execute(query), key=itemgetter(0)):
        events = (read_event(body) for _, body in group)
        for table, row in _rows(folded(None, of_enrollments(events))):
            counts[table] += 1
            if connection.execute(_READ[table], (row[0],)).fetchone() != row:
                yield f"{table} {row[0]} is not what its events say"
    for table, query in _COUNT.items():
        (there,) = connection.execute(query).fetchone()
        if there > counts[table]:
            yield f"{there - counts[table]} of {table} belong to no event"


def _rows(enrollment: Enrollment) -> Iterator[tuple[str, Row]]:
    """All that the cache should hold of an enrollment."""
    yield "enrollment", enrollment_row(enrollment)
    for task in enrollment.tasks.values():
        yield "task", task_row(enrollment, task)
        if is_outward(enrollment, task):
            yield "outbox", outbox_row(enrollment, task)
