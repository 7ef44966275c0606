"""A table and a condition that a letter names → the rows of one account, from the snapshot, for whoever writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

from cs_playbook.commands.facts_stage import Stage
from cs_playbook.compile.looking import seen_rows_of_one
from cs_playbook.letters.rows import condition_of
from cs_playbook.model.answer import evaluate, truth
from cs_playbook.model.data import Table
from cs_playbook.model.expression import Expression
from cs_playbook.plan.decision import Subject
from cs_playbook.plan.speaking import spoken

MOST_ROWS = 50  # a letter with more is no letter


def row_reader(stage: Stage) -> Callable[[Subject, str, str], tuple[Mapping[str, Any], ...]]:
    """(subject, table, condition) → its rows in order of day and key, at most 50; the condition is read once."""
    contract = stage.catalog.contract

    @cache
    def bound(table: str, condition: str) -> Expression | None:
        known = contract.table(table)
        return None if known is None else condition_of(known, condition, stage.catalog)

    def read(subject: Subject, table: str, condition: str) -> tuple[Mapping[str, Any], ...]:
        known = contract.table(table)
        if known is None:
            return ()
        rows = _fitting(stage, known, subject, bound(table, condition))
        return tuple(islice((_spoken(row, known) for row in rows), MOST_ROWS))

    return read


def _fitting(
    stage: Stage, table: Table, subject: Subject, where: Expression | None
) -> Iterator[Mapping[str, Any]]:
    """A row that says unknown is left out, as everywhere."""
    cursor = stage.connection.cursor().execute(
        seen_rows_of_one(table, stage.catalog.contract), (subject.account,)
    )
    names = [column[0] for column in cursor.description]
    for cells in cursor:
        row = dict(zip(names, cells, strict=True))
        # The row's own fields stand under `related.x`, those of the row it belongs through under their whole name.
        values = {**subject.values, **row, **{f"related.{name}": value for name, value in row.items()}}
        if where is None or truth(evaluate(where, values, stage.reckoning)) is True:
            yield row


def _spoken(row: Mapping[str, Any], table: Table) -> dict[str, Any]:
    return {field.name: spoken(row[field.name], field.type.reads_as) for field in table.fields}
