"""A run is recorded wholly or not at all, by one process at a time, wherever it is cut."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_records import Observation
from cs_playbook.effects.lock import locked
from cs_playbook.effects.publish import publish
from cs_playbook.errors import StoppedOnPurpose, UserError
from cs_playbook.model.event import (
    Ended,
    Event,
)
from tests.unit import ledgers
from tests.unit.ledgers import DAY, ID, NOW, RUN, commit, on, opened, outbox, started

T = TypeVar("T")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return ledgers.made(tmp_path / "state" / "ledger.db")


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger.open(path, ID, writing=True) as opened_ledger:
        yield opened_ledger


class TestAllOrNothing:
    def test_a_plan_that_breaks_off_leaves_nothing(self, ledger: Ledger) -> None:
        def broken() -> Iterator[Event]:
            yield started()
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            ledger.commit(RUN, broken(), [], [], [], NOW)

        assert (list(ledger.events()), ledger.last_run(), ledger.verify()) == ([], None, [])

    def test_a_file_that_could_never_be_put_in_place_stops_all(self, ledger: Ledger) -> None:
        with pytest.raises(UserError, match="cannot be the name of a file"):
            commit(ledger, started(), files=[("owners/../../x", b"")])

        assert list(ledger.events()) == []

    def test_the_plan_sees_what_was_and_the_files_what_is(self, ledger: Ledger) -> None:
        commit(ledger, *(started(f"e{number}", f"a{number}") for number in range(3)))
        seen = []

        def planned() -> Iterator[Event]:
            for enrollment in ledger.enrollments(DAY):
                seen.append(enrollment.key)
                yield Ended(enrollment.key, DAY, "lost", "exit")
                yield started(f"next-{enrollment.key}", f"{enrollment.account}z", episode=2)

        def told() -> Iterator[tuple[str, bytes]]:
            for enrollment in ledger.enrollments(DAY):
                yield (f"{enrollment.key}.md", b"")

        ledger.commit(RUN, planned(), [], [], told(), NOW)

        assert seen == ["e0", "e1", "e2"]
        assert [name for _, name, _ in ledger.unpublished()] == ["next-e0.md", "next-e1.md", "next-e2.md"]

    def test_what_a_cut_run_left_is_put_in_place_by_the_next(self, path: Path, tmp_path: Path) -> None:
        files = [("2026-03-02/a.md", b"a"), ("2026-03-02/b.md", b"b")]
        with Ledger.open(path, ID, writing=True) as ledger:
            run = commit(ledger, started(), files=files)

        with Ledger.open(path, ID, writing=True) as ledger:
            left = list(ledger.unpublished())
            publish(tmp_path / "out", [(name, content) for _, name, content in left])
            ledger.mark_published(run)

        assert left == [(run, *file) for file in files]
        with Ledger.open(path, ID, writing=False) as ledger:
            assert list(ledger.unpublished()) == []
            kept = "select path, content, length(sha256) from file"
            assert ledger._connection.execute(kept).fetchall() == [(name, None, 64) for name, _ in files]

    def test_killed_anywhere_and_run_again_is_the_same_as_never_killed(self, tmp_path: Path) -> None:
        expected = what_is_left(killed_at(tmp_path / "whole", 0))

        ends = [what_is_left(killed_at(tmp_path / str(point), point)) for point in range(1, 30)]

        assert [end for end in ends if end != expected] == []

    def test_half_a_commit_is_taken_back_by_whoever_writes_next(self, path: Path, tmp_path: Path) -> None:
        cut = tmp_path / "cut.db"
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("pragma cache_size = 1")  # pages go to the disk before the commit
        connection.execute("begin immediate")
        connection.executemany(
            "insert into meta values (?, ?)", ((f"k{number}", "x" * 500) for number in range(500))
        )
        shutil.copy(path, cut)
        shutil.copy(f"{path}-journal", f"{cut}-journal")
        connection.execute("rollback")
        connection.close()

        with pytest.raises(StoppedOnPurpose, match="was cut in the middle of writing"):
            Ledger.open(cut, ID, writing=False)
        with Ledger.open(cut, ID, writing=True) as ledger:
            left = ledger._connection.execute("select count(*) from meta where k like 'k%'").fetchone()
            assert left == (0,)
            assert ledger.verify() == []

    def test_a_writer_that_does_not_end_stops_the_next(self, ledger: Ledger, path: Path) -> None:
        ledger._connection.execute("begin immediate")

        with Ledger.open(path, ID, writing=True) as second:
            second._connection.execute("pragma busy_timeout = 0")
            with pytest.raises(StoppedOnPurpose, match="another program is using the ledger"):
                second.record([started()], NOW)


def killed_at(folder: Path, point: int) -> Path:
    """A run that is killed at this point, then the same run to its end. 0: never killed."""
    Ledger.create(folder / "ledger.db", ID, "0.1.0", NOW)
    child = multiprocessing.get_context("fork").Process(target=run_the_day, args=(folder, point))
    child.start()
    child.join()
    assert child.exitcode in (0, -signal.SIGKILL)
    assert point == 0 or point > 20 or child.exitcode == -signal.SIGKILL
    run_the_day(folder, 0)
    return folder


def run_the_day(folder: Path, point: int) -> None:
    countdown = iter(range(point, -1, -1))

    def passing(things: Iterable[T]) -> Iterator[T]:
        for thing in things:
            if next(countdown, None) == 1:
                os.kill(os.getpid(), signal.SIGKILL)
            yield thing

    with locked(folder / "ledger.db", "run"), Ledger.open(folder / "ledger.db", ID, writing=True) as ledger:
        if ledger.last_run() is None:
            events = [
                event for n in range(4) for event in (started(f"e{n}", f"a{n}"), opened(f"t{n}", f"e{n}"))
            ]
            observations = passing([Observation("arr", passing([("a0", 1), ("a1", 2)]))])
            files = passing([(f"{n}.md", b"x" * 5000) for n in range(4)])
            ledger.commit(RUN, passing(events), [], observations, files, NOW)
        left = list(ledger.unpublished())
        publish(folder / "out", passing((name, content) for _, name, content in left))
        for run in passing(sorted({run for run, _, _ in left})):
            ledger.mark_published(run)


def what_is_left(folder: Path) -> tuple[object, ...]:
    with Ledger.open(folder / "ledger.db", ID, writing=False) as ledger:
        files = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
        remembered = list(ledger.remembered("arr", on(1)))
        return (
            list(ledger.events()),
            outbox(ledger),
            files,
            list(ledger.unpublished()),
            remembered,
            ledger.verify(),
        )


HOLD = """
import sys
from pathlib import Path
from cs_playbook.effects.lock import locked
with locked(Path(sys.argv[1]), "run"):
    print("held", flush=True)
    sys.stdin.read()
