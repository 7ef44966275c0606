"""Recorded events → rows for quick questions: enrollments, tasks, the outbox; all of them only the fold."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import groupby
from operator import attrgetter

from cs_playbook.effects.enrollment_text import read_enrollment, write_enrollment
from cs_playbook.effects.ledger_undone import NO_ARM
from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask
from cs_playbook.model.event import (
    Allowed,
    EnrollmentEvent,
    Event,
    MailMoved,
    Muted,
    StartAsked,
    Started,
    StartRefused,
    StepOpened,
    TraitSet,
    Unmuted,
)
from cs_playbook.model.forgetting import ContactForgotten
from cs_playbook.model.moved import AccountMoved, LedgerBegan
from cs_playbook.model.outbox import OUTBOX, MailState, mail_state, may_move
from cs_playbook.model.posting import Posted
from cs_playbook.model.recall import RECALLED, RunUndone
from cs_playbook.model.suppression import Suppressed, SuppressionLifted
from cs_playbook.plan.fold import fold

Row = tuple[str | int | None, ...]

_OF_NO_ENROLLMENT = (
    Suppressed,
    SuppressionLifted,
    StartAsked,
    StartRefused,
    Muted,
    Unmuted,
    TraitSet,
    Allowed,
    RunUndone,
    AccountMoved,
    LedgerBegan,
    Posted,
    ContactForgotten,
)

_NEW = "insert into enrollment values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_CHANGED = """
update enrollment set account = ?, row = ?, episode = ?, arm = ?, started_on = ?, ended_on = ?, outcome = ?, watch_until = ?, state = ? where key = ?
"""
_ANY_TAKEN_BACK = "select exists (select 1 from event where kind = 'Recalled')"
_TASK = """
insert into task values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict(key) do update set
  owner = excluded.owner, state = excluded.state, opened_on = excluded.opened_on, due = excluded.due, step = excluded.step
"""
_OUTBOX = """
insert into outbox(task, enrollment, contact, payload, state, by, attempts, run) values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict(task) do update set
  state = excluded.state, payload = excluded.payload, by = excluded.by, attempts = excluded.attempts
where (state, payload, by, attempts) is not (excluded.state, excluded.payload, excluded.by, excluded.attempts)
"""
# A mail that was cancelled and is written once more: its old words, which perhaps were the reason, are not the ones.
_AGAIN = "update outbox set state = ? where task = ? and state = 'cancelled'"
_UNSAY = "update outbox set content = null, words = null where task = ?"


def fold_into_cache(connection: sqlite3.Connection, events: Iterable[Event], run: int | None) -> None:
    """Folds these recorded events; those of one enrollment that stand together are written once."""
    (again,) = connection.execute(_ANY_TAKEN_BACK).fetchone()  # else no key begins twice
    for key, group in groupby(of_enrollments(events), key=attrgetter("enrollment")):
        for together in _at_once(group):
            before = None if isinstance(together[0], Started) and not again else _read(connection, key)
            if isinstance(together[0], MailMoved):
                _refuse_illegal(before, together[0])
            _write_again(connection, before, together)
            _write(connection, before, folded(before, together), run)


def _refuse_illegal(before: Enrollment | None, event: MailMoved) -> None:
    """As the triggers do: what is over keeps its line, so its row would not tell them of the move."""
    state = mail_state(before.tasks[event.task]) if before is not None else None
    if state is None or not may_move(state, MailState(event.to), event.by):
        raise sqlite3.IntegrityError(f"no such move of a mail: {state} does not become {event.to}")


def _at_once(events: Iterable[EnrollmentEvent]) -> Iterator[list[EnrollmentEvent]]:
    """Each move of a mail is written alone: the triggers judge one at a time."""
    for is_move, group in groupby(events, key=lambda event: isinstance(event, MailMoved)):
        together = list(group)
        yield from ([event] for event in together) if is_move else (together,)


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
    elif row[5] != NO_ARM:
        connection.execute(_CHANGED, (*row[2:], after.key))
    # The fold keeps what it did not touch as it was: another object means another value.
    known = before.tasks if before is not None else {}
    changed = [task for key, task in after.tasks.items() if known.get(key) is not task]
    for task in changed:
        connection.execute(_TASK, task_row(after, task))
        if is_outward(after, task):
            connection.execute(_OUTBOX, (*outbox_row(after, task), run))
    if row[5] == NO_ARM:  # last: until then its mails are those of one that is treated
        connection.execute(_CHANGED, (*row[2:], after.key))


def _write_again(
    connection: sqlite3.Connection, before: Enrollment | None, events: Iterable[EnrollmentEvent]
) -> None:
    """Step by step, as the triggers want it: first it is a mail that waits, then it has no words yet; the hash of the old ones goes when new ones are written."""
    opened = [event for event in events if isinstance(event, StepOpened)] if before is not None else []
    for task in (task for event in opened for task in event.tasks if task.kind == "email"):
        if before is not None and task.key in before.tasks:
            state = mail_state(task).value
            if connection.execute(_AGAIN, (state, task.key)).rowcount:
                connection.execute(_UNSAY, (task.key,))


def enrollment_row(enrollment: Enrollment) -> Row:
    """In the order of the table. `watch_until` is empty once the goal is met: nothing more to look for."""
    e = enrollment
    return (
        e.key, e.playbook, e.account, e.row, e.episode,
        NO_ARM if e.why_ended == RECALLED else e.arm.value,
        e.started_on.isoformat(),
        e.ended_on.isoformat() if e.ended_on else None,
        e.outcome,
        e.watch_until.isoformat() if e.watch_until and not e.goal_on else None,
        write_enrollment(e),
    )  # fmt: skip


def task_row(enrollment: Enrollment, task: OpenTask) -> Row:
    """In the order of the table. What waits in the outbox is on nobody's list."""
    state = OUTBOX if task.in_outbox else task.state.value
    return (
        task.key, enrollment.key, enrollment.playbook, enrollment.arm.value, task.owner, state,
        task.opened_on.isoformat(), task.due.isoformat(), task.step,
    )  # fmt: skip


def is_outward(enrollment: Enrollment, task: OpenTask) -> bool:
    """Whether somebody outside is told: the emails of enrollments that are treated."""
    return task.kind == "email" and enrollment.arm is Arm.TREATED


def outbox_row(enrollment: Enrollment, task: OpenTask) -> Row:
    """Task, enrollment, contact, payload, state, by, attempts; the run and the bytes are nobody's fold."""
    return (
        task.key, enrollment.key, task.contact, task.payload, mail_state(task).value, task.by, task.attempts
    )  # fmt: skip
