"""What people do between runs: close a task, start a playbook, stop one. Recorded at once; the next run acts on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct

from cs_playbook.commands.answers import Returned, read_lists
from cs_playbook.commands.begun_steps import outcomes_of, step_of
from cs_playbook.commands.given import Pairs, answered, refuse
from cs_playbook.commands.must import holds_for
from cs_playbook.commands.put_off import FIRST_COUNTS, other_answers
from cs_playbook.commands.whom import refuse_the_other_kind, whom
from cs_playbook.commands.workspace import Workspace, open_ledger
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.lock import locked
from cs_playbook.errors import ChoiceError, WrongCommandLine
from cs_playbook.model.about import table_row
from cs_playbook.model.asks import Holds, unfit
from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask, TaskState
from cs_playbook.model.event import Ended, StartAsked, TaskAnswered
from cs_playbook.model.playbook import RULE, Playbook, Status
from cs_playbook.model.step import Step
from cs_playbook.plan.enroll import starters
from cs_playbook.source.finding import did_you_mean

SHORTEST_KEY = 4


class Act(Struct, frozen=True):
    """Who says it, on which logical day, and when it is recorded (UTC, ISO text)."""

    by: str
    on: date
    recorded_at: str


class Closed(Struct, frozen=True):
    """What came of closing a task. `already`: it had been answered so before."""

    task: OpenTask
    enrollment: Enrollment
    outcome: str
    already: bool = False


def close_task(
    workspace: Workspace, key: str, outcome: str | None, note: str, act: Act, answers: Pairs = ()
) -> Closed:
    """`key`: its beginning is enough. `answers`: to what the step asks besides. Answered the same twice is nothing."""
    with locked(workspace.ledger, "done"), open_ledger(workspace, writing=True) as ledger:
        enrollment, task = task_meant(ledger, key)
        step = step_of(workspace, ledger, enrollment, task)
        if task.state is TaskState.DONE and outcome in (task.outcome, None):
            _refuse_other_answers(task, answers, step, holds_for(workspace, enrollment.account, act.on))
            return Closed(task, enrollment, task.outcome or "", already=True)
        if task.state is not TaskState.OPEN:
            why = (
                f"was answered '{task.outcome}'"
                if task.state is TaskState.DONE
                else "was closed, because its playbook ended,"
            )
            raise ChoiceError(
                f"the task {task.key} {why} on {task.done_on}",
                FIRST_COUNTS,
            )
        _refuse_before(act.on, task.opened_on, "the task was opened")
        said = _outcome(workspace, ledger, enrollment, task, outcome)
        asks, holds = step.asks if step else (), holds_for(workspace, enrollment.account, act.on)
        besides = answered(answers, asks, f"'{task.step}'", "--answer", holds)
        event = TaskAnswered(
            enrollment.key,
            task.key,
            said,
            act.on,
            act.by or task.owner,
            note,
            answers=besides,
            words="; ".join(f"{name}={said}" for name, said in answers),
        )
        ledger.record([event], act.recorded_at)
        return Closed(task, enrollment, said)


def task_meant(
    ledger: Ledger, key: str, called: str = "task", listed: str = "tasks"
) -> tuple[Enrollment, OpenTask]:
    """The one task whose key begins so; of several the open one. `called`: in the words of who asks, `listed` by that command."""
    if len(key) < SHORTEST_KEY:
        raise ChoiceError(
            f"'{key}' is too short to name a {called}",
            f"write at least {SHORTEST_KEY} letters of its key: cs-playbook {listed} shows them",
        )
    found = ledger.find_tasks(key)
    open_ones = [(enrollment, task) for enrollment, task in found if task.state is TaskState.OPEN]
    chosen = open_ones if len(found) > 1 and open_ones else found
    if len(chosen) > 1:
        some = ", ".join(task.key for _, task in chosen[:5])
        raise ChoiceError(
            f"'{key}' is the beginning of {len(chosen)} {called}s",
            f"write more of it: {some}{' …' if len(chosen) > 5 else ''}",
        )
    if not chosen:
        raise ChoiceError(f"there is no {called} '{key}'", f"cs-playbook {listed} lists what is open")
    return chosen[0]


def _outcome(
    workspace: Workspace, ledger: Ledger, enrollment: Enrollment, task: OpenTask, outcome: str | None
) -> str:
    allowed = outcomes_of(workspace, ledger, enrollment, task)
    if outcome is None and len(allowed) == 1:
        return allowed[0]
    if outcome is None:
        raise ChoiceError(
            f"the task {task.key} has several outcomes", f"say which: --outcome {' | '.join(allowed)}"
        )
    outcome = next((known for known in allowed if known.casefold() == outcome.casefold()), outcome)
    if outcome not in allowed:
        raise ChoiceError(
            f"'{outcome}' is none of its outcomes",
            did_you_mean(outcome, allowed) or f"one of: {', '.join(allowed)}",
        )
    return outcome


def _refuse_other_answers(task: OpenTask, answers: Pairs, step: Step | None, holds: Holds) -> None:
    """The same outcome with something else beside it is no repetition."""
    if not answers:
        return
    besides = answered(answers, step.asks if step else (), f"'{task.step}'", "--answer", holds)
    other = other_answers(task, besides)
    if other:
        raise ChoiceError(
            f"the task {task.key} was answered on {task.done_on}, and {other} otherwise", FIRST_COUNTS
        )


def _refuse_before(on: date, earliest: date, what: str) -> None:
    """Nothing ends before it has begun: an end in the past would let the playbook start anew at once."""
    if on < earliest:
        raise ChoiceError(
            f"{on.isoformat()} is before {what}, on {earliest.isoformat()}", "look at --on and --as-of"
        )


class Midway(Struct, frozen=True):
    """Where it stands already: at which step, since which day; why it may start although it was here before; and what
    the playbook asks."""

    at: str | None = None
    began: date | None = None
    although: str = ""
    given: Pairs = ()


def ask_start(
    workspace: Workspace,
    playbook: str,
    account: str,
    row: str | None,
    because: str,
    act: Act,
    midway: Midway = Midway(),
) -> StartAsked:
    """The wish as it is recorded; the next run starts it, or says why it cannot."""
    known = _playbook(workspace, playbook)
    _refuse_closed(known)
    _refuse_nowhere(known, midway, act)
    given = answered(midway.given, known.asks, f"'{playbook}'", "--given")
    if (row is None) != (known.trigger.one_per is None):
        what = (
            f"one row of {known.trigger.one_per}: name it with --row KEY"
            if row is None
            else "the account, not one of its rows"
        )
        raise ChoiceError(f"'{playbook}' is about {what}")
    with locked(workspace.ledger, "start"), open_ledger(workspace, writing=True) as ledger:
        found = whom(account, workspace, ledger)
        refuse_the_other_kind(known, found, found in workspace.catalog.team.addresses)
        refuse(unfit(given, known.asks, holds_for(workspace, found, act.on)), known.asks, "--given")
        arm = Arm.SHADOW if known.status is Status.SHADOW else Arm.TREATED
        going = [
            item
            for item in ledger.enrollments_of(found)
            if item.is_open
            and (item.playbook, item.arm) == (known.first_name, arm)
            and table_row(known.trigger, item.row) == row
        ]
        if going:
            raise ChoiceError(
                f"{found} is in '{playbook}' since {going[0].started_on.isoformat()}",
                f"cs-playbook explain {found} {playbook}",
            )
        asked = StartAsked(
            known.first_name,
            found,
            row,
            act.on,
            act.by,
            because,
            midway.at,
            midway.began,
            midway.although,
            given,
        )
        before = next((one for one in ledger.pending_starts() if _is_about(one, asked)), None)
        if before is None:
            ledger.record([asked], act.recorded_at)
        elif _how(before) != _how(asked):
            raise ChoiceError(
                f"'{playbook}' is asked for already, on {before.on.isoformat()}, and otherwise",
                "the first word counts: let cs-playbook run start it, then stop it and ask anew",
            )
        return before or asked


def _is_about(one: StartAsked, other: StartAsked) -> bool:
    return (one.playbook, one.account, one.row) == (other.playbook, other.account, other.row)


def _how(asked: StartAsked) -> tuple[object, ...]:
    """What makes another start of it; who says it, when and why does not."""
    return asked.at, asked.began, bool(asked.although), dict(asked.given)


_CLOSED = {
    Status.DRAFT: "is a draft",
    Status.PAUSED: "is paused: it opens nothing",
    Status.DRAINING: "is draining: it takes no new ones",
    Status.RETIRED: "is retired",
}


def _refuse_closed(playbook: Playbook) -> None:
    """Nobody may start it, or nobody just now."""
    if playbook.status in _CLOSED:
        raise ChoiceError(
            f"the playbook '{playbook.name}' {_CLOSED[playbook.status]}", "set `status: live` first"
        )
    if not starters(playbook):
        raise ChoiceError(
            f"the playbook '{playbook.name}' is started by {'its rule' if RULE in playbook.trigger.started_by else 'other playbooks'} only",
            "its trigger says who may: started_by: [rule, csm]",
        )


def _refuse_nowhere(playbook: Playbook, midway: Midway, act: Act) -> None:
    """A step that is none, a day to come."""
    if midway.at is not None and playbook.step(midway.at) is None:
        steps = [step.id for step in playbook.steps]
        raise ChoiceError(
            f"'{playbook.name}' has no step '{midway.at}'",
            did_you_mean(midway.at, steps) or f"there are: {', '.join(steps)}",
        )
    if midway.began is not None and midway.began > act.on:
        raise ChoiceError(f"{midway.began.isoformat()} has not come yet", "--began is the day 0 it has had")


def stop_playbook(
    workspace: Workspace, playbook: str, account: str, because: str, act: Act
) -> list[Enrollment]:
    """Ends it at once, with all its open tasks. Only who may start it, or owns it, may end it."""
    known = workspace.catalog.playbooks.get(playbook)
    first_name = known.first_name if known else playbook
    with locked(workspace.ledger, "stop"), open_ledger(workspace, writing=True) as ledger:
        found = whom(account, workspace, ledger)
        going = [
            item
            for item in ledger.enrollments_of(found)
            if item.is_open and item.playbook == first_name and item.arm is not Arm.HELD_OUT
        ]
        if not going:
            inside = {item.playbook for item in ledger.enrollments_of(found) if item.is_open}
            where = f"it is in: {', '.join(sorted(inside))}" if inside else "it is in no playbook"
            raise ChoiceError(f"{account} is not in '{playbook}'", did_you_mean(playbook, inside) or where)
        if known is not None:
            _refuse_stranger(workspace, known, found, act.by, ledger)
        for item in going:
            _refuse_before(act.on, item.started_on, "it began")
        ledger.record(
            [Ended(item.key, act.on, "stopped", "stopped", act.by, because) for item in going],
            act.recorded_at,
        )
        return going


def _refuse_stranger(workspace: Workspace, playbook: Playbook, account: str, by: str, ledger: Ledger) -> None:
    from cs_playbook.commands.who_may import refuse_stranger  # what a plan needs is loaded where it is asked

    refuse_stranger(workspace, playbook, account, by, ledger)


def take_lists(workspace: Workspace, files: Sequence[Path], act: Act) -> Returned:
    """Returned lists, taken at once."""
    missing = [path for path in files if not path.is_file()]
    if missing:
        what = "is a folder" if missing[0].is_dir() else "is not there"
        raise WrongCommandLine(f"{missing[0]} {what}, and no returned list", "name its files")
    with locked(workspace.ledger, "answers"), open_ledger(workspace, writing=True) as ledger:
        returned = read_lists(files, workspace, ledger, act.on)
        if returned.answers:
            ledger.record(returned.answers, act.recorded_at)
        return returned


def _playbook(workspace: Workspace, name: str) -> Playbook:
    found = workspace.catalog.playbooks.get(name)
    if found is None:
        known = workspace.catalog.playbooks
        raise ChoiceError(
            f"there is no playbook '{name}'", did_you_mean(name, known) or f"there are: {', '.join(known)}"
        )
    return found
