"""What happens to every open line: it follows its role to a new owner; a late one is told to whom it may concern, once."""

from __future__ import annotations

from cs_playbook.model.answer import UNFIT, choose
from cs_playbook.model.enrollment import OpenTask
from cs_playbook.model.event import Notified, TaskEscalated
from cs_playbook.model.keys import late_note_key
from cs_playbook.model.step import Approve, ChannelRef, Document, Email, Escalation, Step, Task
from cs_playbook.plan.advance import Day
from cs_playbook.plan.decision import HeldBy, Late
from cs_playbook.plan.owners import reassigned
from cs_playbook.plan.people import colleagues


def follow(day: Day, step: Step, verb: Task | Approve | Email | Document) -> bool:
    """An open line follows its role to a new owner; a late one is told to whom it may concern, once."""
    tasks = [task for task in day.enrollment.open_tasks if task.step == step.id]
    return reassigned(day, step, tasks) or any(_late(day, verb, task) for task in tasks)


def _late(day: Day, verb: Task | Approve | Email | Document, task: OpenTask) -> bool:
    if not task.is_late(day.today.day):
        return False
    if not any(isinstance(known, Late) and known.task.key == task.key for known in day.decisions):
        day.decisions.append(Late(task, day.playbook.name))
    escalation = None if isinstance(verb, Email) else verb.escalate
    return escalation is not None and task.escalated_on is None and _escalate(day, escalation, task)


def _escalate(day: Day, escalation: Escalation, task: OpenTask) -> bool:
    late_by = choose(escalation.when_late_by, day.values, day.today.reckoning)
    who = choose(escalation.tell, day.values, day.today.reckoning)
    if late_by is UNFIT or who is UNFIT:
        why = "whom to tell, or when, cannot be decided: no case fits, or an earlier one is unknown"
        day.hold(HeldBy.UNKNOWN, task.step, why)
        return False
    if day.today.day < day.today.reckoning.calendar.add(task.due, late_by):
        return False
    if isinstance(who, ChannelRef):
        _tell_channel(day, who.channel, task)
        return True
    told = tuple(person.email for person in colleagues(who, day.subject, day.today))
    if not told:
        day.hold(HeldBy.NOBODY, task.step, "it is late, and nobody is there to be told")
        return False
    day.happen(TaskEscalated(day.enrollment.key, task.key, day.today.day, told))
    return True


def _tell_channel(day: Day, channel: str, task: OpenTask) -> None:
    """A note of its own, for the file of the channel."""
    key, today = day.enrollment.key, day.today.day
    day.happen(TaskEscalated(key, task.key, today, (), channel))
    day.happen(Notified(key, task.step, today, late_note_key(task.key), channel, late=task.key))
