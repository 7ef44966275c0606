"""Answers and values of many accounts → a KPI with its coverage; two snapshots → retention that adds up to the cent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import assert_never

from msgspec import Struct, field

from cs_playbook.model.kpi import Aim, Counted, Kpi, Take
from cs_playbook.model.value import FieldType, Value
from cs_playbook.study.merging import side_by_side

DIGITS = 60  # of a sum: more than a million numbers with all their decimals take

Group = Value  # the value of the fact by which the accounts are told apart; None: they have none
Key = str | int | float
State = tuple[Key, Group, int | None, int | None]  # key, group, is a customer, worth in hundredths


class Bridge(Struct, frozen=True):
    """How the worth of the customers of then became what they are worth now, in hundredths, and how many they are.

    `start` + `expansion` − `contraction` − `churn` = `end`. Apart: `new` customers; `unknown` ones, of whom one of the
    two days does not tell what they are worth (`unknown_start`, as far as it is known). `vanished`: of those who `left`,
    who are no longer in the export at all.
    """

    start: int = 0
    expansion: int = 0
    contraction: int = 0
    churn: int = 0
    end: int = 0
    new: int = 0
    unknown_start: int = 0
    customers: int = 0
    grown: int = 0
    shrunk: int = 0
    left: int = 0
    vanished: int = 0
    joined: int = 0
    unknown: int = 0

    @property
    def stayed(self) -> int:
        return self.customers - self.left

    def share(self, counted: Counted) -> Fraction | None:
        """None where there was nothing to retain."""
        match counted:
            case "gross":
                return (
                    Fraction(self.start - self.contraction - self.churn, self.start) if self.start else None
                )
            case "net":
                return Fraction(self.end, self.start) if self.start else None
            case "logos":
                return Fraction(self.stayed, self.customers) if self.customers else None
            case "logo churn":
                return Fraction(self.left, self.customers) if self.customers else None
            case _:
                assert_never(counted)


class Reading(Struct, frozen=True):
    """`value` None: unknown. Known of `known` of the `about` accounts that it is about, as far as one can tell."""

    value: Fraction | None
    known: int = 0
    about: int = 0
    bridge: Bridge | None = None


class Figures(Struct, frozen=True):
    """A KPI on one day, of all and by group. `since`: the day of the other snapshot of a retention; `why` it is unknown."""

    all: Reading
    groups: Mapping[Group, Reading] = field(default_factory=dict)
    since: date | None = None
    why: str = ""


class KpiNow(Struct, frozen=True):
    """`past`: earlier days, oldest first. `aims`: the playbooks that are meant to move it, and how far."""

    kpi: Kpi
    now: Figures
    past: tuple[tuple[date, Figures], ...] = ()
    aims: tuple[tuple[str, Aim], ...] = ()


class Board(Struct, frozen=True):
    """`by`: the fact by which it is told apart, as asked for, of type `kind`. `trouble`: snapshots that could not be asked, and why."""

    day: date
    kpis: tuple[KpiNow, ...]
    by: str = ""
    kind: FieldType | None = None
    people: Mapping[str, str] = field(default_factory=dict)  # address → name
    trouble: tuple[tuple[date, str], ...] = ()


# --- shares, medians, means, totals ---


def shares(rows: Iterable[tuple[Group, int | None, int]]) -> Figures:
    """(group, says yes, how many): of the known ones, how many say yes."""
    counted: dict[Group, Counter[int | None]] = {}
    for group, says, accounts in rows:
        counted.setdefault(group, Counter())[says] += accounts
    everybody = sum(counted.values(), Counter[int | None]())
    return Figures(_share(everybody), {group: _share(count) for group, count in counted.items()})


def _share(counts: Counter[int | None]) -> Reading:
    known = counts[0] + counts[1]
    return Reading(Fraction(counts[1], known) if known else None, known, known + counts[None])


def taken(take: Take, rows: Iterable[tuple[Group, float | int | None]]) -> Figures:
    """(group, value): of the known ones their median, mean or sum, exactly as their decimals say."""
    known: dict[Group, list[Decimal]] = {}
    unknown: Counter[Group] = Counter()
    for group, value in rows:
        values = known.setdefault(group, [])
        if value is None:
            unknown[group] += 1
        else:
            values.append(Decimal(repr(value)))
    everybody = [value for values in known.values() for value in values]
    groups = {group: _taken(take, values, unknown[group]) for group, values in known.items()}
    return Figures(_taken(take, everybody, unknown.total()), groups)


def _taken(take: Take, values: list[Decimal], unknown: int) -> Reading:
    of_all = len(values) + unknown
    if not values:
        return Reading(None, 0, of_all)
    match take:
        case "median":
            value = _middle(sorted(values))
        case "mean":
            value = _sum(values) / len(values)
        case "total":
            value = _sum(values)
        case _:
            assert_never(take)
    return Reading(value, len(values), of_all)


def _middle(values: list[Decimal]) -> Fraction:
    """Half of the two in the middle, which are one and the same where their number is odd."""
    return (Fraction(values[(len(values) - 1) // 2]) + Fraction(values[len(values) // 2])) / 2


def _sum(values: list[Decimal]) -> Fraction:
    with localcontext(prec=DIGITS):
        return Fraction(sum(values, Decimal(0)))


# --- retention ---


class Compared(Struct, frozen=True):
    """Two snapshots, gone through together. `missing`: customers of then who are not in the newer one: key, group, worth."""

    counts: Mapping[Group, Counter[str]]
    missing: tuple[tuple[Key, Group, int], ...]


def compared(then: Iterable[State], now: Iterable[State]) -> Compared:
    """Both in order of key. A customer belongs to the group of then, a new one to that of now."""
    counts: dict[Group, Counter[str]] = {}
    missing: list[tuple[Key, Group, int]] = []
    for key, before, after in side_by_side(_keyed(then), _keyed(now)):
        was = 0 if before is None else _worth(before)
        group = after[0] if was == 0 and after is not None else before[0] if before is not None else None
        if after is None and before is not None and was:
            missing.append((key, group, was))
        else:
            _add(counts.setdefault(group, Counter()), was, 0 if after is None else _worth(after))
    return Compared(counts, tuple(missing))


def retained(found: Compared, counted: Counted, seen_lately: Iterable[Key] = ()) -> Figures:
    """`seen_lately`: which of the missing were there until a moment ago: of them nothing is known yet, the others left."""
    lately = set(seen_lately)
    counts = {group: Counter(one) for group, one in found.counts.items()}
    for key, group, was in found.missing:
        mine = counts.setdefault(group, Counter())
        _add(mine, was, None if key in lately else 0)
        mine["vanished"] += key not in lately
    everybody = sum(counts.values(), Counter[str]())
    groups = {group: _retained(one, counted) for group, one in counts.items()}
    return Figures(
        _retained(everybody, counted), {group: one for group, one in groups.items() if _is_there(one)}
    )


def _is_there(one: Reading) -> bool:
    return bool(one.about or (one.bridge and one.bridge.joined))


def _retained(counts: Counter[str], counted: Counted) -> Reading:
    bridge = Bridge(**{name: counts[name] for name in counts})
    about = bridge.customers + bridge.unknown
    return Reading(bridge.share(counted), bridge.customers, about, bridge)


def _keyed(states: Iterable[State]) -> Iterator[tuple[Key, tuple[Group, int | None, int | None]]]:
    return ((state[0], state[1:]) for state in states)


def _worth(state: tuple[Group, int | None, int | None]) -> int | None:
    """0 for who is no customer; None where one cannot tell. Nobody is worth less than nothing: that is a mistake."""
    _, customer, worth = state
    if customer == 0 or (customer == 1 and worth == 0):
        return 0
    return worth if customer == 1 and worth is not None and worth > 0 else None


def _add(counts: Counter[str], was: int | None, now: int | None) -> None:
    if was == 0:
        counts.update(new=now or 0, joined=1 if now else 0)
    elif was is None or now is None:
        counts.update(unknown=1, unknown_start=was or 0)
    else:
        counts.update(start=was, end=now, customers=1)
        if now == 0:
            counts.update(churn=was, left=1)
        elif now > was:
            counts.update(expansion=now - was, grown=1)
        elif now < was:
            counts.update(contraction=was - now, shrunk=1)
