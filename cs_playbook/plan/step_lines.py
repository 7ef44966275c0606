"""What happens to every open line: it follows its role to a new owner; a late one is told to whom it may concern, once."""

from __future__ import annotations

from typing import cast

from cs_playbook.model.answer import UNFIT, choose
from cs_playbook.model.enrollment import OpenTask
from cs_playbook.model.event import TaskEscalated, TaskReassigned
from cs_playbook.model.step import Approve, Email, Escalation, Step, Task
from cs_playbook.model.team import People
from cs_playbook.plan.advance import Day
from cs_playbook.plan.decision import HeldBy, Late
from cs_playbook.plan.people import colleagues


def follow(day: Day, step: Step, verb: Task | Approve | Email) -> bool:
    """An open line follows its role to a new owner; a late one is told to whom it may concern, once."""
    tasks = [task for task in day.enrollment.open_tasks if task.step == step.id]
    return _reassigned(day, verb, tasks) or any(_late(day, verb, task) for task in tasks)


def _reassigned(day: Day, verb: Task | Approve | Email, tasks: list[OpenTask]) -> bool:
    cases = verb.sender if isinstance(verb, Email) else verb.owner
    who = choose(cases, day.values, day.today.reckoning)
    if who is UNFIT:
        return False
    owners = colleagues(cast(People, who), day.subject, day.today)
    # Several owners of one step keep their lines: one cannot tell who followed whom.
    if len(owners) != 1 or (not isinstance(verb, Email) and len(tasks) > 1):
        return False
    moved = [task for task in tasks if task.owner != owners[0].email]
    for task in moved:
        day.happen(TaskReassigned(day.enrollment.key, task.key, day.today.day, owners[0].email))
    return bool(moved)


def _late(day: Day, verb: Task | Approve | Email, task: OpenTask) -> bool:
    if not task.is_late(day.today.day):
        return False
    if not any(isinstance(known, Late) and known.task.key == task.key for known in day.decisions):
        day.decisions.append(Late(task, day.playbook.name))
    escalation = None if isinstance(verb, Email) else verb.escalate
    return escalation is not None and task.escalated_on is None and _escalate(day, escalation, task)


def _escalate(day: Day, escalation: Escalation, task: OpenTask) -> bool:
    if day.today.day < day.today.reckoning.calendar.add(task.due, escalation.when_late_by):
        return False
    told = tuple(person.email for person in colleagues(escalation.tell, day.subject, day.today))
    if not told:
        day.hold(HeldBy.NOBODY, task.step, "it is late, and nobody is there to be told")
        return False
    day.happen(TaskEscalated(day.enrollment.key, task.key, day.today.day, told))
    return True
