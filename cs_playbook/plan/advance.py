"""One enrollment, one day: answers, exit, goal, then its steps, until nothing more can happen today."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal as OneOf

from cs_playbook.model.answer import UNFIT, Values, answer, choose, explain
from cs_playbook.model.columns import column_of, known_column
from cs_playbook.model.condition import Evidence
from cs_playbook.model.enrollment import Arm, Enrollment, StepState
from cs_playbook.model.event import (
    CameBack,
    Ended,
    Ending,
    EnrollmentEvent,
    GoalMet,
    StepPassed,
    StepSkipped,
    WentMissing,
)
from cs_playbook.model.expression import Memory, Value, to_day
from cs_playbook.model.playbook import Goal, Playbook
from cs_playbook.model.step import After, Step
from cs_playbook.plan.about import moved
from cs_playbook.plan.decision import Change, Decision, Held, HeldBy, Subject, Today
from cs_playbook.plan.fold import fold
from cs_playbook.plan.fold_move import last_lines
from cs_playbook.plan.moments import day_of
from cs_playbook.plan.people import knowing

Verdict = OneOf["met", "waiting", "impossible"]


class Day:
    """Holds one enrollment while its day goes on, and what has been decided about it so far."""

    def __init__(self, enrollment: Enrollment, playbook: Playbook, subject: Subject, today: Today) -> None:
        self.enrollment = enrollment
        self.playbook = playbook
        self.subject = knowing(subject, enrollment)
        self.today = today
        self.decisions: list[Decision] = []
        # What is held is asked again on each pass; each reason is said once.
        self._held: dict[tuple[str | None, HeldBy], Held] = {}
        self.values = self._known()
        self._occurrences: dict[str, int] = {}

    def _known(self) -> Values:
        """The subject's facts and what the enrollment knows; asked many times until the next thing happens."""
        return ChainMap(enrollment_values(self.enrollment), self.subject.values)  # type: ignore[arg-type]

    def happen(self, event: EnrollmentEvent, evidence: tuple[Evidence, ...] = (), note: str = "") -> None:
        self.enrollment = fold(self.enrollment, event)
        self.subject = knowing(self.subject, self.enrollment)
        self.values = self._known()
        self._occurrences.clear()
        self.decisions.append(Change(event, evidence, note))

    def hold(self, by: HeldBy, step: str | None, why: str, until: date | None = None) -> None:
        self._held[step, by] = Held(by, self.playbook.name, step, why, until)

    def occurrence(self, step: str) -> int:
        """Which time this is that the step opens; one that repeats no more goes on with the last it had."""
        so_far = self.enrollment.repeats.get(step)
        if so_far is not None:
            return so_far.begun
        if step not in self._occurrences:  # asked for each reader of a letter
            lines = last_lines(self.enrollment, step)
            self._occurrences[step] = max((task.occurrence for task in lines), default=1)
        return self._occurrences[step]

    def forget_held(self) -> None:
        self._held.clear()

    def finish(self) -> tuple[Enrollment, tuple[Decision, ...]]:
        held = self._held.values() if self.enrollment.is_open else ()
        return self.enrollment, (*self.decisions, *held)


def advance(
    enrollment: Enrollment,
    playbook: Playbook,
    subject: Subject,
    today: Today,
    work: Callable[[Day, Step], bool],
    resting: Held | None = None,
) -> tuple[Enrollment, tuple[Decision, ...]]:
    """What this day does to an enrollment. `work(day, step)` opens or settles a step; True if something happened.

    `resting`: why nothing of it opens, times out or is sent today; answers, exit and goal count all the same.
    """
    day = Day(enrollment, playbook, subject, today)
    if not _present(day):
        return day.finish()
    if not enrollment.is_open:
        _watch(day)
        return day.finish()
    over = _over(day)
    corrected = moved(day.enrollment, playbook, day.values, today.day, today.reckoning)
    if corrected is not None:
        day.happen(corrected)
    if not over:
        if resting is None:
            _steps(day, work)
        else:
            day.hold(resting.by, None, resting.why, resting.until)
    return day.finish()


def enrollment_values(enrollment: Enrollment) -> dict[str, Value]:
    """`started_on`, `steps.x.outcome`, `steps.x.done_on`, and facts as they were at the start."""
    values: dict[str, Value] = {"started_on": to_day(enrollment.day_zero)}
    for name, value in enrollment.given.items():
        values[f"given.{name}"] = value
    for step, progress in enrollment.so_far.items():
        values[f"steps.{step}.outcome"] = progress.outcome
        values[f"steps.{step}.done_on"] = None if progress.done_on is None else to_day(progress.done_on)
        for name, value in progress.answers.items():
            values[f"steps.{step}.{name}"] = value
    for fact, value in enrollment.at_start.items():
        # The type is no part of a memory's name.
        values[column_of(Memory("at_start", fact))] = value
        values[known_column(Memory("at_start", fact))] = True
    return values


