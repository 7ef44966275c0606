"""A database that lies somewhere and the traces of a person → whether any cell names them.

Its bytes do not tell: cells stand there one after the other, with nothing in between.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from cs_playbook.compile.placing import quoted
from cs_playbook.model.traces import Traces

_TABLES = "select name from sqlite_schema where type = 'table' order by name"


def named_in_database(path: Path, traces: Traces) -> bool:
    """sqlite3.DatabaseError: it cannot be read."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.text_factory = lambda content: content.decode("utf-8", "replace")
        return any(traces.count(row) for row in _rows(connection))


def _rows(connection: sqlite3.Connection) -> Iterator[str]:
    for (table,) in connection.execute(_TABLES).fetchall():
        for row in connection.execute(f"select * from {quoted(table)}"):  # noqa: S608 - the name is quoted
            yield "\n".join(_text(cell) for cell in row if cell is not None)


def _text(cell: object) -> str:
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
