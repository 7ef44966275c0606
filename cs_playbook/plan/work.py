"""What each kind of step does on its day: it opens lines, drafts, waits; it decides; the data closes it."""

from __future__ import annotations

from typing import assert_never

from cs_playbook.model.step import Approve, Decide, Document, Email, Notify, Play, Set, Step, Task, Wait
from cs_playbook.plan.advance import Day
from cs_playbook.plan.mail_withdrawn import withdraw
from cs_playbook.plan.repeat import repeat
from cs_playbook.plan.step_email import open_email, open_the_rest
from cs_playbook.plan.step_email_auto import hold_by_hand
from cs_playbook.plan.step_lines import follow
from cs_playbook.plan.step_play import open_play, settle_play
from cs_playbook.plan.step_set import notify, set_traits
from cs_playbook.plan.step_task import open_task, settle_task
from cs_playbook.plan.step_wait import decide, open_wait, settle_wait


def work(day: Day, step: Step) -> bool:
    """Opens the step, or settles it if it is open; again and again if it repeats. True if something happened."""
    return _once(day, step) if step.repeats is None else repeat(day, step, step.repeats, _once)


def _once(day: Day, step: Step) -> bool:
    is_open = step.id in day.enrollment.steps
    match step.verb:
        case Task() | Document() | Approve() | Email():
            return _lines(day, step, step.verb)
        case Wait():
            return settle_wait(day, step, step.verb) if is_open else open_wait(day, step, step.verb)
        case Decide():
            return decide(day, step, step.verb)
        case Play():
            return settle_play(day, step, step.verb) if is_open else open_play(day, step, step.verb)
        case Set():
            return set_traits(day, step, step.verb)
        case Notify():
            return notify(day, step, step.verb)
        case _:
            assert_never(step.verb)


def _lines(day: Day, step: Step, verb: Task | Document | Approve | Email) -> bool:
    """What people do: it opens their lines, and follows them."""
    is_open = step.id in day.enrollment.steps
    match verb:
        case Task() | Document():
            return settle_task(day, step, verb) if is_open else open_task(day, step, verb)
        case Approve():
            return follow(day, step, verb) if is_open else open_task(day, step, verb)
        case Email():
            if not is_open:
                return open_email(day, step, verb)
            hold_by_hand(day, step, verb)
            return withdraw(day, step, verb) or open_the_rest(day, step, verb) or follow(day, step, verb)
