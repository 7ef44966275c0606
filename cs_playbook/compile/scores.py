"""A scorecard and a relation with all that it asks → the SQL of a table with everybody's score, exact to the last digit.

Whole numbers throughout: units of points times weights, on one denominator, divided once. Each stage stands behind a
`limit`, or SQLite would write every measure out again wherever it is named.
"""

from __future__ import annotations

from itertools import pairwise
from typing import assert_never

from cs_playbook.compile.sql import TODAY, Columns, constant, quoted, sql, sql_of_condition
from cs_playbook.model.columns import column_of
from cs_playbook.model.condition import Cases
from cs_playbook.model.expression import Memory
from cs_playbook.model.scorecard import (
    TENTH,
    ByValue,
    Line,
    Measure,
    MeasureGroup,
    Missing,
    Points,
    Scorecard,
    shares,
)

STAND = "limit -1 offset 0"
UNCLEAR = "null"


def scores_table(table: str, card: Scorecard, relation: str, columns: Columns) -> tuple[str, str]:
    """A table (_n, score, band: of an override, coverage, drag) of all accounts of the relation `f`."""
    points = _points(card, relation, columns)
    return (
        f"create temp table if not exists {table} (_n integer primary key, score real, band text, coverage real, drag text) strict",
        f"insert into temp.{table} {_results(card, _quotients(card, _weights(card, points)))}",
    )


def band_of(card: Scorecard, score: str) -> str:
    """The band of a number that stands in a column; empty where that is."""
    lower = "".join(
        f" when {score} < {constant(band.below / 10)} then {constant(band.name)}"
        for band in card.bands
        if band.below is not None
    )
    return f"case when {score} is null then null{lower} else {constant(card.bands[-1].name)} end"


def changed_by(change: Memory) -> str:
    """What a score has gained since: of two numbers with one decimal, one with one decimal."""
    gained = f"f.{quoted(change.subject)} - f.{quoted(column_of(change))}"
    return f"(cast(round(({gained}) * 10) as integer) / 10.0)"


# --- first: what each measure says ---


def _points(card: Scorecard, relation: str, columns: Columns) -> str:
    said = [f"{_fresh(measure, columns)} as u{number}" for number, measure in enumerate(card.measures)]
    unrated = "0" if card.unrated is None else f"coalesce({sql_of_condition(card.unrated, columns)}, 0)"
    selected = ["f._n", f"{_profile(card, columns)} as p", f"{unrated} as unrated"]
    selected += [f"{_override(card, columns)} as band", *said]
    return f"select {', '.join(selected)} from ({relation}) f {STAND}"


def _profile(card: Scorecard, columns: Columns) -> str:
    """The number of the first that fits, from 1; 0 where none does, empty where one cannot tell."""
    arms = ""
    for number, profile in enumerate(card.profiles, 1):
        said = sql_of_condition(profile.when, columns)
        arms += f" when {said} then {number} when ({said}) is null then {UNCLEAR}"
    return f"case{arms} else 0 end" if arms else "0"


def _override(card: Scorecard, columns: Columns) -> str:
    arms = "".join(
        f" when {sql_of_condition(one.when, columns)} then {constant(one.band)}" for one in card.overrides
    )
    return f"case{arms} end" if arms else "null"


def _fresh(measure: Measure, columns: Columns) -> str:
    points = _units(measure.points, columns.asked(measure.fact), columns)
    if measure.stale_after is None or measure.day is None:
        return points
    day = sql(measure.day, columns)
    return f"case when {TODAY} - {day} <= {measure.stale_after} then {points} end"


def _units(points: Points, fact: str, columns: Columns) -> str:
    match points:
        case Cases(fits=fits):
            arms = ""
            for fit in fits:
                if fit.when is None:
                    return f"(case{arms} else {fit.value} end)" if arms else str(fit.value)
                said = sql_of_condition(fit.when, columns)
                arms += f" when {said} then {fit.value} when ({said}) is null then null"
            return f"(case{arms} end)"
        case Line(corners=corners):
            return _on_line(fact, corners)
        case ByValue(units=units):
            return f"(case {fact}{''.join(f' when {constant(value)} then {count}' for value, count in units)} end)"
        case _:
            assert_never(points)


def _on_line(fact: str, corners: tuple[tuple[float, int], ...]) -> str:
    """The same steps as in model/scored.py: the two must come to the same last digit."""
    first, last = corners[0], corners[-1]
    arms = f" when {fact} <= {constant(first[0])} then {first[1]}"
    for (left, low), (right, high) in pairwise(corners):
        start, end = constant(left), constant(right)
        between = f"{low} + ({fact} - {start}) * {constant(high - low)} / ({end} - {start}) + 0.5"
        arms += f" when {fact} <= {end} then cast({between} as integer)"
    return f"(case when {fact} is null then null{arms} else {last[1]} end)"


# --- then: what each group weighs and comes to ---


