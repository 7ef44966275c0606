"""The steps of a playbook → the ways in which each can be reached: which steps ended, and with which outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cs_playbook.model.playbook import Playbook, Requirement, Step, Wait

# A course of events: the steps that have ended → the outcomes with which they may have.
Way = Mapping[str, frozenset[str]]
PASSED = "passed over"  # no outcome is called so: it holds a space
# Both keep a file that nobody would write from costing more than a file that somebody does.
PATIENCE = 2_000  # attempts for one step; what is not found by then is taken to exist
MOST_STEPS = (
    150  # a longer playbook is taken to be sound: each step on the way costs a few calls within calls
)


@dataclass(frozen=True, slots=True)
class Ways:
    """`steps` by id. `unread`: steps that have errors of their own. `circles`: steps that wait for each other."""

    steps: Mapping[str, Step]
    unread: frozenset[str]
    circles: tuple[tuple[str, ...], ...]

    def reached(self) -> frozenset[str]:
        """The steps that some course of events opens. A way to a late step is a way to all before it."""
        if len(self.steps) > MOST_STEPS:
            return frozenset(self.steps)
        found: set[str] = set()
        for name in reversed(list(self.steps)):
            if name not in found:
                way = next(_Search(self).opened(self.steps[name], {}), None)
                found |= set() if way is None else {name, *way}
        return frozenset(found)

    def together(self, one: Requirement, other: Requirement) -> bool:
        """Whether both can be met in one enrollment."""
        return len(self.steps) > MOST_STEPS or any(True for _ in _Search(self).all_met((one, other), {}))

    def before(self, step: str, asked: str) -> bool:
        """Whether `asked` can have ended by the time `step` opens or is open."""
        if len(self.steps) > MOST_STEPS or asked not in self.steps:
            return True
        return asked in self._without(step) and any(self._both(step, asked))

    def _both(self, step: str, asked: str) -> Iterator[bool]:
        search = _Search(self)
        for way in search.opened(self.steps[step], {}):
            wanted = Requirement(asked, (), self.steps[asked].span)
            yield from (True for _ in search.met(wanted, way))

    def _without(self, absent: str) -> frozenset[str]:
        """The steps that can be reached although `absent` has not ended, whatever the outcomes."""
        found: set[str] = set()
        while True:
            left = [step for name, step in self.steps.items() if name not in found and name != absent]
            more = {step.id for step in left if _follows(step, found, self)}
            if not more:
                return frozenset(found)
            found |= more


def ways_of(playbook: Playbook) -> Ways:
    steps: dict[str, Step] = {}
    for step in playbook.steps:
        steps.setdefault(step.id, step)
    return Ways(steps, frozenset(playbook.unread), _circles(steps))


def outcomes_of(step: Step) -> tuple[str, ...]:
    """What it can really end with: a wait without `until` is never met."""
    if isinstance(step.verb, Wait) and step.verb.until is None:
        return ("timed_out",)
    return step.outcomes


def met_by(requirement: Requirement, step: Step) -> frozenset[str]:
    """How `step` may end so that the requirement is met and the enrollment goes on."""
    wanted = set(requirement.outcomes or outcomes_of(step)) - set(step.ends)
    passed = {PASSED} if step.when is not None and not requirement.outcomes else set()
    return frozenset((wanted & set(outcomes_of(step))) | passed)


def _follows(step: Step, ended: set[str], ways: Ways) -> bool:
    said = [item.step in ended or item.step not in ways.steps for item in step.after.requirements]
    return (any(said) if step.after.kind == "any" else all(said)) or not said


class _Search:
    """Holds the patience left while courses of events are tried out, one after the other."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._circular = {name for circle in ways.circles for name in circle}
        self._patience = PATIENCE

    def opened(self, step: Step, way: Way) -> Iterator[Way]:
        """The ways on from `way` in which what comes before the step is met."""
        self._patience -= 1
        requirements = step.after.requirements
        if self._patience < 0 or step.id in self._circular:
            yield way
        elif step.after.kind == "any" and requirements:
            for requirement in requirements:
                yield from self.met(requirement, way)
        else:
            yield from self.all_met(requirements, way)

    def all_met(self, requirements: tuple[Requirement, ...], way: Way) -> Iterator[Way]:
        if not requirements:
            yield way
            return
        for further in self.met(requirements[0], way):
            yield from self.all_met(requirements[1:], further)

    def met(self, requirement: Requirement, way: Way) -> Iterator[Way]:
        step = self._ways.steps.get(requirement.step)
        if step is None or not _possible(requirement, step):  # other rules speak of these
            yield way
            return
        allowed = met_by(requirement, step) & way.get(step.id, frozenset((*outcomes_of(step), PASSED)))
        if allowed:
            further = {**way, step.id: allowed}
            yield from (further,) if step.id in way else self.opened(step, further)


def _possible(requirement: Requirement, step: Step) -> bool:
    return not requirement.outcomes or bool(set(requirement.outcomes) & set(outcomes_of(step)))


def _circles(steps: Mapping[str, Step]) -> tuple[tuple[str, ...], ...]:
    """Steps that wait for each other, each circle once, from the step that stands first in the file."""
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for name in steps:
        path: list[str] = []
        waiting = [iter((name,))]
        while waiting:
            following = next(waiting[-1], None)
            if following is None:
                waiting.pop()
                done |= {path.pop()} if path else set()
            elif following in path:
                found.append(_from_the_first(path[path.index(following) :], steps))
            elif following in steps and following not in done:
                path.append(following)
                waiting.append(iter([item.step for item in steps[following].after.requirements]))
    return tuple(dict.fromkeys(found))


def _from_the_first(circle: list[str], steps: Mapping[str, Step]) -> tuple[str, ...]:
    """In the order in which they would come: each step before the one that waits for it."""
    order = list(steps)
    at = circle.index(min(circle, key=order.index))
    turned = [*circle[at:], *circle[:at]]
    return (turned[0], *reversed(turned[1:]))
