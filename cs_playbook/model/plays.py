"""Which playbooks the steps of a playbook begin, directly and through others; and what a playbook may end with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cs_playbook.model.event import STOPPED_BY_CHANGE
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import NOT_STARTED, Play, Step

BY_ITSELF = (
    "finished",
    "gone",
    "stopped",
    "retired",
    STOPPED_BY_CHANGE,
)  # how an enrollment may end without its playbook saying so


def plays_of(playbook: Playbook) -> Iterator[tuple[Step, Play]]:
    for step in playbook.all_steps:
        if isinstance(step.verb, Play):
            yield step, step.verb


def played_by(playbook: Playbook, playbooks: Mapping[str, Playbook]) -> dict[str, Playbook]:
    """By name: what its steps begin, what the steps of those begin, and so on; itself only if it is among them."""
    found: dict[str, Playbook] = {}
    left = [playbook]
    while left:
        for _, play in plays_of(left.pop()):
            named = [playbooks[fit.value] for fit in play.playbook.fits if fit.value in playbooks]
            left += [other for other in named if other.name not in found]
            found |= {other.name: other for other in named}
    return found


def endings_of(playbook: Playbook) -> tuple[str, ...]:
    """All an enrollment of it may end with."""
    said = [way_out.outcome for way_out in playbook.exits]
    said += [playbook.goal.outcome] if playbook.goal else []
    said += [outcome for step in playbook.steps for outcome in step.ends]
    return (*dict.fromkeys(said), *BY_ITSELF)


def outcomes_of_play(play: Play, playbooks: Mapping[str, Playbook]) -> tuple[str, ...]:
    """What the step may end with: the other one's endings, or not_started."""
    named = [playbooks[fit.value] for fit in play.playbook.fits if fit.value in playbooks]
    return (*dict.fromkeys(outcome for other in named for outcome in endings_of(other)), NOT_STARTED)
