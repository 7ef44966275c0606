"""An enrollment and the move to another text → how it stands by that text: nothing done is lost, no key changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from cs_playbook.model.enrollment import Enrollment, OpenTask, Progress, Repeated, StepState, TaskState
from cs_playbook.model.event import TextChanged
from cs_playbook.model.outbox import MailState, mail_state
from cs_playbook.model.recall import RECALLED
from cs_playbook.plan import fold_mail
from cs_playbook.values import replace

T = TypeVar("T")


def after_move(enrollment: Enrollment, event: TextChanged) -> Enrollment:
    """Names first: all else of the event is said in the names of the new text."""
    moved = _renamed(enrollment, event)
    moved = _repeating(_back(_cancelled(moved, event), event), event)
    steps = {step: progress for step, progress in moved.steps.items() if step not in event.anew}
    passed = {step: Progress(StepState.PASSED, event.on, done_on=event.on) for step in event.passed}
    return replace(
        moved,
        definition=event.definition,
        moved_on=event.on,
        watch_until=event.watch_until,
        steps={**steps, **passed},
        key_names={**moved.key_names, **event.key_names},
    )


def _renamed(enrollment: Enrollment, event: TextChanged) -> Enrollment:
    """A step under a new name goes on making its keys by the first one."""
    renamed = event.renamed
    first = {new: enrollment.key_name(old) for old, new in renamed.items()}
    kept = {step: name for step, name in enrollment.key_names.items() if step not in renamed}
    tasks = {
        key: replace(task, step=renamed[task.step]) if task.step in renamed else task
        for key, task in enrollment.tasks.items()
    }
    return replace(
        enrollment,
        steps=_under_new_names(enrollment.steps, renamed),
        repeats=_under_new_names(enrollment.repeats, renamed),
        tasks=tasks,
        key_names={**kept, **{step: name for step, name in first.items() if step != name}},
    )


def _under_new_names(by_step: Mapping[str, T], renamed: Mapping[str, str]) -> dict[str, T]:
    return {renamed.get(step, step): item for step, item in by_step.items()}


def _cancelled(enrollment: Enrollment, event: TextChanged) -> Enrollment:
    """What is open of the steps that are gone."""
    steps = {
        step: replace(progress, state=StepState.CANCELLED, done_on=event.on)
        if step in event.gone and progress.state is StepState.OPEN
        else progress
        for step, progress in enrollment.steps.items()
    }
    tasks = {
        key: replace(task, state=TaskState.CANCELLED, done_on=event.on, mail=fold_mail.closed(task.mail))
        if task.step in event.gone and task.state is TaskState.OPEN
        else task
        for key, task in enrollment.tasks.items()
    }
    return replace(enrollment, steps=steps, tasks=tasks)


def _back(enrollment: Enrollment, event: TextChanged) -> Enrollment:
    """As they were when a move cancelled them: the same lines, with their days; whose mail asks anew waits for it."""
    steps, tasks = dict(enrollment.steps), dict(enrollment.tasks)
    for step in event.back:
        cancelled = [task for task in last_lines(enrollment, step) if task.state is TaskState.CANCELLED]
        ask = [task.contact for task in cancelled if task.key in event.asks and task.contact]
        waits = tuple(dict.fromkeys((*steps[step].waits, *ask)))
        steps[step] = replace(steps[step], state=StepState.OPEN, done_on=None, waits=waits)
        for task in cancelled:
            if task.key not in event.asks:
                tasks[task.key] = replace(
                    task, state=TaskState.OPEN, done_on=None, mail=fold_mail.reopened(task.mail)
                )
    return replace(enrollment, steps=steps, tasks=tasks)


def last_lines(enrollment: Enrollment, step: str) -> list[OpenTask]:
    """Of its last occurrence: those before it are over for good, and what was taken back with its run is none."""
    lines = [task for task in enrollment.tasks.values() if task.step == step and task.outcome != RECALLED]
    newest = max((task.occurrence for task in lines), default=0)
    return [task for task in lines if task.occurrence == newest]


def asks_again(task: OpenTask) -> bool:
    """A mail, or a draft, gave its place among the caps away when it was cancelled: it asks for a new one."""
    return (
        task.kind == "email" and task.state is TaskState.CANCELLED and mail_state(task) is MailState.CANCELLED
    )


def _repeating(enrollment: Enrollment, event: TextChanged) -> Enrollment:
    """Whoever repeats no more is done once one of its occurrences is, unless another one is open; whoever repeats from
    now on has begun as often as the move says: earlier programs said nothing, and what they folded stays what it is."""
    repeats, steps = dict(enrollment.repeats), dict(enrollment.steps)
    for step in event.once:
        last = repeats.pop(step).last
        if last is not None and (step not in steps or steps[step].state is StepState.CANCELLED):
            steps[step] = last
    for step in event.often:
        ready_on = steps[step].ready_on
        begun = event.begun.get(step, 1)
        repeats[step] = Repeated(ready_on, begun, begun - 1, planned=ready_on, since=ready_on)
    return replace(enrollment, steps=steps, repeats=repeats)
