"""Events → enrollments as they stand: State is their pure fold, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from cs_playbook.model.enrollment import Enrollment, OpenTask, Progress, StepState, TaskState
from cs_playbook.model.event import (
    CameBack,
    Ended,
    EnrollmentEvent,
    GoalMet,
    Started,
    StepEnded,
    StepOpened,
    StepPassed,
    StepSkipped,
    TaskAnswered,
    TaskEscalated,
    TaskReassigned,
    WentMissing,
)


def begin(event: Started) -> Enrollment:
    """The enrollment as it stands right after it started."""
    return Enrollment(
        key=event.enrollment, playbook=event.playbook, account=event.account, row=event.row, episode=event.episode,
        definition=event.definition, arm=event.arm, started_on=event.on, by=event.by, at_start=event.at_start,
        watch_until=event.watch_until,
    )  # fmt: skip


def fold(enrollment: Enrollment | None, event: EnrollmentEvent) -> Enrollment:
    """The enrollment after `event`. Only `Started` may come first."""
    if isinstance(event, Started):
        return begin(event)
    assert enrollment is not None, f"{type(event).__name__} before Started"
    return _after(enrollment, event)


def _after(enrollment: Enrollment, event: EnrollmentEvent) -> Enrollment:
    match event:
        case Started():
            return begin(event)
        case StepOpened() | StepEnded() | StepPassed() | StepSkipped():
            return _step(enrollment, event)
        case TaskAnswered():
            return _answered(enrollment, event)
        case TaskEscalated():
            return _change_task(enrollment, event.task, escalated_on=event.on)
        case TaskReassigned():
            return _change_task(enrollment, event.task, owner=event.owner)
        case GoalMet():
            return replace(enrollment, goal_on=event.on)
        case Ended():
            return _ended(enrollment, event)
        case WentMissing():
            return replace(enrollment, absent_since=event.on)
        case CameBack():
            return replace(enrollment, absent_since=None)
        case _:
            assert_never(event)


def _step(enrollment: Enrollment, event: StepOpened | StepEnded | StepPassed | StepSkipped) -> Enrollment:
    match event:
        case StepOpened():
            tasks = {**enrollment.tasks, **{task.key: task for task in event.tasks}}
            opened = Progress(StepState.OPEN, event.on, event.until)
            return replace(enrollment, tasks=tasks, steps={**enrollment.steps, event.step: opened})
        case StepEnded():
            return _step_ended(enrollment, event)
        case StepPassed():
            passed = Progress(StepState.PASSED, event.on, done_on=event.on)
            return replace(enrollment, steps={**enrollment.steps, event.step: passed})
        case StepSkipped():
            skipped = Progress(StepState.SKIPPED, event.on, done_on=event.on)
            return replace(enrollment, steps={**enrollment.steps, event.step: skipped})


def _step_ended(enrollment: Enrollment, event: StepEnded) -> Enrollment:
    before = enrollment.steps.get(event.step)
    ready_on = before.ready_on if before else event.on
    until = before.until if before else None
    done = Progress(StepState.DONE, ready_on, until, event.outcome, event.on, event.by)
    tasks = {
        key: replace(task, state=TaskState.DONE, outcome=event.outcome, done_on=event.on, by=event.by)
        if task.step == event.step and task.state is TaskState.OPEN
        else task
        for key, task in enrollment.tasks.items()
    }
    return replace(enrollment, tasks=tasks, steps={**enrollment.steps, event.step: done})


def _answered(enrollment: Enrollment, event: TaskAnswered) -> Enrollment:
    """Closes the task; the step is done once no task of it is open.

    Of several answers `refused` counts before all others, then `sent`, else the last one.
    """
    changed = _change_task(
        enrollment,
        event.task,
        state=TaskState.DONE,
        outcome=event.outcome,
        done_on=event.on,
        by=event.by,
        note=event.note,
    )
    step = changed.tasks[event.task].step
    of_step = [task for task in changed.tasks.values() if task.step == step]
    if any(task.state is TaskState.OPEN for task in of_step):
        return changed
    given = {task.outcome for task in of_step}
    outcome = next((strong for strong in ("refused", "sent") if strong in given), event.outcome)
    return _step_ended(changed, StepEnded(event.enrollment, step, event.on, outcome, event.by))


def _ended(enrollment: Enrollment, event: Ended) -> Enrollment:
    steps: Mapping[str, Progress] = {
        step: replace(progress, state=StepState.CANCELLED, done_on=event.on)
        if progress.state is StepState.OPEN
        else progress
        for step, progress in enrollment.steps.items()
    }
    tasks: Mapping[str, OpenTask] = {
        key: replace(task, state=TaskState.CANCELLED, done_on=event.on)
        if task.state is TaskState.OPEN
        else task
        for key, task in enrollment.tasks.items()
    }
    return replace(
        enrollment, steps=steps, tasks=tasks, ended_on=event.on, outcome=event.outcome, why_ended=event.why
    )


def _change_task(enrollment: Enrollment, key: str, **changes: object) -> Enrollment:
    task = replace(enrollment.tasks[key], **changes)  # type: ignore[arg-type]
    return replace(enrollment, tasks={**enrollment.tasks, key: task})
