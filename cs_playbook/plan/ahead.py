"""An open enrollment as it stands tonight → what it will still ask of whom, and when: its open lines, and the steps to come.

Whatever is open counts as done on the day it is due, a wait as over on its last day: the earliest days that can be
known. A step that hangs on an answer nobody has given, or on its own `when:`, is possible, not sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import takewhile
from typing import TypeVar

from msgspec import Struct, field

from cs_playbook.model.answer import UNFIT, Unfit, choose, evaluate
from cs_playbook.model.condition import Cases
from cs_playbook.model.enrollment import Enrollment, StepState
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.rhythm import day_on_or_after, next_day
from cs_playbook.model.step import Approve, Document, Email, Play, Repeat, Requirement, Step, Task, Wait
from cs_playbook.model.time import Moment, Rhythm
from cs_playbook.model.value import from_day
from cs_playbook.plan.absence import colleague, there
from cs_playbook.plan.advance import Day, steps_of
from cs_playbook.plan.decision import Subject, Today
from cs_playbook.plan.moments import day_of
from cs_playbook.plan.people import contacts, owners
from cs_playbook.values import replace

T = TypeVar("T")


class Ahead(Struct, frozen=True):
    """Minutes of one line. `owner` "": nobody yet, a pool picks or nobody is there. `due` None: no day can be known yet.

    Not `is_sure`: it comes only if an answer or a condition says so.
    """

    playbook: str
    step: str
    owner: str
    due: date | None
    minutes: int
    is_open: bool = False
    is_sure: bool = True


def open_lines_ahead(enrollment: Enrollment, today: Today) -> Iterator[Ahead]:
    """Its open lines, late ones today; each with whoever will be there on its day."""
    for task in enrollment.open_tasks:
        due = max(task.due, today.day, task.asleep_until or today.day)
        whose = colleague(task.instead_of or task.owner, "", today.catalog)
        found = there(whose, today.catalog, due) or whose
        yield Ahead(enrollment.playbook, task.step, found.email, due, task.minutes, is_open=True)


def steps_ahead(
    enrollment: Enrollment, playbook: Playbook, subject: Subject, today: Today, until: date
) -> Iterator[Ahead]:
    """The lines of steps that have not begun, and of those that come again until that day."""
    steps = {step.id: step for step in steps_of(enrollment, playbook)}
    coming = _Coming(Day(enrollment, playbook, subject, today), until, steps)
    for step in steps.values():
        yield from coming.lines(step)


class _When(Struct, frozen=True):
    """When something is over, or ready. `day` None: nobody can know. Not `may_come`: it cannot be reached any more."""

    day: date | None
    is_sure: bool = True
    may_come: bool = True


_NEVER = _When(None, may_come=False)


class _Coming(Struct):
    """Holds what is known of each step while they ask each other."""

    day: Day
    until: date
    steps: Mapping[str, Step]
    ready: dict[str, _When] = field(default_factory=dict)

    def lines(self, step: Step) -> Iterator[Ahead]:
        progress = self.day.enrollment.steps.get(step.id)
        if progress is not None and (progress.state is not StepState.OPEN or step.repeats is None):
            return
        if step.repeats is not None:
            yield from self._again(step, step.repeats)
        elif step.owner is not None:
            ready = self._ready(step)
            if ready.may_come:
                yield from self._lines(step, ready)

    def _lines(self, step: Step, ready: _When) -> Iterator[Ahead]:
        due = None if ready.day is None else self._due(step, ready.day)
        if due is not None and due > self.until:
            return
        minutes, name = self._minutes(step), self.day.enrollment.playbook
        for owner in self._owners(step, due):
            yield Ahead(name, step.id, owner, due, minutes, is_sure=ready.is_sure)

    # --- what comes before ---

    def _ready(self, step: Step) -> _When:
        """Asked once of each step: `after` knows no circles."""
        if step.id not in self.ready:
            self.ready[step.id] = self._reckoned(step)
        return self.ready[step.id]

    def _reckoned(self, step: Step) -> _When:
        before = [self._met(item) for item in step.after.requirements]
        found = _any(before) if step.after.kind == "any" else _all(before)
        if not found.may_come or (before and found.day is None):
            return found
        met = max(found.day or self.day.enrollment.day_zero, self.day.today.day)
        is_sure = found.is_sure and step.when is None
        if step.not_before is None:
            return _When(met, is_sure)
        earliest = self._moment(step.not_before, found.day or self.day.enrollment.day_zero)
        return _When(None if earliest is None else max(met, earliest), is_sure)

    def _met(self, item: Requirement) -> _When:
        """When a step has ended as it must."""
        step, progress = self.steps.get(item.step), self.day.enrollment.steps.get(item.step)
        if progress is not None and progress.state is not StepState.OPEN:
            done = progress.state is StepState.DONE and (
                not item.outcomes or progress.outcome in item.outcomes
            )
            passed = progress.state is StepState.PASSED and not item.outcomes
            return _When(progress.done_on or self.day.today.day) if done or passed else _NEVER
        if step is None:
            return _NEVER
        is_sure = not item.outcomes or (bool(step.outcomes) and set(step.outcomes) <= set(item.outcomes))
        over = self._over(step)
        return replace(over, is_sure=over.is_sure and is_sure)

    def _over(self, step: Step) -> _When:
        """When it will be over, begun or not; of what repeats, and of other playbooks, nobody can know."""
        progress = self.day.enrollment.steps.get(step.id)
        if step.repeats is not None or isinstance(step.verb, Play):
            return _When(None, is_sure=progress is not None or self._ready(step).is_sure)
        if progress is not None:
            dues = [task.due for task in self.day.enrollment.open_tasks if task.step == step.id]
            return _When(max([*dues, progress.until or self.day.today.day, self.day.today.day]))
        ready = self._ready(step)
        if ready.day is None:
            return ready
        return replace(ready, day=self._ends(step, ready.day))

    def _ends(self, step: Step, ready: date) -> date | None:
        if step.owner is not None:
            return self._due(step, ready)
        if isinstance(step.verb, Wait):
            lasting = self._chosen(step.verb.lasting)
            return None if lasting is UNFIT else self.day.today.reckoning.calendar.add(ready, lasting)
        return ready

    # --- its lines ---

    def _again(self, step: Step, repeats: Repeat) -> Iterator[Ahead]:
        """Its next times, as long as nothing says that it is over."""
        so_far = self.day.enrollment.repeats.get(step.id)
        ready = self._ready(step) if so_far is None else _When(so_far.ready_on)
        rhythm = self._rhythm(repeats.every)
        if not ready.may_come or ready.day is None or rhythm is None or step.owner is None:
            return
        since = ready.day if so_far is None else so_far.since or so_far.ready_on
        after = so_far.planned if so_far is not None else None
        left = None if repeats.at_most is None else repeats.at_most - (so_far.begun if so_far else 0)
        for number, day in enumerate(takewhile(self._is_within, self._days(rhythm, since, after))):
            if left is not None and number >= left:
                return
            yield from self._lines(step, _When(day, ready.is_sure))

    def _days(self, rhythm: Rhythm, since: date, after: date | None) -> Iterator[date]:
        calendar, today = self.day.today.reckoning.calendar, self.day.today.day
        if after is None:
            found = day_on_or_after(rhythm, max(since, today), since, calendar)
        else:
            found = next_day(rhythm, max(after, today), since, calendar)
        while found is not None:
            yield found
            found = next_day(rhythm, found, since, calendar)

    def _is_within(self, day: date) -> bool:
        return day <= self.until

    def _rhythm(self, every: Cases[Rhythm]) -> Rhythm | None:
        rhythm = self._chosen(every)
        if rhythm is UNFIT:
            return None
        if rhythm.phase is None:
            return rhythm
        first = evaluate(rhythm.phase, self.day.values, self.day.today.reckoning)
        return replace(rhythm, start=from_day(first), phase=None) if isinstance(first, int) else None

    def _due(self, step: Step, ready: date) -> date | None:
        assert isinstance(step.verb, Task | Document | Approve | Email)
        due = self._moment(step.verb.due, ready)
        return None if due is None else max(due, ready)

    def _moment(self, cases: Cases[Moment], ready: date) -> date | None:
        moment = self._chosen(cases)
        if moment is UNFIT:
            return None
        return day_of(moment, ready, self.day.enrollment.day_zero, self.day.values, self.day.today)

    def _minutes(self, step: Step) -> int:
        """Of a draft to several contacts: one for each of them."""
        assert isinstance(step.verb, Task | Document | Approve | Email)
        minutes = self._chosen(step.verb.minutes)
        if not isinstance(minutes, int):
            return 0
        if not isinstance(step.verb, Email):
            return minutes
        to = self._chosen(step.verb.to)
        found = () if to is UNFIT else contacts(to, self.day.subject, self.day.today)
        return minutes * max(len(found), 1)

    def _owners(self, step: Step, due: date | None) -> tuple[str, ...]:
        """Whoever will be there on its day."""
        assert step.owner is not None
        who = self._chosen(step.owner)
        if who is UNFIT:
            return ("",)
        then = replace(self.day.today, day=due or self.day.today.day, pick=lambda role, pool: None)
        return tuple(one.email for one in owners(who, self.day.subject, then)) or ("",)

    def _chosen(self, cases: Cases[T]) -> T | Unfit:
        return choose(cases, self.day.values, self.day.today.reckoning)


def _all(before: list[_When]) -> _When:
    """When the last of them has come; at once where there is none."""
    if any(not one.may_come for one in before):
        return _NEVER
    days = [one.day for one in before]
    known = [day for day in days if day is not None]
    last = max(known, default=None) if len(known) == len(days) else None
    return _When(last, all(one.is_sure for one in before))


def _any(before: list[_When]) -> _When:
    """When the first of them has come."""
    may = [one for one in before if one.may_come]
    if not may:
        return _NEVER
    return _When(min((one.day for one in may if one.day), default=None), any(one.is_sure for one in may))
