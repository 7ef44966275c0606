"""The few accounts that are wanted → their facts and contacts, streamed in order of account."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Generic, TypeVar

from cs_playbook.commands.facts_stage import Stage
from cs_playbook.compile import wanted
from cs_playbook.compile.beside import columns_beside
from cs_playbook.model.data import Table
from cs_playbook.model.expression import Value
from cs_playbook.plan.decision import Row, Subject
from cs_playbook.source.snapshot import together

T = TypeVar("T")


def want(connection: sqlite3.Connection, accounts: Iterable[str]) -> None:
    """Empties what was wanted before."""
    for statement in (wanted.WANTED, wanted.EMPTY_WANTED, wanted.WANTED_ROWS, wanted.EMPTY_WANTED_ROWS):
        connection.execute(statement)
    with together(connection):
        connection.executemany(wanted.ADD_WANTED, ((account,) for account in accounts))


def wanted_subjects(stage: Stage) -> Iterator[Subject]:
    """Each wanted account as it stands today; one that is missing from the snapshot is there, not present."""
    contacts = Follower(_contacts(stage.connection, stage.catalog.contract.table("contacts")))
    cursor = stage.connection.cursor().execute(wanted.FACTS)
    names = [column[0] for column in cursor.description][2:]
    for key, number, *cells in cursor:
        values: dict[str, Value] = dict(zip(names, cells, strict=True)) if number is not None else {}
        person = "" if number is not None and number < 0 else None
        active = bool(values.get("_active")) or person is not None
        yield Subject(key, None, values, tuple(contacts.of(key)), number is not None, active, person=person)


def wanted_rows(stage: Stage, table: Table) -> Iterator[tuple[str, tuple[str, Row]]]:
    """(account, (row key, the row)) of the rows of a table that are wanted."""
    beside = columns_beside(table, stage.asked)
    names = (*(field.name for field in table.fields), *beside)
    for account, row, *cells in stage.connection.cursor().execute(wanted.rows(table, beside), (table.name,)):
        yield account, (row, dict(zip(names, cells, strict=True)))


def _contacts(connection: sqlite3.Connection, table: Table | None) -> Iterator[tuple[str, Row]]:
    if table is not None:
        for account, *cells in connection.cursor().execute(wanted.contacts(table)):
            yield account, _named(cells, table)


def _named(cells: Sequence[Any], table: Table) -> dict[str, Any]:
    return {field.name: cell for field, cell in zip(table.fields, cells, strict=True)}


class Follower(Generic[T]):
    """A stream sorted by account, read alongside another: gives what belongs to each account as it comes by."""

    def __init__(self, stream: Iterator[tuple[str, T]]) -> None:
        self._groups = groupby(stream, key=lambda item: item[0])
        self._next: tuple[str, list[T]] | None = None
        self._step()

    def of(self, account: str) -> list[T]:
        while self._next is not None and self._next[0] < account:
            self._step()
        if self._next is None or self._next[0] != account:
            return []
        found = self._next[1]
        self._step()
        return found

    def _step(self) -> None:
        group = next(self._groups, None)
        self._next = None if group is None else (group[0], [item for _, item in group[1]])
