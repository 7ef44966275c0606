"""A score is the same number for both readers, and the one that fractions give: SQL, Python, and the rule as it is told."""

from __future__ import annotations

import sqlite3
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.scores import band_of, scores_table
from cs_playbook.model.condition import Cases, Fit, Leaf
from cs_playbook.model.expression import Comparison, FieldType, IsEmpty, Literal, Name
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.scorecard import (
    MOST_UNITS,
    POINT,
    Band,
    ByValue,
    Line,
    Measure,
    MeasureGroup,
    Missing,
    Points,
    Profile,
    Scorecard,
    most_units,
)
from cs_playbook.model.scored import Scored, scored
from cs_playbook.model.value import Value
from cs_playbook.source.finding import NOWHERE

RECKONING = Reckoning(20_000)
COLUMNS = account_columns("f")
NAMES = [f"m{number}" for number in range(8)]
Row = dict[str, Value]

weights = st.integers(1, 9)
units = st.integers(0, 100 * POINT)
round_units = st.sampled_from([0, 25, 50, 75, 100]).map(lambda points: points * POINT)


def named(name: str, kind: FieldType = FieldType.NUMBER) -> Name:
    return Name(name, type=kind)


def below(name: str, value: float) -> Leaf:
    return Leaf("", Comparison("<", named(name), Literal(value, FieldType.NUMBER)), NOWHERE)


@st.composite
def points_of(draw: st.DrawFn, name: str) -> Points:
    match draw(st.sampled_from(["cases", "line", "value", "given"])):
        case "cases":
            fits = [
                Fit(below(name, edge), draw(round_units))
                for edge in draw(st.lists(st.floats(-1, 1), max_size=3))
            ]
            last = [Fit(None, draw(units))] if draw(st.booleans()) else []
            return Cases((*fits, *last)) if fits or last else Cases((Fit(None, draw(units)),))
        case "line":
            corners = sorted(draw(st.lists(st.integers(-8, 8), min_size=2, max_size=4, unique=True)))
            return Line(tuple((corner / 4, draw(round_units)) for corner in corners))
        case "value":
            return ByValue(((1.0, draw(units)), (0.5, draw(units))))
        case _:
            return Line(((0.0, 0), (100.0, 100 * POINT)))  # the value is its points


@st.composite
def cards(draw: st.DrawFn) -> Scorecard:
    names = iter(NAMES)
    groups = []
    for number in range(draw(st.integers(1, 3))):
        inside = [next(names) for _ in range(draw(st.integers(1, 2)))]
        measures = tuple(
            Measure(named(name), draw(weights), draw(points_of(name)), NOWHERE) for name in inside
        )
        groups.append(MeasureGroup(f"g{number}", draw(weights), measures, NOWHERE))
    left_out = tuple((group.name, NOWHERE) for group in groups[1:])
    unknown = Leaf("", Comparison(">", named("m7"), Literal(0.5, FieldType.NUMBER)), NOWHERE)
    profiles = (Profile(unknown, left_out, NOWHERE),) if left_out and draw(st.booleans()) else ()
    return Scorecard(
        name="health", title="", low=0, high=100, high_is_good=draw(st.booleans()),
        bands=(Band("red", 500, NOWHERE), Band("yellow", 750, NOWHERE), Band("green", None, NOWHERE)),
        missing=draw(st.sampled_from(Missing)), groups=tuple(groups), span=NOWHERE, profiles=profiles,
    )  # fmt: skip


some_values = st.one_of(
    st.none(), st.floats(-2, 2), st.floats(0, 100), st.sampled_from([0.0, 0.5, 1.0, 49.95, 50.0, 74.95, 75.0])
)
rows = st.fixed_dictionaries(dict.fromkeys(NAMES, some_values))


def by_sql(card: Scorecard, row: Row) -> tuple[Value, ...]:
    database = sqlite3.connect(":memory:")
    columns = ", ".join(f"{name} real" for name in NAMES)
    database.execute(f"create table facts (_n integer primary key, {columns})")
    database.execute(
        f"insert into facts values (1, {', '.join('?' for _ in NAMES)})", [row[name] for name in NAMES]
    )
    for statement in scores_table("scores", card, "select * from facts", COLUMNS):
        database.execute(statement)
    found = database.execute(
        f"select score, coalesce(band, {band_of(card, 'score')}), coverage, drag from scores"
    )
    return tuple(found.fetchone())


def as_row(found: Scored) -> tuple[Value, ...]:
    return found.score, found.band, found.coverage, found.drag


