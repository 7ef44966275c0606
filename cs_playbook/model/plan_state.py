"""A success plan, the facts of its account and what the ledger has ticked → how it stands: marks, status, progress.

Nothing counts as zero because it is not known: what hangs on an unknown is unknown (None).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import assert_never

from msgspec import Struct

from cs_playbook.model.answer import Values, answer, evaluate
from cs_playbook.model.condition import Answer, Condition
from cs_playbook.model.expression import from_day, to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.success_plan import (
    Blocker,
    Kpi,
    Milestone,
    Objective,
    Result,
    Standing,
    Status,
    SuccessPlan,
)
from cs_playbook.model.time import FromDate, FromReady, FromStart, Moment, OnDay, OnRhythm
from cs_playbook.values import replace

COUNTS = {Result.ACHIEVED: 1.0, Result.PARTLY: 0.5, Result.MISSED: 0.0}
HALF = 0.5  # of the way: what has come so far by its deadline is reached partly


class Mark(StrEnum):
    """How a milestone or a blocker stands. Unknown: its day has passed, and nobody can tell."""

    DONE = "done"
    OPEN = "open"
    LATE = "late"
    UNKNOWN = "unknown"


class Tick(Struct, frozen=True):
    """What the ledger knows of a milestone, a blocker or an objective: how it ended, and when."""

    on: date
    outcome: str


Ticks = Mapping[str, Tick]


class Marked(Struct, frozen=True):
    """`of`: a milestone or a blocker. `done_on` None: not done, or nobody has written down when."""

    of: Milestone | Blocker
    mark: Mark
    due: date | None
    done_on: date | None = None
    days_late: int = 0


class KpiNow(Struct, frozen=True):
    """`progress`: from 0 at the start to 1 at the target and beyond it; None: the number is not known."""

    kpi: Kpi
    current: float | None
    progress: float | None


class ObjectiveNow(Struct, frozen=True):
    """`status`, `progress` None: unknown. `over_on`: the day on which the ledger has written down its result."""

    objective: Objective
    status: Status | None
    progress: float | None
    deadline: date | None
    kpis: tuple[KpiNow, ...]
    milestones: tuple[Marked, ...]
    blockers: tuple[Marked, ...]
    over_on: date | None = None


class PlanNow(Struct, frozen=True):
    """`progress`: 0 to 1. `missing`: how many questions of the handover are open."""

    plan: SuccessPlan
    status: Status | None
    progress: float | None
    missing: int
    objectives: tuple[ObjectiveNow, ...]

    @property
    def next(self) -> Marked | None:
        """The milestone that comes next: the earliest that is not done."""
        left = [one for objective in self.objectives if objective.status not in tuple(Result)
                for one in objective.milestones if one.mark is not Mark.DONE]  # fmt: skip
        return min(left, key=lambda one: one.due or date.max, default=None)

    @property
    def days_late(self) -> int:
        """Of what is late the latest."""
        lines = [one for objective in self.objectives if objective.status not in tuple(Result)
                 for one in (*objective.milestones, *objective.blockers)]  # fmt: skip
        return max((one.days_late for one in lines), default=0)


def plan_now(plan: SuccessPlan, values: Values, reckoning: Reckoning, ticks: Ticks) -> PlanNow:
    """`values`: facts of the account by name. `ticks`: by the id of a milestone, a blocker or an objective."""
    objectives = tuple(_objective(one, values, reckoning, ticks) for one in plan.objectives)
    status = Standing.DRAFT if plan.agreed_on is None else _whole(objectives)
    return PlanNow(plan, status, _score(objectives), len(plan.missing), objectives)


# --- the plan ---


def _score(objectives: Sequence[ObjectiveNow]) -> float | None:
    """The mean of what was not cancelled; unknown where one of them is, and where nothing is left."""
    return _mean([one.progress for one in objectives if one.status is not Result.CANCELLED])


def _mean(parts: Sequence[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    return round(sum(known) / len(known), 4) if known and len(known) == len(parts) else None


def _whole(objectives: Sequence[ObjectiveNow]) -> Status | None:
    said = {one.status for one in objectives}
    if Standing.BEHIND in said:
        return Standing.BEHIND
    if None in said or not said:
        return None
    if Standing.ON_TRACK in said:
        return Standing.ON_TRACK
    left = said - {Result.CANCELLED}
    return Result.CANCELLED if not left else _only(left) or Result.PARTLY


def _only(said: Iterable[Status | None]) -> Status | None:
    found = list(said)
    return found[0] if len(found) == 1 else None


# --- an objective ---


def _objective(one: Objective, values: Values, reckoning: Reckoning, ticks: Ticks) -> ObjectiveNow:
    tick = ticks.get(one.id)
    now = ObjectiveNow(
        one, None, None, _day(one.deadline, values, reckoning),
        tuple(_kpi(kpi, values) for kpi in one.kpis),
        tuple(_milestone(item, values, reckoning, ticks) for item in one.milestones),
        tuple(_blocker(item, values, reckoning, ticks) for item in one.blockers),
        tick.on if tick is not None and one.result is None else None,
    )  # fmt: skip
    way = _way(now, values, reckoning)
    status = _status(now, way, values, reckoning, ticks)
    counted = COUNTS.get(status) if isinstance(status, Result) else way
    return replace(now, status=status, progress=counted)


def _way(now: ObjectiveNow, values: Values, reckoning: Reckoning) -> float | None:
    """How far it has come: by its KPIs, else by its milestones, else by whether it is reached."""
    if now.kpis:
        return _mean([kpi.progress for kpi in now.kpis])
    if now.milestones:
        marks = [one.mark for one in now.milestones]
        return None if Mark.UNKNOWN in marks else round(marks.count(Mark.DONE) / len(marks), 4)
    reached = _reached(now, values, reckoning)
    return None if reached is None else float(reached)


def _status(
    now: ObjectiveNow, way: float | None, values: Values, reckoning: Reckoning, ticks: Ticks
) -> Status | None:
    """What a person has written counts first, then what the ledger knows, then the data."""
    said, tick = now.objective.result, ticks.get(now.objective.id)
    if said is not None:
        return said
    if tick is not None and tick.outcome in tuple(Result):
        return Result(tick.outcome)
    reached = _reached(now, values, reckoning)
    if reached:
        return Result.ACHIEVED
    if now.deadline is not None and reckoning.today > to_day(now.deadline):
        return _after_deadline(now, way, reached)
    marks = {one.mark for one in (*now.milestones, *now.blockers)}
    if Mark.LATE in marks:
        return Standing.BEHIND
    return None if Mark.UNKNOWN in marks else Standing.ON_TRACK


def _after_deadline(now: ObjectiveNow, way: float | None, reached: Answer) -> Status | None:
    """Without anything to measure a person must say what came of it: until then it is behind."""
    if now.objective.success is None and not now.kpis:
        return Standing.BEHIND
    if reached is None or way is None:
        return None
    return Result.PARTLY if way >= HALF else Result.MISSED


def _reached(now: ObjectiveNow, values: Values, reckoning: Reckoning) -> Answer:
    """By its own condition; else all KPIs are at their target; else the last milestone is done."""
    if now.objective.success is not None:
        return answer(now.objective.success, values, reckoning)
    if now.kpis:
        return _all(None if kpi.progress is None else kpi.progress >= 1 for kpi in now.kpis)
    if now.milestones:
        return _all(None if one.mark is Mark.UNKNOWN else one.mark is Mark.DONE for one in now.milestones)
    return None


def _all(parts: Iterable[Answer]) -> Answer:
    said = list(parts)
    return False if False in said else None if None in said else True


# --- its parts ---


def _kpi(kpi: Kpi, values: Values) -> KpiNow:
    current = values.get(kpi.fact.key)
    if not isinstance(current, int | float) or isinstance(current, bool):
        return KpiNow(kpi, None, None)
    way = (current - kpi.start) / (kpi.target - kpi.start)
    return KpiNow(kpi, float(current), round(min(max(way, 0.0), 1.0), 4))


def _milestone(item: Milestone, values: Values, reckoning: Reckoning, ticks: Ticks) -> Marked:
    return _marked(item, item.done_on, item.done_when, values, reckoning, ticks)


def _blocker(item: Blocker, values: Values, reckoning: Reckoning, ticks: Ticks) -> Marked:
    return _marked(item, item.cleared_on, item.cleared_when, values, reckoning, ticks)


def _marked(
    item: Milestone | Blocker, by_hand: date | None, when: Condition | None,
    values: Values, reckoning: Reckoning, ticks: Ticks,
) -> Marked:  # fmt: skip
    """Ticked in the file, by the ledger, by the data: whatever says so first."""
    due, tick = _day(item.due, values, reckoning), ticks.get(item.id)
    if by_hand is not None and to_day(by_hand) <= reckoning.today:
        return Marked(item, Mark.DONE, due, by_hand)
    if tick is not None:
        return Marked(item, Mark.DONE, due, tick.on)
    said = None if when is None else answer(when, values, reckoning)
    if said:
        return Marked(item, Mark.DONE, due)
    late = 0 if due is None else max(reckoning.today - to_day(due), 0)
    if not late:
        return Marked(item, Mark.OPEN, due)
    unclear = when is not None and said is None
    return Marked(item, Mark.UNKNOWN if unclear else Mark.LATE, due, None, 0 if unclear else late)


def _day(moment: Moment | None, values: Values, reckoning: Reckoning) -> date | None:
    """None where there is none, or what it counts from is empty."""
    match moment:
        case None:
            return None
        case OnDay(day=day):
            return day
        case FromDate(duration=duration, direction=direction, date=named):
            known = evaluate(named, values, reckoning)
            if not isinstance(known, int):
                return None
            count = duration.count if direction == "after" else -duration.count
            try:
                return reckoning.calendar.add(from_day(known), replace(duration, count=count))
            except (OverflowError, ValueError):
                return None  # 9999-12-31 as "never"
        case FromReady() | FromStart() | OnRhythm():
            return None  # refused where the plan is read
        case _:
            assert_never(moment)
