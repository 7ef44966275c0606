"""An enrollment, the steps of the text it goes by, today's text → the move from one to the other.

A step keeps what has become of it under its name, or its new one (`renamed_steps`). What has begun is never begun
again, but for a letter that nobody got: where its step comes back, it asks once more whether it may go, and is written
in the words of that day. A step that was there before and has not begun is judged by its `after` alone, like on any other
day. A new step that stands only before steps that have begun comes too late: it is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from cs_playbook.model.enrollment import Arm, Enrollment, Progress, StepState
from cs_playbook.model.event import TextChanged
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Step
from cs_playbook.plan.advance import verdict
from cs_playbook.plan.fold_move import after_move, asks_again, last_lines
from cs_playbook.values import replace

ASIDE = "~"  # no step that people write can have it in its name


def moving(enrollment: Enrollment, before: Iterable[str], new: Playbook, on: date) -> TextChanged:
    """`before`: the steps of the text it has gone by, as far as that can be read."""
    known = tuple(dict.fromkeys((*before, *_touched(enrollment))))
    renamed = _renamed(enrollment, known, new)
    watched = _watch_until(enrollment, new)
    moved = TextChanged(
        enrollment.key, new.definition, on, renamed, watch_until=watched, before=enrollment.definition
    )
    moved = replace(moved, gone=_gone(enrollment, moved, new), key_names=_key_names(enrollment, moved, new))
    back = _back(enrollment, moved, new)
    moved = replace(moved, back=back, asks=_asks(enrollment, moved, back))
    once, often = _rhythms(enrollment, moved, new)
    moved = replace(moved, once=once, often=often, begun=_begun(enrollment, moved, often))
    if enrollment.arm is not Arm.TREATED:  # without steps
        return moved
    moved = replace(moved, anew=_anew(after_move(enrollment, moved), new))
    there_before = {renamed.get(step, step) for step in known}
    return replace(moved, passed=_too_late(after_move(enrollment, moved), new, there_before))


def _touched(enrollment: Enrollment) -> tuple[str, ...]:
    """The steps of which anything is remembered."""
    tasks = (task.step for task in enrollment.tasks.values())
    return tuple(sorted({*enrollment.steps, *enrollment.repeats, *tasks}))


def _watch_until(enrollment: Enrollment, new: Playbook) -> date | None:
    within = new.goal.within if new.goal else None
    return None if within is None else enrollment.day_zero + timedelta(days=within)


# --- names ---


def _renamed(enrollment: Enrollment, known: tuple[str, ...], new: Playbook) -> dict[str, str]:
    """Old name → new; what is no longer meant by its name is set aside."""
    ids = {step.id for step in new.all_steps}
    named: dict[str, str] = {step: step for step in known if step in ids}
    for step in known:
        target = name_now(step, new.changes.renamed_steps, ids)
        if target is not None and target not in named.values():
            named[step] = target
    renamed = {old: now for old, now in named.items() if old != now}
    used = set(known) | ids
    for step in _set_aside(enrollment, named, new):
        renamed[step] = _free(step, used)
        used.add(renamed[step])
    return renamed


def name_now(step: str, renamed: Mapping[str, str], ids: Iterable[str]) -> str | None:
    """What a step is called now, through as many new names as it had; None: it is gone."""
    ids, seen = set(ids), {step}
    while step not in ids:
        if renamed.get(step, step) in seen:
            return None
        step = renamed[step]
        seen.add(step)
    return step


def _set_aside(enrollment: Enrollment, named: Mapping[str, str], new: Playbook) -> list[str]:
    """What is open as another kind of step than the new text has there: its lines are of no use to that one."""
    found = []
    for old, now in named.items():
        step, kind = new.step(now), _kind(enrollment, old)
        if step is not None and kind is not None and kind != step.kind:
            found.append(old)
    return found


def _kind(enrollment: Enrollment, step: str) -> str | None:
    """Of what is open of it, or was when a move cancelled it; None: nothing."""
    progress = enrollment.steps.get(step)
    if progress is None or progress.state not in (StepState.OPEN, StepState.CANCELLED):
        return None
    kinds = [task.kind for task in enrollment.tasks.values() if task.step == step]
    if kinds:
        return kinds[-1]
    return "playbook" if progress.plays else "wait"


def _key_names(enrollment: Enrollment, moved: TextChanged, new: Playbook) -> dict[str, str]:
    """A step of which nothing is remembered, under a name that has made keys of another step."""
    after = after_move(enrollment, moved)
    touched = _touched(after)
    taken = {after.key_name(step) for step in (*touched, *after.key_names)}
    found: dict[str, str] = {}
    for step in new.all_steps:
        if step.id not in touched and step.id not in after.key_names and step.id in taken:
            found[step.id] = _free(step.id, taken)
            taken.add(found[step.id])
    return found


def _free(name: str, taken: Iterable[str]) -> str:
    number = 2
    while f"{name}{ASIDE}{number}" in taken:
        number += 1
    return f"{name}{ASIDE}{number}"


# --- what becomes of them ---


def _gone(enrollment: Enrollment, moved: TextChanged, new: Playbook) -> tuple[str, ...]:
    after = after_move(enrollment, moved)
    return tuple(
        step
        for step, progress in sorted(after.steps.items())
        if progress.state is StepState.OPEN and new.step(step) is None
    )


def _back(enrollment: Enrollment, moved: TextChanged, new: Playbook) -> tuple[str, ...]:
    after = after_move(enrollment, moved)
    return tuple(
        step
        for step, progress in sorted(after.steps.items())
        if progress.state is StepState.CANCELLED
        and new.step(step) is not None
        and not _begins_again(after, step)
    )


def _begins_again(after: Enrollment, step: str) -> bool:
    """Nobody got any letter of it."""
    lines = last_lines(after, step)
    return bool(lines) and all(asks_again(task) for task in lines)


def _asks(enrollment: Enrollment, moved: TextChanged, back: tuple[str, ...]) -> tuple[str, ...]:
    """Of steps of which somebody got a letter, the letters that nobody got."""
    after = after_move(enrollment, moved)
    return tuple(sorted(task.key for step in back for task in last_lines(after, step) if asks_again(task)))


def _rhythms(
    enrollment: Enrollment, moved: TextChanged, new: Playbook
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The steps that repeat no more, and those that do from now on."""
    after = after_move(enrollment, moved)
    once, often = [], []
    for step in new.all_steps:
        progress = after.steps.get(step.id)
        if step.id in after.repeats and step.repeats is None:
            once.append(step.id)
        elif step.repeats is not None and step.id not in after.repeats and _is_begun(progress):
            often.append(step.id)
    return tuple(once), tuple(often)


