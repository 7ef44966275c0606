"""Something that a story expects and that is not there → why not, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cs_playbook.commands.story_conditions import condition_line
from cs_playbook.commands.story_day import Played
from cs_playbook.commands.story_lines import Item, Wanted
from cs_playbook.commands.story_seen import accounts, enrollments, held, subject_today
from cs_playbook.commands.story_start import why_not_started
from cs_playbook.commands.story_why import ended_words, step_lines, subject_name
from cs_playbook.model.answer import explain
from cs_playbook.model.condition import Condition
from cs_playbook.model.enrollment import Enrollment, StepState
from cs_playbook.model.step import Email, Step
from cs_playbook.plan.advance import enrollment_values


def why_not_ended(name: str, outcome: str | None, played: Played) -> Iterator[str]:
    """The exits and the goal that would end it so, and how the steps stand whose answer would."""
    last = _last(name, played)
    if last is None:
        yield from why_not_started(name, played)
        return
    if not last.is_open:
        yield ended_words(last)
        return
    playbook = played.setting.playbook
    ways = [(way.outcome, way.when) for way in playbook.exits]
    ways += [(playbook.goal.outcome, playbook.goal.when)] if playbook.goal else []
    for its_outcome, when in ways:
        if outcome in (None, its_outcome):
            yield from _said(f"{name}: {its_outcome}", when, last, name, played)
    for step in playbook.steps:
        if _would_end(step, outcome, last):
            yield from (f"{name}: {line}" for line in step_lines(step, last, playbook))


def why_goal_not_met(name: str, played: Played) -> Iterator[str]:
    last, goal = _last(name, played), played.setting.playbook.goal
    if last is None or goal is None:
        yield from why_not_started(name, played)
        return
    if not last.is_open and not last.is_watched(played.on):
        yield f"{ended_words(last)}, and its goal is watched no longer"
    yield from _said(name, goal.when, last, name, played)


def _last(name: str, played: Played) -> Enrollment | None:
    account, _, row = name.partition("/")
    mine = [item for item in enrollments(played, account) if (item.row or "") == row]
    return mine[-1] if mine else None


def _would_end(step: Step, outcome: str | None, last: Enrollment) -> bool:
    if outcome in step.ends:
        return True
    progress = last.steps.get(step.id)
    is_over = progress is not None and progress.state is not StepState.OPEN
    return outcome in (None, "finished") and not is_over


def _said(head: str, when: Condition, last: Enrollment, name: str, played: Played) -> Iterator[str]:
    subject = subject_today(name, played)
    if subject is None:
        yield f"{name} is not in the export"
        return
    values = {**subject.values, **enrollment_values(last)}
    yield f"{head}: {condition_line(explain(when, values, played.morning.today.reckoning))}"


# --- lines ---


def why_no_item(key: str, wanted: Wanted, there: Sequence[Item], played: Played) -> Iterator[str]:
    """Nothing where it is there but otherwise: then the difference says it all."""
    word = "email" if key == "drafts" else "step"
    whose = str(wanted.get("account", "")).partition("/")[0]
    if any(one.get(word) == wanted.get(word) and whose in ("", one["account"]) for one in there):
        return
    steps = [step.id for step in played.setting.playbook.steps if _is_meant(step, wanted)]
    yield from step_states(steps, whose, played)


def _is_meant(step: Step, wanted: Wanted) -> bool:
    letters = [fit.value for fit in step.verb.letter.fits] if isinstance(step.verb, Email) else []
    return step.id == wanted.get("step") or wanted.get("email") in letters


def step_states(steps: Sequence[str], whose: str, played: Played) -> Iterator[str]:
    """How these steps stand, in every enrollment in which they may be meant; `whose`: an account, or ""."""
    names = [whose] if whose else accounts(played)
    inside = [mine[-1] for name in names if (mine := enrollments(played, name))]
    if not inside:
        yield from (line for name in names for line in why_not_started(name, played))
    several = len(inside) > 1
    for enrollment in inside:
        name = subject_name(enrollment.account, enrollment.row)
        for line in _states(steps, enrollment, name, played):
            yield f"{name}: {line}" if several and not line.startswith(f"{name} ") else line


def _states(steps: Sequence[str], enrollment: Enrollment, name: str, played: Played) -> Iterator[str]:
    """What is held is not asked further."""
    stopped = [item for who, item in held(played) if who == name and item.step in (None, *steps)]
    yield from (f"{item.step or name} is held: {item.why}" for item in stopped)
    playbook = played.setting.playbook
    for step in playbook.steps:
        if step.id in steps and not stopped:
            yield from step_lines(step, enrollment, playbook)
