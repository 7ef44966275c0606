"""Rows of a table → what is remembered of them, so that a bad export of tomorrow is seen: whole numbers, a few of each column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from zlib import crc32

from cs_playbook.model.data import Field, Table
from cs_playbook.model.expression import to_list
from cs_playbook.model.measure import BUCKETS, KNOWN, LOOKED, MEDIAN, MIDDLE, WHOSE, WORD, measure
from cs_playbook.model.personal import is_personal, is_repeated
from cs_playbook.model.value import FieldType, Value

LEAST_NUMBERS = 20  # a median of fewer says little
LEAST_DAYS = 100
LEAST_SHARE = 0.01  # of the rows: a word that hardly anybody has may be anybody's
MOST_WORDS = 20

_NUMBERS = (FieldType.NUMBER, FieldType.INTEGER)
_DAYS = (FieldType.DATE, FieldType.HAPPENED)
_TEXTS = (FieldType.TEXT, FieldType.EMAIL, FieldType.LIST)

Measured = Iterator[tuple[str, int]]


def measured(table: Table, rows: Sequence[Sequence[Value]]) -> Measured:
    """Medians and words of rows that stand for all. Each row: its cells in the order of the fields."""
    yield LOOKED, len(rows)
    for place, field in enumerate(table.fields):
        cells = [row[place] for row in rows if row[place] is not None]
        if field.type in _DAYS:
            yield from _days(field, cells)
        elif field.type is FieldType.BOOLEAN:
            yield measure(WORD, field.name, "yes"), sum(map(bool, cells))
        elif is_personal(field, table):
            continue
        elif field.type in _NUMBERS:
            yield from _numbers(field, cells)
        else:
            yield from _words(field, cells, len(rows))


def _numbers(field: Field, cells: Sequence[Value]) -> Measured:
    """Money and counts are often 0: how large the others are tells the unit."""
    sizes = [abs(cell) for cell in cells if isinstance(cell, int | float) and cell]
    if len(sizes) >= LEAST_NUMBERS:
        yield measure(MEDIAN, field.name), round(median(sizes) * 1000)


def _days(field: Field, cells: Sequence[Value]) -> Measured:
    days = [cell for cell in cells if isinstance(cell, int)]
    if len(days) >= LEAST_DAYS:
        yield measure(MIDDLE, field.name), int(median(days))


def _words(field: Field, cells: Sequence[Value], rows: int) -> Measured:
    """Those that many rows share: what stands in few may be somebody's own words."""
    held = Counter(
        word for cell in cells for word in (to_list(cell) if field.type is FieldType.LIST else (str(cell),))
    )
    if field.values or is_repeated(len(held), held.total()):
        often = [(word, count) for word, count in held.items() if count >= LEAST_SHARE * rows]
        often.sort(key=lambda item: (-item[1], item[0]))
        yield from ((measure(WORD, field.name, word), count) for word, count in sorted(often[:MOST_WORDS]))


# --- rows that are known again ---


def known_fields(table: Table) -> tuple[Field, ...]:
    """What hardly changes of a row: whose it is, and its texts. None where rows come and go (`day:`), or have no key."""
    if table.key is None or table.day is not None or table.stands_alone:
        return ()
    owners = _owners(table)
    return tuple(
        field for field in table.fields
        if field.name != table.key and (field.name in owners or field.type in _TEXTS)
    )  # fmt: skip


def chosen_keys(keys: Iterable[Value]) -> list[Value]:
    """Of each of 64 heaps of keys the one with the smallest hash: the same ones tomorrow, as long as they are there."""
    best: dict[int, tuple[int, str, Value]] = {}
    for key in keys:
        drawn = _drawn(key)
        heap = drawn % BUCKETS
        if heap not in best or (drawn, str(key)) < best[heap][:2]:
            best[heap] = (drawn, str(key), key)
    return [key for _, _, key in best.values()]


def _drawn(key: Value) -> int:
    """A sum of its letters, well mixed: keys that end alike must not fall together."""
    mixed = crc32(str(key).encode()) * 0x9E3779B1 & 0xFFFFFFFF
    return (mixed ^ mixed >> 15) * 0x85EBCA77 >> 7 & 0xFFFFFFFF


def known(table: Table, fields: Sequence[Field], rows: Iterable[Sequence[Value]]) -> Measured:
    """Four bits of each chosen row's key and of each of its cells, heap by heap; 0 is none. Rows: key, then cells."""
    bits = [0] * (len(fields) + 1)
    for key, *cells in rows:
        heap = 4 * (_drawn(key) % BUCKETS)
        bits[0] |= (crc32(f"key {key}".encode()) % 15 + 1) << heap
        for place, cell in enumerate(cells, 1):
            bits[place] |= (crc32(f"cell {cell}".encode()) % 15 + 1 if cell is not None else 0) << heap
    yield measure(WHOSE, table.key or ""), bits[0]
    owners = _owners(table)
    for field, number in zip(fields, bits[1:], strict=True):
        yield measure(WHOSE if field.name in owners else KNOWN, field.name), number


def _owners(table: Table) -> tuple[str | None, ...]:
    return table.account, table.through.by if table.through else None
