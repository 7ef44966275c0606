"""An account → whether an answer satisfies what `must:` says of it, by the account's own fields as the snapshot has them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path

from cs_playbook.commands.workspace import Workspace, calendar_of
from cs_playbook.compile.wanted import own_fields
from cs_playbook.errors import UserError
from cs_playbook.model.answer import answer
from cs_playbook.model.asks import Holds
from cs_playbook.model.condition import Answer, Condition
from cs_playbook.model.data import Contract, Field
from cs_playbook.model.expression import FieldType, Value, to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.source import snapshot as snapshots

Fields = Callable[[], Mapping[str, Value]]


def holds_for(workspace: Workspace, account: str, on: date) -> Holds:
    """Asked of the snapshot of that day, else of the newest; where there is none, only of what was answered."""
    reckoning = Reckoning(to_day(on), calendar_of(workspace.catalog.project.calendar))

    def fields() -> Mapping[str, Value]:
        path = _snapshot(workspace.snapshots, on)
        if path is None:
            return {}
        try:
            address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            with closing(sqlite3.connect(address, uri=True)) as connection:
                return fields_of(connection, workspace.catalog.contract, account, reckoning)
        except sqlite3.Error:
            return {}  # what is wrong with it is told by what needs it

    return holds(fields, reckoning)


def holds(fields: Fields, reckoning: Reckoning) -> Holds:
    """What is empty is unknown, and no answer is refused on an unknown."""

    def asked(condition: Condition, answers: Mapping[str, Value]) -> Answer:
        return answer(condition, {**fields(), **answers}, reckoning)

    return asked


def fields_of(
    connection: sqlite3.Connection, contract: Contract, account: str, reckoning: Reckoning
) -> Mapping[str, Value]:
    """The account's own fields, as they are known on the day; nothing where it is missing."""
    found = connection.execute(own_fields(contract.accounts), (account,)).fetchone()
    fields = contract.accounts.fields if found else ()
    return {
        field.name: None if _is_to_come(field, cell, reckoning) else cell
        for field, cell in zip(fields, found or (), strict=True)
    }


def _is_to_come(field: Field, cell: Value, reckoning: Reckoning) -> bool:
    return field.type is FieldType.HAPPENED and isinstance(cell, int) and cell > reckoning.today


def _snapshot(folder: Path, on: date) -> Path | None:
    try:
        known = snapshots.days(folder)
    except UserError:
        return None
    return snapshots.place_of(folder, on if on in known else known[-1]) if known else None
