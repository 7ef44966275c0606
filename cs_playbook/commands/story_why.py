"""An enrollment and its text, or conditions with their values → the sentences that say why something is not so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from cs_playbook.model.condition import Cases, Condition, Evidence, Group
from cs_playbook.model.enrollment import Enrollment, Progress, StepState
from cs_playbook.model.expression import FieldType, Value
from cs_playbook.model.playbook import Playbook, Requirement, Step, Wait
from cs_playbook.plan.advance import verdict
from cs_playbook.plan.speaking import spoken
from cs_playbook.report.words import day_in_words

SAYS = {True: "yes", False: "no", None: "unknown"}


def subject_name(account: str, row: str | None) -> str:
    """`acme`, or `acme/s1` for one of its rows."""
    return account if row is None else f"{account}/{row}"


def open_words(enrollments: Iterable[Enrollment], naming: bool) -> str:  # noqa: FBT001
    """`open: call, reply (until Friday 13 March)`."""
    found = [f"{words}{f' of {item.account}' if naming else ''}" for item in enrollments for words in _open(item)]
    return f"open: {', '.join(found) or '(nothing)'}"


def _open(enrollment: Enrollment) -> Iterator[str]:
    for step, progress in enrollment.steps.items():
        if progress.state is StepState.OPEN:
            yield f"{step} (until {day_in_words(progress.until)})" if progress.until else step


# --- steps ---


def step_lines(step: Step, enrollment: Enrollment, playbook: Playbook) -> tuple[str, ...]:
    """Why this step is not open; where it waits for others, how those stand."""
    if not enrollment.is_open:
        return (*_own_line(step, enrollment, playbook), _ended(enrollment))
    return tuple(dict.fromkeys(_lines(step, enrollment, playbook, frozenset())))


def _ended(enrollment: Enrollment) -> str:
    assert enrollment.ended_on is not None
    name = subject_name(enrollment.account, enrollment.row)
    how = {"answer": "by an answer", "exit": "by an exit", "goal": "its goal was met", "stopped": "by hand"}
    why = how.get(enrollment.why_ended)
    return f"{name} ended on {day_in_words(enrollment.ended_on)}: {enrollment.outcome}{f' ({why})' if why else ''}"


def _own_line(step: Step, enrollment: Enrollment, playbook: Playbook) -> Iterator[str]:
    progress = enrollment.steps.get(step.id)
    if progress is not None and progress.state is not StepState.CANCELLED:
        yield _progress(step, progress, enrollment, playbook)


def _lines(step: Step, enrollment: Enrollment, playbook: Playbook, asked: frozenset[str]) -> Iterator[str]:
    progress = enrollment.steps.get(step.id)
    if progress is not None:
        yield _progress(step, progress, enrollment, playbook)
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
    named = [f"{item.step}{f': {" or ".join(item.outcomes)}' if item.outcomes else ''}" for item in step.after.requirements]
    if not named:
        return "the start"
    return (" or " if step.after.kind == "any" else " and ").join(named)


def _progress(step: Step, progress: Progress, enrollment: Enrollment, playbook: Playbook) -> str:
    on = day_in_words(progress.done_on or progress.ready_on)
    match progress.state:
        case StepState.OPEN:
            return _open_line(step, progress, enrollment)
        case StepState.DONE:
            return f"{step.id} is done since {on}: {progress.outcome} (by {progress.by})"
        case StepState.PASSED:
            return f"{step.id} was passed over on {on}: its own `when` said no"
        case StepState.SKIPPED:
            return f"{step.id} was skipped on {on}: {_skipped(step, enrollment, playbook)}"
        case StepState.CANCELLED:
            return f"{step.id} was cancelled on {on}"
        case _:
            assert_never(progress.state)


def _open_line(step: Step, progress: Progress, enrollment: Enrollment) -> str:
    if progress.until is not None:
        ready = day_in_words(progress.ready_on)
        lasting = f"{_lasting(step)} from {ready}"
        return f"{step.id} is still waiting until {day_in_words(progress.until)} ({lasting})"
    lines = [f"{task.owner}, due {day_in_words(task.due)}" for task in enrollment.open_tasks if task.step == step.id]
    return f"{step.id} is still open: {'; '.join(lines)}"


def _lasting(step: Step) -> str:
    """Where cases decide how long, the words alone do not tell."""
    if isinstance(step.verb, Wait) and len(step.verb.lasting.fits) == 1:
        return str(step.verb.lasting.fits[0].value)
    return "counted"


def _skipped(step: Step, enrollment: Enrollment, playbook: Playbook) -> str:
    ways = [_lost(item, enrollment) for item in step.after.requirements]
    return f"{_joined(way for way in ways if way)}; it comes after {_after(step)}"


def _lost(item: Requirement, enrollment: Enrollment) -> str:
    """How a requirement became impossible; nothing where it did not."""
    progress = enrollment.steps.get(item.step)
    match progress:
        case Progress(state=StepState.DONE, outcome=outcome) if item.outcomes and outcome not in item.outcomes:
            return f"{item.step} ended with {outcome}"
        case Progress(state=StepState.SKIPPED):
            return f"{item.step} was skipped"
        case Progress(state=StepState.PASSED) if item.outcomes:
            return f"{item.step} was passed over"
        case _:
            return ""


def _joined(words: Iterable[str]) -> str:
    return " and ".join(words)


# --- conditions ---


def culprits(said: Evidence) -> Iterator[Evidence]:
    """The conditions that keep it from yes: said no or unknown, or inside `none` yes."""
    if said.answer is True:
        return
    condition = said.condition
    if not isinstance(condition, Group):
        yield said
        return
    blocking = [item for item in said.items if (item.answer is not False if condition.kind == "none" else not item.answer)]
    if not blocking:  # all inside say yes, but not for long enough
        yield said
        return
    for item in blocking:
        inside = list(culprits(item))
        yield from inside if inside else leaves_of(item)


def leaves_of(said: Evidence) -> Iterator[Evidence]:
    if not said.items:
        yield said
    for item in said.items:
        yield from leaves_of(item)


def names_of(said: Evidence) -> tuple[str, ...]:
    """How an author may point to a condition: as it is written, or by its reason."""
    return tuple(name for name in (getattr(said.condition, "text", None), said.condition.because) if name)


def condition_line(said: Evidence) -> str:
    """`no       licensed_seats >= 10 (licensed_seats is 8)`."""
    words = (names_of(said) or (_group(said.condition),))[0]
    seen = [f"{name} is {_shown(value, kind)}" for name, value, kind in _seen(said) if name != words]
    bare = [_shown(value, kind) for name, value, kind in _seen(said) if name == words]
    held = [f"held for {said.lasting[0]} of {said.lasting[1]} days"] if said.lasting else []
    details = ", ".join([*bare, *seen, *held])
    return f"{SAYS[said.answer]:<8} {words}{f' ({details})' if details else ''}"


def _group(condition: Condition) -> str:
    return "all of it" if isinstance(condition, Group) else ""


def _seen(said: Evidence) -> Sequence[tuple[str, Value, str]]:
    return list(dict.fromkeys(value for leaf in leaves_of(said) for value in leaf.values))


def _shown(value: Value, kind: str) -> str:
    if value is None:
        return "empty"
    readable = spoken(value, FieldType(kind) if kind else None)
    if isinstance(readable, bool):
        return "yes" if readable else "no"
    if isinstance(readable, tuple):
        return ", ".join(readable) or "an empty list"
    if isinstance(readable, float):
        return f"{readable:.6g}"
    return str(readable)


def lasting_of(cases: Cases[object]) -> str:
    return str(cases.fits[0].value)
