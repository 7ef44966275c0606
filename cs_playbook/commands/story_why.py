"""An enrollment and its playbook → the sentences that say how a step stands, and why it is not open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from cs_playbook.model.enrollment import Enrollment, Progress, StepState
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Requirement, Step, Wait
from cs_playbook.plan.advance import verdict
from cs_playbook.report.words import day_in_words


def subject_name(account: str, row: str | None) -> str:
    """`acme`, or `acme/s1` for one of its rows."""
    return account if row is None else f"{account}/{row}"


def open_words(enrollments: Sequence[Enrollment]) -> str:
    """`open: call, reply`; of several enrollments each is named."""
    found = [
        step if len(enrollments) == 1 else f"{step} of {subject_name(item.account, item.row)}"
        for item in enrollments
        for step, progress in item.steps.items()
        if progress.state is StepState.OPEN
    ]
    return f"open: {', '.join(found) or '(nothing)'}"


# --- steps ---


def step_lines(step: Step, enrollment: Enrollment, playbook: Playbook) -> tuple[str, ...]:
    """Why this step is not open; where it waits for others, how those stand."""
    if not enrollment.is_open:
        return (*_own_line(step, enrollment), ended_words(enrollment))
    return tuple(dict.fromkeys(_lines(step, enrollment, playbook, frozenset())))


def ended_words(enrollment: Enrollment) -> str:
    assert enrollment.ended_on is not None
    name = subject_name(enrollment.account, enrollment.row)
    ways = {"answer": "by an answer", "exit": "by an exit", "goal": "its goal was met", "stopped": "by hand"}
    way = ways.get(enrollment.why_ended, "")
    how = f" ({way})" if way else ""
    return f"{name} ended on {day_in_words(enrollment.ended_on)}: {enrollment.outcome}{how}"


def _own_line(step: Step, enrollment: Enrollment) -> Iterator[str]:
    progress = enrollment.steps.get(step.id)
    if progress is not None and progress.state is not StepState.CANCELLED:
        yield _progress(step, progress, enrollment)


def _lines(step: Step, enrollment: Enrollment, playbook: Playbook, asked: frozenset[str]) -> Iterator[str]:
    progress = enrollment.steps.get(step.id)
    if progress is not None:
        yield _progress(step, progress, enrollment)
        return
    so_far = enrollment.repeats.get(step.id)
    if so_far is not None:
        yield f"{step.id} repeats: {so_far.finished} done, and the next one has not opened"
        return
    before = [(item, playbook.step(item.step)) for item in step.after.requirements]
    if verdict(step.after, enrollment) == "met":
        yield f"{step.id} comes after {_after(step)}: it is ready, and held"
        return
    for item, earlier in before:
        if earlier is not None and earlier.id not in asked and _is_waited_for(item, enrollment):
            yield from _lines(earlier, enrollment, playbook, asked | {step.id})


def _is_waited_for(item: Requirement, enrollment: Enrollment) -> bool:
    progress = enrollment.steps.get(item.step)
    return progress is None or progress.state is StepState.OPEN


def _after(step: Step) -> str:
    named = [
        ": ".join(filter(None, (item.step, " or ".join(item.outcomes)))) for item in step.after.requirements
    ]
    if not named:
        return "the start"
    return (" or " if step.after.kind == "any" else " and ").join(named)


def _progress(step: Step, progress: Progress, enrollment: Enrollment) -> str:
    on = day_in_words(progress.done_on or progress.ready_on)
    match progress.state:
        case StepState.OPEN:
            return _open_line(step, progress, enrollment)
        case StepState.DONE:
            return f"{step.id} is done since {on}: {progress.outcome} (by {progress.by})"
        case StepState.PASSED:
            return f"{step.id} was passed over on {on}: its own `when` said no"
        case StepState.SKIPPED:
            return f"{step.id} was skipped on {on}: {_skipped(step, enrollment)}"
        case StepState.CANCELLED:
            return f"{step.id} was cancelled on {on}"
        case _:
            assert_never(progress.state)


def _open_line(step: Step, progress: Progress, enrollment: Enrollment) -> str:
    if progress.until is not None:
        since = " ".join(day_in_words(progress.ready_on).split()[:2])
        last = day_in_words(progress.until)
        return f"{step.id} is still waiting until {last} ({_lasting(step)} {since})"
    mine = [task for task in enrollment.open_tasks if task.step == step.id]
    lines = "; ".join(f"{task.owner}, due {day_in_words(task.due)}" for task in mine)
    return f"{step.id} is still open: {lines}"


def _lasting(step: Step) -> str:
    """Where cases decide how long, the words alone do not tell."""
    if isinstance(step.verb, Wait) and len(step.verb.lasting.fits) == 1:
        return f"{step.verb.lasting.fits[0].value} from"
    return "since"


def _skipped(step: Step, enrollment: Enrollment) -> str:
    lost = " and ".join(filter(None, (_lost(item, enrollment) for item in step.after.requirements)))
    return f"{lost}; it comes after {_after(step)}"


def _lost(item: Requirement, enrollment: Enrollment) -> str:
    """How a requirement became impossible; nothing where it did not."""
    progress = enrollment.steps.get(item.step)
    if progress is None or progress.state is StepState.OPEN:
        return ""
    if progress.state is not StepState.DONE:
        is_passed = progress.state is StepState.PASSED
        return "" if is_passed and not item.outcomes else f"{item.step} was {progress.state.value}"
    return (
        f"{item.step} ended with {progress.outcome}"
        if item.outcomes and progress.outcome not in item.outcomes
        else ""
    )