def _weights(card: Scorecard, points: str) -> str:
    """g: the group's weight, n: the sum of its points, d: the weight that went into it, k: the weight with a value."""
    selected = ["_n", "p", "unrated", "band", *(f"u{number}" for number in range(len(card.measures)))]
    for number, (group, weight) in enumerate(zip(card.groups, _group_shares(card), strict=True)):
        inside = _inside(card, group)
        known = " + ".join(f"iif(u{at} is null, 0, {own})" for at, own in inside)
        counted = str(sum(own for _, own in inside)) if card.missing is Missing.WORST else known
        added = " + ".join(f"{own} * coalesce(u{at}, {_instead(card)})" for at, own in inside)
        selected += [f"{_of_profile(card, group, weight)} as g{number}", f"{added} as n{number}"]
        selected += [f"{counted} as d{number}", f"{known} as k{number}"]
    return f"select {', '.join(selected)} from ({points}) {STAND}"


def _instead(card: Scorecard) -> int:
    """In the sum, for a measure without a value."""
    return card.worst if card.missing is Missing.WORST else 0


def _of_profile(card: Scorecard, group: MeasureGroup, weight: int) -> str:
    without = [str(number) for number, profile in enumerate(card.profiles, 1) if profile.leaves_out(group)]
    return f"iif(p in ({', '.join(without)}), 0, {weight})" if without else str(weight)


def _group_shares(card: Scorecard) -> tuple[int, ...]:
    return shares(tuple(group.weight for group in card.groups))


def _inside(card: Scorecard, group: MeasureGroup) -> list[tuple[int, int]]:
    """Which column, and its weight."""
    first = next(number for number, measure in enumerate(card.measures) if measure is group.measures[0])
    return list(enumerate(shares(tuple(measure.weight for measure in group.measures)), first))


# --- then: everything on one denominator ---


def _quotients(card: Scorecard, weights: str) -> str:
    """c: what one unit of the group's own sum counts; whole: the weight of the groups that have a value, times all."""
    numbers = range(len(card.groups))
    kept = ["_n", "p", "unrated", "band", *(f"u{number}" for number in range(len(card.measures)))]
    kept += [f"{letter}{number}" for number in numbers for letter in "gnk"]
    every = " * ".join(f"max(d{number}, 1)" for number in numbers)
    # The others' weights: this group's sum is divided by its own.
    counts = [
        f"g{number} * iif(d{number} > 0, {' * '.join(f'max(d{other}, 1)' for other in numbers if other != number) or '1'}, 0) as c{number}"
        for number in numbers
    ]
    whole = " + ".join(f"iif(d{number} > 0, g{number}, 0)" for number in numbers)
    return f"select {', '.join([*kept, *counts])}, ({whole}) * {every} as whole from ({weights}) {STAND}"


def _results(card: Scorecard, quotients: str) -> str:
    """Half up: twice the sum and one denominator more, by twice the denominator. Unknown or unrated is no score."""
    numbers = range(len(card.groups))
    total = " + ".join(f"c{number} * n{number}" for number in numbers)
    tenths = f"(2 * ({total}) + whole * {TENTH}) / (2 * whole * {TENTH})"
    rated = "p is not null and not unrated and whole > 0"
    score = f"iif({rated}, ({card.low * 10} + {tenths}) / 10.0, null)"
    drag = f"iif({rated}, {_drag(card)}, null)"
    inside = f"select *, {_most(card)} as most from ({quotients}) {STAND}"
    return f"select _n, {score}, band, {_coverage(card)}, {drag} from ({inside})"


def _losses(card: Scorecard) -> list[tuple[str, Measure]]:
    """What each measure takes away, on the one denominator."""
    found: list[tuple[str, Measure]] = []
    for number, group in enumerate(card.groups):
        for (at, own), measure in zip(_inside(card, group), group.measures, strict=True):
            instead = card.worst if card.missing is Missing.WORST else card.best
            found.append((f"c{number} * {own} * abs({card.best} - coalesce(u{at}, {instead}))", measure))
    return found


def _most(card: Scorecard) -> str:
    return f"max(0, {', '.join(loss for loss, _ in _losses(card))})"


def _drag(card: Scorecard) -> str:
    arms = "".join(f" when {loss} = most then {constant(measure.name)}" for loss, measure in _losses(card))
    return f"case when most = 0 then null{arms} end"


def _coverage(card: Scorecard) -> str:
    """The share of the weight that has a value, of the groups that count."""
    full = [sum(own for _, own in _inside(card, group)) for group in card.groups]
    every = 1
    for one in full:
        every *= one
    known = " + ".join(f"g{number} * k{number} * {every // one}" for number, one in enumerate(full))
    whole = " + ".join(f"g{number}" for number in range(len(full)))
    return f"iif(p is null, null, ({known}) * 1.0 / nullif(({whole}) * {every}, 0))"
