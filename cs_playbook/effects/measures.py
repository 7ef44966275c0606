"""The placed tables of a snapshot → their counts with what is measured of them, at the cost of one look at each table."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date

from cs_playbook.compile import measuring
from cs_playbook.model.data import Contract, Table
from cs_playbook.model.measure import NEWEST, measure
from cs_playbook.model.value import to_day
from cs_playbook.source.manifest import TableCount
from cs_playbook.study.measuring import chosen_keys, known, known_fields, measured
from cs_playbook.values import replace

LOOKED_AT = 10_000  # rows of a table, spread over all of it: enough for medians and shares


def with_measures(
    connection: sqlite3.Connection, contract: Contract, tables: Iterable[tuple[str, TableCount]], day: date
) -> Iterator[tuple[str, TableCount]]:
    """`day`: that of the snapshot."""
    declared = {table.name: table for table in contract.exported}
    for name, count in tables:
        table = declared[name]
        if table.stands_alone or not count.rows:
            yield name, count
            continue
        step = max(1, count.rows // LOOKED_AT)
        rows = connection.execute(measuring.some_rows(table, step)).fetchall()
        found = [*measured(table, rows), *_newest(connection, table, day), *_known(connection, table)]
        yield name, replace(count, measures=tuple(found))


def _newest(connection: sqlite3.Connection, table: Table, day: date) -> Iterator[tuple[str, int]]:
    if table.day is not None:
        (newest,) = connection.execute(measuring.newest(table, to_day(day))).fetchone()
        if newest is not None:
            yield measure(NEWEST, table.day), int(newest)


def _known(connection: sqlite3.Connection, table: Table) -> Iterator[tuple[str, int]]:
    fields = known_fields(table)
    if fields:
        keys = chosen_keys(key for (key,) in connection.execute(measuring.keys(table)))
        rows = connection.execute(measuring.rows_of_keys(table, fields), (json.dumps(keys),))
        yield from known(table, fields, rows)
