"""A field, its source and its reader of cells → a reader of columns: the same values, for many cells at once.

A cell alone costs a call or three of ours; a column is read by loops of C. Only what a column can be read as
without a doubt is read so, and anything else cell by cell: so values, and what is wrong, are always the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from cs_playbook.model.data import Field
from cs_playbook.model.mapping import FieldSource, Format
from cs_playbook.model.value import FieldType
from cs_playbook.parse.address import is_address
from cs_playbook.parse.cell import (
    LARGEST,
    MOST_DIGITS,
    Read,
    Stored,
    integer_expression,
    number_expression,
    plain_integer,
    plain_number,
)
from cs_playbook.parse.typed_cell import FieldReader, is_free_text, plain_format
from cs_playbook.source.cells import Cell, Items, Plain

ReadColumn = Callable[[Sequence[Cell]], Sequence[Stored]]  # raises BadCell where one of the cells is bad

_Way = Callable[[Sequence[Any]], Sequence[Stored]]  # the same for filled cells of one kind


def column_reader(field: Field, source: FieldSource, read: FieldReader) -> ReadColumn:
    """`read`: of the same field and source."""
    ways: dict[type, _Way] = {
        str: _of_texts(field, source, source.format, read.written),
        Plain: _of_texts(field, source, plain_format(source.format), read.typed),
        Items: _each(read.listed),
    }
    empty = frozenset(("", *source.format.empty))

    def column(cells: Sequence[Cell]) -> Sequence[Stored]:
        if empty.isdisjoint(cells):
            return filled(cells)
        values = iter(filled([cell for cell in cells if cell not in empty]))
        return [None if cell in empty else next(values) for cell in cells]

    def filled(cells: Sequence[Cell]) -> Sequence[Stored]:
        kinds = set(map(type, cells))
        way = ways.get(kinds.pop()) if len(kinds) == 1 else None
        return list(map(read, cells)) if way is None else way(cells)

    return column


def _of_texts(field: Field, source: FieldSource, way: Format, read: Read) -> _Way:
    if is_free_text(field, source):
        return lambda cells: cells
    if source.words or source.otherwise or source.times or source.divided_by:
        return _each(read)
    match field.type:
        case FieldType.NUMBER:
            return _numbers(way, read)
        case FieldType.INTEGER:
            return _integers(way, read)
        case FieldType.EMAIL:
            return lambda cells: cells if all(map(is_address, cells)) else _each(read)(cells)
        case _:
            return _each(read)  # few of them differ: `read` remembers them


def _each(read: Callable[[Any], Stored]) -> _Way:
    return lambda cells: list(map(read, cells))


def _numbers(way: Format, read: Read) -> _Way:
    is_number, plain, each = number_expression(way).fullmatch, _plain_numbers(way), _each(read)

    def column(cells: Sequence[str]) -> Sequence[Stored]:
        if not all(map(is_number, cells)):
            return each(cells)
        numbers = [number + 0.0 for number in map(float, plain(cells))]  # minus zero is zero
        return numbers if all(map(math.isfinite, numbers)) else each(cells)

    return column


def _plain_numbers(way: Format) -> Callable[[Sequence[str]], Sequence[str]]:
    plain = plain_number(way)
    as_python_writes = way.decimal == "." and not way.thousands
    return (lambda cells: cells) if as_python_writes else (lambda cells: list(map(plain, cells)))


def _integers(way: Format, read: Read) -> _Way:
    is_integer, plain, each = integer_expression(way).fullmatch, plain_integer(way), _each(read)

    def column(cells: Sequence[str]) -> Sequence[Stored]:
        if not all(map(is_integer, cells)):
            return each(cells)
        digits = list(map(plain, cells)) if way.thousands else cells
        if max(map(len, digits), default=0) > MOST_DIGITS:
            return each(cells)
        numbers = list(map(int, digits))
        small = all(-LARGEST <= number <= LARGEST for number in numbers)
        return numbers if small else each(cells)

    return column
