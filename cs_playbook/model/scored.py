"""A scorecard and an account's facts → its score with the whole sum: the same number that SQL gives to everybody."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import floor

from msgspec import Struct

from cs_playbook.model.answer import UNFIT, Values, answer, choose, evaluate
from cs_playbook.model.condition import Cases, Condition
from cs_playbook.model.expression import Expression, Value
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.scorecard import (
    POINT,
    ByValue,
    Line,
    Measure,
    MeasureGroup,
    Missing,
    Override,
    Points,
    Profile,
    Scorecard,
)
from cs_playbook.values import replace


class Lack(StrEnum):
    """Why a measure has no points of its own."""

    NO_VALUE = "no value"
    STALE = "stale"
    NO_POINTS = "no points for it"


class Counted(Struct, frozen=True):
    """One line of the sum. `points`: None where it has none. `share`: its part of the whole weight, 0 to 1, after what
    is missing was spread; `given`: the points that it adds. `old`: days since the fact was made, where that is asked."""

    measure: Measure
    value: Value
    points: float | None
    share: Fraction
    given: Fraction
    lack: Lack | None = None
    old: int | None = None


class CountedGroup(Struct, frozen=True):
    """`counts`: False where the account's profile leaves it out. `share`: as of a line."""

    group: MeasureGroup
    counts: bool
    share: Fraction
    lines: tuple[Counted, ...]


class Scored(Struct, frozen=True):
    """`score` None: there is none; then `unrated` says yes, `unclear` is the profile nobody can tell, or nothing has a
    value. `override`: the one that gives the band. `reckoned`: what the sum comes to, also where it does not count."""

    card: Scorecard
    score: float | None
    band: str | None
    coverage: float | None
    drag: str | None
    groups: tuple[CountedGroup, ...] = ()
    reckoned: float | None = None
    profile: Profile | None = None
    unclear: Profile | None = None
    unrated: Condition | None = None
    override: Override | None = None


def scored(card: Scorecard, values: Values, reckoning: Reckoning) -> Scored:
    """`values`: facts of the account by name."""
    chosen, is_clear = _profile(card, values, reckoning)
    found = Scored(card, None, None, None, None)
    if is_clear:
        found = replace(_sum(card, chosen, values, reckoning), profile=chosen)
    else:
        found = replace(found, unclear=chosen)
    unrated = card.unrated if card.unrated and answer(card.unrated, values, reckoning) else None
    if unrated is not None:
        found = replace(found, score=None, drag=None, unrated=unrated)
    override = next((one for one in card.overrides if answer(one.when, values, reckoning)), None)
    band = override.band if override else None if found.score is None else card.band_of(found.score)
    return replace(found, band=band, override=override)


def _profile(card: Scorecard, values: Values, reckoning: Reckoning) -> tuple[Profile | None, bool]:
    """The first that fits, and whether one can tell."""
    for profile in card.profiles:
        said = answer(profile.when, values, reckoning)
        if said is not False:
            return profile, said is True
    return None, True


# --- the sum ---


def _sum(card: Scorecard, profile: Profile | None, values: Values, reckoning: Reckoning) -> Scored:
    lines = {group.name: [_line(one, values, reckoning) for one in group.measures] for group in card.groups}
    used = [group for group in card.groups if profile is None or not profile.leaves_out(group)]
    there = {group.name: _weight_there(lines[group.name], card) for group in used}
    whole = sum(group.weight for group in used if there[group.name])
    groups = tuple(
        _group(group, lines[group.name], group in used, Fraction(there.get(group.name, 0)), whole, card)
        for group in card.groups
    )
    if not whole:
        return Scored(card, None, None, _coverage(used, lines), None, groups)
    exact = sum((line.given for group in groups for line in group.lines), Fraction(0))
    score = (card.low * 10 + rounded(exact)) / 10
    return Scored(card, score, None, _coverage(used, lines), _drag(groups, card), groups, score)


def rounded(points: Fraction) -> int:
    """In tenths, half up."""
    return floor(points * 10 + Fraction(1, 2))


def _weight_there(lines: list[Counted], card: Scorecard) -> int:
    return sum(line.measure.weight for line in lines if line.lack is None or card.missing is Missing.WORST)


def _group(
    group: MeasureGroup, lines: list[Counted], counts: bool, there: Fraction, whole: int, card: Scorecard
) -> CountedGroup:
    share = Fraction(group.weight, whole) if counts and there and whole else Fraction(0)
    shared = (_shared(line, share / there if there else Fraction(0), card) for line in lines)
    return CountedGroup(group, counts, share, tuple(shared))


def _shared(line: Counted, of_one: Fraction, card: Scorecard) -> Counted:
    """With its share; a missing measure has none, or the worst points there are."""
    if line.lack is not None and card.missing is Missing.SPREAD:
        return line
    share = of_one * line.measure.weight
    return replace(line, share=share, given=share * Fraction(_units(line, card), POINT))


def _units(line: Counted, card: Scorecard) -> int:
    return card.worst if line.points is None else round(line.points * POINT)


def _coverage(used: list[MeasureGroup], lines: dict[str, list[Counted]]) -> float:
    there = Fraction(0)
    for group in used:
        known = sum(line.measure.weight for line in lines[group.name] if line.lack is None)
        there += Fraction(group.weight * known, sum(measure.weight for measure in group.measures))
    return float(there / sum(group.weight for group in used))


def _drag(groups: tuple[CountedGroup, ...], card: Scorecard) -> str | None:
    """The measure without which the score would be best; the first of several."""
    lines = [line for group in groups for line in group.lines if line.share]
    most = max(lines, key=lambda line: _lost(line, card))
    return most.measure.name if _lost(most, card) else None


def _lost(line: Counted, card: Scorecard) -> Fraction:
    return line.share * abs(card.best - _units(line, card))


# --- one measure ---


def _line(measure: Measure, values: Values, reckoning: Reckoning) -> Counted:
    value, old = values.get(measure.fact.key), _age(measure, values, reckoning)
    nothing = Counted(measure, value, None, Fraction(0), Fraction(0), old=old)
    if measure.stale_after is not None and (old is None or old > measure.stale_after):
        return replace(nothing, lack=Lack.NO_VALUE if value is None else Lack.STALE)
    units = units_of(measure.points, measure.fact, values, reckoning)
    if units is None:
        return replace(nothing, lack=Lack.NO_VALUE if value is None else Lack.NO_POINTS)
    return replace(nothing, points=units / POINT)


def _age(measure: Measure, values: Values, reckoning: Reckoning) -> int | None:
    day = None if measure.day is None else evaluate(measure.day, values, reckoning)
    return reckoning.today - int(day) if isinstance(day, int | float) else None


def units_of(points: Points, fact: Expression, values: Values, reckoning: Reckoning) -> int | None:
    """None: it is missing."""
    match points:
        case Cases():
            chosen = choose(points, values, reckoning)
            return None if chosen is UNFIT else int(chosen)
        case Line(corners=corners):
            value = evaluate(fact, values, reckoning)
            return None if value is None else _on_line(float(value), corners)  # type: ignore[arg-type]
        case ByValue(units=units):
            value = evaluate(fact, values, reckoning)
            return None if value is None else dict(units).get(value)


def _on_line(value: float, corners: tuple[tuple[float, int], ...]) -> int:
    """The same steps as in compile/scores.py: the two must come to the same last digit."""
    if value <= corners[0][0]:
        return corners[0][1]
    for (left, low), (right, high) in pairwise(corners):
        if value <= right:
            return floor(low + (value - left) * (high - low) / (right - left) + 0.5)
    return corners[-1][1]
