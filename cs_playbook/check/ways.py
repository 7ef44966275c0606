"""The steps of a playbook → the ways in which each is reached: which steps ended, with which outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Requirement, Step, Wait

# A course of events: the steps that have ended → the outcomes with which they may have.
Way = Mapping[str, frozenset[str]]
PASSED = "passed over"  # no outcome is called so: it holds a space
# Both keep a file that nobody would write from costing more than a file that somebody does.
PATIENCE = 2_000  # attempts for one step; what is not found by then is taken to exist
MOST_STEPS = 150  # a longer playbook is taken to be sound: each step on the way is a few calls deeper


class Need(Struct, frozen=True):
    """That `step` has ended in one of these ways and the enrollment goes on."""

    step: str
    endings: frozenset[str]


class Ways(Struct, frozen=True):
    """`steps` by id; `outcomes`: what each can really end with; `needs`: what each comes after.

    `unread`: steps with errors of their own. `circles`: steps that wait for each other. `joins`: whether any
    step comes after several at once.
    """

    steps: Mapping[str, Step]
    outcomes: Mapping[str, tuple[str, ...]]
    needs: Mapping[str, tuple[Need, ...]]
    unread: frozenset[str]
    circles: tuple[tuple[str, ...], ...]
    joins: bool

    def reached(self) -> frozenset[str]:
        """The steps that some course of events opens."""
        possible = self._followed(frozenset())
        if not self.joins or len(self.steps) > MOST_STEPS:
            return possible  # without joins no step asks anything of a branch it does not stand on
        found: set[str] = set()
        for name in reversed(list(possible)):  # a way to a late step is a way to all before it
            if name not in found:
                way = next(_Search(self).opened(name, {}), None)
                found |= set() if way is None else {name, *way}
        return frozenset(found)

    def together(self, one: Need, other: Need) -> bool:
        """Whether both can be met in one enrollment."""
        return len(self.steps) > MOST_STEPS or any(True for _ in _Search(self).all_met((one, other), {}))

    def before(self, step: str, asked: str) -> bool:
        """Whether `asked` can have ended by the time `step` opens or is open."""
        if asked not in self.steps or len(self.steps) > MOST_STEPS or self._stands_above(asked, step):
            return True
        return asked in self._followed(frozenset((step,))) and any(self._both(step, asked))

    def _stands_above(self, asked: str, step: str) -> bool:
        """Whether a straight way down from `asked` leads to `step`: then it has ended, or `step` never opens."""
        above, left = {step}, [step]
        while left:
            found = {need.step for need in self.needs[left.pop()]} & self.needs.keys() - above
            above |= found
            left += found
        return asked in above and asked != step

    def _both(self, step: str, asked: str) -> Iterator[bool]:
        search = _Search(self)
        ended = Need(asked, _going_on(self.steps[asked], self.outcomes[asked]))
        for way in search.opened(step, {}):
            yield from (True for _ in search.met(ended, way))

    def _followed(self, absent: frozenset[str]) -> frozenset[str]:
        """The steps that can be reached although those absent have not ended, one requirement at a time."""
        found: set[str] = set()
        left = [name for name in self.steps if name not in absent]
        while left:
            before = len(left)
            for name in left:  # in the order of the file, which is mostly that of events: one round does it
                if self._follows(name, found):
                    found.add(name)
            left = [name for name in left if name not in found]
            if len(left) == before:
                break
        return frozenset(found)

    def _follows(self, name: str, ended: set[str]) -> bool:
        said = [
            need.step not in self.steps or (need.step in ended and bool(need.endings))
            for need in self.needs[name]
        ]
        return (any(said) if self.steps[name].after.kind == "any" else all(said)) or not said


def ways_of(playbook: Playbook, plays: Mapping[str, tuple[str, ...]] | None = None) -> Ways:
    """`plays`: step → what the playbook that it begins may end with."""
    steps: dict[str, Step] = {}
    for step in playbook.steps:
        steps.setdefault(step.id, step)
    outcomes = {name: _outcomes_of(step) for name, step in steps.items()} | dict(plays or {})
    going_on = {name: _going_on(step, outcomes[name]) for name, step in steps.items()}
    needs = {
        name: tuple(_need(item, steps.get(item.step), going_on, outcomes) for item in step.after.requirements)
        for name, step in steps.items()
    }
    joins = any(step.after.kind == "all" and len(step.after.requirements) > 1 for step in steps.values())
    circles = () if _only_upwards(needs) else _circles(needs)
    return Ways(steps, outcomes, needs, frozenset(playbook.unread), circles, joins)


def _outcomes_of(step: Step) -> tuple[str, ...]:
    """A wait without `until` is never met."""
    if isinstance(step.verb, Wait) and step.verb.until is None:
        return ("timed_out",)
    return step.outcomes if step.repeats is None else step.repeats.endings


def is_endless(step: Step | None) -> bool:
    """It repeats as long as the enrollment lasts."""
    return step is not None and step.repeats is not None and not step.repeats.endings


def _need(
    item: Requirement,
    step: Step | None,
    going_on: Mapping[str, frozenset[str]],
    outcomes: Mapping[str, tuple[str, ...]],
) -> Need:
    """What the requirement asks. An outcome the step does not have is another rule's: here any will do."""
    if step is None:
        return Need(item.step, frozenset())
    if not item.outcomes or not set(item.outcomes).intersection(outcomes[step.id]):
        return Need(step.id, going_on[step.id])
    return Need(step.id, going_on[step.id].intersection(item.outcomes))


