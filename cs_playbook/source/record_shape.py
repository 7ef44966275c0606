"""A file of records whose form nobody has declared → whether each line is one, where their list stands, and their columns."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from cs_playbook.source.cells import Unreadable
from cs_playbook.source.finding import Finding, Span
from cs_playbook.source.json_text import JsonText
from cs_playbook.source.opened import codec, opened

LOOKED_AT = 5000  # records whose keys are looked at
DEEPEST = 3  # keys that lead to a list of records, or to a nested value
_MOST_COLUMNS = 500


class RecordShape(Struct, frozen=True):
    """`rows_at`: the keys that lead to the list, of JSON. `columns`: with dots for nested values. `lists`: other lists of records."""

    kind: Literal["json", "json_lines"]
    rows_at: tuple[str, ...]
    columns: tuple[str, ...]
    lists: tuple[str, ...] = ()


def record_shape(path: Path, shown: str) -> RecordShape:
    """Reads the first records alone. Raises Unreadable where there are none."""
    with (
        opened(path) as raw,
        io.TextIOWrapper(io.BufferedReader(raw), codec("utf-8"), "strict", newline="") as file,
    ):
        text = JsonText(file, shown)
        try:
            if not text.next_letter():
                raise Unreadable(Finding(Span(shown), "CSP726", "it is empty"))
            if text.next_letter() == "[":
                return RecordShape("json", (), _columns(_items(text)))
            return _of_records(path, shown, text)
        except UnicodeError as error:
            fact = "bytes that are not UTF-8, as JSON nearly always is: write its mapping by hand, with `encoding:`"
            raise Unreadable(Finding(Span(shown), "CSP724", fact)) from error


def _of_records(path: Path, shown: str, text: JsonText) -> RecordShape:
    """The file begins with a record: each line is one, or the list stands below one of its keys."""
    first, _ = text.value()
    if isinstance(first, dict) and text.next_letter() == "{":
        return RecordShape("json_lines", (), _columns([first, *_lines(text)]))
    lists = list(_lists(first, ())) if isinstance(first, dict) else []
    if not lists:
        if isinstance(first, dict) and path.suffix.lower() != ".json":
            return RecordShape("json_lines", (), _columns([first]))
        raise Unreadable(Finding(Span(shown), "CSP728", "no list of records is in it"))
    largest = max(lists, key=lambda found: len(found[1]))
    others = tuple(".".join(way) for way, _ in lists if way != largest[0])
    return RecordShape("json", largest[0], _columns(largest[1][:LOOKED_AT]), others)


def _items(text: JsonText) -> Iterator[Any]:
    for _ in islice(text.items(), LOOKED_AT):
        yield text.value()[0]


def _lines(text: JsonText) -> Iterator[Any]:
    for _ in range(LOOKED_AT):
        if not text.next_letter():
            return
        yield text.value()[0]


def _lists(record: dict[str, Any], way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    for key, value in record.items():
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            yield (*way, key), value
        elif isinstance(value, dict) and len(way) + 1 < DEEPEST:
            yield from _lists(value, (*way, key))


def _columns(records: Iterator[Any] | list[Any]) -> tuple[str, ...]:
    """In the order in which they are first met; a record inside is its own columns."""
    found: dict[str, None] = {}
    for record in records:
        if isinstance(record, dict):
            found.update(dict.fromkeys(_leaves(record, "", 1)))
    inner = {name.rpartition(".")[0] for name in found}
    return tuple(name for name in found if name not in inner)[:_MOST_COLUMNS]


def _leaves(record: dict[str, Any], before: str, depth: int) -> Iterator[str]:
    for key, value in record.items():
        if isinstance(value, dict) and value and depth < DEEPEST and "." not in key:
            yield from _leaves(value, f"{before}{key}.", depth + 1)
        elif "." not in key or not before:
            yield f"{before}{key}"
