"""What became of the customers of then → lines that anybody can add up, to the cent, and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from cs_playbook.model.kpi import Kpi, Retention
from cs_playbook.report.pieces import Cell, Column, Line, line, table, wrapped
from cs_playbook.report.values import TIE, amount_words, date_words
from cs_playbook.report.words import count
from cs_playbook.study.kpis import Bridge

_SUM = (Column(20), Column(None, right=True), Column(None, right=True), Column(12))


def bridge_lines(found: Bridge, kpi: Kpi, days: tuple[date, date], width: int) -> Iterator[Line]:
    """`days`: of the two snapshots. `width`: from 80 columns up."""
    then, now = (date_words(day).replace(TIE, " ") for day in days)
    yield line(("strong", f"  From {then} to {now}"))
    yield from table(_rows(found), _SUM, width, "    ")
    yield from wrapped("", _fraction_words(found, kpi), width, "    ")
    for said in _apart(found):
        yield from wrapped("soft", said, width, "    ")


def cents(amount: int) -> str:
    """`10 000 000.00`"""
    whole, part = divmod(abs(amount), 100)
    sign = "−" if amount < 0 else ""
    return f"{sign}{whole:,}.{part:02}".replace(",", TIE)


def _rows(found: Bridge) -> list[list[Cell]]:
    gone = f"{found.vanished} no longer in the export" if found.vanished else ""
    return [
        [Cell("  customers of then"), Cell(str(found.customers)), Cell(cents(found.start)), Cell()],
        [Cell("+ expansion"), Cell(str(found.grown)), Cell(cents(found.expansion)), Cell()],
        [Cell("− contraction"), Cell(str(found.shrunk)), Cell(cents(found.contraction)), Cell()],
        [Cell("− churn"), Cell(str(found.left)), Cell(cents(found.churn)), Cell(gone, "soft")],
        [Cell("= what they are now"), Cell(str(found.stayed)), Cell(cents(found.end)), Cell()],
    ]


def _fraction_words(found: Bridge, kpi: Kpi) -> str:
    """The division behind the figure."""
    assert isinstance(kpi.figure, Retention)
    share = found.share(kpi.figure.counted)
    if share is None:
        return "There was nobody to keep: unknown."
    less = f"{cents(found.start)} − {cents(found.contraction)} − {cents(found.churn)}"
    parts = {
        "gross": f"({less}) / {cents(found.start)}",
        "net": f"{cents(found.end)} / {cents(found.start)}",
        "logos": f"{found.stayed} / {found.customers}",
        "logo churn": f"{found.left} / {found.customers}",
    }
    return f"{kpi.figure.counted}: {parts[kpi.figure.counted]} = {amount_words(float(share), 'ratio')}"


def _apart(found: Bridge) -> Iterator[str]:
    if found.joined:
        yield f"Apart, in no retention: {count(found.joined, 'new customer')}, worth {cents(found.new)}"
    if found.unknown:
        said = f"Unknown, in neither sum: {count(found.unknown, 'account')} of which one of the two days does not say"
        yield f"{said} what it is worth ({cents(found.unknown_start)} then, as far as it was said)"


def bridge_json(found: Bridge) -> dict[str, Any]:
    """Amounts as texts with two decimals, which no reader rounds."""
    amounts = {
        name: _text(getattr(found, name))
        for name in ("start", "expansion", "contraction", "churn", "end", "new")
    }
    counts = {
        name: getattr(found, name)
        for name in ("customers", "grown", "shrunk", "left", "vanished", "stayed", "joined")
    }
    return {**amounts, **counts, "unknown": found.unknown, "unknown_start": _text(found.unknown_start)}


def _text(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02}"
