"""How exports go wrong: each function gives what does it, to the rows of the tables or to the bytes of a file."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from tests.bad_exports.healthy import Rows

Tables = dict[str, Rows]
Spoiler = Callable[[Tables], None]
FileSpoiler = Callable[[Path], None]
Cell = Callable[[object], object]


def keep(table: str, share: float) -> Spoiler:
    """Only the first rows arrive."""

    def spoil(tables: Tables) -> None:
        tables[table] = tables[table][: int(len(tables[table]) * share)]

    return spoil


def keep_accounts(share: float) -> Spoiler:
    """Only the first accounts, and what belongs to them."""

    def spoil(tables: Tables) -> None:
        left = {row["id"] for row in tables["accounts"][: int(len(tables["accounts"]) * share)]}
        for name, rows in tables.items():
            tables[name] = [row for row in rows if row["id" if name == "accounts" else "account_id"] in left]

    return spoil


def cells(table: str, column: str, cell: Cell, every: int = 1) -> Spoiler:
    """Every cell of a column, or every so manyth, is another."""

    def spoil(tables: Tables) -> None:
        for row in tables[table][::every]:
            row[column] = cell(row[column])

    return spoil


def blank(table: str, column: str, every: int = 1) -> Spoiler:
    return cells(table, column, lambda _: None, every)


def times(table: str, column: str, factor: float) -> Spoiler:
    return cells(table, column, lambda cell: float(str(cell)) * factor)


def later(table: str, column: str, days: int) -> Spoiler:
    def moved(cell: object) -> object:
        return cell + timedelta(days=days) if isinstance(cell, date) else cell

    return cells(table, column, moved)


def twice(table: str, of: int = 1, some: int = 1) -> Spoiler:
    """So many of so many rows stand there again."""

    def spoil(tables: Tables) -> None:
        tables[table] += [dict(row) for n, row in enumerate(tables[table]) if n % some < of]

    return spoil


def imported_twice(tables: Tables) -> None:
    """Each contact again, under an id of its own."""
    tables["contacts"] += [{**row, "id": f"{row['id']}-copy"} for row in tables["contacts"]]


def test_rows(tables: Tables) -> None:
    """Somebody has tried the import out."""
    first = tables["accounts"][0]
    tables["accounts"] += [{**first, "id": f"test{n}", "name": f"TEST {n}"} for n in range(150)]


def slipped(table: str, column: str) -> Spoiler:
    """A column stands one row too low."""

    def spoil(tables: Tables) -> None:
        column_as_it_was = [row[column] for row in tables[table]]
        for row, cell in zip(tables[table], [column_as_it_was[-1], *column_as_it_was], strict=False):
            row[column] = cell

    return spoil


def sorted_alone(table: str, column: str) -> Spoiler:
    """A spreadsheet was sorted by one column, and only that column was selected."""

    def spoil(tables: Tables) -> None:
        cells_of_it = sorted((row[column] for row in tables[table]), key=lambda cell: str(cell)[::-1])
        for row, cell in zip(tables[table], cells_of_it, strict=True):
            row[column] = cell

    return spoil


def shuffled(table: str, column: str) -> Spoiler:
    """A join by the wrong key."""

    def spoil(tables: Tables) -> None:
        mixed = [row[column] for row in tables[table]]
        random.Random(7).shuffle(mixed)
        for row, cell in zip(tables[table], mixed, strict=True):
            row[column] = cell

    return spoil


def swapped(table: str, one: str, other: str) -> Spoiler:
    def spoil(tables: Tables) -> None:
        for row in tables[table]:
            row[one], row[other] = row[other], row[one]

    return spoil


def other_account_ids(cell: Cell) -> Spoiler:
    """In all files alike: nobody is an orphan."""

    def spoil(tables: Tables) -> None:
        for name, rows in tables.items():
            for row in rows:
                column = "id" if name == "accounts" else "account_id"
                row[column] = cell(row[column])

    return spoil


def mojibake(table: str, *columns: str) -> Spoiler:
    """UTF-8 that somebody has read as Latin-1 and saved as UTF-8 again."""

    def spoil(tables: Tables) -> None:
        for row in tables[table]:
            for column in columns:
                row[column] = str(row[column]).encode().decode("latin-1")

    return spoil


# --- the bytes of a file ---


def text(change: Callable[[str], str], encoding: str = "utf-8") -> FileSpoiler:
    def spoil(path: Path) -> None:
        path.write_bytes(change(path.read_text(encoding="utf-8")).encode(encoding))

    return spoil


def cut(share: float) -> FileSpoiler:
    """The disk was full, or the connection broke, in the middle of a line."""

    def spoil(path: Path) -> None:
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * share)].rstrip(b"\n"))

    return spoil


def gone(path: Path) -> None:
    path.unlink()


def without_column(number: int) -> FileSpoiler:
    return text(lambda whole: "\n".join(",".join(row.split(",")[:number] + row.split(",")[number + 1 :]) for row in whole.splitlines()))  # fmt: skip


def as_they_are(whole: str) -> str:
    return whole
