"""A recipe and one row of a file → the row typed, or with all that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from cs_playbook.effects.recipe import Recipe
from cs_playbook.effects.snapshot_rows import Staged
from cs_playbook.model.data import Table
from cs_playbook.parse.cell import BadCell, Stored
from cs_playbook.source.cells import BadRecord, Cell, Row, Unreadable
from cs_playbook.source.finding import Finding, Span

MOST_CELLS = 5  # bad cells of one row that are named
# No bad row but a missing declaration: it refuses the file whatever is done with bad rows.
_UNDECLARED = "CSP727"

Wrong = list[tuple[str, BadCell, int | None]]  # column, what is wrong with it, where it stands


def read_row(recipe: Recipe, before: int, line: int, row: Row) -> Staged:
    """It is staged under `before` + `line`. Raises Unreadable where dates are written in a way that nobody has
    declared."""
    if isinstance(row, BadRecord):
        return _bad(recipe, before, line, BadCell(row.code, row.message, row.hint))
    if len(row) != recipe.width:
        return _bad(recipe, before, line, _other_width(len(row), recipe.width))
    wrong: Wrong = []
    whole = _looked_up(recipe, row, wrong)
    moment = _moment(recipe, whole, wrong)
    values = _values(recipe, whole, wrong)
    if wrong:
        return _all_wrong(recipe, before, line, wrong, values, moment)
    for n in recipe.needed:
        if values[n] is None:
            empty = _empty(recipe.table, n)
            return _bad(recipe, before, line, empty, recipe.fields[n].at, values, moment)
    return (before + line, None, None, None, None, None, moment, *values)


def _looked_up(recipe: Recipe, row: Sequence[Cell], wrong: Wrong) -> list[Cell]:
    """The row, with the cells of its lookups behind its own."""
    whole = list(row)
    for finder in recipe.finders:
        try:
            whole += finder.of(whole)
        except BadCell as bad:
            wrong.append((finder.lookup.by, bad, finder.at))
            whole += finder.nothing
    return whole


def _moment(recipe: Recipe, whole: Sequence[Cell], wrong: Wrong) -> Stored:
    if recipe.newest is None:
        return None
    at, how_new = recipe.newest
    try:
        return how_new(whole[at])
    except BadCell as bad:
        wrong.append(("", bad, None))
        return None


def _values(recipe: Recipe, whole: Sequence[Cell], wrong: Wrong) -> list[Stored]:
    values: list[Stored] = []
    for field in recipe.fields:
        try:
            values.append(field.one(whole[field.at]))
        except BadCell as bad:
            values.append(None)
            wrong.append((recipe.names[field.at], bad, field.at))
    return values


def _all_wrong(
    recipe: Recipe, before: int, line: int, wrong: Wrong, values: Sequence[Stored], moment: Stored
) -> Staged:
    """All are named; it points at the first."""
    name, first, column = next((one for one in wrong if one[1].code == _UNDECLARED), wrong[0])
    if first.code == _UNDECLARED:
        fact = f"{name}: {first.message}"
        raise Unreadable(Finding(_place(recipe, line, column), first.code, fact, first.hint))
    return _bad(recipe, before, line, _all_of(wrong), column, values, moment)


def _bad(
    recipe: Recipe,
    before: int,
    line: int,
    wrong: BadCell,
    column: int | None = None,
    values: Sequence[Stored] = (),
    moment: Stored = None,
) -> Staged:
    """A bad row keeps its key alone: another row with the same key is bad too."""
    fields, place = recipe.table.fields, _place(recipe, line, column)
    counted_in = recipe.reading.counted_in
    message = wrong.message if counted_in == "line" else f"{counted_in} {place.line}: {wrong.message}"
    keys = [
        value if field.name == recipe.table.key else None
        for field, value in zip(fields, values or (None,) * len(fields), strict=True)
    ]
    return (before + line, wrong.code, message, wrong.hint, place.column, place.length, moment, *keys)


def _place(recipe: Recipe, line: int, column: int | None) -> Span:
    """A looked-up cell has no place of its own."""
    return recipe.reading.place(line, column if column is not None and column < recipe.width else None)


def _all_of(wrong: Wrong) -> BadCell:
    told = [f"{name}: {bad.message}" if name else bad.message for name, bad, _ in wrong[:MOST_CELLS]]
    more = [f"{len(wrong) - MOST_CELLS} more cells"] if len(wrong) > MOST_CELLS else []
    first = wrong[0][1]
    return BadCell(first.code, "; ".join([*told, *more]), first.hint)


def _other_width(cells: int, width: int) -> BadCell:
    hint = "a separator inside a text needs quotes around the text"
    return BadCell("CSP736", f"{cells} cells where the header has {width}", hint)


def _empty(table: Table, field: int) -> BadCell:
    name = table.fields[field].name
    use = {table.key: "the key", table.day: "the day of the row"}.get(name, "whom the row belongs to")
    return BadCell("CSP733", f"{name} is empty: it is {use}")
