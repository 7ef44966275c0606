"""The export of a table, by its mapping → its rows staged in a database, and what is wrong with the file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cs_playbook.compile.placing import STAGED_BEFORE, owner_field
from cs_playbook.effects.snapshot_rows import Staged, stage
from cs_playbook.model.data import Table
from cs_playbook.model.mapping import FieldSource, TableSource
from cs_playbook.parse.cell import BadCell, Read, Stored, cell_reader, shown
from cs_playbook.source.exports import Export, Unreadable
from cs_playbook.source.finding import Finding, Severity, Span, did_you_mean
from cs_playbook.source.manifest import SourceFile

MOST_CELLS = 5  # bad cells of one row that are named
_UNDECLARED = (
    "CSP727"  # no bad row but a missing declaration: it refuses the file whatever is done with bad rows
)
_CONTROL = re.compile("[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Cells:
    """How one field is read from a row: which cell, and by whom. A constant reads any cell, says its own."""

    column: int
    read: Read


@dataclass(frozen=True, slots=True)
class Loaded:
    """A table after its file was read. `file` None: it could not be, and nothing was staged."""

    table: Table
    shown: str
    file: SourceFile | None
    findings: tuple[Finding, ...]


def load(connection: sqlite3.Connection, table: Table, source: TableSource, folder: Path) -> Loaded:
    """Reads one file to its end into the staging of `table`. Streams. Raises UserError where it may not."""
    path = folder / source.file
    shown = path.as_posix()
    if not path.is_file():
        return Loaded(table, shown, None, (_no_file(path, source),))
    try:
        with Export(path, shown, source.encoding, source.separator) as export:
            return _load(connection, table, source, export)
    except Unreadable as unreadable:
        return Loaded(table, shown, None, (unreadable.finding,))


def _load(connection: sqlite3.Connection, table: Table, source: TableSource, export: Export) -> Loaded:
    wrong = [finding for field in source.fields for finding in _header_findings(field, source, export)]
    if wrong:
        return Loaded(table, export.shown, None, tuple(wrong))
    stage(connection, table, _rows(table, source, export))
    file = SourceFile(source.file, export.sha256, export.rows_read)
    return Loaded(table, export.shown, file, tuple(_nobody_maps(source, export)))


def _no_file(path: Path, source: TableSource) -> Finding:
    beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    hint = (
        did_you_mean(path.name, beside)
        or "export it, correct `file:`, or say where the exports are with --from"
    )
    return Finding(source.span, "CSP721", f"there is no file {path.as_posix()}", hint)


def _header_findings(field: FieldSource, source: TableSource, export: Export) -> Iterator[Finding]:
    if field.column is None:
        return
    times = export.header.count(field.column)
    if times == 0:
        fact = f"{export.shown} has no column '{field.column}'"
        yield Finding(field.span, "CSP722", fact, _no_column_hint(field.column, source, export))
    if times > 1:
        fact = f"{export.shown} has the column '{field.column}' {times} times: which one is meant?"
        yield Finding(field.span, "CSP723", fact, "give the columns names of their own in the export")


def _no_column_hint(column: str, source: TableSource, export: Export) -> str:
    only = export.header[0] if len(export.header) == 1 else ""
    other = next((letter for letter in ",;\t|" if letter in only and letter != source.separator), None)
    if other is not None:
        return f"the header is one single column with {other!r} in it: is `separator: {other!r}` meant?"
    return did_you_mean(column, export.header) or f"it has: {', '.join(export.header[:20])}"


def _nobody_maps(source: TableSource, export: Export) -> Iterator[Finding]:
    mapped = {field.column for field in source.fields}
    left = [column for column in export.header if column not in mapped]
    if left:
        count = "1 column is" if len(left) == 1 else f"{len(left)} columns are"
        names = ", ".join(left[:8]) + (" …" if len(left) > 8 else "")
        yield Finding(Span(export.shown), "CSP741", f"{count} not mapped: {names}", "", Severity.NOTE)


def _rows(table: Table, source: TableSource, export: Export) -> Iterator[Staged]:
    """Each row of the file: typed, or with the code of the first thing that is wrong with it."""
    cells = _cells(table, source, export.header)
    needed = [
        n for n, field in enumerate(table.fields) if field.name in (table.key, owner_field(table), table.day)
    ]
    width = len(export.header)
    good = (None,) * (len(STAGED_BEFORE) - 1)
    for line, row in export.rows():
        if len(row) != width:
            yield _bad(line, _other_width(row, width), export.place(None), table, ())
            continue
        try:
            values = [cell.read(row[cell.column]) for cell in cells]
        except BadCell:
            yield _bad_row(table, cells, row, line, export)
            continue
        empty = next((n for n in needed if values[n] is None), None)
        if empty is None:
            yield (line, *good, *values)
        else:
            place = export.place(cells[empty].column)
            yield _bad(line, _empty(table, empty), place, table, values)


def _cells(table: Table, source: TableSource, header: tuple[str, ...]) -> list[Cells]:
    by_name = {field.field: field for field in source.fields}
    columns = {name: n for n, name in enumerate(header)}
    keys = (table.key, owner_field(table))
    cells = []
    for field in table.fields:
        mapped = by_name[field.name]
        read = cell_reader(field, mapped.format)
        if field.name in keys:
            read = _key(read)
        if mapped.column is not None:
            cells.append(Cells(columns[mapped.column], read))
        else:
            cells.append(Cells(0, _always(None if mapped.constant is None else read(mapped.constant))))
    return cells


def _key(read: Read) -> Read:
    """Account and row stand side by side in memory, a control letter between them: none may be in a key."""

    def checked(cell: str) -> Stored:
        if _CONTROL.search(cell):
            raise BadCell(
                "CSP731",
                f"{shown(cell)} cannot be a key: it holds letters that nobody sees",
                "mend it where it comes from",
            )
        return read(cell)

    return checked


def _always(value: Stored) -> Read:
    return lambda _cell: value


def _bad_row(table: Table, cells: list[Cells], row: list[str], line: int, export: Export) -> Staged:
    """Reads the row once more, cell by cell, to name all that are wrong; it points at the first."""
    values: list[Stored] = []
    wrong: list[tuple[BadCell, int]] = []
    for cell in cells:
        try:
            values.append(cell.read(row[cell.column]))
        except BadCell as bad:
            values.append(None)
            wrong.append((bad, cell.column))
    undeclared = [(bad, column) for bad, column in wrong if bad.code == _UNDECLARED]
    first, column = (undeclared or wrong)[0]
    if undeclared:
        fact = f"{export.header[column]}: {first.message}"
        raise Unreadable(Finding(export.place(column), first.code, fact, first.hint))
    shown = [f"{export.header[at]}: {bad.message}" for bad, at in wrong[:MOST_CELLS]]
    more = [f"{len(wrong) - MOST_CELLS} more cells"] if len(wrong) > MOST_CELLS else []
    named = BadCell(first.code, "; ".join([*shown, *more]), first.hint)
    return _bad(line, named, export.place(column), table, values)


def _bad(line: int, wrong: BadCell, place: Span, table: Table, values: Sequence[Stored]) -> Staged:
    """A bad row keeps its key alone: another row with the same key is bad too."""
    keys = [
        value if field.name == table.key else None
        for field, value in zip(table.fields, values or (None,) * len(table.fields), strict=True)
    ]
    return (line, wrong.code, wrong.message, wrong.hint, place.column, place.length, *keys)


def _other_width(row: list[str], width: int) -> BadCell:
    hint = "a separator inside a text needs quotes around the text"
    return BadCell("CSP736", f"{len(row)} cells where the header has {width}", hint)


def _empty(table: Table, field: int) -> BadCell:
    name = table.fields[field].name
    use = {table.key: "the key", table.day: "the day of the row"}.get(name, "whom the row belongs to")
    return BadCell("CSP733", f"{name} is empty: it is {use}")
