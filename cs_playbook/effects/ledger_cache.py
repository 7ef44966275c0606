"""Recorded events → rows for quick questions: enrollments, tasks, the outbox; all of them only the fold."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import groupby
from operator import attrgetter

from cs_playbook.effects.enrollment_text import read_enrollment, write_enrollment
from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask, TaskState
from cs_playbook.model.event import (
    Allowed,
    EnrollmentEvent,
    Event,
    Muted,
    StartAsked,
    Started,
    StartRefused,
    TraitSet,
    Unmuted,
)
from cs_playbook.plan.fold import fold

Row = tuple[str | int | None, ...]

_OF_NO_ENROLLMENT = (StartAsked, StartRefused, Muted, Unmuted, TraitSet, Allowed)

_NEW = "insert into enrollment values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_CHANGED = "update enrollment set ended_on = ?, outcome = ?, watch_until = ?, state = ? where key = ?"
_TASK = """
insert into task values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict(key) do update set
  owner = excluded.owner, state = excluded.state, opened_on = excluded.opened_on, due = excluded.due, step = excluded.step
"""
_OUTBOX = """
insert into outbox(task, enrollment, contact, payload, state, run) values (?, ?, ?, ?, ?, ?)
on conflict(task) do update set state = excluded.state, payload = excluded.payload
where (state, payload) is not (excluded.state, excluded.payload)
"""


def fold_into_cache(connection: sqlite3.Connection, events: Iterable[Event], run: int | None) -> None:
    """Folds these recorded events; those of one enrollment that stand together are written once."""
    for key, group in groupby(of_enrollments(events), key=attrgetter("enrollment")):
        together = list(group)
        before = None if isinstance(together[0], Started) else _read(connection, key)
        _write(connection, before, folded(before, together), run)


def of_enrollments(events: Iterable[Event]) -> Iterator[EnrollmentEvent]:
    return (event for event in events if not isinstance(event, _OF_NO_ENROLLMENT))


def _read(connection: sqlite3.Connection, key: str) -> Enrollment | None:
    row = connection.execute("select state from enrollment where key = ?", (key,)).fetchone()
    return None if row is None else read_enrollment(row[0])


def folded(before: Enrollment | None, events: Iterable[EnrollmentEvent]) -> Enrollment:
    """An enrollment after these events of its own, at least one."""
    after = reduce(fold, events, before)
    assert after is not None
    return after


def _write(
    connection: sqlite3.Connection, before: Enrollment | None, after: Enrollment, run: int | None
) -> None:
    row = enrollment_row(after)
    if before is None:
        connection.execute(_NEW, row)
    else:
        connection.execute(_CHANGED, (*row[7:], after.key))
    # The fold keeps what it did not touch as it was: another object means another value.
    known = before.tasks if before is not None else {}
    changed = [task for key, task in after.tasks.items() if known.get(key) is not task]
    for task in changed:
        connection.execute(_TASK, task_row(after, task))
        if is_outward(after, task):
            connection.execute(_OUTBOX, (*outbox_row(after, task), run))


def enrollment_row(enrollment: Enrollment) -> Row:
    """In the order of the table. `watch_until` is empty once the goal is met: nothing more to look for."""
    e = enrollment
    return (
        e.key, e.playbook, e.account, e.row, e.episode, e.arm.value, e.started_on.isoformat(),
        e.ended_on.isoformat() if e.ended_on else None,
        e.outcome,
        e.watch_until.isoformat() if e.watch_until and not e.goal_on else None,
        write_enrollment(e),
    )  # fmt: skip


def task_row(enrollment: Enrollment, task: OpenTask) -> Row:
    """In the order of the table."""
    return (
        task.key, enrollment.key, enrollment.playbook, enrollment.arm.value, task.owner, task.state.value,
        task.opened_on.isoformat(), task.due.isoformat(), task.step,
    )  # fmt: skip


def is_outward(enrollment: Enrollment, task: OpenTask) -> bool:
    """Whether somebody outside is told: the emails of enrollments that are treated."""
    return task.kind == "email" and enrollment.arm is Arm.TREATED


def outbox_row(enrollment: Enrollment, task: OpenTask) -> Row:
    """In the order of the table, without the run."""
    return (task.key, enrollment.key, task.contact, task.payload, _outbox_state(task))


def _outbox_state(task: OpenTask) -> str:
    match task.state, task.outcome:
        case TaskState.OPEN, _:
            return "draft"
        case TaskState.DONE, ("sent" | "discarded") as outcome:
            return outcome
        case _:
            return "cancelled"
