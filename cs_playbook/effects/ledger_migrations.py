"""A ledger of an earlier version → one of this version: in one transaction, after a backup beside it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from cs_playbook.effects import ledger_sums
from cs_playbook.effects.enrollment_text import read_enrollment
from cs_playbook.effects.ledger_cache import Row, is_outward, outbox_row
from cs_playbook.effects.ledger_posts import INDEX as INDEX_OF_POSTED
from cs_playbook.effects.ledger_schema import USER_VERSION
from cs_playbook.effects.ledger_suppression import INDEX as INDEX_OF_SUPPRESSED
from cs_playbook.effects.ledger_undo_tables import STARTED_ONCE, UNDO_TABLES
from cs_playbook.effects.on_disk import make_sure
from cs_playbook.effects.outbox_schema import OUTBOX
from cs_playbook.errors import UserError


def bring_up(connection: sqlite3.Connection, path: Path) -> None:
    """All steps or none. What was there lies beside the ledger as it was. UserError where that cannot be written."""
    _back_up(connection, path)
    connection.execute("begin immediate")
    try:
        _take_steps(connection)
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def brought_up_in_memory(connection: sqlite3.Connection) -> sqlite3.Connection:
    """What a ledger would be; the one on the disk stays."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    connection.backup(copy)
    _take_steps(copy)
    return copy


def _take_steps(connection: sqlite3.Connection) -> None:
    for version in range(version_of(connection), USER_VERSION):
        _STEPS[version](connection)
    connection.execute(f"pragma user_version = {USER_VERSION}")


def version_of(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("pragma user_version").fetchone()
    return int(version)


def backup_of(path: Path, version: int) -> Path:
    """Where a ledger lies as it was before this program brought it up."""
    return path.with_name(f"{path.stem}.version-{version}{path.suffix}")


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    """Complete or not there. One that is there already is of a ledger brought back since: the newer one counts."""
    target = backup_of(path, version_of(connection))
    beside = target.with_name(f".new-{target.name}")
    try:
        beside.unlink(missing_ok=True)
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(beside)) as copy:
            connection.backup(copy)
        make_sure(beside)
        beside.replace(target)
        make_sure(path.parent)
    except (OSError, sqlite3.OperationalError) as cause:
        raise UserError(
            f"the ledger {path} is of an earlier version, and no backup can be written beside it: {cause}",
            "Make room; nothing was changed.",
        ) from cause


# --- what each step does ---


def _to_version_2(connection: sqlite3.Connection) -> None:
    """Mails have states and bytes; runs can be taken back; addresses can be suppressed.

    Version 1 knew drafts only. Its outbox is made anew from the enrollments: it never was more than their cache.
    """
    runs = dict(connection.execute("select task, run from outbox"))
    new = f"{STARTED_ONCE}\n{UNDO_TABLES}\n{OUTBOX}\n{INDEX_OF_SUPPRESSED}\n{INDEX_OF_POSTED}\n"
    for statement in ("drop table outbox", "drop index event_started", *_statements(new)):
        connection.execute(statement)
    into = "insert into outbox(task, enrollment, contact, payload, state, by, attempts, run) values (?, ?, ?, ?, ?, ?, ?, ?)"
    rows = ((*row, runs.get(str(row[0]))) for row in _outbox_rows(connection))
    connection.executemany(into, rows)
    ledger_sums.begin(connection)


def _outbox_rows(connection: sqlite3.Connection) -> Iterator[Row]:
    for (state,) in connection.execute("select state from enrollment where arm = 'treated'"):
        enrollment = read_enrollment(state)
        yield from (
            outbox_row(enrollment, task) for task in enrollment.tasks.values() if is_outward(enrollment, task)
        )


def _statements(script: str) -> Iterator[str]:
    """One by one: to run a script as a whole would end the transaction."""
    waiting = ""
    for line in script.splitlines(keepends=True):
        waiting += line
        if sqlite3.complete_statement(waiting):
            yield waiting
            waiting = ""


_STEPS: Mapping[int, Callable[[sqlite3.Connection], None]] = {1: _to_version_2}
