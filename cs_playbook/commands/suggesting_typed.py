"""A file whose values have types (JSON, a record a line, an SQLite database) → what its columns look like."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from cs_playbook.source.cells import BadRecord, Cell, Items, Nested, Plain, Reading, Unreadable
from cs_playbook.source.database import SqliteFile
from cs_playbook.source.finding import Finding, Span
from cs_playbook.source.record_shape import record_shape
from cs_playbook.source.records import Records
from cs_playbook.study.column_profile import BATCH, ColumnProfile, profiled
from cs_playbook.study.export_seen import SeenExport

RECORDS = (".json", ".jsonl", ".ndjson")
DATABASES = (".db", ".sqlite", ".sqlite3")

_LISTS = ";"  # between the entries of a list, as `lists:` means where nothing is said
# A typed 1.234 is no thousand and some: with one more zero nobody has to be asked.
_UNSURE = re.compile(r"-?[0-9]{1,3}\.[0-9]{3}")
_TABLES = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name"


def seen_records(path: Path, name: str) -> SeenExport:
    """Raises Unreadable where no records are in it."""
    shape = record_shape(path, name)
    by_line = shape.kind == "json_lines"
    said = [("format", "json_lines")] if by_line and path.suffix.lower() == ".json" else []
    said += [("rows", ".".join(shape.rows_at))] if shape.rows_at else []
    doubts = (f"its records are taken from {'.'.join(shape.rows_at)}; there are lists in {', '.join(shape.lists)} too",) if shape.lists else ()  # fmt: skip
    with Records(path, name, "utf-8", shape.rows_at, shape.columns, by_line=by_line) as records:
        columns, bad = _profiled(records)
        return SeenExport(name, "utf-8", ",", records.rows_read, columns, *bad, doubts, tuple(said))


def seen_tables(path: Path, name: str) -> list[SeenExport]:
    """Every table and view that has rows. Raises Unreadable where it is no SQLite file, or has none."""
    found = [_seen_table(path, name, table) for table in _tables(path, name)]
    seen = [export for export in found if export.rows]
    if not seen:
        raise Unreadable(Finding(Span(name), "CSP729", "it has no table with rows"))
    return seen


def _tables(path: Path, name: str) -> list[str]:
    try:
        with SqliteFile(path, name) as file:
            rows = file.ask(_TABLES, Span(name)).rows()
            names = [str(row[0]) for _, row in rows if not isinstance(row, BadRecord)]
    except sqlite3.DatabaseError as error:
        raise Unreadable(Finding(Span(name), "CSP729", f"{path.name} is no SQLite file: {error}")) from error
    return [name for name in names if not name.startswith("sqlite_")]


def _seen_table(path: Path, name: str, table: str) -> SeenExport:
    """Opened anew for each: a connection whose doors are closed is asked once."""
    query = f"SELECT * FROM {_quoted(table)}"  # noqa: S608 - the name is quoted, and only reading is possible there
    with SqliteFile(path, name) as file:
        asked = file.ask(query, Span(name))
        columns, bad = _profiled(asked)
    return SeenExport(name, "utf-8", ",", asked.rows_read, columns, *bad, (), (("query", query),), table)


def _quoted(table: str) -> str:
    return table if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", table) else '"' + table.replace('"', '""') + '"'


def _profiled(reading: Reading) -> tuple[tuple[ColumnProfile, ...], tuple[int, int]]:
    """The columns that hold single values or lists of such; and how many rows are none, and where the first is."""
    nested: set[int] = set()
    bad: list[int] = []
    columns = profiled(reading.header, _batches(reading, nested, bad))
    return tuple(c for n, c in enumerate(columns) if n not in nested), (len(bad), bad[0] if bad else 0)


def _batches(reading: Reading, nested: set[int], bad: list[int]) -> Iterator[Sequence[Sequence[str]]]:
    rows = (_texts(row, nested) for line, row in reading.rows() if _is_row(line, row, bad))
    while batch := list(islice(rows, BATCH)):
        yield batch


def _is_row(line: int, row: Sequence[Cell] | BadRecord, bad: list[int]) -> bool:
    if isinstance(row, BadRecord):
        bad.append(line)
        return False
    return True


def _texts(row: Sequence[Cell] | BadRecord, nested: set[int]) -> list[str]:
    assert not isinstance(row, BadRecord), "left out before"
    return [_text(cell, n, nested) for n, cell in enumerate(row)]


def _text(cell: Cell, column: int, nested: set[int]) -> str:
    match cell:
        case Plain():
            return f"{cell}0" if _UNSURE.fullmatch(cell) else cell
        case str():
            return cell
        case Items():
            return _LISTS.join(cell.texts)
        case Nested():
            nested.add(column)
            return ""
