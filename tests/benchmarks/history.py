"""The ratios of a day → a line of the table in this folder's README: how fast it was, on whatever machine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

README = Path(__file__).with_name("README.md")
COLUMNS = (
    "--version", "--help", "schema", "status", "validate, cold", "validate, again", "scan", "DuckDB", "rule-engine",
    "json-logic", "run", "build, CSV", "build, JSON Lines",
)  # fmt: skip
_BEGINS, _ENDS = "<!-- history -->\n", "<!-- end of history -->\n"


def keep(day: date, ratios: Mapping[str, float]) -> None:
    """A line for the day; a second one of that day takes its place, what it did not measure stays."""
    before, _, rest = README.read_text(encoding="utf-8").partition(_BEGINS)
    lines, _, after = rest.partition(_ENDS)
    days = {
        cells[0]: dict(zip(COLUMNS, cells[1:], strict=True)) for cells in map(_cells, lines.splitlines()[2:])
    }
    said = {name: f"{ratio:.2g}" if ratio < 10 else f"{ratio:.0f}" for name, ratio in ratios.items()}
    days[day.isoformat()] = {**days.get(day.isoformat(), {}), **said}
    README.write_text(f"{before}{_BEGINS}{_table(days)}{_ENDS}{after}", encoding="utf-8")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def _table(days: Mapping[str, Mapping[str, str]]) -> str:
    head = [_row("day", COLUMNS), "|---|" + "---:|" * len(COLUMNS)]
    rows = [_row(day, [cells.get(name, "") for name in COLUMNS]) for day, cells in sorted(days.items())]
    return "\n".join([*head, *rows]) + "\n"


def _row(first: str, cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"
