"""The KPIs of a portfolio → a screen and JSON: value, coverage, change, a small trend; of one the whole reckoning too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, assert_never

from cs_playbook.model.kpi import Aim, Kpi, Retention, Share, Taken
from cs_playbook.model.wording import write
from cs_playbook.report.kpi_bridge import bridge_json, bridge_lines
from cs_playbook.report.pieces import BLANK, Cell, Column, Line, line, table, wrapped
from cs_playbook.report.plan_json import FORMAT_VERSION, written
from cs_playbook.report.values import TIE, amount_words, date_words, value_words
from cs_playbook.report.words import clean, count, day_with_year
from cs_playbook.study.behind import words_of
from cs_playbook.study.kpis import Board, Figures, Group, KpiNow, Reading

_BARS = "▁▂▃▄▅▆▇█"
_COLUMNS = (Column(20), Column(None, right=True), Column(16), Column(14), Column(None))
_GROUPS = (Column(16), Column(None, right=True), Column(16), Column(14), Column(None))
_TREND = (Column(12), Column(None, right=True), Column(16))
_HEAD = [Cell(word, "soft") for word in ("", "now", "accounts", "", "")]
NOBODY = "(empty)"
ALONE = "one snapshot alone"


def board_lines(found: Board, width: int, names: bool) -> Iterator[Line]:
    """All KPIs. `width`: from 80 columns up. `names`: of people, or their addresses."""
    yield from wrapped("head", f"KPIs · {day_with_year(found.day)}", width)
    yield BLANK
    yield from table([_HEAD, *(_row(one) for one in found.kpis)], _COLUMNS, width)
    if found.by:
        yield from _by_group(found, width, names)
    yield from _footnotes(found, width)
    yield BLANK
    yield line(("soft", "cs-playbook kpis NAME   shows how one is reckoned; --by tier, --since 2026-01-01"))


def one_lines(found: Board, width: int, names: bool) -> Iterator[Line]:
    """One KPI, with what it is made of."""
    one = found.kpis[0]
    yield from wrapped("head", f"{one.kpi.name} · {day_with_year(found.day)}", width)
    yield from wrapped("soft", clean(one.kpi.says), width) if one.kpi.says else ()
    yield from wrapped("soft", definition_words(one.kpi), width)
    yield BLANK
    yield from table([_row(one)], _COLUMNS, width)
    if one.now.all.bridge is not None and one.now.since is not None:
        yield BLANK
        yield from bridge_lines(one.now.all.bridge, one.kpi, (one.now.since, found.day), width)
    if found.by:
        yield from _by_group(found, width, names)
    if one.past:
        yield BLANK
        yield line(("strong", "  What it was"))
        yield from table([_past_row(one.kpi, day, figures) for day, figures in one.past], _TREND, width)
    if one.aims:
        yield BLANK
        yield from _aims(one, width)
    yield from _footnotes(found, width)


def definition_words(kpi: Kpi) -> str:
    """As the file says it, in one line."""
    of = (
        f" of accounts with {clean(words_of(kpi.of))}"
        if kpi.of is not None
        else " of the accounts playbooks see"
    )
    match kpi.figure:
        case Share(condition=condition):
            return f"share: {clean(words_of(condition))};{of}"
        case Taken(take=take, value=value):
            return f"{take} of {clean(write(value))};{of}"
        case Retention(value=value, counted=counted, over=over):
            return f"retention of {clean(write(value))}, {counted}, over {over};{of}"
        case _:
            assert_never(kpi.figure)


# --- one row ---


def _row(one: KpiNow) -> list[Cell]:
    before = next(((day, was.all.value) for day, was in one.past if was.all.value is not None), None)
    history = [was.all.value for _, was in one.past]
    cells = _cells(one.kpi, one.now.all, before, history)
    is_alone = one.now.all.value is None and one.now.why
    return [Cell(one.kpi.name, "strong"), cells[0], Cell(ALONE, "soft") if is_alone else cells[1], *cells[2:]]


def _cells(
    kpi: Kpi, now: Reading, before: tuple[date, Fraction | None] | None, history: Sequence[Fraction | None]
) -> list[Cell]:
    """Value, coverage, change, trend."""
    bars = trend_bars([*history, now.value]) if any(value is not None for value in history) else ""
    changed = _change(kpi, now.value, before)
    style = "soft" if now.value is None else ""
    return [
        Cell(kpi_words(kpi, now.value), style),
        Cell(coverage_words(now), "soft"),
        Cell(changed),
        Cell(bars),
    ]


def kpi_words(kpi: Kpi, value: Fraction | None) -> str:
    """`91.2 %`, `23 days`, `unknown`."""
    if value is None:
        return "unknown"
    return amount_words(float(value), "ratio" if kpi.is_ratio else kpi.unit)


def coverage_words(now: Reading) -> str:
    """Of how many accounts it is known; nobody who is not known is taken for nothing."""
    if now.about == 0:
        return "of nobody"
    return f"all {now.about}" if now.known == now.about else f"{now.known} of {now.about} known"


def _change(kpi: Kpi, now: Fraction | None, before: tuple[date, Fraction | None] | None) -> str:
    if now is None or before is None or before[1] is None:
        return ""
    change = now - before[1]
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    if kpi.is_ratio:
        points = round(abs(float(change)) * 100, 1)
        said = f"{points:g}{TIE}point{'' if points == 1 else 's'}"
    else:
        said = amount_words(abs(float(change)), kpi.unit)
    return f"{sign}{said} since {date_words(before[0])}"


def trend_bars(values: Sequence[Fraction | None]) -> str:
    """One bar each, from the lowest to the highest of them; a dot where it is unknown."""
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    # What hardly moves is not to look like a fall: the whole height is at least a tenth of the highest.
    least = abs(high) / 10
    middle = (low + high) / 2
    bottom, height = (low, high - low) if high - low >= least else (middle - least / 2, least)
    return "".join("·" if value is None else _bar(value - bottom, height) for value in values)


def _bar(above: Fraction, height: Fraction) -> str:
    return _BARS[round(above / height * (len(_BARS) - 1))] if height else _BARS[0]


def _past_row(kpi: Kpi, day: date, was: Figures) -> list[Cell]:
    said = ALONE if was.all.value is None and was.why else coverage_words(was.all)
    return [Cell(date_words(day)), Cell(kpi_words(kpi, was.all.value)), Cell(said, "soft")]


# --- by group, and what is said below ---


def _by_group(found: Board, width: int, names: bool) -> Iterator[Line]:
    for one in found.kpis:
        yield BLANK
        yield line(("strong", f"  {one.kpi.name} by {clean(found.by)}"))
        yield from table([_group_row(one, group, found, names) for group in groups_of(one)], _GROUPS, width)


def groups_of(one: KpiNow) -> list[Group]:
    """The largest first; who has no value of that fact last."""
    found = one.now.groups
    return sorted(found, key=lambda group: (group is None, -found[group].about, str(group)))


def _group_row(one: KpiNow, group: Group, found: Board, names: bool) -> list[Cell]:
    was = [(day, figures.groups.get(group, Reading(None)).value) for day, figures in one.past]
    before = next(((day, value) for day, value in was if value is not None), None)
    cells = _cells(one.kpi, one.now.groups[group], before, [value for _, value in was])
    return [Cell(group_words(group, found, names)), *cells]


def group_words(group: Group, found: Board, names: bool) -> str:
    """The value of the fact, a person by their name."""
    if group is None:
        return NOBODY
    said = value_words(group, found.kind)
    return clean(found.people.get(str(group), said)) if names else said


def _aims(one: KpiNow, width: int) -> Iterator[Line]:
    yield line(("strong", "  Meant to move it"))
    rows = [[Cell(name), Cell(_from_to(aim)), Cell(clean(aim.says), "soft")] for name, aim in one.aims]
    yield from table(rows, (Column(16), Column(None), Column(20)), width)


def _from_to(aim: Aim) -> str:
    """`0.90 → 0.92`, `to 60`"""
    return f"{aim.was} → {aim.to}" if aim.was and aim.to else f"to {aim.to}" if aim.to else ""


def _footnotes(found: Board, width: int) -> Iterator[Line]:
    for why in dict.fromkeys(one.now.why for one in found.kpis if one.now.why):
        yield BLANK
        yield from wrapped("warn", f"! A retention compares two snapshots: {clean(why)}", width)
    if found.trouble:
        yield BLANK
        skipped = count(len(found.trouble), "snapshot")
        day, why = found.trouble[0]
        yield from wrapped(
            "warn", f"! {skipped} could not be asked, that of {date_words(day)}: {clean(why)}", width
        )


# --- JSON ---


def as_json(found: Board) -> str:
    """Ratios from 0 to 1, unknown values null, amounts of a retention as texts with two decimals."""
    return written({
        "format_version": FORMAT_VERSION, "day": found.day.isoformat(), "by": found.by or None,
        "kpis": [_kpi_json(one, found) for one in found.kpis],
        "not_asked": [{"day": day.isoformat(), "why": why} for day, why in found.trouble],
    })  # fmt: skip


def _kpi_json(one: KpiNow, found: Board) -> dict[str, Any]:
    return {
        "kpi": one.kpi.name, "definition": definition_words(one.kpi), **_reading_json(one.now.all),
        "since": one.now.since.isoformat() if one.now.since else None, "why_unknown": one.now.why or None,
        "groups": [{"group": group, **_reading_json(one.now.groups[group])} for group in groups_of(one)] if found.by else [],
        "past": [
            {"day": day.isoformat(), "value": _number(was.all.value), "known": was.all.known, "about": was.all.about}
            for day, was in one.past
        ],
        "aims": [{"playbook": name, "from": aim.was or None, "to": aim.to or None, "says": aim.says or None} for name, aim in one.aims],
    }  # fmt: skip


def _reading_json(now: Reading) -> dict[str, Any]:
    bridge = {} if now.bridge is None else {"reconciliation": bridge_json(now.bridge)}
    return {"value": _number(now.value), "known": now.known, "about": now.about, **bridge}


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