def _going_on(step: Step, outcomes: tuple[str, ...]) -> frozenset[str]:
    """How the step may end, or be passed over, without ending the enrollment."""
    endings = outcomes if step.when is None else (*outcomes, PASSED)
    return frozenset(endings).difference(step.ends)


class _Search:
    """Holds the patience left while courses of events are tried out, one after the other."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._circular = {name for circle in ways.circles for name in circle}
        self._patience = PATIENCE

    def opened(self, name: str, way: Way) -> Iterator[Way]:
        """The ways on from `way` in which what comes before the step is met."""
        self._patience -= 1
        needs = self._ways.needs[name]
        if self._patience < 0 or name in self._circular:
            yield way
        elif needs and self._ways.steps[name].after.kind == "any":
            for need in needs:
                yield from self.met(need, way)
        else:
            yield from self.all_met(needs, way)

    def all_met(self, needs: tuple[Need, ...], way: Way) -> Iterator[Way]:
        if not needs:
            yield way
            return
        for further in self.met(needs[0], way):
            yield from self.all_met(needs[1:], further)

    def met(self, need: Need, way: Way) -> Iterator[Way]:
        if need.step not in self._ways.steps:
            yield way
        elif need.step in way:
            endings = way[need.step] & need.endings
            if endings:
                yield {**way, need.step: endings}
        elif need.endings:
            yield from self.opened(need.step, {**way, need.step: need.endings})


def _only_upwards(needs: Mapping[str, tuple[Need, ...]]) -> bool:
    """Whether each step comes after steps that stand above it: then there is no circle to look for."""
    above: set[str] = set()
    for name, before in needs.items():
        if any(need.step not in above and need.step in needs for need in before):
            return False
        above.add(name)
    return True


def _circles(needs: Mapping[str, tuple[Need, ...]]) -> tuple[tuple[str, ...], ...]:
    """Steps that wait for each other, each circle once, from the step that stands first in the file."""
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for name in needs:
        path: list[str] = []
        waiting: list[Iterator[str]] = [iter((name,))]
        while waiting:
            following = next(waiting[-1], None)
            if following is None:
                waiting.pop()
                done |= {path.pop()} if path else set()
            elif following in path:
                found.append(_from_the_first(path[path.index(following) :], needs))
            elif following in needs and following not in done:
                path.append(following)
                waiting.append(iter([need.step for need in needs[following]]))
    return tuple(dict.fromkeys(found))


def _from_the_first(circle: list[str], needs: Mapping[str, tuple[Need, ...]]) -> tuple[str, ...]:
    """In the order in which they would come: each step before the one that waits for it."""
    order = list(needs)
    at = circle.index(min(circle, key=order.index))
    turned = [*circle[at:], *circle[:at]]
    return (turned[0], *reversed(turned[1:]))
