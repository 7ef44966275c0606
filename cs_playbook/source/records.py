"""A file of records (JSON, or a record a line) and the columns wanted → their cells by line; or what cannot be read."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from cs_playbook.source.cells import (
    BadRecord,
    Cell,
    Counted,
    Items,
    Nested,
    Part,
    Plain,
    Row,
    Unreadable,
    gathered,
    one_by_one,
)
from cs_playbook.source.encodings import codec_of
from cs_playbook.source.finding import Finding, Span
from cs_playbook.source.json_text import LONGEST_VALUE, JsonText, NotJson, decoder, may_be_torn
from cs_playbook.source.opened import codec, line_of_first_fault, opened

_LOOKED_AT = 1000  # records whose keys are remembered, for what is not mapped and what was perhaps meant
_MOST_KEYS = 500
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ABSENT = object()
_TEXTS = frozenset((str, Plain))
_LINE_ENDS = frozenset(("\n", "\r\n", ""))
_YES, _NO = Plain("true"), Plain("false")


# What stands where a record is expected: its line where each is one, its value, whether a text in it may be torn.
_Found = tuple[int, Any, bool]


class Records:
    """An open file. `rows_at`: the keys that lead to the list of records. `by_line`: each line is a record.

    A column is a key, or the keys that lead to a nested value, with dots between; a number picks from a list.
    """

    def __init__(
        self,
        path: Path,
        shown: str,
        encoding: str,
        rows_at: Sequence[str],
        columns: Sequence[str],
        *,
        by_line: bool,
    ) -> None:
        self.shown = shown
        self.counted_in: Counted = "line" if by_line else "record"  # most lists stand on one single line
        self.header = tuple(columns)
        self.rows_read = 0
        self._path = path
        self._encoding = encoding
        self._rows_at = tuple(rows_at)
        self._by_line = by_line
        self._looked_at = 0
        self._ways = [(column, column.split(".")) for column in self.header]
        self._unseen = set(self.header)
        self._keys: dict[str, None] = {}
        if codec_of(encoding) is None:
            fact = f"{shown} cannot be read: there is no encoding '{encoding}' of text"
            raise Unreadable(Finding(Span(shown), "CSP724", fact, "JSON is nearly always utf-8"))
        self._file = opened(path)
        self._text = io.TextIOWrapper(io.BufferedReader(self._file), codec(encoding), "strict", newline="")

    def __enter__(self) -> Records:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._text.close()

    @property
    def sha256(self) -> str:
        return self._file.sha256.hexdigest()

    @property
    def share(self) -> float | None:
        return self._file.share

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self._keys)

    @property
    def never_seen(self) -> frozenset[str]:
        """Wanted columns that no record has: a key that is absent from one record alone is an empty cell."""
        return frozenset(self._unseen if self.rows_read else ())

    def place(self, line: int, column: int | None) -> Span:
        """The record: its cells have no place of their own."""
        return Span(self.shown, line)

    def rows(self) -> Iterator[tuple[int, Row]]:
        return one_by_one(self.parts())

    def parts(self) -> Iterator[Part]:
        for found in gathered(self._found()):
            records = range(self.rows_read + 1, self.rows_read + len(found) + 1)
            self.rows_read += len(found)
            lines = [line for line, _, _ in found] if self._by_line else records
            yield Part(lines, self._rows(found))

    def _found(self) -> Iterator[tuple[int, _Found]]:
        """How many letters it takes, and what it is."""
        try:
            yield from self._lines() if self._by_line else self._list()
        except UnicodeError as error:
            line = line_of_first_fault(self._path, codec(self._encoding))
            fact = f"bytes that cannot be read as {self._encoding}"
            hint = "JSON is nearly always utf-8; else declare its `encoding:`"
            raise Unreadable(Finding(Span(self.shown, line), "CSP724", fact, hint)) from error

    def _rows(self, found: Sequence[_Found]) -> Sequence[Row]:
        """Key by key where all are records with whole letters, as nearly always."""
        _, records, torn = zip(*found, strict=True)
        if set(map(type, records)) != {dict} or any(torn):
            return [self._row(value, may_be_torn=half) for _, value, half in found]
        self._remember_keys(records)
        columns = [self._column(records, column, way) for column, way in self._ways]
        return list(zip(*columns, strict=True)) if columns else [()] * len(records)

    def _row(self, value: Any, *, may_be_torn: bool) -> Row:
        if isinstance(value, BadRecord):
            return value
        if not isinstance(value, dict):
            return BadRecord("CSP739", f"{_called(value)} stands where a record is expected", "")
        self._remember_keys([value])
        cells = [self._cell(value, column, way) for column, way in self._ways]
        if may_be_torn and any(map(_is_unstorable, cells)):
            return BadRecord("CSP739", "a text holds half a letter, or a NUL", "mend it at the source")
        return cells

    def _remember_keys(self, records: Sequence[dict[str, Any]]) -> None:
        """Of the first thousand."""
        for record in records[: max(_LOOKED_AT - self._looked_at, 0)]:
            if len(self._keys) < _MOST_KEYS:
                self._keys.update(dict.fromkeys(record))
        self._looked_at += len(records)

    def _column(self, records: Sequence[dict[str, Any]], column: str, way: list[str]) -> Sequence[Cell]:
        found = [record.get(column, _ABSENT) for record in records]
        if column in self._unseen and any(cell is not _ABSENT for cell in found):
            self._unseen.discard(column)
        kinds = set(map(type, found))
        if kinds <= _TEXTS:
            return found  # nearly every column there is
        if kinds == {bool}:
            return [_YES if value else _NO for value in found]
        return [
            self._cell(record, column, way) if cell is _ABSENT else _as_cell(cell)
            for cell, record in zip(found, records, strict=True)
        ]

    def _cell(self, record: dict[str, Any], column: str, way: list[str]) -> Cell:
        value = record.get(column, _ABSENT)
        if value is _ABSENT and len(way) > 1:
            value = _below(record, way)
        if value is _ABSENT:
            return ""
        self._unseen.discard(column)
        return _as_cell(value)

    # --- a record a line ---

    def _lines(self) -> Iterator[tuple[int, _Found]]:
        decode = decoder()
        lines = iter(partial(self._text.readline, LONGEST_VALUE), "")
        for number, line in enumerate(lines, 1):
            if len(line) == LONGEST_VALUE:
                fact = f"a line of more than {LONGEST_VALUE:,} letters"
                raise Unreadable(Finding(Span(self.shown, number), "CSP728", fact, "is each line a record?"))
            if not line.isspace():
                yield len(line), (number, _decoded(decode, line), may_be_torn(line))

    # --- a list of records ---

    def _list(self) -> Iterator[tuple[int, _Found]]:
        text = JsonText(self._text, self.shown)
        if not text.next_letter():
            fact = f"{self.shown} is empty"
            raise Unreadable(Finding(Span(self.shown), "CSP726", fact, "export it again"))
        yield from self._below(text, self._rows_at)
        if text.next_letter():
            raise text.fault("more stands behind the end of the JSON", "one list, or one record, is a file")

    def _below(self, text: JsonText, keys: Sequence[str]) -> Iterator[tuple[int, _Found]]:
        if not keys:
            yield from self._items(text)
            return
        if text.next_letter() != "{":
            raise text.fault(f"there is no key '{keys[0]}' here: this is no record", "correct `rows:`")
        found = False
        others = []
        for key in text.members():
            if key == keys[0] and found:
                raise text.fault(f"the key '{key}' stands twice", "it cannot be known which one is meant")
            if key == keys[0]:
                found = True
                yield from self._below(text, keys[1:])
            else:
                others.append(key)
                text.skip()
        if not found:
            hint = f"it has: {', '.join(others[:20])}" if others else "correct `rows:`"
            raise text.fault(f"{self.shown} has no key '{keys[0]}' that leads to its records", hint)

    def _items(self, text: JsonText) -> Iterator[tuple[int, _Found]]:
        if text.next_letter() != "[":
            raise self._no_list(text)
        for _ in text.items():
            value, piece = text.value()
            yield len(piece), (0, value, may_be_torn(piece))

    def _no_list(self, text: JsonText) -> Unreadable:
        """A record where the list should be: which of its keys is meant, or are the lines records?"""
        if text.next_letter() != "{":
            return text.fault(f"{self.shown} holds no list of records", "correct `rows:`")
        start, lists = text.line, []
        with suppress(Unreadable):
            for key in text.members():
                if text.next_letter() == "[":
                    lists.append(".".join((*self._rows_at, key)))
                text.skip()
            if text.next_letter() == "{":
                return self._no_list_because(start, "each line is a record: write `format: json_lines`")
        hint = f"is `rows: {lists[0]}` meant?" if lists else "`rows:` says under which keys the list stands"
        return self._no_list_because(start, hint)

    def _no_list_because(self, line: int, hint: str) -> Unreadable:
        fact = "a record stands where the list of records is expected"
        return Unreadable(Finding(Span(self.shown, line), "CSP728", fact, hint))


def _decoded(decode: json.JSONDecoder, line: str) -> Any:
    try:
        value, end = decode.raw_decode(line) if line[0] == "{" else (None, 0)
        return value if line[end:] in _LINE_ENDS else decode.decode(line)
    except json.JSONDecodeError as error:
        return BadRecord("CSP739", f"this line is not JSON: {error.msg} (letter {error.pos + 1})")
    except NotJson as error:
        return BadRecord("CSP739", str(error))
    except RecursionError:
        return BadRecord("CSP739", "records stand in records too deep to be read")


def _below(record: dict[str, Any], way: list[str]) -> Any:
    value: Any = record
    for key in way:
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return "" if value is None else _ABSENT  # an owner that is null has an empty e-mail
    return value


def _as_cell(value: Any) -> Cell:
    kind = value.__class__
    if kind in _TEXTS:
        return value  # type: ignore[no-any-return]
    if kind is bool:
        return _YES if value else _NO
    if value is None:
        return ""
    match value:
        case list() if _TEXTS.issuperset(map(type, value)):
            return Items(tuple(map(str, value)))
        case list() if all(not isinstance(item, (dict, list)) for item in value):
            return Items(tuple(str(_as_cell(item)) for item in value))
        case list():
            inner = next(item for item in value if isinstance(item, (dict, list)))
            return Nested(
                "a list of records", f"0.{next(iter(inner))}" if isinstance(inner, dict) and inner else "0"
            )
        case _:
            return Nested("a record", next(iter(value), ""))


def _is_unstorable(cell: Cell) -> bool:
    """Also inside of a list, and in a key that a finding would name."""
    match cell:
        case str():
            return _UNSTORABLE.search(cell) is not None
        case Items():
            return any(map(_UNSTORABLE.search, cell.texts))
        case Nested():
            return _UNSTORABLE.search(cell.example) is not None


def _called(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else "a single value"
