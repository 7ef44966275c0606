"""The mails of a story's day → what becomes of them: nothing leaves, but they go the whole way through the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cs_playbook.effects.ledger_outbox import Written
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.event import Event, MailMoved, TaskAnswered
from cs_playbook.model.outbox import OUTBOX, MailState

_ENDS = {"sent": MailState.SENT, "undeliverable": MailState.DEAD}


def became(enrollment: Enrollment, task: OpenTask, outcome: str, on: date) -> list[Event]:
    """`outcome`: sent, undeliverable, discarded."""
    if outcome not in _ENDS:
        return [TaskAnswered(enrollment.key, task.key, outcome, on, task.owner)]
    return [
        MailMoved(enrollment.key, task.key, on, state.value, OUTBOX, attempt=1)
        for state in (MailState.SENDING, _ENDS[outcome])
    ]


def written(events: Iterable[Event]) -> list[Written]:
    """What is sent has bytes; here nobody reads them."""
    mails = [event for event in events if isinstance(event, MailMoved) and event.to == MailState.SENDING]
    return [Written(event.task, b"a story") for event in mails]
