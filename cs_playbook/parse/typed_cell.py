"""A field, its source and the project's zone → a reader of cells that may be text, typed values, or lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from decimal import Decimal

from msgspec import Struct

from cs_playbook.model.data import Field
from cs_playbook.model.expression import FieldType
from cs_playbook.model.mapping import FieldSource, Format
from cs_playbook.parse.cell import BadCell, Read, Stored, as_list, cell_reader, or_empty, scaled_reader, shown
from cs_playbook.parse.moment import EPOCHS, TIMESTAMP
from cs_playbook.parse.remembered import Remembered
from cs_playbook.source.cells import Cell, Items, Nested, Plain
from cs_playbook.source.finding import did_you_mean
from cs_playbook.values import replace

ReadCell = Callable[[Cell], Stored]  # raises BadCell

_WORDS_SHOWN = 12


class FieldReader(Struct, frozen=True):
    """Calling it reads one cell; it raises BadCell. `written`: how its texts are read; `typed`: what its source has
    typed (a number of JSON), in the one plain way; `listed`: lists."""

    written: Read
    typed: Read
    listed: Callable[[Items], Stored]
    column: str | None

    def __call__(self, cell: Cell) -> Stored:
        match cell:
            case Plain():
                return self.typed(cell)
            case str():
                return self.written(cell)
            case Items():
                return self.listed(cell)
            case Nested():
                hint = f"name what is meant in it: {self.column}.{cell.example}" if cell.example else ""
                raise BadCell("CSP731", f"{cell.what} stands where one value is expected", hint)


def field_reader(field: Field, source: FieldSource, project: tzinfo) -> FieldReader:
    check = cell_reader(replace(field, type=FieldType.TEXT), Format())
    return FieldReader(
        _remembering(field, source, source.format, project),
        _remembering(field, source, plain_format(source.format), project),
        Remembered[Items](lambda items: _items(field, items, check)).__getitem__,
        source.column,
    )


def _remembering(field: Field, source: FieldSource, way: Format, project: tzinfo) -> Read:
    """Free texts are read at once, and hardly ever say the same."""
    read = _reader(field, source, way, project)
    return read if is_free_text(field, source) else Remembered(read).__getitem__


def is_free_text(field: Field, source: FieldSource) -> bool:
    return field.type is FieldType.TEXT and not (field.values or source.words or source.otherwise)


def _reader(field: Field, source: FieldSource, way: Format, project: tzinfo) -> Read:
    if source.words or source.otherwise is not None:
        return or_empty(_words(field, source), way)
    if source.times is not None:
        factor = Decimal(source.times)
        return scaled_reader(field, way, lambda number: number * factor)
    if source.divided_by is not None:
        divisor = Decimal(source.divided_by)
        return scaled_reader(field, way, lambda number: number / divisor)
    return cell_reader(field, way, project)


def plain_format(way: Format) -> Format:
    """How a source writes what it has typed. 1 and 0 are the only yes and no that some databases have."""
    yes, no = way.yes or (), way.no or ()
    return replace(
        way,
        dates=way.dates if way.dates in EPOCHS else TIMESTAMP,
        decimal=".",
        thousands="",
        yes=tuple({"true", "1"} - set(no)) + yes,
        no=tuple({"false", "0"} - set(yes)) + no,
    )


def _words(field: Field, source: FieldSource) -> Read:
    plain = cell_reader(field, Format())
    means = {word: None if value is None else plain(value) for word, value in source.words}
    otherwise = None
    if source.otherwise is not None and source.otherwise[0] is not None:
        otherwise = plain(source.otherwise[0])

    def read(cell: str) -> Stored:
        if cell in means:
            return means[cell]
        if source.otherwise is None:
            raise _no_word(cell, [word for word, _ in source.words])
        return otherwise

    return read


def _no_word(cell: str, words: list[str]) -> BadCell:
    near = did_you_mean(cell, words) or f"it has: {', '.join(words[:_WORDS_SHOWN])}"
    hint = f"{near}; or add it to `words:`, where `otherwise:` stands for all others"
    return BadCell("CSP732", f"{shown(cell)} is none of the `words:` of this field", hint)


def _items(field: Field, items: Items, check: Read) -> Stored:
    if field.type is not FieldType.LIST:
        hint = "one of them is meant: name it by its place, as in roles.0; or declare the field as list"
        raise BadCell("CSP731", "a list stands where one value is expected", hint)
    return as_list(tuple(str(check(item)) for item in items.texts if item))
