"""The score of one account → lines of a screen: every measure with its points, its weight, what it gives, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cs_playbook.model.condition import Condition, leaves
from cs_playbook.model.scorecard import Missing
from cs_playbook.model.scored import Counted, CountedGroup, Lack, Scored
from cs_playbook.model.value import FieldType
from cs_playbook.report.pieces import Cell, Column, Line, table, wrapped
from cs_playbook.report.values import TIE, value_words
from cs_playbook.report.words import clean, count

Units = Mapping[str, tuple[FieldType | None, str]]  # fact → type, unit
# Measure, value, points, weight, what it gives.
_COLUMNS = (Column(20), Column(14), Column(8, right=True), Column(None, right=True), Column(None, right=True))


def score_words(found: Scored) -> str:
    """`71.4 yellow`, `no score`."""
    if found.score is None:
        return "no score" if found.band is None else f"no score, {found.band}"
    return f"{found.score:.1f} {found.band}"


def sum_lines(found: Scored, units: Units, width: int) -> Iterator[Line]:
    """The table and, below it, in sentences what it does not show."""
    if found.groups:
        rows = [[Cell(""), *(Cell(word, "soft") for word in ("value", "points", "weight", "gives"))]]
        rows += [row for group in found.groups for row in _group(group, found, units)]
        rows.append(_total(found))
        yield from table(rows, _COLUMNS, width)
    for style, sentence in _sentences(found):
        yield from wrapped(style, sentence, width, "  ")


def _group(group: CountedGroup, found: Scored, units: Units) -> Iterator[list[Cell]]:
    said = "" if group.counts else "does not count"
    share = _percent(float(group.share)) if group.share else ""
    name = clean(group.group.title or group.group.name)
    yield [Cell(name, "strong" if group.counts else "soft"), Cell(said, "soft"), Cell(), Cell(share), Cell()]
    if group.counts:
        yield from (_line(one, found, units) for one in group.lines)


def _line(one: Counted, found: Scored, units: Units) -> list[Cell]:
    name = Cell(f"{TIE}{TIE}{clean(one.measure.name)}")
    value = clean(value_words(one.value, *units.get(one.measure.name, (None, ""))))
    if one.lack is None:
        style = "warn" if one.measure.name == found.drag else ""
        points = Cell(_points(one.points), style)
        return [name, Cell(value), points, Cell(_percent(float(one.share))), Cell(f"{float(one.given):.1f}")]
    counted = found.card.missing is Missing.WORST
    share = _percent(float(one.share)) if counted else "–"
    return [
        name,
        Cell(_lack(one, value), "warn"),
        Cell("worst" if counted else "–", "warn"),
        Cell(share),
        Cell(f"{float(one.given):.1f}" if counted else "–"),
    ]


def _lack(one: Counted, value: str) -> str:
    match one.lack:
        case Lack.STALE:
            old = "of no day" if one.old is None else f"{count(one.old, 'day')} old".replace(" ", TIE)
            return f"{value}, stale: {old}"
        case Lack.NO_POINTS:
            return f"{value}: no points"
        case _:
            return "missing"


def _total(found: Scored) -> list[Cell]:
    if found.reckoned is None:
        return [Cell("Sum"), Cell(), Cell(), Cell(), Cell("none")]
    base = f"{found.card.low:+d}" if found.card.low else ""
    return [Cell("Sum", "strong"), Cell(base), Cell(), Cell("100 %"), Cell(f"{found.reckoned:.1f}", "strong")]


def _points(points: float | None) -> str:
    return "–" if points is None else f"{points:.1f}".removesuffix(".0")


def _percent(share: float) -> str:
    return f"{share * 100:.0f}{TIE}%"


def _sentences(found: Scored) -> Iterator[tuple[str, str]]:
    yield from _who_is_judged_how(found)
    if found.override is None and found.score is not None:
        yield "", f"{found.band} is {_edges(found)}."
    yield from _what_is_missing(found)
    if found.drag is not None:
        yield "", f"What pulls it down most: {clean(found.drag)}."


def _who_is_judged_how(found: Scored) -> Iterator[tuple[str, str]]:
    if found.profile is not None:
        out = ", ".join(name for name, _ in found.profile.without)
        named = f"profile {found.profile.name}" if found.profile.name else "a profile"
        yield "soft", f"Judged by {clean(named)}, without {out}: {_words(found.profile.when)}."
    if found.unclear is not None:
        yield (
            "warn",
            f"No score: nobody can tell whether a profile holds ({_words(found.unclear.when)} is unknown).",
        )
    if found.unrated is not None:
        yield "warn", f"Unrated: {_words(found.unrated)}."
    if found.override is not None:
        number = "whatever the number says" if found.score is not None else "although there is no number"
        yield "warn", f"Put into {found.override.band}, {number}: {_words(found.override.when)}."


def _what_is_missing(found: Scored) -> Iterator[tuple[str, str]]:
    lacking = any(one.lack for group in found.groups if group.counts for one in group.lines)
    if found.groups and found.reckoned is None:
        yield "warn", "No score: no measure has a value."
    elif lacking and found.card.missing is Missing.SPREAD:
        yield "soft", "The weight of what is missing went to the rest of its group, or to the other groups."
    if found.coverage is not None and found.coverage < 1:
        yield "soft", f"{_percent(found.coverage)} of the weight has a value."


def _edges(found: Scored) -> str:
    """`from 50 to below 75`."""
    bands = found.card.bands
    at = next(place for place, band in enumerate(bands) if band.name == found.band)
    lower, upper = bands[at - 1].below if at else None, bands[at].below
    said = [] if lower is None else [f"from {lower / 10:g}"]
    said += [] if upper is None else [f"{'to ' if said else ''}below {upper / 10:g}"]
    return " ".join(said) or "every score"


def _words(condition: Condition) -> str:
    """The author's sentence, or the condition as it is written."""
    return clean(condition.because or " and ".join(leaf.because or leaf.text for leaf in leaves(condition)))
