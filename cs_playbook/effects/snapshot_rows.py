"""Rows with what is wrong with them → the tables of a snapshot, their counts, the bad rows as findings."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from cs_playbook.compile import placing
from cs_playbook.model.data import Contract, Table
from cs_playbook.parse.cell import Stored, shown
from cs_playbook.source.cells import Counted
from cs_playbook.source.finding import Finding, Severity, Span
from cs_playbook.source.manifest import TableCount

SHOWN_PER_TABLE = 20
SHOWN_ALIKE = 3  # where more rows than can be listed are wrong in the same way: it is not the rows
LINES = 1 << 40  # the rows of the next file of a table are counted from here on

# line, code of what is wrong or None, message, hint, column and length of the cell, how new, then the cells
Staged = tuple[Stored, ...]
Where = Callable[[int, int | None, int | None], Span]  # line, column and length → a place in the file


class Batch(NamedTuple):
    """Staged rows, of which only some places are given (by number, 0 is the line): in the others nothing stands."""

    said: tuple[int, ...]
    rows: Iterable[Staged]


def whole(table: Table, rows: Iterable[Staged]) -> Batch:
    """Rows with all their places."""
    return Batch(tuple(range(len(placing.STAGED_BEFORE) + len(table.fields))), rows)


def stage(connection: sqlite3.Connection, table: Table, batches: Iterable[Batch]) -> None:
    """All rows of a table, good and bad, where they wait to be placed. Streams."""
    connection.execute(placing.create_staging(table))
    for said, rows in batches:
        connection.executemany(placing.stage(table, said), rows)


def keep_newest(connection: sqlite3.Connection, table: Table) -> int:
    """Of the staged rows with the same key only the newest stay. How many went."""
    older = sum(connection.execute(step).rowcount for step in placing.keep_newest(table))
    connection.execute(placing.give_up_keys(table))
    return older


def place(connection: sqlite3.Connection, table: Table) -> TableCount:
    """The good rows of a staged table in order; its owner must be placed. Marks repeated keys and orphans."""
    marks = (placing.mark_repeated(table), placing.mark_orphans(table))
    steps = (*marks, placing.create(table), placing.place(table), *placing.remember_keys(table))
    for step in filter(None, steps):
        connection.execute(step)
    rows, bad, *empties = connection.execute(placing.count(table)).fetchone()
    counted = zip(table.fields, empties, strict=True)
    return TableCount(rows, tuple((field.name, empty) for field, empty in counted if field.exported), bad)


def bad_rows(
    connection: sqlite3.Connection,
    contract: Contract,
    table: Table,
    where: Where,
    severity: Severity,
    counted_in: Counted = "line",
) -> Iterator[Finding]:
    """Some bad rows of a placed table, in the order of its file: of those that are wrong alike all, or the first few."""
    owner = contract.table(placing.owner_table(table))
    query = placing.bad_rows(table, owner)
    for row in connection.execute(query, (SHOWN_PER_TABLE, SHOWN_ALIKE, SHOWN_PER_TABLE)):
        line, code, message, hint, start, length, *_ = row
        text, advice = (message, hint) if message else _explained(table, row, where, counted_in)
        yield Finding(where(line, start, length), code, text, advice or "", severity)


def forget(connection: sqlite3.Connection, contract: Contract) -> None:
    """The waiting rows go; what was placed stays."""
    for table in contract.tables:
        for step in placing.forget(table):
            connection.execute(step)


def _explained(table: Table, row: tuple[Any, ...], where: Where, counted_in: Counted) -> tuple[str, str]:
    """What SQL has found: a repeated key, or nobody to belong to."""
    line, code, *_, key, other_line, owner, owner_line = row
    if code == placing.REPEATED:
        here, other = where(line, None, None), where(other_line, None, None)
        of = "" if other.file == here.file else f" of {other.file}"
        on = "on line" if counted_in == "line" else f"in {counted_in}"
        fact = f"the {table.key} {shown(str(key))} is also {on} {other.line}{of}"
        return fact, "a key names one row; which of the two is right nobody can know"
    to = placing.owner_table(table)
    if owner_line is not None:
        on = f"line {owner_line % LINES} of {to}"
        return f"it belongs to {shown(str(owner))}, which is itself a bad row ({on})", ""
    return (
        f"there is no {shown(str(owner))} among {to}",
        f"{placing.owner_field(table)} must name a row of {to}",
    )
