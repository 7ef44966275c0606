"""The table `answers` of a snapshot → what people answered in the CRM, as rows of a returned list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from cs_playbook.commands.answers import AnswerRow, AnswerTable
from cs_playbook.commands.workspace import Workspace
from cs_playbook.compile.placing import answers_said
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import UserError
from cs_playbook.model.data import ANSWERS, Table
from cs_playbook.model.value import Value, from_day, to_day
from cs_playbook.source import snapshot as snapshots
from cs_playbook.source.finding import Span
from cs_playbook.source.snapshot import Snapshot


def answers_in(workspace: Workspace, snapshot: Snapshot, ledger: Ledger) -> AnswerTable:
    """Rows that name a task and an outcome, up to the day of the snapshot; the others are tasks of the CRM's own."""
    table = workspace.catalog.contract.answers
    if table is None or ANSWERS not in snapshot.manifest.counts:
        return AnswerTable()
    file = f"{ANSWERS} of {snapshot.day.isoformat()}.db"
    rows = {said: Span(file, number) for number, said in _said(snapshot, table)}
    told = frozenset(rows.values()) & {
        rows[said] for said in _said_before(workspace, snapshot, ledger, table) if said in rows
    }
    return AnswerTable(tuple(_row(said, span) for said, span in rows.items()), told)


Said = tuple[str, ...]  # task, outcome, by, on, note, answers


def _said(snapshot: Snapshot, table: Table) -> Iterator[tuple[int, Said]]:
    query = answers_said(table, to_day(snapshot.day))
    for number, *cells in snapshot.connection.execute(query):
        yield number, tuple(_text(cell) for cell in cells)


def _text(cell: Value) -> str:
    """A day as people write it in a list."""
    return from_day(cell).isoformat() if isinstance(cell, int) else str(cell or "").strip()


def _row(said: Said, span: Span) -> AnswerRow:
    task, outcome, by, on, note, answers = said
    return AnswerRow(span, task, outcome, on, by, note, "", answers)


def _said_before(workspace: Workspace, snapshot: Snapshot, ledger: Ledger, table: Table) -> Iterator[Said]:
    """By the snapshot of the last day that was run; where it is gone nobody knows, and all is told again."""
    last = ledger.last_run()
    if last is None or last.day >= snapshot.day or last.day not in snapshots.days(workspace.snapshots):
        return
    try:
        before = Snapshot.open(snapshots.on(workspace.snapshots, last.day))
    except UserError:
        return
    with closing(before):
        if before.manifest.shape == snapshot.manifest.shape:
            yield from (said for _, said in _said(before, table))
