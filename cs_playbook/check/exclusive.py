"""Segments of which exactly one must fit: accounts that none takes, and accounts that two would take."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from cs_playbook.check.probes import (
    SOMETHING_ELSE,
    TODAY,
    Probed,
    edges_of,
    is_reckoned,
    now,
    probes,
    worlds,
)
from cs_playbook.model.answer import answer, evaluate
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Condition, impatient, leaves
from cs_playbook.model.expression import Expression, FieldType, Name, Value, to_list, walk
from cs_playbook.model.segment import Choosing, Segment, Segmentation
from cs_playbook.model.wording import literal, write
from cs_playbook.source.finding import Finding, Severity
from cs_playbook.values import replace

World = dict[str, Value]


def exactly_one_fits(catalog: Catalog) -> Iterator[Finding]:
    """CSP504 An account that none of the exclusive segments takes

    `exclusive:` promises that exactly one segment fits each account. The conditions are tried at the bounds
    of what they ask, just beside them and in between, whatever accounts there are today: "> 100000" beside
    "< 100000" leaves out who has exactly 100000. Where the facts that are named hang together in a way that
    only the data knows, it is a warning.

    Fails:

        # segments.yaml
        segments: tier
        exclusive:
          - {segment: high, when: arr > 60000}
          - {segment: low, when: arr < 60000}

    Mended:

        # segments.yaml
        segments: tier
        exclusive:
          - {segment: high, when: arr >= 60000}
          - {segment: low, when: arr < 60000}
    """
    for trial in _trials(catalog):
        yield from _left_out(trial)
        yield from _taken_twice(trial)


def _left_out(trial: _Trial) -> Iterator[Finding]:
    found = next((world for world, taken in trial.worlds if not taken), None)
    if found is not None:
        said = trial.told(found, trial.segments)
        last = trial.segmentation.segments[-1]
        fact = f"no segment of {trial.segmentation.name} takes an account with {said}"
        hint = "move a bound, or take the rest with {segment: …, when: otherwise}"
        yield Finding(last.span, "CSP504", fact, hint, trial.severity(trial.segments))


def _taken_twice(trial: _Trial) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    for world, taken in trial.worlds:
        if len(taken) > 1 and (taken[0].name, taken[1].name) not in told:
            one, two = taken[:2]
            told.add((one.name, two.name))
            fact = f"'{one.name}' and '{two.name}' both take an account with {trial.told(world, [one, two])}"
            hint = "move a bound; where the order may decide, write first_match:"
            yield Finding(two.span, "CSP506", fact, hint, trial.severity([one, two]))


class _Trial(Struct, frozen=True):
    """A segmentation, and the accounts one may think of with the segments that take each; those who cannot tell left out."""

    segmentation: Segmentation
    segments: list[Segment]
    probed: tuple[Probed, ...]
    worlds: list[tuple[World, list[Segment]]]
    catalog: Catalog

    def severity(self, segments: list[Segment]) -> Severity:
        """Fields and traits can have any values together; what is counted, scored or remembered may not."""
        asked = self._asked_by(segments)
        free = len(asked) == 1 or all(_is_free(one, self.catalog) for one in asked)
        return Severity.ERROR if free else Severity.WARNING

    def told(self, world: World, segments: list[Segment]) -> str:
        """Its facts, as far as these segments ask for them."""
        return " and ".join(_one(fact, world[fact.key]) for fact in self._asked_by(segments))

    def _asked_by(self, segments: list[Segment]) -> list[Probed]:
        named = {one.key for one in probes(_conditions(segments), self.catalog)}
        return [fact for fact in self.probed if fact.key in named]


def _taken(world: World, segments: list[Segment]) -> list[Segment] | None:
    """Those that take it; None where one of them cannot tell."""
    taken: list[Segment] = []
    for segment in segments:
        said = None if segment.when is None else answer(segment.when, world, now())
        if said is None:
            return None
        taken += [segment] if said else []
    return taken


def _is_free(one: Probed, catalog: Catalog) -> bool:
    if not isinstance(one.fact, Name):
        return False
    return catalog.contract.accounts.field(one.fact.name) is not None or one.fact.name in catalog.traits


def _trials(catalog: Catalog) -> Iterator[_Trial]:
    for segmentation in catalog.segmentations.values():
        if segmentation.choosing is not Choosing.EXCLUSIVE:
            continue
        asked = [_patient(segment) for segment in segmentation.segments if segment.when is not None]
        conditions = _conditions(asked)
        probed = probes(conditions, catalog)
        found = worlds(probed, edges_of(conditions))
        told = (_reckoned(world, conditions, catalog) for world in found)
        tried = [(world, taken) for world in told if (taken := _taken(world, asked)) is not None]
        yield _Trial(segmentation, asked, probed, tried, catalog)


def _conditions(segments: list[Segment]) -> list[Condition]:
    return [segment.when for segment in segments if segment.when is not None]


def _patient(segment: Segment) -> Segment:
    return replace(segment, when=None if segment.when is None else impatient(segment.when))


def _reckoned(world: World, conditions: list[Condition], catalog: Catalog) -> World:
    """With the signals that follow from the facts of it."""
    found = dict(world)
    for condition in conditions:
        for leaf in leaves(condition):
            _follow(leaf.expression, found, catalog)
    return found


def _follow(expression: Expression, world: World, catalog: Catalog) -> None:
    for part in walk(expression):
        signal = catalog.signals.get(part.name) if isinstance(part, Name) else None
        if signal is not None and is_reckoned(signal) and signal.name not in world:
            _follow(signal.value, world, catalog)
            world[signal.name] = evaluate(signal.value, world, now())


def _one(probed: Probed, value: Value) -> str:
    """`arr = 50000`, `renewal_date in 30 days`, `not strategic`."""
    fact = write(probed.fact)
    match probed.fact.type:
        case _ if value is None:
            return f"{fact} empty"
        case FieldType.BOOLEAN:
            return fact if value else f"not {fact}"
        case FieldType.DATE if probed.relative and isinstance(value, int):
            return f"{fact} {_from_today(value - TODAY)}"
        case FieldType.LIST:
            return f"{fact} holding {' and '.join(to_list(value)) or 'nothing'}"
        case _ if value == SOMETHING_ELSE:
            return f"another {fact}"
        case kind:
            return f"{fact} = {literal(value, kind)}"


def _from_today(days: int) -> str:
    if days == 0:
        return "today"
    return f"in {days} days" if days > 0 else f"{-days} days ago"