def as_told(card: Scorecard, lines: dict[str, Fraction | None]) -> float | None:
    """The rule in words: each group is the mean of what it has, the score the mean of the groups that have anything."""
    instead = Fraction(card.worst, POINT) if card.missing is Missing.WORST else None
    means: list[tuple[int, Fraction]] = []
    for group in card.groups:
        there = [
            (measure.weight, lines[measure.name] if lines[measure.name] is not None else instead)
            for measure in group.measures
        ]
        known = [(weight, points) for weight, points in there if points is not None]
        if known:
            whole = sum(weight for weight, _ in known)
            means.append(
                (group.weight, sum((weight * points for weight, points in known), Fraction(0)) / whole)
            )
    if not means:
        return None
    score = sum((weight * mean for weight, mean in means), Fraction(0)) / sum(weight for weight, _ in means)
    return floor(score * 10 + Fraction(1, 2)) / 10


@settings(max_examples=250)
@given(cards(), rows)
def test_sql_python_and_fractions_give_the_same_score_and_its_lines_add_up_to_it(
    card: Scorecard, row: Row
) -> None:
    """One card and row for all three laws: to draw a card takes longer than to reckon it."""
    found = scored(card, row, RECKONING)

    assert by_sql(card, row) == as_row(found)
    assert is_the_mean_of_means_in_fractions_rounded_once(card, found)
    assert lines_add_up_to_the_score(found)


def is_the_mean_of_means_in_fractions_rounded_once(card: Scorecard, found: Scored) -> bool:
    points = [line for group in found.groups for line in group.lines]
    lines = {
        line.measure.name: None if line.points is None else Fraction(round(line.points * POINT), POINT)
        for line in points
    }
    return found.profile is not None or found.unclear is not None or found.score == as_told(card, lines)


def lines_add_up_to_the_score(found: Scored) -> bool:
    lines = [line for group in found.groups for line in group.lines]
    given = floor(sum(line.given for line in lines) * 10 + Fraction(1, 2)) / 10
    return found.score is None or (sum(line.share for line in lines) == 1 and given == found.score)


EDGES = [
    ((50.0, 49.925), 50.0, "yellow"),
    ((50.0, 49.92), 49.9, "red"),
    ((49.99, 50.005), 50.0, "yellow"),
    ((100.0, 62.425), 75.0, "green"),
    ((100.0, 62.42), 74.9, "yellow"),
]


@pytest.mark.parametrize(("values", "score", "band"), EDGES)
def test_what_rounds_up_to_an_edge_is_in_the_band_above_it(
    values: tuple[float, float], score: float, band: str
) -> None:
    itself = Line(((0.0, 0), (100.0, 100 * POINT)))
    measures = (Measure(named("m0"), 1, itself, NOWHERE), Measure(named("m1"), 2, itself, NOWHERE))
    bands = (Band("red", 500, NOWHERE), Band("yellow", 750, NOWHERE), Band("green", None, NOWHERE))
    card = Scorecard(
        "health",
        "",
        0,
        100,
        True,
        bands,
        Missing.SPREAD,
        (MeasureGroup("all", 1, measures, NOWHERE),),
        NOWHERE,
    )
    row: Row = {**dict.fromkeys(NAMES), "m0": values[0], "m1": values[1]}

    assert by_sql(card, row)[:2] == (score, band)
    assert as_row(scored(card, row, RECKONING))[:2] == (score, band)


def test_the_largest_weights_that_are_let_through_are_still_summed_exactly() -> None:
    """2^61 is the limit of check; here is a card just below it, all points at their best."""
    itself = Line(((0.0, 0), (100.0, 100 * POINT)))
    groups = tuple(
        MeasureGroup(f"g{n}", (97, 89, 83)[n], (Measure(named(f"m{2 * n}"), 503, itself, NOWHERE), Measure(named(f"m{2 * n + 1}"), 499, itself, NOWHERE)), NOWHERE)
        for n in range(3)
    )  # fmt: skip
    card = Scorecard(
        "health", "", 0, 100, True, (Band("all", None, NOWHERE),), Missing.SPREAD, groups, NOWHERE
    )
    row: Row = dict.fromkeys(NAMES, 99.95)

    assert MOST_UNITS // 16 < most_units(card) < MOST_UNITS
    assert by_sql(card, row) == as_row(scored(card, row, RECKONING)) == (100.0, "all", 1.0, "m0")


def test_points_by_cases_may_be_of_what_is_empty() -> None:
    points = Cases((Fit(Leaf("", IsEmpty(named("m0")), NOWHERE), 30 * POINT), Fit(None, 80 * POINT)))
    group = MeasureGroup("all", 1, (Measure(named("m0"), 1, points, NOWHERE),), NOWHERE)
    card = Scorecard(
        "health", "", 0, 100, True, (Band("all", None, NOWHERE),), Missing.SPREAD, (group,), NOWHERE
    )
    row: Row = dict.fromkeys(NAMES)

    assert by_sql(card, row)[0] == scored(card, row, RECKONING).score == 30
