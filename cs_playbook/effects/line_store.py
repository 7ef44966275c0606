"""Lines of a day, kept on the disk while they are collected: of a hundred thousand only one person's are in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from enum import StrEnum
from io import BytesIO
from typing import Self

from msgspec.json import Decoder, Encoder

from cs_playbook.model.line import TaskLine

_TABLE = """
create table line (
  number integer primary key, reads text not null, owner text not null, due text not null, priority integer not null,
  account text not null, key text not null, body blob not null
) strict
"""
_PARTS = """
create table short (key text primary key, short text not null) strict, without rowid;
create table part (number integer primary key, list text not null, body blob not null) strict;
"""
_SHORTS = "select l.key, s.short from line l join short s using (key) where l.reads = ? and l.owner = ?"
_ENCODER, _DECODER = Encoder(), Decoder(TaskLine)
_ADD = "insert into line values (null, ?, ?, ?, ?, ?, ?, ?)"
_INDEX = "create index if not exists line_of on line (reads, owner, due, priority, account, key)"
_OWNERS = "select distinct owner from line where reads = ? order by owner"
_KEYS = "select key from line where reads = ? order by key"
_COUNT = "select count(*) from line where reads = ?"
_SORTED = "select body from line where reads = ? and owner = ? order by due, priority, account, key"
_AS_THEY_CAME = "select body from line where reads = ? and owner = ? order by number"


class Reads(StrEnum):
    """Why somebody reads a line."""

    OPEN = "it is theirs to do"
    TOLD = "it is late"
    LEAVING = "its mail leaves in their name"


class LineStore:
    """A context manager; it lies in no folder that anybody sees, and is gone when it is closed."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("pragma journal_mode = off")
        self._connection.execute("begin")
        self._connection.execute(_TABLE)
        for statement in _PARTS.split(";\n"):
            self._connection.execute(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def add(self, reads: Reads, who: str, line: TaskLine) -> None:
        body = _ENCODER.encode(line)
        row = (reads, who, line.due.isoformat(), line.priority, line.account, line.key, body)
        self._connection.execute(_ADD, row)

    def all_in(self) -> None:
        """From now on it is read."""
        self._connection.execute(_INDEX)

    def who(self, reads: Reads) -> list[str]:
        """Those who have such lines, each once, in order."""
        return [owner for (owner,) in self._connection.execute(_OWNERS, (reads,))]

    def count(self, reads: Reads) -> int:
        return int(self._connection.execute(_COUNT, (reads,)).fetchone()[0])

    def keys(self, reads: Reads) -> Iterator[str]:
        """In order."""
        return (key for (key,) in self._connection.execute(_KEYS, (reads,)))

    def shorten(self, shorts: Iterable[tuple[str, str]]) -> None:
        """(key, short key) of the lines, each key once."""
        self._connection.executemany("insert into short values (?, ?)", shorts)

    def shorts(self, reads: Reads, who: str) -> dict[str, str]:
        """Of somebody's lines."""
        return dict(self._connection.execute(_SHORTS, (reads, who)))

    def put(self, name: str, part: bytes) -> None:
        """Adds to a list of all, which nobody needs before its end."""
        self._connection.execute("insert into part values (null, ?, ?)", (name, part))

    def whole(self, name: str) -> bytes:
        """All parts, in the order in which they came."""
        # A join would hold all parts beside the whole.
        found = BytesIO()
        for (body,) in self._connection.execute(
            "select body from part where list = ? order by number", (name,)
        ):
            found.write(body)
        return found.getvalue()

    def most_urgent_first(self, reads: Reads, who: str) -> list[TaskLine]:
        return self._read(_SORTED, reads, who)

    def as_they_came(self, reads: Reads, who: str) -> list[TaskLine]:
        return self._read(_AS_THEY_CAME, reads, who)

    def _read(self, query: str, reads: Reads, who: str) -> list[TaskLine]:
        return [_DECODER.decode(body) for (body,) in self._connection.execute(query, (reads, who))]
