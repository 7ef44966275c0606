"""A table, its mapping and the columns of a file → how a row of the file becomes a row of the table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import tzinfo

from msgspec import Struct

from cs_playbook.compile.placing import owner_field
from cs_playbook.effects.lookups import Finder
from cs_playbook.effects.newest import how_new
from cs_playbook.model.data import Table
from cs_playbook.model.mapping import FieldSource, TableSource
from cs_playbook.parse.cell import BadCell, Stored, shown
from cs_playbook.parse.remembered import Remembered
from cs_playbook.parse.typed_cell import ReadCell, field_reader
from cs_playbook.parse.typed_column import ReadColumn, column_reader
from cs_playbook.source.cells import Cell, Reading

_CONTROL = re.compile("[\x00-\x1f\x7f]")


class CellOf(Struct, frozen=True):
    """How one field is read: from which cell of a row, or from that column of many rows, and by whom.

    A constant reads any cell, and says its own.
    """

    at: int
    one: ReadCell
    many: ReadColumn


class Recipe(Struct, frozen=True):
    """`names`: the columns of the file, then those of its lookups. `fields`: in the order of the table's.
    `newest`: which cell says how new a row is. `needed`: fields that may not be empty."""

    table: Table
    reading: Reading
    names: tuple[str, ...]
    finders: tuple[Finder, ...]
    fields: tuple[CellOf, ...]
    newest: tuple[int, ReadCell] | None
    needed: tuple[int, ...]

    @property
    def width(self) -> int:
        """Cells of a row as it stands in the file."""
        return len(self.reading.header)


def recipe(
    table: Table, source: TableSource, reading: Reading, finders: Sequence[Finder], zone: tzinfo
) -> Recipe:
    names = list(reading.header)
    for finder in finders:
        finder.at = names.index(finder.lookup.by)
        names += [f"{finder.lookup.name}.{column}" for column in finder.columns]
    newest = source.origin.newest_by
    keys = (table.key, owner_field(table), table.day)
    return Recipe(
        table,
        reading,
        tuple(names),
        tuple(finders),
        tuple(_fields(table, source, names, zone)),
        (names.index(newest.column), Remembered[Cell](how_new(newest, zone)).__getitem__) if newest else None,
        tuple(n for n, field in enumerate(table.fields) if field.name in keys),
    )


def _fields(table: Table, source: TableSource, names: Sequence[str], zone: tzinfo) -> list[CellOf]:
    by_name = {one.field: one for one in source.fields}
    columns = {name: n for n, name in enumerate(names)}
    keys = (table.key, owner_field(table))
    cells = []
    for field in table.fields:
        mapped = by_name[field.name]
        read = field_reader(field, mapped, zone)
        one: ReadCell = read
        many = column_reader(field, mapped, read)
        if field.name in keys:
            one, many = _key(read), _keys(_key(read), many)
        cells.append(_constant(mapped, one) or CellOf(columns[mapped.column or ""], one, many))
    return cells


def _constant(mapped: FieldSource, one: ReadCell) -> CellOf | None:
    if mapped.column is not None:
        return None
    value = None if mapped.constant is None else one(mapped.constant)
    return CellOf(0, lambda _cell: value, lambda cells: [value] * len(cells))


def _key(read: ReadCell) -> ReadCell:
    """Account and row stand side by side in memory, a control letter between them: none may be in a key."""

    def checked(cell: Cell) -> Stored:
        if isinstance(cell, str) and not cell.isprintable() and _CONTROL.search(cell):
            fact = f"{shown(cell)} cannot be a key: it holds letters that nobody sees"
            raise BadCell("CSP731", fact, "mend it where it comes from")
        return read(cell)

    return checked


def _keys(one: ReadCell, many: ReadColumn) -> ReadColumn:
    def checked(cells: Sequence[Cell]) -> Sequence[Stored]:
        texts = "".join(cell for cell in cells if isinstance(cell, str))
        return list(map(one, cells)) if _CONTROL.search(texts) else many(cells)

    return checked
