"""What was seen of one export: how it is written, its columns, and what did not fit."""

from __future__ import annotations

from msgspec import Struct

from cs_playbook.study.column_profile import ColumnProfile


class SeenExport(Struct, frozen=True):
    """`file`: as `file:` would name it. `other_width`: rows with more or fewer cells than the header, and where one is.

    `doubts`: what the bytes leave open (the encoding, the separator). `said`: what else `sources:` says of it (format,
    rows, query), key and value. `table`: its name inside of the file; "" where the file is the table.
    """

    file: str
    encoding: str
    separator: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    other_width: int = 0
    other_width_line: int = 0
    doubts: tuple[str, ...] = ()
    said: tuple[tuple[str, str], ...] = ()
    table: str = ""

    @property
    def called(self) -> str:
        """How a person is told of it."""
        return f"{self.file} ({self.table})" if self.table else self.file

    def column(self, name: str) -> ColumnProfile | None:
        return next((column for column in self.columns if column.name == name), None)