"""


class TestTheLock:
    def test_one_process_at_a_time(self, path: Path) -> None:
        with holder(path) as process, pytest.raises(StoppedOnPurpose) as stopped, locked(path, "done"):
            pytest.fail("two at a time")

        assert stopped.value.sentence == f"another cs-playbook is at work here (process {process.pid}, run)"
        with locked(path, "done"):
            pass

    def test_a_process_that_was_killed_holds_nothing(self, path: Path) -> None:
        with holder(path) as process:
            process.kill()
            process.wait()
            with locked(path, "done"):
                pass

    def test_it_is_let_go_when_something_breaks(self, path: Path) -> None:
        with pytest.raises(ZeroDivisionError), locked(path, "run"):
            raise ZeroDivisionError
        with locked(path, "run"):
            pass

    def test_the_same_process_does_not_get_it_twice(self, path: Path) -> None:
        with locked(path, "run"), pytest.raises(StoppedOnPurpose), locked(path, "done"):
            pytest.fail("twice")

    def test_no_folder_is_made_for_it(self, tmp_path: Path) -> None:
        with (
            pytest.raises(StoppedOnPurpose, match="no folder"),
            locked(tmp_path / "lost" / "ledger.db", "run"),
        ):
            pytest.fail("without a ledger")

        assert list(tmp_path.iterdir()) == []


def holder(path: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock until its input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process
