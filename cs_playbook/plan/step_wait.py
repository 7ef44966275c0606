"""Waits and decisions on their day."""

from __future__ import annotations

from cs_playbook.model.answer import answer, explain
from cs_playbook.model.condition import Cases, Evidence
from cs_playbook.model.event import StepEnded, StepOpened
from cs_playbook.model.step import Decide, Step, Wait
from cs_playbook.plan.advance import Day
from cs_playbook.plan.step_parts import chosen


def open_wait(day: Day, step: Step, verb: Wait) -> bool:
    lasting = chosen(day, step, "how long to wait", verb.lasting, day.values)
    if lasting is None:
        return False
    until = day.today.reckoning.calendar.add(day.today.day, lasting)
    day.happen(StepOpened(day.enrollment.key, step.id, day.today.day, until=until))
    return True


def settle_wait(day: Day, step: Step, verb: Wait) -> bool:
    """`until` is asked first, also on the last day; unknown does not meet, the date still comes."""
    if verb.until is not None and answer(verb.until, day.values, day.today.reckoning):
        said = (explain(verb.until, day.values, day.today.reckoning),)
        day.happen(StepEnded(day.enrollment.key, step.id, day.today.day, "met", "data"), said)
        return True
    until = day.enrollment.steps[step.id].until
    if until is not None and day.today.day >= until:
        day.happen(StepEnded(day.enrollment.key, step.id, day.today.day, "timed_out", "time"))
        return True
    return False


def decide(day: Day, step: Step, verb: Decide) -> bool:
    outcome = chosen(day, step, "which way to go", verb.cases, day.values)
    if outcome is None:
        return False
    day.happen(StepEnded(day.enrollment.key, step.id, day.today.day, outcome, "rule"), _why(day, verb.cases))
    return True


def _why(day: Day, cases: Cases[str]) -> tuple[Evidence, ...]:
    return tuple(
        explain(fit.when, day.values, day.today.reckoning) for fit in cases.fits if fit.when is not None
    )
