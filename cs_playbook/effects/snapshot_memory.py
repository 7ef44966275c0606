"""Typed rows given as dicts → a snapshot of the same shape in memory, for the stories of `test`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from functools import partial
from typing import Any, Self

from msgspec import Struct

from cs_playbook.compile import placing
from cs_playbook.effects.snapshot_rows import Staged, bad_rows, place, stage, whole
from cs_playbook.errors import ChoiceError
from cs_playbook.model.data import Contract, Field, Table
from cs_playbook.model.expression import FieldType, Value, to_day
from cs_playbook.parse.cell import Stored, as_list
from cs_playbook.source.finding import Severity, Span, did_you_mean
from cs_playbook.source.manifest import Manifest, TableCount
from cs_playbook.source.snapshot import Snapshot

_KEPT_READY = 2_000  # statements; a day has some two hundred
Given = Value | date | list[str]
Rows = Mapping[
    str, Iterable[Mapping[str, Given]]
]  # table: its rows, each field: value; what is left out is empty


class Image(Struct, frozen=True, eq=False):
    """The rows of a snapshot, by table as they are stored, and its counts; of no day yet: the same export may serve several days."""

    rows: Mapping[str, Sequence[tuple[Stored, ...]]]
    tables: tuple[tuple[str, TableCount], ...]
    shape: str


class Slate(Snapshot):
    """An open snapshot that is written anew for each day: what SQLite has made ready for one serves the next."""

    def __init__(self, contract: Contract) -> None:
        connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=_KEPT_READY)
        for table in placing.in_order_of_belonging(contract):
            connection.execute(placing.create(table))
        nothing = Manifest(date.min, "", "", (), (), "", "")
        super().__init__(connection, nothing, None, None)
        self._image: Image | None = None
        self._answers: dict[str, Callable[..., str | int | float | None]] = {}

    def write(self, image: Image, day: date, export: str = "") -> Self:
        """Nothing of the day before is left. `export`: stands for the hash of what it was made of."""
        for (name,) in self.connection.execute(placing.TEMPORARY).fetchall():
            self.connection.execute(placing.empty(f"temp.{placing.quoted(name)}"))
        if image is not self._image:
            self._fill(image)
        self.manifest = Manifest(day, "", export, (), image.tables, image.shape, "")
        return self

    def _fill(self, image: Image) -> None:
        """Only here may rows of the snapshot itself change."""
        self._filled.add("main")
        for name, rows in image.rows.items():
            self.connection.execute(placing.empty(f"main.{placing.quoted(name)}"))
            if rows:
                self.connection.executemany(placing.put_back(name, len(rows[0])), rows)
        self._filled.discard("main")
        self._image = image

    def add_function(
        self, name: str, arguments: int, function: Callable[..., str | int | float | None]
    ) -> None:
        """What it answers may be another thing each day: to register it again would undo what SQLite has made ready."""
        if name not in self._answers:
            super().add_function(name, arguments, partial(self._answer, name))
        self._answers[name] = function

    def _answer(self, name: str, *values: Any) -> str | int | float | None:
        return self._answers[name](*values)


def memory_snapshot(contract: Contract, rows: Rows, day: date) -> Snapshot:
    """Dates as `date` or days since 1970-01-01, lists as lists or tuples of texts, yes and no as bool.

    Raises ChoiceError where a row names an unknown field, has no key, shares it, or belongs to nobody.
    """
    return Slate(contract).write(memory_image(contract, rows), day)


def memory_image(contract: Contract, rows: Rows) -> Image:
    """The same, for any day."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("BEGIN")
        filled = _filled(contract, rows)
        counts = {table.name: _fill(connection, contract, table, rows) for table in filled}
        connection.execute("COMMIT")
        tables = tuple((table.name, counts.get(table.name) or _nothing(table)) for table in contract.tables)
        stored = {table.name: connection.execute(placing.as_stored(table)).fetchall() for table in filled}
        rows_of = {table.name: stored.get(table.name, []) for table in contract.tables}
        return Image(rows_of, tables, placing.shape(contract))


def _filled(contract: Contract, rows: Rows) -> list[Table]:
    """The tables that have rows, and those they belong to: the others are not even made, most of them in most stories."""
    tables = placing.in_order_of_belonging(contract)
    named = {table.name for table in tables if rows.get(table.name)}
    for table in reversed(tables):
        if table.name in named:
            named.add(placing.owner_table(table))
    return [table for table in tables if table.name in named]


def _nothing(table: Table) -> TableCount:
    return TableCount(0, tuple((field.name, 0) for field in table.fields if field.exported))


def _fill(connection: sqlite3.Connection, contract: Contract, table: Table, rows: Rows) -> TableCount:
    stage(connection, table, [whole(table, _staged(table, rows.get(table.name, ())))])
    count = place(connection, table)
    if count.set_aside:
        wrong = next(
            bad_rows(connection, contract, table, lambda line, *_: Span(table.name, line), Severity.ERROR)
        )
        raise ChoiceError(f"row {wrong.span.line} of {table.name}: {wrong.message}", wrong.hint)
    return count


def _staged(table: Table, rows: Iterable[Mapping[str, Given]]) -> Iterator[Staged]:
    needed = {table.key, placing.owner_field(table), table.day}
    for number, row in enumerate(rows, 1):
        _refuse_unknown(table, number, row)
        empty = next(
            (field.name for field in table.fields if field.name in needed and row.get(field.name) is None),
            None,
        )
        wrong = (None,) * 3 if empty is None else ("CSP733", f"{empty} is empty", "")
        yield (
            number,
            *wrong,
            None,
            None,
            None,
            *(_stored(field, row.get(field.name)) for field in table.fields),
        )


def _refuse_unknown(table: Table, number: int, row: Mapping[str, Given]) -> None:
    known = [field.name for field in table.fields]
    unknown = next((name for name in row if name not in known), None)
    if unknown is not None:
        hint = did_you_mean(unknown, known) or f"it has: {', '.join(known)}"
        raise ChoiceError(f"row {number} of {table.name}: there is no field '{unknown}'", hint)


def _stored(field: Field, value: Given) -> Stored:
    if field.type is FieldType.LIST:
        return (
            None
            if value is None
            else as_list(tuple(value) if isinstance(value, (list, tuple)) else (str(value),))
        )
    if isinstance(value, date):
        return to_day(value)
    assert not isinstance(value, (list, tuple)), f"{field.name} is no list"
    if value is not None and field.type.reads_as is FieldType.TEXT:
        return str(value)  # a key 5 and a key '5' are the same key
    return value
