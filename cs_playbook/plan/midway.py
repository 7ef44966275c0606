"""A playbook and the step at which an account stands already → what counts as done elsewhere, as events."""

from __future__ import annotations

from datetime import date

from cs_playbook.model.event import StepEnded, StepPassed
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Step

ELSEWHERE = "elsewhere"  # who has done it


def done_elsewhere(playbook: Playbook, at: str, enrollment: str, on: date) -> list[StepEnded | StepPassed]:
    """Every step that is neither `at` nor follows from it, in the order of the playbook.

    On the way to `at` a step has ended as that way asks (of several outcomes with the first); all others are
    passed over, so that what joins them later need not wait for them.
    """
    asked, kept = _outcomes_on_the_way(playbook, at), _from(playbook, at)
    return [
        StepEnded(enrollment, step.id, on, asked[step.id], ELSEWHERE)
        if step.id in asked
        else StepPassed(enrollment, step.id, on)
        for step in playbook.steps
        if step.id not in kept
    ]


def _outcomes_on_the_way(playbook: Playbook, at: str) -> dict[str, str]:
    """Back from `at`; where any of several steps is enough, by the first."""
    asked: dict[str, str] = {}
    seen = {at}
    behind = [at]
    while behind:
        for before, outcomes in _before(playbook.step(behind.pop())):
            if outcomes:
                asked.setdefault(before, outcomes[0])
            if before not in seen:
                seen.add(before)
                behind.append(before)
    return asked


def _before(step: Step | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if step is None:
        return ()
    asked = tuple((item.step, item.outcomes) for item in step.after.requirements)
    return asked[:1] if step.after.kind == "any" else asked


def _from(playbook: Playbook, at: str) -> frozenset[str]:
    """`at` and all that may follow from it."""
    found = {at}
    while True:
        more = {
            step.id
            for step in playbook.steps
            if step.id not in found and any(item.step in found for item in step.after.requirements)
        }
        if not more:
            return frozenset(found)
        found |= more