def _present(day: Day) -> bool:
    """Whether the subject is in the snapshot; who is missing is frozen, and after a while gone."""
    enrollment, today = day.enrollment, day.today.day
    if day.subject.present:
        if enrollment.absent_since is not None and enrollment.is_open:
            day.happen(CameBack(enrollment.key, today))
        return True
    if not enrollment.is_open:
        return False
    if (table := _not_exported(day)) is not None:
        # Nobody knows whether its row is still there: it waits, however long.
        day.hold(HeldBy.ABSENT, None, f"{table} are not exported")
        return False
    if enrollment.absent_since is None:
        day.happen(WentMissing(enrollment.key, today))
    elif (today - enrollment.absent_since).days >= day.today.catalog.contract.absent_after:
        day.happen(Ended(enrollment.key, today, "gone", "gone"))
    if day.enrollment.is_open:
        day.hold(HeldBy.ABSENT, None, "it is missing from the snapshot")
    return False


def _not_exported(day: Day) -> str | None:
    """The table of the row that it is about, where nobody exports that."""
    table = day.today.catalog.contract.table(day.playbook.trigger.one_per or "")
    return None if table is None or table.exported else table.name


def _over(day: Day) -> bool:
    """Whether it ends before any step is asked: by an answer, an exit, the goal; a shadow by the end of its watch.

    While it is ending nothing more of this is asked: its outcome is fixed.
    """
    if day.enrollment.ending is not None:
        return False
    if day.enrollment.arm is Arm.HELD_OUT:
        # Watched for as long as the others are: these too after their exit.
        return _ended_by_goal(day) or _shadow_over(day)
    if _ended_by_answer(day) or _ended_by_exit(day):
        return not day.enrollment.is_open
    return _ended_by_goal(day) or _shadow_over(day)


def _ended_by_answer(day: Day) -> bool:
    for step in day.playbook.steps:
        for progress in day.enrollment.endings(step.id):
            if progress.state is StepState.DONE and progress.outcome in step.ends:
                day.happen(
                    Ended(day.enrollment.key, day.today.day, progress.outcome or "", "answer", progress.by)
                )
                return True
    return False


def _ended_by_exit(day: Day) -> bool:
    """Whether an exit fits: then it has ended, or is ending and undoes."""
    for way_out in day.playbook.exits:
        if answer(way_out.when, day.values, day.today.reckoning):
            said = explain(way_out.when, day.values, day.today.reckoning)
            if way_out.then and day.enrollment.arm is Arm.TREATED:
                undo = tuple(step.id for step in way_out.then)
                day.happen(Ending(day.enrollment.key, day.today.day, way_out.outcome, undo), (said,))
                return True
            day.happen(Ended(day.enrollment.key, day.today.day, way_out.outcome, "exit"), (said,))
            return True
    return False


def _ended_by_goal(day: Day) -> bool:
    goal = day.playbook.goal
    if goal is None or not goal_is_met(goal, day):
        return False
    said = explain(goal.when, day.values, day.today.reckoning)
    day.happen(GoalMet(day.enrollment.key, day.today.day), (said,))
    day.happen(Ended(day.enrollment.key, day.today.day, goal.outcome, "goal"), (said,))
    return True


def goal_is_met(goal: Goal, day: Day) -> bool:
    """Within the window, and yes; the day it started counts too."""
    last = None if goal.within is None else day.enrollment.day_zero + timedelta(days=goal.within)
    in_time = last is None or day.today.day <= last
    return in_time and answer(goal.when, day.values, day.today.reckoning) is True


def _watch(day: Day) -> None:
    """From the day after its end the goal is watched until its window closes.

    On the day itself the run that ended it had its say: a second run of that day must find nothing more.
    """
    goal, ended_on = day.playbook.goal, day.enrollment.ended_on
    if goal is not None and ended_on is not None and day.today.day > ended_on and goal_is_met(goal, day):
        day.happen(
            GoalMet(day.enrollment.key, day.today.day), (explain(goal.when, day.values, day.today.reckoning),)
        )


def _shadow_over(day: Day) -> bool:
    """Without steps (a shadow, or held out) it lasts as long as its goal is watched."""
    enrollment = day.enrollment
    if enrollment.arm is Arm.TREATED:
        return False
    if enrollment.watch_until is None or day.today.day > enrollment.watch_until:
        day.happen(Ended(enrollment.key, day.today.day, "finished", "finished"))
    return True


def _steps(day: Day, work: Callable[[Day, Step], bool]) -> None:
    """Again and again from the top, because a step that ends may open one above it; each step changes a few times only."""
    while day.enrollment.is_open and _pass(day, work):
        if day.enrollment.ending is None:
            _ended_by_answer(day)
    if day.enrollment.is_open and _nothing_left(day):
        fixed = day.enrollment.ending
        outcome, why = ("finished", "finished") if fixed is None else (fixed, "exit")
        day.happen(Ended(day.enrollment.key, day.today.day, outcome, why))


