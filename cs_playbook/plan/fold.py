"""Events → enrollments as they stand: State is their pure fold, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import assert_never

from cs_playbook.model.enrollment import Enrollment, OpenTask, Progress, Repeated, StepState, TaskState
from cs_playbook.model.event import (
    RESTARTED,
    CameBack,
    DraftRewritten,
    Ended,
    Ending,
    EnrollmentEvent,
    GivenCorrected,
    GoalMet,
    MailMoved,
    Notified,
    Snoozed,
    Started,
    StepEnded,
    StepOpened,
    StepOver,
    StepPassed,
    StepRepeats,
    StepSkipped,
    TaskAnswered,
    TaskEscalated,
    TaskReassigned,
    TaskSnoozed,
    TextChanged,
    ValueMoved,
    WentMissing,
)
from cs_playbook.model.moved import SubjectMoved
from cs_playbook.model.recall import RECALLED, Recalled
from cs_playbook.model.value import Value
from cs_playbook.plan import fold_mail
from cs_playbook.plan.fold_move import after_move
from cs_playbook.plan.fold_recall import after_recall
from cs_playbook.values import replace


def begin(event: Started) -> Enrollment:
    """The enrollment as it stands right after it started."""
    return Enrollment(
        key=event.enrollment, playbook=event.playbook, account=event.account, row=event.row, episode=event.episode,
        definition=event.definition, arm=event.arm, started_on=event.on, by=event.by, at_start=event.at_start,
        watch_until=event.watch_until, given=event.given, began=event.began,
    )  # fmt: skip


def fold(enrollment: Enrollment | None, event: EnrollmentEvent) -> Enrollment:
    """The enrollment after `event`. Only `Started` may come first; and again where all of it was taken back."""
    if isinstance(event, Started):
        return begin(event) if enrollment is None else _begin_again(enrollment, event)
    assert enrollment is not None, f"{type(event).__name__} before Started"
    return _after(enrollment, event)


def _begin_again(enrollment: Enrollment, event: Started) -> Enrollment:
    """The same time of the same subject, so the same key; the lines it had are known by theirs."""
    assert enrollment.why_ended == RECALLED, f"enrollment {event.enrollment} has begun twice"
    return replace(begin(event), tasks=enrollment.tasks)


def _after(enrollment: Enrollment, event: EnrollmentEvent) -> Enrollment:
    match event:
        case Started():
            return _begin_again(enrollment, event)
        case SubjectMoved():
            return replace(enrollment, account=event.account)
        case Recalled():
            return after_recall(enrollment, event)
        case StepOpened() | StepEnded() | StepPassed() | StepSkipped():
            return _step(enrollment, event)
        case StepRepeats():
            return _repeats(enrollment, event)
        case StepOver():
            return _no_more(enrollment, event)
        case TaskAnswered():
            return _answered(enrollment, event)
        case MailMoved():
            return _mail_moved(enrollment, event)
        case DraftRewritten():
            return _with_task(enrollment, fold_mail.rewritten(enrollment.tasks[event.task], event))
        case TaskEscalated():
            return _change_task(enrollment, event.task, escalated_on=event.on)
        case TaskReassigned():
            return _change_task(
                enrollment, event.task, owner=event.owner, instead_of=event.instead_of, pool=event.pool
            )
        case GoalMet():
            return replace(enrollment, goal_on=event.on)
        case Ended():
            return _ended(enrollment, event)
        case Ending():
            return replace(_cancelled(enrollment, event.on), ending=event.outcome, undo=event.then)
        case GivenCorrected():
            return replace(enrollment, given={**enrollment.given, **event.given})
        case ValueMoved():
            return replace(enrollment, about=event.about)
        case TextChanged():
            return _over_meanwhile(after_move(enrollment, event), event)
        case WentMissing():
            return replace(enrollment, absent_since=event.on)
        case CameBack():
            return replace(enrollment, absent_since=None)
        case Notified():
            return enrollment
        case TaskSnoozed():
            return _put_off(enrollment, event.task, event.until, event.because)
        case Snoozed():
            return _all_put_off(enrollment, event)
        case _:
            assert_never(event)


def _step(enrollment: Enrollment, event: StepOpened | StepEnded | StepPassed | StepSkipped) -> Enrollment:
    match event:
        case StepOpened():
            again = {task.key: fold_mail.again(enrollment.tasks.get(task.key), task) for task in event.tasks}
            tasks = {**enrollment.tasks, **again}
            opened = Progress(
                StepState.OPEN,
                _ready_on(enrollment, event),
                event.until,
                plays=event.plays,
                waits=event.waits,
            )
            return replace(enrollment, tasks=tasks, steps={**enrollment.steps, event.step: opened})
        case StepEnded():
            return _step_ended(enrollment, event)
        case StepPassed():
            passed = Progress(StepState.PASSED, event.on, done_on=event.on)
            if event.step in enrollment.repeats:
                return _once_more_done(enrollment, event.step, passed)
            return replace(enrollment, steps={**enrollment.steps, event.step: passed})
        case StepSkipped():
            skipped = Progress(StepState.SKIPPED, event.on, done_on=event.on)
            return replace(enrollment, steps={**enrollment.steps, event.step: skipped})


def _ready_on(enrollment: Enrollment, event: StepOpened) -> date:
    """Of a step of which some letters had to wait: the day on which the first of them opened."""
    before = enrollment.steps.get(event.step)
    return before.ready_on if before is not None and before.waits else event.on


def _step_ended(enrollment: Enrollment, event: StepEnded) -> Enrollment:
    before = enrollment.steps.get(event.step)
    ready_on = before.ready_on if before else event.on
    until = before.until if before else None
    done = Progress(
        StepState.DONE, ready_on, until, event.outcome, event.on, event.by, _said(enrollment, event.step),
        before.plays if before else "", because=event.because,
    )  # fmt: skip
    tasks = {
        key: replace(
            task,
            state=TaskState.DONE,
            outcome=event.outcome,
            done_on=event.on,
            by=event.by,
            mail=fold_mail.closed(task.mail),
        )
        if task.step == event.step and task.state is TaskState.OPEN
        else task
        for key, task in enrollment.tasks.items()
    }
    if event.step in enrollment.repeats:
        return _once_more_done(replace(enrollment, tasks=tasks), event.step, done)
    return replace(enrollment, tasks=tasks, steps={**enrollment.steps, event.step: done})


def _repeats(enrollment: Enrollment, event: StepRepeats) -> Enrollment:
    before = enrollment.repeats.get(event.step, Repeated(event.on))
    now = replace(
        before, begun=event.occurrence, planned=event.planned, since=event.since, rhythm=event.rhythm
    )
    return replace(enrollment, repeats={**enrollment.repeats, event.step: now})


def _once_more_done(enrollment: Enrollment, step: str, done: Progress) -> Enrollment:
    """Between two occurrences a step has no progress: what comes after it waits, and it may open again."""
    so_far = enrollment.repeats[step]
    now = replace(so_far, finished=so_far.begun, last=done)
    steps = {name: progress for name, progress in enrollment.steps.items() if name != step}
    return replace(enrollment, steps=steps, repeats={**enrollment.repeats, step: now})


def _no_more(enrollment: Enrollment, event: StepOver) -> Enrollment:
    over = Progress(
        StepState.DONE,
        enrollment.repeats[event.step].ready_on,
        outcome=event.outcome,
        done_on=event.on,
        by="rule",
    )
    tasks = {
        key: _closed(task, event.on) if task.step == event.step and task.state is TaskState.OPEN else task
        for key, task in enrollment.tasks.items()
    }
    return replace(enrollment, tasks=tasks, steps={**enrollment.steps, event.step: over})


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
        answers=event.answers,
        mail=fold_mail.answered(enrollment.tasks[event.task].mail, event.outcome),
    )
    step = changed.tasks[event.task].step
    occurrence = changed.tasks[event.task].occurrence
    of_step = [task for task in changed.tasks.values() if (task.step, task.occurrence) == (step, occurrence)]
    progress = changed.steps.get(step)
    if any(task.state is TaskState.OPEN for task in of_step) or (progress is not None and progress.waits):
        return changed
    given = {task.outcome for task in of_step}
    outcome = next((strong for strong in ("refused", "sent") if strong in given), event.outcome)
    return _step_ended(changed, StepEnded(event.enrollment, step, event.on, outcome, event.by))


def _mail_moved(enrollment: Enrollment, event: MailMoved) -> Enrollment:
    """What a person learns of a mail whose line is closed changes the mail, not what has followed."""
    task = fold_mail.moved(enrollment.tasks[event.task], event)
    outcome = fold_mail.ending(event)
    now = _with_task(enrollment, task)
    if outcome is None or task.state is not TaskState.OPEN:
        return now
    return _answered(now, TaskAnswered(event.enrollment, event.task, outcome, event.on, event.by))


def _over_meanwhile(enrollment: Enrollment, event: TextChanged) -> Enrollment:
    """A step is back, and while it was gone a person said what became of its mail: that is the answer of its line."""
    for task in enrollment.tasks.values():
        outcome = fold_mail.outcome(task.mail)
        if outcome is not None and task.step in event.back and task.state is TaskState.OPEN:
            answer = TaskAnswered(event.enrollment, task.key, outcome, event.on, task.by)
            enrollment = _answered(enrollment, answer)
    return enrollment


def _said(enrollment: Enrollment, step: str) -> dict[str, Value]:
    """All that was answered on the lines of a step, the last time it was open; what was said last counts."""
    said = [task for task in enrollment.tasks.values() if task.step == step and task.answers]
    newest = max((task.occurrence for task in said), default=0)
    in_order = sorted(said, key=lambda task: (task.done_on or date.min, task.key))
    return {
        name: value for task in in_order if task.occurrence == newest for name, value in task.answers.items()
    }


def _ended(enrollment: Enrollment, event: Ended) -> Enrollment:
    watched = None if event.why == RESTARTED else enrollment.watch_until  # the goal is the next one's
    return replace(
        _cancelled(enrollment, event.on), ended_on=event.on, outcome=event.outcome, why_ended=event.why, watch_until=watched
    )  # fmt: skip


def _cancelled(enrollment: Enrollment, on: date) -> Enrollment:
    """Nothing of it is open any more."""
    steps: Mapping[str, Progress] = {
        step: replace(progress, state=StepState.CANCELLED, done_on=on)
        if progress.state is StepState.OPEN
        else progress
        for step, progress in enrollment.steps.items()
    } | {
        step: Progress(StepState.CANCELLED, so_far.ready_on, done_on=on)
        for step, so_far in enrollment.repeats.items()
        if step not in enrollment.steps  # between two
    }
    tasks: Mapping[str, OpenTask] = {
        key: _closed(task, on) if task.state is TaskState.OPEN else task
        for key, task in enrollment.tasks.items()
    }
    return replace(enrollment, steps=steps, tasks=tasks)


def _closed(task: OpenTask, on: date) -> OpenTask:
    """By something else than a word about it."""
    return replace(task, state=TaskState.CANCELLED, done_on=on, mail=fold_mail.closed(task.mail))


def _all_put_off(enrollment: Enrollment, event: Snoozed) -> Enrollment:
    for task in (*enrollment.open_tasks, *enrollment.mails):
        enrollment = _put_off(enrollment, task.key, event.until, event.because)
    return replace(enrollment, asleep_until=event.until, asleep_because=event.because)


def _put_off(enrollment: Enrollment, key: str, until: date, because: str) -> Enrollment:
    """What was due before that day is due on it: who put it off promised it for then."""
    task = enrollment.tasks[key]
    due = max(task.due, until)
    expires = task.expires and task.expires + (due - task.due)
    return _change_task(
        enrollment,
        key,
        due=due,
        late_at_once=False,
        asleep_until=until,
        asleep_because=because,
        expires=expires,
    )


def _change_task(enrollment: Enrollment, key: str, **changes: object) -> Enrollment:
    return _with_task(enrollment, replace(enrollment.tasks[key], **changes))  # type: ignore[arg-type]


def _with_task(enrollment: Enrollment, task: OpenTask) -> Enrollment:
    return replace(enrollment, tasks={**enrollment.tasks, task.key: task})
