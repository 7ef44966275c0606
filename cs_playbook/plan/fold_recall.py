"""An enrollment and the word that a run is taken back → how it stands without what that run had decided."""

from __future__ import annotations

from datetime import date

from cs_playbook.model.enrollment import Enrollment, OpenTask, Progress, StepState, TaskState
from cs_playbook.model.recall import RECALLED, Recalled
from cs_playbook.plan import fold_mail
from cs_playbook.values import replace


def after_recall(enrollment: Enrollment, event: Recalled) -> Enrollment:
    """One that the run began is over, and its goal is watched no more; another one goes on from where it was."""
    if event.back is not None:
        return event.back
    return replace(
        enrollment, ended_on=event.on, outcome=RECALLED, why_ended=RECALLED, watch_until=None, ending=None, undo=(),
        steps={step: _over(progress, event.on) for step, progress in enrollment.steps.items()},
        tasks={key: taken_back(task, event.on) for key, task in enrollment.tasks.items()}, repeats={},
    )  # fmt: skip


def taken_back(task: OpenTask, on: date) -> OpenTask:
    """Nobody has answered it, nobody has received it; one that was over before stays what it was."""
    if task.state is not TaskState.OPEN:
        return task
    mail = fold_mail.closed(task.mail)
    return replace(task, state=TaskState.CANCELLED, outcome=RECALLED, done_on=on, mail=mail)


def _over(progress: Progress, on: date) -> Progress:
    if progress.state is not StepState.OPEN:
        return progress
    return replace(progress, state=StepState.CANCELLED, done_on=on)
