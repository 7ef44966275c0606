"""Ledgers for tests: short words for what is recorded, and somebody with another program."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.run_record import RunRecord
from cs_playbook.model.enrollment import Arm, OpenTask
from cs_playbook.model.event import Event, Started, StepOpened
from cs_playbook.values import replace

ID = "7d0c0000-0000-4000-8000-000000000000"
DAY = date(2026, 3, 2)
NOW = "2026-03-02T05:00:00Z"
RUN = RunRecord(DAY, "snapshot", "sources", "files", "plan", "0.1.0", NOW, {"start": 1})


def on(days: int) -> date:
    return DAY + timedelta(days)


def started(key: str = "e1", account: str = "acme", **changes: object) -> Started:
    event = Started(key, "usage-drop", account, None, 1, "d1", Arm.TREATED, DAY, "rule")
    return replace(event, **changes)  # type: ignore[arg-type]


def opened(key: str = "t1", enrollment: str = "e1", kind: str = "email", **changes: object) -> StepOpened:
    task = OpenTask(key, "mail", kind, "lea", DAY, on(1), 5, contact="claire", payload="p1")
    return StepOpened(enrollment, "mail", DAY, (replace(task, **changes),))  # type: ignore[arg-type]


def commit(
    ledger: Ledger,
    *events: Event,
    day: date = DAY,
    sources: str = "sources",
    files: Iterable[tuple[str, bytes]] = (),
) -> int:
    run = replace(RUN, day=day, sources_hash=sources)
    return ledger.commit(run, events, [("d1", "usage-drop", "playbook: usage-drop")], [], files, NOW)


def made(path: Path) -> Path:
    """An empty one in that place."""
    Ledger.create(path, ID, "0.1.0", NOW)
    return path


def by_hand(path: Path, *statements: str) -> None:
    """Somebody with another program."""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def outbox(ledger: Ledger) -> list[tuple[object, ...]]:
    """Task, enrollment, run, contact, payload, state."""
    asked = "select task, enrollment, run, contact, payload, state from outbox order by task"
    return ledger._connection.execute(asked).fetchall()
