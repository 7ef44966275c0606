"""A step that is another playbook, on its day: it begins that one for the account, and is done the day after that one has ended."""

from __future__ import annotations

from cs_playbook.model.answer import evaluate
from cs_playbook.model.condition import Cases
from cs_playbook.model.event import StepEnded, StepOpened
from cs_playbook.model.expression import Expression, Value
from cs_playbook.model.step import NOT_STARTED, Play, Step
from cs_playbook.plan.advance import Day
from cs_playbook.plan.decision import HeldBy
from cs_playbook.plan.step_parts import chosen


def open_play(day: Day, step: Step, verb: Play) -> bool:
    """What cannot start now is not waited for: the step is done at once, as not_started."""
    name = chosen(day, step, "which playbook", verb.playbook, day.values)
    given = _given(day, step, verb)
    if name is None or given is None or day.subject.others is None:
        return False
    begun = day.subject.others.begin(name, day.playbook, day.enrollment, given)
    if begun.needs:
        day.hold(
            HeldBy.UNKNOWN, step.id, f"'{name}' must be given {', '.join(begun.needs)}, and that is empty"
        )
        return False
    if begun.why:
        ended = StepEnded(day.enrollment.key, step.id, day.today.day, NOT_STARTED, "rule", begun.why)
        day.happen(ended, note=begun.why)
    else:
        day.happen(StepOpened(day.enrollment.key, step.id, day.today.day, plays=begun.enrollment))
    return True


def _given(day: Day, step: Step, verb: Play) -> dict[str, Value] | None:
    """What is handed over; None where a list of cases cannot tell."""
    given: dict[str, Value] = {}
    for name, cases in verb.given:
        value = _value(day, step, name, cases)
        if value is None:
            return None
        given[name] = evaluate(value, day.values, day.today.reckoning)
    return given


def _value(day: Day, step: Step, name: str, cases: Cases[Expression]) -> Expression | None:
    return chosen(day, step, f"what to give for '{name}'", cases, day.values)


def settle_play(day: Day, step: Step, verb: Play) -> bool:
    """The other one's end is read as it stood at the end of the day before."""
    progress, others = day.enrollment.steps[step.id], day.subject.others
    outcome = others.outcome(progress.plays) if others is not None else None
    if outcome is None:
        return False
    day.happen(StepEnded(day.enrollment.key, step.id, day.today.day, outcome, "playbook"))
    return True
