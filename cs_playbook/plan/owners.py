"""An open line and the day → whose it is now: it follows its role, goes to who stands in for somebody away, comes back."""

from __future__ import annotations

from cs_playbook.model.answer import UNFIT, choose
from cs_playbook.model.enrollment import OpenTask
from cs_playbook.model.event import TaskReassigned
from cs_playbook.model.step import Email, Step
from cs_playbook.plan.absence import Colleague, away, colleague, there
from cs_playbook.plan.advance import Day
from cs_playbook.plan.people import owners


def reassigned(day: Day, step: Step, tasks: list[OpenTask]) -> bool:
    """Whether a line has gone to somebody else today."""
    now = [(task, _owner_of(task, _followed(day, step, tasks), day)) for task in tasks]
    moved = [(task, owner) for task, owner in now if owner is not None and _is_another(task, owner)]
    for task, owner in moved:
        day.happen(
            TaskReassigned(
                day.enrollment.key,
                task.key,
                day.today.day,
                owner.email,
                owner.instead_of,
                owner.pool or task.pool,
            )
        )
    return bool(moved)


def _followed(day: Day, step: Step, tasks: list[OpenTask]) -> Colleague | None:
    """Who holds the role today; None where the line is kept, or where one cannot tell who followed whom."""
    several = len(tasks) > 1 and not isinstance(step.verb, Email)
    if step.owner is None or step.when_owner_changes == "keep" or several:
        return None
    who = choose(step.owner, day.values, day.today.reckoning)
    found = () if who is UNFIT else owners(who, day.subject, day.today)
    return found[0] if len(found) == 1 else None


def _owner_of(task: OpenTask, followed: Colleague | None, day: Day) -> Colleague | None:
    """None where it stays: what is due after an absence waits for who is away."""
    catalog, today = day.today.catalog, day.today.day
    owner = followed or _same_person(task, day)
    absence = away(owner.instead_of, catalog, today) if owner.instead_of else None
    if absence is not None and owner.instead_of == task.owner and task.due > absence.last:
        return None
    return owner


def _same_person(task: OpenTask, day: Day) -> Colleague:
    """Whose line it is, or who stands in while they are away."""
    catalog = day.today.catalog
    person = colleague(task.instead_of or task.owner, "", catalog)
    found = there(person, catalog, day.today.day) or person
    return Colleague(found.email, found.name, "", found.instead_of, task.pool)


def _is_another(task: OpenTask, owner: Colleague) -> bool:
    return (task.owner, task.instead_of) != (owner.email, owner.instead_of)
