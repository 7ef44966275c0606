"""A scorecard (`scorecard:`): measures in groups, their weights and points, the bands, and what overrules them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import reduce
from math import gcd, prod

from msgspec import Struct

from cs_playbook.model.condition import Cases, Condition
from cs_playbook.model.expression import Expression, Name
from cs_playbook.model.value import FieldType, Value
from cs_playbook.source.finding import Span

POINT = 10_000  # units in a point: what stands between two corners of a line is rounded to four decimals
TENTH = POINT // 10
CHANGES = (7, 28, 90)  # days
# What SQLite can add in whole numbers: 2 × units × weights stays below 2^63.
MOST_UNITS = 2**61


class Missing(StrEnum):
    """What becomes of a measure without a value."""

    SPREAD = "spread"
    WORST = "worst"


class Line(Struct, frozen=True):
    """Straight lines between corners (value, units), flat outside of them."""

    corners: tuple[tuple[float, int], ...]


class ByValue(Struct, frozen=True):
    """Units for each value of a text, or for yes and no."""

    units: tuple[tuple[Value, int], ...]


Points = Cases[int] | Line | ByValue  # in units above the lower end of the scale


class Measure(Struct, frozen=True):
    """`fact`: what it measures. `stale_after`: days; `day`: of what the fact was last made, None: nobody knows."""

    fact: Name
    weight: int
    points: Points
    span: Span
    stale_after: int | None = None
    day: Expression | None = None

    @property
    def name(self) -> str:
        return self.fact.name


class MeasureGroup(Struct, frozen=True):
    """Measures that share the weight of their group."""

    name: str
    weight: int
    measures: tuple[Measure, ...]
    span: Span
    title: str = ""


class Band(Struct, frozen=True):
    """`below`: its upper edge, in tenths of a point, which belongs to the next band; None: the last."""

    name: str
    below: int | None
    span: Span


class Profile(Struct, frozen=True):
    """Accounts for which some groups do not count."""

    when: Condition
    without: tuple[tuple[str, Span], ...]
    span: Span
    name: str = ""

    def leaves_out(self, group: MeasureGroup) -> bool:
        return any(name == group.name for name, _ in self.without)


class Override(Struct, frozen=True):
    """The band of who fits, whatever the number says."""

    when: Condition
    band: str
    span: Span


class Scorecard(Struct, frozen=True):
    """`low`, `high`: ends of the scale in points; `high_is_good` tells which end is the good one."""

    name: str
    title: str
    low: int
    high: int
    high_is_good: bool
    bands: tuple[Band, ...]
    missing: Missing
    groups: tuple[MeasureGroup, ...]
    span: Span
    profiles: tuple[Profile, ...] = ()
    unrated: Condition | None = None
    overrides: tuple[Override, ...] = ()
    says: str = ""

    @property
    def band(self) -> str:
        return f"{self.name}.band"

    @property
    def coverage(self) -> str:
        return f"{self.name}.coverage"

    @property
    def drag(self) -> str:
        return f"{self.name}.drag"

    @property
    def measures(self) -> tuple[Measure, ...]:
        return tuple(measure for group in self.groups for measure in group.measures)

    @property
    def best(self) -> int:
        """In units above the lower end."""
        return (self.high - self.low) * POINT if self.high_is_good else 0

    @property
    def worst(self) -> int:
        return 0 if self.high_is_good else (self.high - self.low) * POINT

    def change(self, days: int) -> str:
        return f"{self.name}.change_{days}d"

    def band_of(self, score: float) -> str:
        """Lower edges belong to a band, upper edges do not."""
        return next(band.name for band in self.bands if band.below is None or score < band.below / 10)


def facts_of(name: str) -> dict[str, FieldType]:
    """All that one may ask of a scorecard, with its type."""
    texts = {f"{name}.band": FieldType.TEXT, f"{name}.drag": FieldType.TEXT}
    changes = {f"{name}.change_{days}d": FieldType.NUMBER for days in CHANGES}
    return {name: FieldType.NUMBER, f"{name}.coverage": FieldType.NUMBER, **texts, **changes}


def change_days(fact: str) -> int | None:
    """`health.change_28d` → 28; None for anything else."""
    part = fact.rpartition(".")[2]
    return next((days for days in CHANGES if part == f"change_{days}d"), None)


def conditions_of(card: Scorecard) -> Iterator[Condition]:
    """Every condition of a scorecard, wherever it stands."""
    yield from (profile.when for profile in card.profiles)
    yield from (override.when for override in card.overrides)
    if card.unrated is not None:
        yield card.unrated
    for measure in card.measures:
        if isinstance(measure.points, Cases):
            yield from (fit.when for fit in measure.points.fits if fit.when is not None)


def expressions_in(card: Scorecard) -> Iterator[Expression]:
    """What it asks besides conditions: the facts it measures, and how old they are."""
    for measure in card.measures:
        yield measure.fact
        if measure.day is not None:
            yield measure.day


# --- weights ---


def shares(weights: tuple[int, ...]) -> tuple[int, ...]:
    """The same shares in the smallest whole numbers: 60 and 40 are 3 and 2."""
    common = reduce(gcd, weights, 0) or 1
    return tuple(weight // common for weight in weights)


def most_units(card: Scorecard) -> int:
    """The largest whole number that the sum of its points can come to."""
    inside = (sum(shares(tuple(measure.weight for measure in group.measures))) for group in card.groups)
    weight = sum(shares(tuple(group.weight for group in card.groups)))
    return 2 * (card.high - card.low) * POINT * weight * prod(inside) + 2 * TENTH * weight * prod(inside)
