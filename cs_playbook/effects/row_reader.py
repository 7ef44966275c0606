"""A table, its mapping and the columns of a file → each row of it typed, or with what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from operator import call

from cs_playbook.compile.placing import owner_field
from cs_playbook.effects.lookups import Finder
from cs_playbook.effects.newest import how_new
from cs_playbook.effects.snapshot_rows import Staged
from cs_playbook.model.data import Table
from cs_playbook.model.mapping import TableSource
from cs_playbook.parse.cell import BadCell, Stored, shown
from cs_playbook.parse.typed_cell import ReadCell, field_reader, text_reader
from cs_playbook.source.cells import BadRecord, Cell, Reading, Unreadable
from cs_playbook.source.exports import Export
from cs_playbook.source.finding import Finding, Span

MOST_CELLS = 5  # bad cells of one row that are named
# No bad row but a missing declaration: it refuses the file whatever is done with bad rows.
_UNDECLARED = "CSP727"
_CONTROL = re.compile("[\x00-\x1f\x7f]")

Wrong = list[tuple[str, BadCell, int | None]]  # column, what is wrong with it, where it stands


@dataclass(frozen=True, slots=True)
class Cells:
    """How one field is read from a row: which cell, and by whom. A constant reads any cell, says its own."""

    column: int
    read: ReadCell


class RowReader:
    """Reads the rows of one file; the cells of its lookups stand behind its own. Raises Unreadable where dates
    are written in a way that nobody has declared."""

    def __init__(
        self, table: Table, source: TableSource, reading: Reading, finders: Sequence[Finder], zone: tzinfo
    ) -> None:
        self._table = table
        self._reading = reading
        self._finders = finders
        self._width = len(reading.header)
        self._names = list(reading.header)
        for finder in finders:
            finder.at = self._names.index(finder.lookup.by)
            self._names += [f"{finder.lookup.name}.{column}" for column in finder.columns]
        texts = self._width if isinstance(reading, Export) else 0
        self._cells = _cells(table, source, self._names, texts, zone)
        self._reads = [cell.read for cell in self._cells]
        self._places = [cell.column for cell in self._cells]
        self._moment = how_new(source.origin.newest_by, self._names, zone)
        keys = (table.key, owner_field(table), table.day)
        self._needed = [n for n, field in enumerate(table.fields) if field.name in keys]

    def row(self, line: int, row: Sequence[Cell] | BadRecord) -> Staged:
        """`line`: the number under which it is staged."""
        if isinstance(row, BadRecord):
            return self._bad(line, BadCell(row.code, row.message, row.hint), None)
        if len(row) != self._width:
            return self._bad(line, _other_width(len(row), self._width), None)
        try:
            whole = row
            for finder in self._finders:
                whole = [*whole, *finder.of(whole)]
            moment = self._moment(whole)
            # The heart of a build: for each cell one call, and no step of ours in between.
            values = list(map(call, self._reads, map(whole.__getitem__, self._places)))
        except BadCell:
            return self._once_more(line, row)
        for n in self._needed:
            if values[n] is None:
                return self._bad(line, _empty(self._table, n), self._cells[n].column, values, moment)
        return (line, None, None, None, None, None, moment, *values)

    def _once_more(self, line: int, row: Sequence[Cell]) -> Staged:
        """Cell by cell, to name all that are wrong; it points at the first."""
        wrong: Wrong = []
        whole, moment = self._looked_up(row, wrong), None
        try:
            moment = self._moment(whole)
        except BadCell as bad:
            wrong.append(("", bad, None))
        values: list[Stored] = []
        for cell in self._cells:
            try:
                values.append(cell.read(whole[cell.column]))
            except BadCell as bad:
                values.append(None)
                wrong.append((self._names[cell.column], bad, cell.column))
        name, first, column = next((one for one in wrong if one[1].code == _UNDECLARED), wrong[0])
        if first.code == _UNDECLARED:
            fact = f"{name}: {first.message}"
            raise Unreadable(Finding(self._place(column), first.code, fact, first.hint))
        return self._bad(line, _all_of(wrong), column, values, moment)

    def _looked_up(self, row: Sequence[Cell], wrong: Wrong) -> list[Cell]:
        whole = list(row)
        for finder in self._finders:
            try:
                whole += finder.of(whole)
            except BadCell as bad:
                wrong.append((finder.lookup.by, bad, finder.at))
                whole += finder.nothing
        return whole

    def _bad(
        self,
        line: int,
        wrong: BadCell,
        column: int | None,
        values: Sequence[Stored] = (),
        moment: int | None = None,
    ) -> Staged:
        """A bad row keeps its key alone: another row with the same key is bad too."""
        fields, place = self._table.fields, self._place(column)
        counted_in = self._reading.counted_in
        message = wrong.message if counted_in == "line" else f"{counted_in} {place.line}: {wrong.message}"
        keys = [
            value if field.name == self._table.key else None
            for field, value in zip(fields, values or (None,) * len(fields), strict=True)
        ]
        return (line, wrong.code, message, wrong.hint, place.column, place.length, moment, *keys)

    def _place(self, column: int | None) -> Span:
        """A looked-up cell has no place of its own."""
        return self._reading.place(column if column is not None and column < self._width else None)


def _cells(table: Table, source: TableSource, names: Sequence[str], texts: int, zone: tzinfo) -> list[Cells]:
    """`texts`: of so many columns the cells are texts and nothing else."""
    by_name = {one.field: one for one in source.fields}
    columns = {name: n for n, name in enumerate(names)}
    keys = (table.key, owner_field(table))
    cells = []
    for field in table.fields:
        mapped = by_name[field.name]
        at = columns[mapped.column] if mapped.column is not None else 0
        read = text_reader(field, mapped, zone) if at < texts else field_reader(field, mapped, zone)
        if field.name in keys:
            read = _key(read)
        if mapped.column is None:
            read = _always(None if mapped.constant is None else read(mapped.constant))
        cells.append(Cells(at, read))
    return cells


def _key(read: ReadCell) -> ReadCell:
    """Account and row stand side by side in memory, a control letter between them: none may be in a key."""

    def checked(cell: Cell) -> Stored:
        if isinstance(cell, str) and not cell.isprintable() and _CONTROL.search(cell):
            fact = f"{shown(cell)} cannot be a key: it holds letters that nobody sees"
            raise BadCell("CSP731", fact, "mend it where it comes from")
        return read(cell)

    return checked


def _always(value: Stored) -> ReadCell:
    return lambda _cell: value


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