def steps_of(enrollment: Enrollment, playbook: Playbook) -> tuple[Step, ...]:
    """The steps that it goes through now: those that undo, once an exit has fixed its outcome."""
    if enrollment.ending is None:
        return playbook.steps
    return tuple(step for step in playbook.all_steps if step.id in enrollment.undo)


def _pass(day: Day, work: Callable[[Day, Step], bool]) -> bool:
    """Whether anything happened; what was held in an earlier pass may have been let go by now."""
    day.forget_held()
    return any(_step(day, step, work) for step in steps_of(day.enrollment, day.playbook))


def _step(day: Day, step: Step, work: Callable[[Day, Step], bool]) -> bool:
    """Whether something happened to this step."""
    progress = day.enrollment.steps.get(step.id)
    if progress is not None:
        return progress.state is StepState.OPEN and work(day, step)
    if step.id in day.enrollment.repeats:
        return work(day, step)  # it has been ready: from now on only its rhythm is asked
    match verdict(step.after, day.enrollment):
        case "waiting":
            return False
        case "impossible":
            day.happen(StepSkipped(day.enrollment.key, step.id, day.today.day))
            return True
        case "met":
            return _ready(day, step, work)


def verdict(after: After, enrollment: Enrollment) -> Verdict:
    """Whether what must come before has come, may still come, or cannot come any more."""
    said = [_requirement(enrollment, item.step, item.outcomes) for item in after.requirements]
    if after.kind == "any":
        return "met" if "met" in said else "waiting" if "waiting" in said else "impossible"
    return "impossible" if "impossible" in said else "waiting" if "waiting" in said else "met"


def _requirement(enrollment: Enrollment, step: str, outcomes: tuple[str, ...]) -> Verdict:
    progress = enrollment.steps.get(step)
    if progress is None or progress.state is StepState.OPEN:
        return "waiting"
    if progress.state is StepState.DONE:
        return "met" if not outcomes or progress.outcome in outcomes else "impossible"
    return "met" if progress.state is StepState.PASSED and not outcomes else "impossible"


def _ready(day: Day, step: Step, work: Callable[[Day, Step], bool]) -> bool:
    """What came before is met: its earliest day, then its own `when`, then it opens."""
    undoes = day.enrollment.ending is not None  # who leaves is often why there is something to undo
    if not day.subject.active and not day.playbook.sees_inactive and not undoes:
        day.hold(HeldBy.INACTIVE, step.id, "the account is not active: it gets nothing new")
        return False
    if not _not_too_early(day, step):
        return False
    if step.when is not None:
        said = explain(step.when, day.values, day.today.reckoning)
        if said.answer is None:
            day.hold(HeldBy.UNKNOWN, step.id, f"its own `when` is unknown: {empty_names(said)}")
            return False
        if not said.answer:
            day.happen(StepPassed(day.enrollment.key, step.id, day.today.day), (said,))
            return True
    return work(day, step)


def _not_too_early(day: Day, step: Step) -> bool:
    if step.not_before is None:
        return True
    moment = choose(step.not_before, day.values, day.today.reckoning)
    earliest = None
    if moment is not UNFIT:
        earliest = day_of(moment, met_on(day, step), day.enrollment.day_zero, day.values, day.today)
    if earliest is None:
        day.hold(HeldBy.DATE, step.id, "the day before which it must not open is empty")
        return False
    if day.today.day < earliest:
        day.hold(HeldBy.NOT_BEFORE, step.id, f"not before {earliest.isoformat()}", earliest)
        return False
    return True


def met_on(day: Day, step: Step) -> date:
    """The day on which all that must come before had come, or the first of any; the start where nothing must."""
    came = [
        progress.done_on
        for item in step.after.requirements
        if (progress := day.enrollment.steps.get(item.step)) is not None
        and progress.done_on is not None
        and _requirement(day.enrollment, item.step, item.outcomes) == "met"
    ]
    if not came:
        return day.enrollment.day_zero
    return min(came) if step.after.kind == "any" else max(came)


def _nothing_left(day: Day) -> bool:
    going = steps_of(day.enrollment, day.playbook)
    states = [day.enrollment.steps.get(step.id) for step in going]
    return all(progress is not None and progress.state is not StepState.OPEN for progress in states)


def empty_names(said: Evidence) -> str:
    """`sector is empty`: the facts that leave a condition unknown."""
    names = dict.fromkeys(
        name for leaf in _unknown_leaves(said) for name, value, _ in leaf.values if value is None
    )
    return ", ".join(f"{name} is empty" for name in names) or "a value is empty"


def _unknown_leaves(said: Evidence) -> list[Evidence]:
    if said.items:
        return [leaf for item in said.items if item.answer is None for leaf in _unknown_leaves(item)]
    return [said] if said.answer is None else []
