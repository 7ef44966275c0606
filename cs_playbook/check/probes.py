"""Conditions that are to be told apart → values of the facts they name, at the bounds of what they ask and between them.

Deterministic and bounded: each fact has a few values, and at most MOST_WORLDS combinations of them are tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice, pairwise
from math import gcd, prod

from msgspec import Struct, field

from cs_playbook.model.answer import evaluate
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.columns import column_of, known_column
from cs_playbook.model.condition import Condition, leaves
from cs_playbook.model.expression import (
    Among,
    Between,
    Call,
    Comparison,
    Expression,
    FieldType,
    Holds,
    IsEmpty,
    Like,
    Literal,
    Memory,
    Name,
    Rank,
    Related,
    Value,
    from_day,
    names_facts,
    to_day,
    walk,
)
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.signal import Signal
from cs_playbook.model.time import add_months

MOST_WORLDS = 1_500
TODAY = 20_454  # a day in the first week of 2026: what counts is the distance to it
SOMETHING_ELSE = "something else"
World = Mapping[str, Value]


class Probed(Struct, frozen=True):
    """A fact with its values. `relative`: a day that is asked by its distance to today. `fact`: what is written."""

    fact: Name | Related | Memory
    values: tuple[Value, ...]
    relative: bool = False

    @property
    def key(self) -> str:
        return self.fact.key if isinstance(self.fact, Name) else column_of(self.fact)


class Edge(Struct, frozen=True):
    """A fact that is compared with something reckoned from other facts."""

    key: str
    reckoned: Expression


def edges_of(conditions: Iterable[Condition]) -> tuple[Edge, ...]:
    found: dict[Edge, None] = {}
    for part in (
        part for condition in conditions for leaf in leaves(condition) for part in walk(leaf.expression)
    ):
        if isinstance(part, Comparison):
            for fact, other in ((part.left, part.right), (part.right, part.left)):
                if (
                    isinstance(fact, Name)
                    and fact.type is not None
                    and fact.type.is_number
                    and names_facts(other)
                ):
                    found[Edge(fact.key, other)] = None
    return tuple(found)


def probes(conditions: Iterable[Condition], catalog: Catalog) -> tuple[Probed, ...]:
    """Every fact that the conditions stand on, signals of other facts followed to what they are reckoned from."""
    collector = _Collector(catalog)
    for condition in conditions:
        for leaf in leaves(condition):
            collector.take(leaf.expression)
    return tuple(collector.probed(key) for key in collector.found)


def worlds(probed: tuple[Probed, ...], edges: tuple[Edge, ...] = ()) -> Iterator[dict[str, Value]]:
    """Combinations of the values: all of them, or as many as are bearable, spread evenly; each also on its `edges`."""
    yield from islice(_on_edges(_combined(probed), edges), MOST_WORLDS)


def _combined(probed: tuple[Probed, ...]) -> Iterator[dict[str, Value]]:
    count = prod(len(one.values) for one in probed)
    step = 1 if count <= MOST_WORLDS else _coprime(count // MOST_WORLDS + 1, count)
    for number in range(min(count, MOST_WORLDS)):
        at = number * step % count
        world: dict[str, Value] = {}
        for one in probed:
            at, place = divmod(at, len(one.values))
            world[one.key] = one.values[place]
            if isinstance(one.fact, Memory):
                world[known_column(one.fact)] = 1
        yield world


def _on_edges(found: Iterator[dict[str, Value]], edges: tuple[Edge, ...]) -> Iterator[dict[str, Value]]:
    """`potential_arr >= 3 * arr`: also exactly three times as much, one less and one more."""
    for world in found:
        yield world
        for edge in edges:
            value = evaluate(edge.reckoned, world, now())
            if isinstance(value, int | float):
                yield from ({**world, edge.key: value + more} for more in (-1, 0, 1))


def _coprime(least: int, count: int) -> int:
    """A step that comes to every combination before it comes back to the first."""
    return next(step for step in range(least, 2 * least + count) if gcd(step, count) == 1)


def now() -> Reckoning:
    """The day on which the probes stand."""
    return Reckoning(TODAY)


def is_reckoned(signal: Signal) -> bool:
    """From other facts of the same account: no rows, no portfolio."""
    return signal.table is None and not any(isinstance(part, Rank) for part in walk(signal.value))


class _Collector(Struct):
    """Holds the facts met so far, with what each is compared with."""

    catalog: Catalog
    found: dict[str, Name | Related | Memory] = field(default_factory=dict)
    compared: dict[str, set[Value]] = field(default_factory=dict)
    distances: dict[str, set[int]] = field(default_factory=dict)
    months: dict[str, set[int]] = field(default_factory=dict)
    may_be_empty: set[str] = field(default_factory=set)

    def take(self, expression: Expression) -> None:
        for part in walk(expression):
            match part:
                case Name() | Related() | Memory():
                    self._fact(part)
                case Like(item=item, pattern=Literal(value=str() as pattern)):
                    self._note(item, pattern.replace("%", "").replace("_", "x"))
                case IsEmpty(item=Name() | Related() | Memory() as item):
                    self.may_be_empty.add(_key(item))
                case _:
                    for asked, other in _pairs(part):
                        self._beside(asked, other)

    def _fact(self, fact: Name | Related | Memory) -> None:
        if isinstance(fact, Name) and fact.name == "today":
            return
        signal = self._reckoned(fact)
        if signal is not None and _key(fact) not in self.compared:
            self.compared[_key(fact)] = set()
            self.take(signal.value)
        elif signal is None:
            self.found.setdefault(_key(fact), fact)

    def _reckoned(self, fact: Expression) -> Signal | None:
        """The signal behind a name, where it is reckoned from other facts of the account."""
        signal = self.catalog.signals.get(fact.name) if isinstance(fact, Name) else None
        return signal if signal is not None and is_reckoned(signal) else None

    def _beside(self, asked: Expression, other: Expression) -> None:
        """What is compared with a constant, or with something reckoned from constants."""
        constants = [part.value for part in walk(other) if isinstance(part, Literal)]
        match asked:
            case Call(function=function, arguments=(Name() | Related() | Memory() as fact, *_)):
                self._distance(function, fact, constants)
            case _:
                for part in walk(asked):
                    for value in constants:
                        self._note(part, value)

    def _distance(self, function: str, fact: Expression, constants: list[Value]) -> None:
        whole = [int(value) for value in constants if isinstance(value, int | float)]
        kept = self.months if "months" in function else self.distances
        if function == "lower":
            for value in constants:
                self._note(fact, value)
        elif isinstance(fact, Name | Related | Memory):
            # Working days: twice as many days of the calendar are surely enough on either side.
            times = (1, 2) if "business" in function else (1,)
            sign = -1 if function.endswith("since") else 1
            kept.setdefault(_key(fact), set()).update(
                sign * value * time for value in whole for time in times
            )

    def _note(self, fact: Expression, value: Value) -> None:
        signal = self._reckoned(fact)
        if signal is not None:
            for part in walk(signal.value):
                self._note(part, value)
        elif isinstance(fact, Name | Related | Memory) and value is not None:
            self.compared.setdefault(_key(fact), set()).add(value)

    def probed(self, key: str) -> Probed:
        fact = self.found[key]
        values = self._values(key, fact)
        empty: tuple[Value, ...] = (None,) if key in self.may_be_empty else ()
        return Probed(fact, (*values, *empty), key in self.distances or key in self.months)

    def _values(self, key: str, fact: Name | Related | Memory) -> tuple[Value, ...]:
        compared = self.compared.get(key, set())
        match fact.type:
            case FieldType.BOOLEAN:
                return (True, False)
            case FieldType.DATE:
                return tuple(sorted(self._days(key, compared)))
            case FieldType.LIST:
                texts = tuple(sorted(value for value in compared if isinstance(value, str)))
                return ((), *((one,) for one in texts), *((texts,) if len(texts) > 1 else ()))
            case FieldType.TEXT:
                return self._texts(fact, compared)
            case _:
                whole = fact.type is FieldType.INTEGER or (
                    isinstance(fact, Related) and fact.function == "number_of"
                )
                return tuple(_numbers(compared, whole=whole))

    def _texts(self, fact: Name | Related | Memory, compared: set[Value]) -> tuple[Value, ...]:
        name = fact.name if isinstance(fact, Name) else ""
        declared = self.catalog.fact_values.get(name, ())
        said = sorted(value for value in compared if isinstance(value, str))
        return tuple(
            dict.fromkeys(
                (*declared, *(said if not declared else ()), *(() if declared else (SOMETHING_ELSE,)))
            )
        )

    def _days(self, key: str, compared: set[Value]) -> set[int]:
        """Around each distance and each day that is named, and in between."""
        edges = {TODAY + distance for distance in self.distances.get(key, ())}
        edges |= {value for value in compared if isinstance(value, int) and not isinstance(value, bool)}
        today = from_day(TODAY)
        edges |= {
            to_day(add_months(today, count + more))
            for count in self.months.get(key, ())
            for more in (-1, 0, 1)
        }
        edges = edges or {TODAY}
        middle = {(one + two) // 2 for one, two in pairwise(sorted(edges))}
        return (
            {edge + more for edge in edges for more in (-1, 0, 1)}
            | middle
            | {min(edges) - 400, max(edges) + 400}
        )


def _numbers(compared: set[Value], *, whole: bool) -> list[Value]:
    """Each bound, what lies between two of them, and beyond the last; below 0 only where something negative is named."""
    bounds = sorted(
        {value for value in compared if isinstance(value, int | float) and not isinstance(value, bool)}
    )
    if not bounds:
        return [0, 1]
    if bounds[0] > 0:
        bounds = [0, *bounds]
    between: Iterable[float] = chain.from_iterable(
        _between(one, two, whole=whole) for one, two in pairwise(bounds)
    )
    below = [bounds[0] - 1] if bounds[0] < 0 else []
    return [*below, *sorted({*bounds, *between}), bounds[-1] + 1]


def _between(one: float, two: float, *, whole: bool) -> Iterator[float]:
    if not whole:
        yield (one + two) / 2
    elif two - one > 1:
        yield one + 1
        yield (one + two) // 2
        yield two - 1


def _pairs(part: Expression) -> Iterator[tuple[Expression, Expression]]:
    """What is asked, with what it is compared with."""
    match part:
        case Comparison(left=left, right=right):
            yield from ((left, right), (right, left))
        case Between(item=item, low=low, high=high):
            yield from ((item, low), (item, high))
        case Among(item=item, choices=choices):
            yield from ((item, choice) for choice in choices)
        case Holds(item=item, list=inside):
            yield inside, item
        case _:
            pass


def _key(fact: Name | Related | Memory) -> str:
    return fact.key if isinstance(fact, Name) else column_of(fact)
