"""A step that opens again and again, on its day: over, still open, not yet its day, or once more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from cs_playbook.model.answer import answer, evaluate, explain
from cs_playbook.model.enrollment import Repeated
from cs_playbook.model.event import StepOver, StepRepeats
from cs_playbook.model.rhythm import comes_to_an_end, day_on_or_after, next_day
from cs_playbook.model.step import MET, TIMED_OUT, Repeat, Step
from cs_playbook.model.time import Rhythm
from cs_playbook.model.value import from_day
from cs_playbook.plan.advance import Day
from cs_playbook.plan.decision import HeldBy
from cs_playbook.plan.step_parts import chosen
from cs_playbook.values import replace

Once = Callable[[Day, Step], bool]
_DAY = timedelta(days=1)


def repeat(day: Day, step: Step, repeats: Repeat, once: Once) -> bool:
    """True if something happened. `once(day, step)` opens or settles one occurrence."""
    so_far = day.enrollment.repeats.get(step.id)
    if so_far is None:
        day.happen(StepRepeats(day.enrollment.key, step.id, day.today.day))
        return True
    if _over(day, step, repeats, so_far):
        return True
    if step.id in day.enrollment.steps:
        return once(day, step)
    if not day.subject.active and not day.playbook.sees_inactive:
        day.hold(HeldBy.INACTIVE, step.id, "the account is not active: it gets nothing new")
        return False
    if so_far.begun > so_far.finished:
        return once(day, step)  # its day had come, and something it needs was missing
    return _next(day, step, repeats, so_far)


def _over(day: Day, step: Step, repeats: Repeat, so_far: Repeated) -> bool:
    """`until` is asked first, also while an occurrence is open; unknown does not meet."""
    if repeats.until is not None and answer(repeats.until, day.values, day.today.reckoning):
        said = (explain(repeats.until, day.values, day.today.reckoning),)
        day.happen(StepOver(day.enrollment.key, step.id, day.today.day, MET), said)
        return True
    if repeats.at_most is not None and so_far.finished >= repeats.at_most:
        day.happen(StepOver(day.enrollment.key, step.id, day.today.day, TIMED_OUT))
        return True
    return False


def _next(day: Day, step: Step, repeats: Repeat, so_far: Repeated) -> bool:
    said = chosen(day, step, "how often", repeats.every, day.values)
    rhythm = None if said is None else _from_its_day(day, step, said)
    if said is None or rhythm is None:
        return False
    since = _counted_from(so_far, rhythm)
    planned = _planned(day, so_far, rhythm, since)
    if planned is None:
        return _without_a_day(day, step, said)
    if day.today.day < planned:
        day.hold(HeldBy.NOT_BEFORE, step.id, f"every {rhythm}, next on {planned.isoformat()}", planned)
        return False
    day.happen(
        StepRepeats(day.enrollment.key, step.id, day.today.day, so_far.begun + 1, planned, since, rhythm.text)
    )
    return True


def _without_a_day(day: Day, step: Step, rhythm: Rhythm) -> bool:
    """A first day like 9999-12-31 (as "never") is no end of the rhythm."""
    if rhythm.phase is None or comes_to_an_end(rhythm):
        day.happen(StepOver(day.enrollment.key, step.id, day.today.day, TIMED_OUT), note="its rhythm is over")
        return True
    why = f"the date from which 'every {rhythm}' is counted lies beyond the calendar"
    day.hold(HeldBy.DATE, step.id, why)
    return False


def _from_its_day(day: Day, step: Step, rhythm: Rhythm) -> Rhythm | None:
    """`from contract_start` as the date stands today: one that moves moves what is not yet open. None: it is empty."""
    if rhythm.phase is None:
        return rhythm
    first = evaluate(rhythm.phase, day.values, day.today.reckoning)
    if isinstance(first, int):
        return replace(rhythm, start=from_day(first), phase=None)
    day.hold(HeldBy.DATE, step.id, f"the date from which 'every {rhythm}' is counted is empty")
    return None


def _counted_from(so_far: Repeated, rhythm: Rhythm) -> date:
    """While the rhythm stays the same its first day fixes the phase; another rhythm goes on from the last planned day."""
    if so_far.planned is None or so_far.since is None:
        return so_far.ready_on
    return so_far.since if so_far.rhythm == rhythm.text else so_far.planned


def _planned(day: Day, so_far: Repeated, rhythm: Rhythm, since: date) -> date | None:
    """Counted from the planned day of the one before, so that nothing drifts; days that passed while it was open are left out.

    A run that learns today that it has ended still gives today's: a list that comes back the next
    morning must not cost a daily task every other day.
    """
    calendar = day.today.reckoning.calendar
    if so_far.planned is None:
        return day_on_or_after(rhythm, since, since, calendar)
    ended = so_far.last.done_on if so_far.last is not None else None
    passed = ended - _DAY if ended == day.today.day else ended
    return next_day(rhythm, max(so_far.planned, passed or so_far.planned), since, calendar)
