"""Whatever legally happens, in runs or between them: what the ledger answers is the fold of its events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_records import Past
from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask, StepState
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
from cs_playbook.model.keys import enrollment_key, task_key
from cs_playbook.plan.fold import fold
from tests.unit.ledgers import NOW, commit, on

World = dict[str, Enrollment]
Subject = tuple[str, str | None, str]
Move = tuple[Subject, str, int]

SUBJECTS: list[Subject] = [
    ("acme", None, "usage-drop"),
    ("acme", "r1", "usage-drop"),
    ("acme", None, "renewal"),
    ("zeta", None, "renewal"),
]
OWNERS = ["lea@v.example", "marc@v.example"]
DOINGS = [
    "again", "open", "open", "answer", "answer", "done", "pass", "skip", "escalate", "reassign", "goal",
    "away", "back", "end",
]  # fmt: skip
MOVES = st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(DOINGS), st.integers(0, 11))
HISTORIES = st.lists(st.lists(MOVES, min_size=1, max_size=12), min_size=1, max_size=6)


@given(HISTORIES)
def test_each_enrollment_is_the_fold_of_its_events(history: list[list[Move]]) -> None:
    with Ledger.in_memory() as ledger:
        world = live(ledger, history)

        assert {key: ledger.enrollment(key) for key in world} == world
        assert refolded(ledger) == world
        assert ledger.verify() == []


def test_a_run_larger_than_what_is_kept_in_memory_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cs_playbook.effects.ledger_writing._KEPT", 2)
    moves: list[Move] = [(subject, doing, 1) for subject in SUBJECTS for doing in ("open", "open", "answer")]
    with Ledger.in_memory() as ledger:
        world = live(ledger, [moves, moves, moves])

        assert {key: ledger.enrollment(key) for key in world} == world
        assert ledger.verify() == []


@given(HISTORIES, st.integers(0, 9))
def test_each_question_is_answered_as_if_the_fold_were_asked(history: list[list[Move]], later: int) -> None:
    with Ledger.in_memory() as ledger:
        world = live(ledger, history)
        day = on(later)

        assert list(ledger.enrollments(day)) == to_look_at(world, day)
        for account in ("acme", "zeta"):
            assert {e.key for e in ledger.enrollments_of(account)} == keys(world, account)
        for playbook in ("usage-drop", "renewal"):
            of_it = [e for e in world.values() if e.playbook == playbook]
            assert list(ledger.running(playbook, day)) == running(of_it, day)
            assert list(ledger.finished(playbook, on(1), day)) == finished(of_it, on(1), day)
            assert ledger.open_count_by_owner(playbook) == open_by_owner(of_it)
            subjects = [(account, row) for account, row, _ in SUBJECTS if _ == playbook]
            assert list(ledger.past_episodes(playbook, subjects)) == list(pasts(of_it, subjects))
        assert {task.key: task for _, task in ledger.find_tasks("")} == tasks(world)


def live(ledger: Ledger, history: list[list[Move]]) -> World:
    """Every other day a run, in between people: nothing is recorded that could not happen."""
    world: World = {}
    for number, moves in enumerate(history):
        events = list(happenings(world, moves, on(number)))
        if number % 2:
            ledger.record(events, NOW)
        else:
            commit(ledger, *events, day=on(number))
    return world


def happenings(world: World, moves: Iterable[Move], day: date) -> Iterator[EnrollmentEvent]:
    for subject, doing, pick in moves:
        past = [e for e in world.values() if (e.account, e.row, e.playbook) == subject]
        if not past or (doing == "again" and not past[-1].is_open):
            event: EnrollmentEvent | None = start(subject, len(past) + 1, day, pick)
        else:
            event = happening(past[-1], doing, day, pick)
        if event is not None:
            world[event.enrollment] = fold(world.get(event.enrollment), event)
            yield event


def start(subject: Subject, episode: int, day: date, pick: int) -> Started:
    account, row, playbook = subject
    key = enrollment_key(account, row, playbook, episode)
    arm = Arm.SHADOW if pick % 4 == 3 else Arm.TREATED
    watched = on(pick) if pick % 2 else None
    return Started(key, playbook, account, row, episode, "d1", arm, day, "rule", {"arr": pick}, watched)


def happening(e: Enrollment, doing: str, day: date, pick: int) -> EnrollmentEvent | None:
    """What may happen to it, or None if this may not."""
    if doing == "goal" and e.goal_on is None:
        return GoalMet(e.key, day)
    if not e.is_open:
        return None
    if doing in ("answer", "escalate", "reassign"):
        return with_task(e, doing, day, pick)
    if doing in ("open", "done", "pass", "skip"):
        return with_step(e, doing, day, pick)
    return with_all(e, doing, day, pick)


def with_all(e: Enrollment, doing: str, day: date, pick: int) -> EnrollmentEvent | None:
    match doing:
        case "away" if e.absent_since is None:
            return WentMissing(e.key, day)
        case "back" if e.absent_since is not None:
            return CameBack(e.key, day)
        case "end":
            return Ended(e.key, day, ["lost", "recovered"][pick % 2], "exit")
        case _:
            return None


def with_step(e: Enrollment, doing: str, day: date, pick: int) -> EnrollmentEvent | None:
    new = f"s{len(e.steps)}"
    waiting = [step for step, progress in e.steps.items() if progress.state is StepState.OPEN]
    match doing:
        case "open":
            return open_step(e, new, day, pick)
        case "pass":
            return StepPassed(e.key, new, day)
        case "skip":
            return StepSkipped(e.key, new, day)
        case _ if waiting:
            return StepEnded(e.key, waiting[pick % len(waiting)], day, ["met", "sent"][pick % 2], "data")
        case _:
            return None


def open_step(e: Enrollment, step: str, day: date, pick: int) -> StepOpened:
    kind = ["task", "email"][pick % 2]
    contacts = [None, "claire", "paul"][: 1 + pick % 3]
    return StepOpened(
        e.key, step, day, tuple(task_of(e, step, kind, contact, day) for contact in contacts), on(pick)
    )


def task_of(e: Enrollment, step: str, kind: str, contact: str | None, day: date) -> OpenTask:
    return OpenTask(task_key(e.key, step, 1, contact), step, kind, OWNERS[0], day, day, 5, contact, "payload")


def with_task(e: Enrollment, doing: str, day: date, pick: int) -> EnrollmentEvent | None:
    if not e.open_tasks:
        return None
    task = e.open_tasks[pick % len(e.open_tasks)]
    match doing:
        case "answer":
            return TaskAnswered(e.key, task.key, ["sent", "discarded"][pick % 2], day, task.owner, "é")
        case "escalate":
            return TaskEscalated(e.key, task.key, day, ("marc@v.example",))
        case _:
            return TaskReassigned(e.key, task.key, day, OWNERS[pick % 2])


def refolded(ledger: Ledger) -> World:
    world: World = {}
    for recorded in ledger.events():
        event = recorded.event
        assert isinstance(event, EnrollmentEvent)
        world[event.enrollment] = fold(world.get(event.enrollment), event)
    return world


def to_look_at(world: World, day: date) -> list[Enrollment]:
    wanted = [e for e in world.values() if e.is_open or e.is_watched(day)]
    return sorted(wanted, key=lambda e: (e.account, e.row or "", e.playbook, e.episode))


def keys(world: World, account: str) -> set[str]:
    return {e.key for e in world.values() if e.account == account}


def running(of_it: list[Enrollment], day: date) -> list[str]:
    treated = [e for e in of_it if e.arm is Arm.TREATED and e.started_on < day]
    return sorted({e.account for e in treated if e.ended_on is None or e.ended_on >= day})


def finished(of_it: list[Enrollment], since: date, before: date) -> list[str]:
    treated = [e for e in of_it if e.arm is Arm.TREATED and e.ended_on]
    return sorted({e.account for e in treated if e.ended_on and since <= e.ended_on < before})


def open_by_owner(of_it: list[Enrollment]) -> dict[str, int]:
    treated = [e for e in of_it if e.arm is Arm.TREATED and e.open_tasks]
    return Counter(max(e.open_tasks, key=lambda task: (task.opened_on, task.key)).owner for e in treated)


def pasts(of_it: list[Enrollment], subjects: list[tuple[str, str | None]]) -> Iterator[Past]:
    for account, row in subjects:
        episodes = [e for e in of_it if (e.account, e.row) == (account, row)]
        ended = [e for e in episodes if e.ended_on]
        last = max(ended, key=lambda e: (e.ended_on, e.episode), default=None)
        if episodes:
            yield Past(
                account, row, len(episodes), sum(e.arm is Arm.TREATED for e in episodes),
                any(e.is_open for e in episodes), last and last.ended_on, last and last.outcome,
                any(e.is_open and e.arm is Arm.TREATED for e in episodes),
                last_started_on=max(episodes, key=lambda e: e.episode).started_on,
            )  # fmt: skip


def tasks(world: World) -> dict[str, OpenTask]:
    return {key: task for e in world.values() for key, task in e.tasks.items()}
