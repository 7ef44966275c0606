"""A recipe and rows that follow each other → the same rows typed, read column by column where nothing is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cs_playbook.compile.placing import STAGED_BEFORE
from cs_playbook.effects.recipe import Recipe
from cs_playbook.effects.row_reader import read_row
from cs_playbook.effects.snapshot_rows import Batch, whole
from cs_playbook.parse.cell import BadCell, Stored
from cs_playbook.source.cells import BadRecord, Cell, Part, Row

_FEW = 8  # rows that are not worth being halved once more
_MOMENT = STAGED_BEFORE.index("moment")

Columns = list[tuple[int, Sequence[Stored]]]  # of staged rows: the place of each, and what stands there


def read_part(recipe: Recipe, before: int, part: Part) -> Iterator[Batch]:
    """The rows are staged under `before` + their number. What is wrong with a row only `read_row` tells: where
    something is wrong, halves are read, and halves of halves, so that one bad row does not slow down hundreds."""
    columns = _columns(recipe, part.rows)
    if columns is not None:
        yield _batch([before + line for line in part.lines], columns)
    elif len(part.rows) <= _FEW:
        rows = [read_row(recipe, before, line, row) for line, row in zip(*part, strict=True)]
        yield whole(recipe.table, rows)
    else:
        half = len(part.rows) // 2
        yield from read_part(recipe, before, Part(part.lines[:half], part.rows[:half]))
        yield from read_part(recipe, before, Part(part.lines[half:], part.rows[half:]))


def _batch(lines: Sequence[int], columns: Columns) -> Batch:
    """Without the columns in which nothing stands: sqlite3 takes half of its time to find out that None is NULL."""
    said = [(at, column) for at, column in columns if any(value is not None for value in column)]
    return Batch((0, *(at for at, _ in said)), zip(lines, *(column for _, column in said), strict=True))


def _columns(recipe: Recipe, rows: Sequence[Row]) -> Columns | None:
    """Of the staged rows, without their lines; None where something is wrong with one of them."""
    cut = [row for row in rows if not isinstance(row, BadRecord)]
    if len(cut) < len(rows) or set(map(len, cut)) != {recipe.width}:
        return None
    try:
        return _read(recipe, cut)
    except BadCell:
        return None


def _read(recipe: Recipe, rows: Sequence[Sequence[Cell]]) -> Columns | None:
    """Raises BadCell. Nobody is told of what is missing in a lookup before all else is right: it is told once."""
    cells: list[Sequence[Cell]] = list(zip(*rows, strict=True))
    found = []
    for finder in recipe.finders:
        looked_up = finder.of_all(cells[finder.at])
        if looked_up is None:
            return None
        cells += zip(*looked_up[0], strict=True)
        found.append((finder, looked_up[1]))
    moments = _moments(recipe, cells)
    values = [field.many(cells[field.at]) for field in recipe.fields]
    if any(None in values[n] for n in recipe.needed):
        return None
    for finder, missing in found:
        finder.not_there(missing)
    return [*moments, *enumerate(values, len(STAGED_BEFORE))]


def _moments(recipe: Recipe, cells: Sequence[Sequence[Cell]]) -> Columns:
    if recipe.newest is None:
        return []
    at, how_new = recipe.newest
    return [(_MOMENT, list(map(how_new, cells[at])))]
