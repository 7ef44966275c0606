"""A ledger of an earlier version: read as it is, brought up by whoever writes, after a backup; whole, or as it was."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from cs_playbook.effects import ledger_migrations
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_migrations import backup_of, version_of
from cs_playbook.effects.ledger_schema import USER_VERSION, as_made
from cs_playbook.errors import StoppedOnPurpose, UserError
from cs_playbook.model.event import MailMoved, TaskAnswered
from tests.unit.ledgers import DAY, ID, NOW, by_hand, commit, made, outbox

VERSION_1 = Path(__file__).resolve().parent.parent / "ledgers" / "version-1.sql"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """As version 1 wrote it: letters that were sent, discarded, cancelled, and one that waits."""
    path = tmp_path / "ledger.db"
    connection = sqlite3.connect(path)
    connection.executescript(VERSION_1.read_text(encoding="utf-8"))
    connection.close()
    return path


def version(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return version_of(connection)
    finally:
        connection.close()


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_it_is_read_as_it_is(old: Path) -> None:
    before = old.read_bytes()
    with Ledger.open(old, ID, writing=False) as ledger:
        assert [item.key for item in ledger.enrollments(DAY)] == ["e1", "e4", "e2"]
        assert ledger.outbox_counts() == {}
        assert (ledger.words_of_mail("any"), ledger.mail_bytes("any")) == (None, None)
        assert ledger.verify() == []

    assert (old.read_bytes(), [*old.parent.iterdir()]) == (before, [old])


def test_who_writes_brings_it_up_and_what_was_there_lies_beside_it(old: Path) -> None:
    before = dump(old)
    with Ledger.open(old, ID, writing=True) as ledger:
        assert ledger.verify() == []
        assert [(task, state) for task, *_, state in outbox(ledger)] == [
            ("t1", "sent"), ("t2", "draft"), ("t3", "discarded"), ("t5", "cancelled"),
        ]  # fmt: skip
        assert ledger._connection.execute("select run, by from outbox where task = 't1'").fetchone() == (
            1,
            "lea",
        )
        assert (
            frozenset(
                ledger._connection.execute(
                    "select type, name, tbl_name, coalesce(sql, '') from sqlite_schema"
                )
            )
            == as_made()
        )

    backup = backup_of(old, 1)
    assert (version(old), version(backup)) == (USER_VERSION, 1)
    assert dump(backup) == before
    assert backup.stat().st_mode & 0o777 == 0o600


def test_it_goes_on_from_there(old: Path) -> None:
    with Ledger.open(old, ID, writing=True) as ledger:
        ledger.record([TaskAnswered("e1", "t2", "sent", DAY, "lea")], NOW)
        commit(ledger, day=DAY.replace(day=6), sources="newer")
        with pytest.raises(sqlite3.IntegrityError, match="no such move"):
            ledger.record([MailMoved("e1", "t1", DAY, "pending", "lea")], NOW)

    with Ledger.open(old, ID, writing=False) as ledger:
        assert ledger.verify() == []


def test_a_step_that_fails_leaves_it_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("drop table outbox")
        raise sqlite3.OperationalError("database or disk is full")

    before = old.read_bytes()
    monkeypatch.setattr(ledger_migrations, "_STEPS", {1: fails})

    with pytest.raises(sqlite3.OperationalError):
        Ledger.open(old, ID, writing=True)

    assert old.read_bytes() == before


def test_without_room_for_a_backup_nothing_is_changed(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger_migrations, "make_sure", full)

    with pytest.raises(UserError, match="no backup can be written"):
        Ledger.open(old, ID, writing=True)

    assert (version(old), backup_of(old, 1).exists()) == (1, False)


def test_a_damaged_one_is_told_before_and_after(old: Path) -> None:
    by_hand(
        old, "drop trigger event_stays", "update event set body = replace(body, 'acme', 'bolt') where seq = 1"
    )

    with Ledger.open(old, ID, writing=False) as ledger:
        assert (
            "event 1 does not follow from the one before: one of the two was changed or taken out"
            in ledger.verify()
        )


def test_a_newer_one_is_left_alone(tmp_path: Path) -> None:
    path = made(tmp_path / "ledger.db")
    by_hand(path, f"pragma user_version = {USER_VERSION + 1}")

    with pytest.raises(StoppedOnPurpose, match="a newer cs-playbook"):
        Ledger.open(path, ID, writing=False)


def test_one_of_this_version_needs_no_backup(tmp_path: Path) -> None:
    path = made(tmp_path / "ledger.db")

    with Ledger.open(path, ID, writing=True):
        pass

    assert [*tmp_path.iterdir()] == [path]