def _begun(enrollment: Enrollment, moved: TextChanged, often: tuple[str, ...]) -> dict[str, int]:
    """No number of a time is given twice: it goes on with the last there was."""
    after = after_move(enrollment, moved)
    newest = {step: max((task.occurrence for task in last_lines(after, step)), default=1) for step in often}
    return {step: number for step, number in newest.items() if number > 1}


def _is_begun(progress: Progress | None) -> bool:
    """And not done: open, or about to be open again."""
    return progress is not None and progress.state in (StepState.OPEN, StepState.CANCELLED)


def _anew(after: Enrollment, new: Playbook) -> tuple[str, ...]:
    """Letters that are to be written once more; and skipped steps that the new text may reach: nobody has done them, and
    nobody has said no."""
    mails = tuple(
        step
        for step, progress in after.steps.items()
        if progress.state is StepState.CANCELLED and new.step(step) is not None and _begins_again(after, step)
    )
    return (*mails, *_may_be_reached(replace(after, steps=_but(after.steps, mails)), new))


def _but(steps: Mapping[str, Progress], some: Iterable[str]) -> dict[str, Progress]:
    return {step: progress for step, progress in steps.items() if step not in some}


def _may_be_reached(after: Enrollment, new: Playbook) -> tuple[str, ...]:
    skipped = {step for step, progress in after.steps.items() if progress.state is StepState.SKIPPED}
    steps = [step for step in new.steps if step.id in skipped]
    without = {step: progress for step, progress in after.steps.items() if step not in skipped}
    while True:
        asked = replace(after, steps=without)
        lost = [
            step.id for step in steps if step.id not in without and verdict(step.after, asked) == "impossible"
        ]
        if not lost:
            return tuple(step.id for step in steps if step.id not in without)
        without |= {step: after.steps[step] for step in lost}


def _too_late(after: Enrollment, new: Playbook, before: set[str]) -> tuple[str, ...]:
    begun = {*after.steps, *after.repeats}
    fresh = [step for step in new.steps if step.id not in before and step.id not in begun]
    late: set[str] = set()
    while True:
        more = {
            step.id for step in fresh if step.id not in late and _stands_only_before(step, new, begun | late)
        }
        if not more:
            return tuple(step.id for step in fresh if step.id in late)
        late |= more


def _stands_only_before(step: Step, new: Playbook, begun: set[str]) -> bool:
    following = [
        other.id for other in new.steps if any(item.step == step.id for item in other.after.requirements)
    ]
    return bool(following) and all(other in begun for other in following)
