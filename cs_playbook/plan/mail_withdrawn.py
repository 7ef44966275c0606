"""A letter that nobody has sent yet, to somebody who has left, opted out or is suppressed by now → it is taken back."""

from __future__ import annotations

from collections.abc import Mapping

from cs_playbook.model.answer import UNFIT, choose
from cs_playbook.model.enrollment import OpenTask, TaskState
from cs_playbook.model.event import MailMoved
from cs_playbook.model.outbox import RUN, MailState, mail_state
from cs_playbook.model.step import Email, Step
from cs_playbook.plan.advance import Day
from cs_playbook.plan.decision import Row
from cs_playbook.plan.mail_policy import Closed, closed_to
from cs_playbook.plan.people import Contact

_WAITING = (MailState.DRAFT, MailState.PENDING)


def withdraw(day: Day, step: Step, verb: Email) -> bool:
    """True if something was taken back; what the outbox has handed over stays what it is."""
    waiting = [task for task in day.enrollment.tasks.values() if task.step == step.id and _waits(task)]
    if not waiting:
        return False
    letter = choose(verb.letter, day.values, day.today.reckoning)
    closed = closed_to(day, "" if letter is UNFIT else letter)
    if not closed.reasons:
        return False
    rows = _rows(day)
    for task in waiting:
        why = _why(rows, task, closed)
        if why:
            to = MailState.SUPPRESSED.value
            day.happen(MailMoved(day.enrollment.key, task.key, day.today.day, to, RUN, why), note=why)
            return True
    return False


def _waits(task: OpenTask) -> bool:
    return task.state is TaskState.OPEN and task.contact is not None and mail_state(task) in _WAITING


def _rows(day: Day) -> dict[str, Row]:
    """The contacts of the account by their keys; of two rows with one key the first."""
    table = day.today.catalog.contract.table("contacts")
    key = (table.key if table else None) or ""
    return {str(row.get(key)): row for row in reversed(day.subject.contacts)}


def _why(rows: Mapping[str, Row], task: OpenTask, closed: Closed) -> str:
    """Nothing is taken back from somebody whose row or address is missing today: that may be the export."""
    row = rows.get(str(task.contact))
    contact = None if row is None else Contact(str(task.contact), row, "")
    return closed.why(contact) if contact is not None and contact.email is not None else ""
