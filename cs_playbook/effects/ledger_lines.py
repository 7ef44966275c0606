"""A ledger → lines of JSON that hold all of it, always the same; and such lines → a new ledger, the same again.

The first line says whose it is; each other one is a row: {"table": …, "row": {column: value}}, bytes as {"base64": …}.
Enrollments and tasks are not among them: they are what the events add up to, and are worked out anew.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from cs_playbook.effects import ledger_check
from cs_playbook.effects.event_text import read_event
from cs_playbook.effects.ledger_cache import enrollment_row, folded, of_enrollments, task_row
from cs_playbook.effects.ledger_faults import understood
from cs_playbook.effects.ledger_schema import USER_VERSION
from cs_playbook.errors import ChoiceError

FORMAT_VERSION = 1
_WORKED_OUT = ("enrollment", "task")
_TABLES = "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name"
_TRIGGERS = "select name, sql from sqlite_schema where type = 'trigger'"
_BY_ENROLLMENT = "select enrollment, body from event where enrollment is not null order by enrollment, seq"
_FIRST = ("meta", "definition", "run", "event")  # what others name stands before them


def lines_of(connection: sqlite3.Connection) -> Iterator[str]:
    """Each with its end. In order of table and of key."""
    (ledger_id,) = connection.execute("select v from meta where k = 'id'").fetchone()
    (version,) = connection.execute("pragma user_version").fetchone()
    yield _written({"format_version": FORMAT_VERSION, "ledger": ledger_id, "ledger_version": version})
    for table in _tables(connection):
        columns = [str(column[1]) for column in connection.execute(f"pragma table_info({table})")]
        order = ", ".join(str(number + 1) for number in range(min(len(columns), 4)))
        for row in connection.execute(f"select * from {table} order by {order}"):
            cells = dict(zip(columns, map(_cell, row), strict=True))
            yield _written({"table": table, "row": cells})


def _tables(connection: sqlite3.Connection) -> list[str]:
    names = [str(name) for (name,) in connection.execute(_TABLES) if name not in _WORKED_OUT]
    return [*_FIRST, *(name for name in names if name not in _FIRST)]


def _written(line: dict[str, object]) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def _cell(value: object) -> object:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def fill(connection: sqlite3.Connection, lines: Iterable[str], ledger_id: str) -> int:
    """`connection`: of a new, empty ledger. Gives how many events there are.

    Raises ChoiceError for lines that are none, are of another ledger or version, or do not add up to a whole ledger.
    """
    written = iter(lines)
    _refuse_another(_read(next(written, ""), 1), ledger_id)
    connection.execute("begin immediate")
    triggers = connection.execute(_TRIGGERS).fetchall()
    # They guard what changes; here everything comes as it has become.
    for name, _ in triggers:
        connection.execute(f"drop trigger {name}")
    connection.execute("pragma defer_foreign_keys = on")
    _take(connection, written)
    _work_out(connection)
    for _, sql in triggers:
        connection.execute(sql)
    connection.execute("commit")
    wrong = ledger_check.verify(connection)
    if wrong:
        raise ChoiceError(f"these lines are no whole ledger: {wrong[0]}", "nothing was kept; export it again")
    (events,) = connection.execute("select count(*) from event").fetchone()
    return int(events)


def _refuse_another(head: dict[str, object], ledger_id: str) -> None:
    if head.get("format_version") != FORMAT_VERSION or head.get("ledger_version") != USER_VERSION:
        raise ChoiceError(
            "this is no export of a ledger of this version",
            "the first line says of which it is; the program that wrote it reads it",
        )
    if head.get("ledger") != ledger_id:
        raise ChoiceError(
            f"this is the ledger {head.get('ledger')}, and project.yaml names {ledger_id}",
            "correct `ledger: {id: …}` in the project file, or take the right export",
        )


def _take(connection: sqlite3.Connection, lines: Iterable[str]) -> None:
    known = set(_tables(connection))
    connection.execute("delete from meta")
    for number, text in enumerate(lines, 2):
        line = _read(text, number)
        table, row = line.get("table"), line.get("row")
        if table not in known or not isinstance(row, dict):
            raise _wrong(number)
        places = ", ".join("?" * len(row))
        try:
            # Names of columns are bound to those of the table by SQLite; a strange one is no column.
            names = ", ".join(f'"{name}"' for name in row if name.isidentifier())
            values = [_value(cell) for cell in row.values()]
            connection.execute(f"insert into {table} ({names}) values ({places})", values)
        except (sqlite3.Error, ValueError, TypeError, KeyError) as cause:
            raise _wrong(number) from cause


def _read(text: str, number: int) -> dict[str, object]:
    try:
        line = json.loads(text)
    except ValueError as cause:
        raise _wrong(number) from cause
    if not isinstance(line, dict):
        raise _wrong(number)
    return line


def _wrong(number: int) -> ChoiceError:
    return ChoiceError(
        f"line {number} is no line of an export of a ledger", "nothing was kept; export it again"
    )


def _value(cell: object) -> object:
    return base64.b64decode(cell["base64"], validate=True) if isinstance(cell, dict) else cell


def _work_out(connection: sqlite3.Connection) -> None:
    for _, group in groupby(connection.execute(_BY_ENROLLMENT).fetchall(), key=itemgetter(0)):
        with understood("an event"):
            after = folded(None, of_enrollments(read_event(body) for _, body in group))
        _insert(connection, "enrollment", enrollment_row(after))
        for task in after.tasks.values():
            _insert(connection, "task", task_row(after, task))


def _insert(connection: sqlite3.Connection, table: str, row: tuple[object, ...]) -> None:
    connection.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)
