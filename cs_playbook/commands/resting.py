"""A person's word that something rests: an account is left alone, a task or a whole enrollment is put off."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from cs_playbook.commands.people import Act, task_meant
from cs_playbook.commands.whom import whom
from cs_playbook.commands.workspace import Workspace, open_ledger
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.lock import locked
from cs_playbook.errors import ChoiceError
from cs_playbook.model.enrollment import Enrollment, OpenTask, TaskState
from cs_playbook.model.event import Muted, Snoozed, TaskSnoozed, Unmuted


class PutOff(Struct, frozen=True):
    """What sleeps: one task, or with `task` None the whole enrollment. `due`: of the task, afterwards."""

    enrollment: Enrollment
    task: OpenTask | None
    until: date
    due: date | None = None


def mute(workspace: Workspace, account: str, until: date, because: str, act: Act) -> Muted:
    """No playbook touches the account until that day. Said again, the last word counts."""
    _refuse_past(until, act.on)
    refuse_silence(because)
    with locked(workspace.ledger, "mute"), open_ledger(workspace, writing=True) as ledger:
        event = Muted(whom(account, workspace, ledger), act.on, until, because, act.by)
        ledger.record([event], act.recorded_at)
        return event


def unmute(workspace: Workspace, account: str, because: str, act: Act) -> Unmuted:
    """Playbooks may touch it again, from the next run on."""
    with locked(workspace.ledger, "mute"), open_ledger(workspace, writing=True) as ledger:
        found = whom(account, workspace, ledger)
        if found not in ledger.muted(act.on):
            raise ChoiceError(f"nobody has muted {found}", "hands_off: in the project file is lifted there")
        event = Unmuted(found, act.on, because, act.by)
        ledger.record([event], act.recorded_at)
        return event


def snooze(workspace: Workspace, key: str, until: date, because: str, act: Act) -> PutOff:
    """`key`: the beginning of a task's key, or the whole key of an enrollment."""
    _refuse_past(until, act.on)
    refuse_silence(because)
    with locked(workspace.ledger, "snooze"), open_ledger(workspace, writing=True) as ledger:
        enrollment = ledger.enrollment(key)
        if enrollment is not None:
            return _all(ledger, enrollment, until, because, act)
        return _one(ledger, key, until, because, act)


def _all(ledger: Ledger, enrollment: Enrollment, until: date, because: str, act: Act) -> PutOff:
    if not enrollment.is_open:
        raise ChoiceError(
            f"{enrollment.playbook} has ended for {enrollment.account} on {enrollment.ended_on}",
            "nothing of it is left to put off",
        )
    ledger.record([Snoozed(enrollment.key, act.on, until, because, act.by)], act.recorded_at)
    return PutOff(enrollment, None, until)


def _one(ledger: Ledger, key: str, until: date, because: str, act: Act) -> PutOff:
    enrollment, task = task_meant(ledger, key)
    if task.state is not TaskState.OPEN:
        raise ChoiceError(
            f"the task {task.key} is closed since {task.done_on}", "cs-playbook tasks lists what is open"
        )
    event = TaskSnoozed(enrollment.key, task.key, act.on, until, because, act.by or task.owner)
    ledger.record([event], act.recorded_at)
    return PutOff(enrollment, task, until, max(task.due, until))


def _refuse_past(until: date, today: date) -> None:
    if until <= today:
        raise ChoiceError(
            f"{until.isoformat()} has come already", "--until is the day on which it goes on: a later one"
        )


def refuse_silence(because: str) -> None:
    if not because.strip():
        raise ChoiceError("nobody would know why", 'say it with --because "…": every list shows it')
