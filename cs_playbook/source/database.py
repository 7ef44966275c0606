"""A query and a database (an SQLite file, or PostgreSQL) → its rows as cells; nothing can be written there."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cs_playbook.errors import UserError
from cs_playbook.source.cells import Cell, Counted, Items, Nested, Part, Plain, Row, Unreadable, one_by_one
from cs_playbook.source.finding import Finding, Span
from cs_playbook.source.guard import close_the_doors

if TYPE_CHECKING:
    import psycopg

INSTALL = "pip install 'cs-playbook[postgres]'"

_AT_ONCE = 2000  # rows that are fetched together
_DATES = frozenset(("date", "datetime", "julianday", "strftime", "time", "unixepoch"))
_STEPS, _MOST_TURNS = 1_000_000, 20_000  # of SQLite's machine: some ten minutes
_SECONDS_TO_CONNECT = 15
_LONGEST_QUERY = "10min"
_NEAR = ("", "localhost", "127.0.0.1", "::1")
_SUM = 1 << 256
_PLAIN: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "true" if value else "false",
    int: str,
    float: repr,
    Decimal: lambda value: f"{value:f}",
    date: date.isoformat,
    datetime: datetime.isoformat,
}


class Asked:
    """The rows of a query. `place_of_query`: where findings about the query stand."""

    def __init__(self, cursor: Any, shown: str, errors: type[Exception], place_of_query: Span) -> None:
        self.shown = shown
        self.counted_in: Counted = "row"
        self.header = tuple(str(column[0]) for column in cursor.description or ())
        self.rows_read = 0
        self._cursor = cursor
        self._errors = errors
        self._query = place_of_query
        self._sum = 0

    @property
    def sha256(self) -> str:
        """Of the rows, in whatever order they came: a database gives them in any."""
        return f"{self._sum:064x}"

    @property
    def share(self) -> float | None:
        return None

    @property
    def columns(self) -> tuple[str, ...]:
        return self.header

    def place(self, line: int, column: int | None) -> Span:
        return Span(self.shown, line)

    def rows(self) -> Iterator[tuple[int, Row]]:
        return one_by_one(self.parts())

    def parts(self) -> Iterator[Part]:
        while rows := self._fetched():
            cells = list(map(list, zip(*map(_as_cells, zip(*rows, strict=True)), strict=True)))
            self._sum = (self._sum + sum(map(_hash, cells))) % _SUM
            numbers = range(self.rows_read + 1, self.rows_read + len(rows) + 1)
            self.rows_read += len(rows)
            yield Part(numbers, cells)

    def _fetched(self) -> Sequence[Sequence[Any]]:
        try:
            return self._cursor.fetchmany(_AT_ONCE)  # type: ignore[no-any-return]
        except self._errors as error:
            fact = f"the query fails after {self.rows_read} rows: {one_line(error)}"
            raise Unreadable(Finding(self._query, "CSP729", fact, "")) from error


class SqliteFile:
    """An SQLite file, opened for reading alone. Use it with `with`."""

    def __init__(self, path: Path, shown: str) -> None:
        self._path = path
        self._shown = shown
        self._connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        turns = iter(range(_MOST_TURNS))
        self._connection.set_progress_handler(lambda: next(turns, None) is None, _STEPS)

    def ask(self, query: str, place: Span) -> Asked:
        """Raises Unreadable where it is no database, or the query fails or does more than read."""
        if _is_cut(self._path):
            fact = f"{self._shown} is cut off: its last page is not whole"
            raise Unreadable(Finding(place, "CSP729", fact, "copy it again, when nobody writes into it"))
        try:
            close_the_doors(self._connection, _DATES, frozenset())
            cursor = self._connection.execute(query)
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise Unreadable(_failed(place, error, self._shown)) from error
        if cursor.description is None:
            raise Unreadable(_no_rows(place))
        return Asked(cursor, self._shown, sqlite3.Error, place)

    def __enter__(self) -> SqliteFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._connection.close()


def _is_cut(path: Path) -> bool:
    """SQLite itself misses only whole pages: what lacks of the last one it reads as zeros, so as empty cells."""
    with path.open("rb") as file:
        head = file.read(18)
        size = file.seek(0, 2)
    page = int.from_bytes(head[16:18], "big")
    return head.startswith(b"SQLite format 3\0") and size % (65536 if page == 1 else page or 1) != 0


class Postgres:
    """A connection to PostgreSQL in one reading transaction: all queries see the same moment. Use it with `with`.

    `variable`: the name of the environment variable the address came from; the address is never shown.
    Raises UserError where the driver is missing or the database cannot be reached.
    """

    def __init__(self, address: str, variable: str) -> None:
        self._variable = variable
        self._driver = _driver(variable)
        self._connection = _connect(self._driver, address, variable)
        self._asked = 0

    @contextmanager
    def ask(self, query: str, place: Span, shown: str) -> Iterator[Asked]:
        """Rows stream through a cursor of the server. Raises Unreadable where the query fails."""
        self._asked += 1
        connection = self._connection
        connection.execute("SAVEPOINT cs_playbook")
        cursor = connection.cursor(name=f"cs_playbook_{self._asked}")
        try:
            cursor.execute(query.encode())  # as it is written: no parameters, so % is %
            yield Asked(cursor, shown, self._driver.Error, place)
        except self._driver.Error as error:
            raise Unreadable(_failed(place, error, self._variable)) from error
        finally:
            # A query that failed spoils the transaction for those after it; a connection that has gone spoils all.
            with suppress(self._driver.Error):
                cursor.close()
                connection.execute("ROLLBACK TO SAVEPOINT cs_playbook")

    def __enter__(self) -> Postgres:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._connection.close()


def one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]


def _driver(variable: str) -> Any:
    try:
        import psycopg  # noqa: PLC0415 - an extra, and a tenth of a second: only whoever asks a database pays
    except ImportError as error:
        fact = f"{variable} names a PostgreSQL database, and its driver is not installed"
        raise UserError(fact, INSTALL) from error
    return psycopg


def _connect(driver: Any, address: str, variable: str) -> psycopg.Connection[Any]:
    try:
        said = driver.conninfo.conninfo_to_dict(address)
    except driver.ProgrammingError:
        # its message quotes the address, and with it the password
        fact = f"{variable} does not hold the address of a PostgreSQL database"
        raise UserError(fact, "it looks like postgresql://user:password@host:5432/name") from None
    said.setdefault("connect_timeout", _SECONDS_TO_CONNECT)
    said.setdefault("application_name", "cs-playbook")
    host = str(said.get("host") or said.get("hostaddr") or "")
    if host not in _NEAR and not host.startswith("/"):
        said.setdefault("sslmode", "require")  # customers do not cross a network in the clear
    try:
        connection = driver.connect(**said)
        connection.read_only = True
        connection.isolation_level = driver.IsolationLevel.REPEATABLE_READ
        connection.execute(f"SET LOCAL statement_timeout = '{_LONGEST_QUERY}'")
        connection.execute("SET LOCAL TimeZone = 'UTC'")
    except driver.Error as error:
        fact = f"the database of {variable} cannot be reached: {one_line(error)}"
        raise UserError(
            fact, "look at the address in the environment, and whether the database runs"
        ) from error
    return connection  # type: ignore[no-any-return]


def _failed(place: Span, error: Exception, shown: str) -> Finding:
    told = one_line(error)
    if "authoriz" in told or "prohibited" in told:
        hint = "a query of `sources:` is one SELECT; functions that write or reach outside are not there"
        return Finding(place, "CSP729", f"the query does more than read {shown}: {told}", hint)
    return Finding(place, "CSP729", f"the query cannot be asked of {shown}: {told}", "")


def _no_rows(place: Span) -> Finding:
    return Finding(place, "CSP729", "the query gives no rows", "one SELECT that names its columns")


def _as_cells(column: Sequence[Any]) -> Sequence[Cell]:
    """A column of one kind is nearly every column there is."""
    kinds = set(map(type, column))
    kind = kinds.pop()
    if kinds:
        return list(map(_as_cell, column))
    if kind is str and "\0" not in "".join(column):
        return column
    plain = _PLAIN.get(kind)
    return list(map(Plain, map(plain, column))) if plain else list(map(_as_cell, column))


def _as_cell(value: Any) -> Cell:
    if value.__class__ is str and "\0" not in value:
        return value
    plain = _PLAIN.get(type(value))
    if plain is not None:
        return Plain(plain(value))
    match value:
        case str():
            return value if "\0" not in value else Nested("a text with a NUL")
        case None:
            return ""
        case list() if all(not isinstance(item, (list, dict)) for item in value):
            return Items(tuple(str(_as_cell(item)) for item in value))
        case dict() | list():
            return Nested("something nested")
        case bytes() | memoryview():
            return Nested("something binary")
        case _:
            return str(value)


def _hash(cells: Sequence[Cell]) -> int:
    return int.from_bytes(hashlib.sha256(repr(cells).encode("utf-8", "surrogatepass")).digest())
