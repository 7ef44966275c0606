"""What many rules ask, part by part → one sum of their bits in which one no spares as many questions as possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import isqrt

from msgspec import Struct

from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.sql import balanced, sql
from cs_playbook.model.expression import Between, Literal
from cs_playbook.values import replace

_FEWEST = 4  # rules with ranges of one fact, to ask for some at once
_UNCOUNTED = 0.5  # what nobody has counted says yes to every other account


class Range(Struct, frozen=True):
    """`item between low and high`, two numbers. `part`: as it stands among the parts of its rule."""

    part: str
    asks: Between
    item: str
    low: float
    high: float

    @classmethod
    def of(cls, part: str, asks: Between) -> Range | None:
        """None where its ends are no numbers."""
        match asks:
            case Between(
                item=item,
                low=Literal(value=int() | float() as low),
                high=Literal(value=int() | float() as high),
            ):
                return cls(part, asks, sql(item, account_columns("f")), low, high)
            case _:
                return None


class Asked(Struct, frozen=True):
    """What a rule still asks, the likeliest no first, and the SQL of its bits once all of it holds."""

    parts: tuple[str, ...]
    bits: str
    range: Range | None


class Costs(Struct, frozen=True):
    """What it takes to ask each part, in leaves, and how often it says yes (0 to 1)."""

    leaves: Mapping[str, int]
    shares: Mapping[str, float]

    def share(self, part: str) -> float:
        return self.shares.get(part, _UNCOUNTED)

    def of_one(self, part: str) -> float:
        return self.leaves.get(part, 1)

    def of_no(self, part: str) -> float:
        """What it costs to get a no from it."""
        return self.of_one(part) / (1.01 - self.share(part))

    def of_all(self, parts: Iterable[str]) -> float:
        """Of a rule as it is asked: each part only where those before it have said yes."""
        cost, reached = 0.0, 1.0
        for part in parts:
            cost, reached = cost + reached * self.of_one(part), reached * self.share(part)
        return cost


def together(asked: Sequence[Asked], costs: Costs, guards: int) -> str:
    """The sum of the bits of all that fit. `guards`: how many questions may stand around each other.

    iif() jumps over what is already decided.
    """
    sums, rest = [], tuple(asked)
    while guards > 0 and (found := _best(rest, costs)).spares > 0:
        sums += [f"iif({guard}, {together(inside, costs, guards - 1)}, 0)" for guard, inside in found.guarded]
        rest = found.rest
    return balanced(" + ", sums + [_alone(one) for one in rest])


class _Guards(Struct, frozen=True):
    """Questions, and what is asked where each says yes; the `rest` is asked of everybody. `spares`: in leaves, by account."""

    guarded: Sequence[tuple[str, Sequence[Asked]]]
    rest: tuple[Asked, ...]
    spares: float


def _best(asked: Sequence[Asked], costs: Costs) -> _Guards:
    return max(_shared(asked, costs), _neighbours(asked, costs), key=lambda guards: guards.spares)


def _shared(asked: Sequence[Asked], costs: Costs) -> _Guards:
    """The question that spares the most others, of those that two rules ask at least."""
    times = Counter(part for one in asked for part in one.parts)
    spared: dict[str, float] = {}
    for one in asked:
        whole = costs.of_all(one.parts)
        for part in one.parts:
            if times[part] > 1:
                spared[part] = spared.get(part, -costs.of_one(part)) + whole * (1 - costs.share(part))
    best = max(spared, key=lambda part: spared[part], default="")
    if not best:
        return _Guards((), tuple(asked), 0.0)
    inside = [_without(best, one) for one in asked if best in one.parts]
    return _Guards(((best, inside),), tuple(one for one in asked if best not in one.parts), spared[best])


def _without(guard: str, asked: Asked) -> Asked:
    kept = None if asked.range is None or asked.range.part == guard else asked.range
    return replace(asked, parts=tuple(part for part in asked.parts if part != guard), range=kept)


def _neighbours(asked: Sequence[Asked], costs: Costs) -> _Guards:
    """Rules that ask for ranges of one fact, as renewals and first weeks do: outside of all ranges of some none is asked."""
    items = Counter(one.range.item for one in asked if one.range is not None)
    item = max(items, key=lambda item: items[item], default="")
    ranged = [(one.range, one) for one in asked if one.range is not None and one.range.item == item]
    if len(ranged) < _FEWEST:
        return _Guards((), tuple(asked), 0.0)
    ranged.sort(key=lambda pair: (pair[0].low, pair[0].high))
    rest = tuple(one for one in asked if one.range is None or one.range.item != item)
    guarded, spares, size = [], 0.0, isqrt(len(ranged))
    for start in range(0, len(ranged), size):
        some = ranged[start : start + size]
        reached = min(1.0, sum(costs.share(one.part) for one, _ in some))
        spares += sum(costs.of_all(one.parts) for _, one in some) * (1 - reached) - 1
        guarded.append((_around([one for one, _ in some]), [one for _, one in some]))
    return _Guards(guarded, rest, spares)


def _around(ranges: Sequence[Range]) -> str:
    """The range from the lowest end to the highest."""
    asks = ranges[0].asks
    assert isinstance(asks.low, Literal)
    assert isinstance(asks.high, Literal)
    low = replace(asks.low, value=min(one.low for one in ranges))
    high = replace(asks.high, value=max(one.high for one in ranges))
    return sql(replace(asks, low=low, high=high), account_columns("f"))


def _alone(asked: Asked) -> str:
    return f"iif({balanced(' and ', list(asked.parts))}, {asked.bits}, 0)" if asked.parts else asked.bits
