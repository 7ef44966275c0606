"""What each kind of step does on its day: it opens lines, drafts, waits; it decides; the data closes it."""

from __future__ import annotations

from typing import assert_never

from cs_playbook.model.step import Approve, Decide, Email, Step, Task, Wait
from cs_playbook.plan.advance import Day
from cs_playbook.plan.step_email import open_email
from cs_playbook.plan.step_lines import follow
from cs_playbook.plan.step_task import open_task, settle_task
from cs_playbook.plan.step_wait import decide, open_wait, settle_wait


def work(day: Day, step: Step) -> bool:
    """Opens the step, or settles it if it is open. True if something happened."""
    is_open = step.id in day.enrollment.steps
    match step.verb:
        case Task():
            return settle_task(day, step, step.verb) if is_open else open_task(day, step, step.verb)
        case Approve():
            return follow(day, step, step.verb) if is_open else open_task(day, step, step.verb)
        case Email():
            return follow(day, step, step.verb) if is_open else open_email(day, step, step.verb)
        case Wait():
            return settle_wait(day, step, step.verb) if is_open else open_wait(day, step, step.verb)
        case Decide():
            return decide(day, step, step.verb)
        case _:
            assert_never(step.verb)
