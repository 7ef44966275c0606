"""A little of `make torture`: runs that are killed before a system call or a line, and what is left of them."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cs_playbook.effects.ledger import Ledger
from tests.builders import files_in
from tests.torture import syscalls
from tests.torture.cuts import PACKAGE, AtLine, AtMoment, AtSyscall, Cut, killed, read_cut, syscalls_of
from tests.torture.kills import Torture, wrong_files
from tests.torture.scenarios import SCENARIOS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are traced by means of Linux")


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with TemporaryDirectory(prefix="torture-") as folder:
        yield Path(folder)


@pytest.mark.parametrize("name", ["answers-waiting", "unfinished-publication"])
def test_a_kill_loses_nothing_doubles_nothing_and_tears_nothing(name: str, place: Path) -> None:
    torture = Torture.of(SCENARIOS[name], place / name)
    chance = random.Random(name)
    cuts: list[Cut] = [AtLine("effects/publish.py", line_of("effects/publish.py", "os.replace("), 2)]
    if syscalls.possible():
        calls = syscalls_of(torture.work())
        assert len(calls) > 100
        cuts.append(AtSyscall(calls[len(calls) // 2 + chance.randrange(20)]))

    outcomes = {str(cut): torture.after(cut) for cut in cuts}

    assert all(outcome.killed for outcome in outcomes.values())
    assert {cut: outcome.wrong for cut, outcome in outcomes.items() if outcome.wrong} == {}
    assert torture.recorded_before != torture.recorded_after


def line_of(file: str, text: str) -> int:
    lines = (PACKAGE / file).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


# --- the tools themselves: what finds nothing must be able to find something ---


@pytest.fixture(scope="module")
def first(place: Path) -> Torture:
    return Torture.of(SCENARIOS["first-run"], place / "first")


def test_a_file_that_is_torn_or_lost_or_nobodys_is_found(first: Torture) -> None:
    world = first.fresh()
    world.ready(first.scenario.day)()
    there = files_in(world.root / "out")
    path, content = next(iter(there.items()))

    assert list(wrong_files(world.ledger, there, {})) == []
    assert list(wrong_files(world.ledger, {**there, path: content[:-1]}, {})) == [
        f"{path} is torn, or nobody has recorded it",
        f"{path} is not what was recorded",
    ]
    assert list(
        wrong_files(world.ledger, {name: bytes_ for name, bytes_ in there.items() if name != path}, {})
    ) == [f"{path} is lost"]
    assert "nobody has recorded it" in next(wrong_files(world.ledger, {**there, "stray.md": b""}, {}))
    filled = {**there, path: b"what somebody wrote"}
    assert "what somebody wrote is lost" in "".join(wrong_files(world.ledger, there, filled))


def test_a_run_that_is_recorded_in_part_is_found(first: Torture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each event in a transaction of its own: the seeded bug that SIGKILL must find."""
    append = Ledger._append

    def one_by_one(self: Ledger, run: int | None, events: object, recorded_at: str, *hear: object) -> None:
        append(self, run, events, recorded_at, *hear)  # type: ignore[arg-type]
        self._connection.execute("commit")
        self._connection.execute("begin immediate")

    monkeypatch.setattr(Ledger, "_append", one_by_one)
    at = line_of("effects/ledger.py", "ledger_writing.write_observations(")

    outcome = first.after(AtLine("effects/ledger.py", at, 1))

    assert outcome.killed
    assert "a part of the run is recorded" in outcome.wrong


@pytest.mark.parametrize("cut", [AtLine("plan/fold.py", 12, 3), AtSyscall(40), AtMoment(1500)])
def test_a_point_of_a_run_is_read_as_it_is_written(cut: Cut) -> None:
    assert read_cut(str(cut)) == cut


def test_a_run_that_is_over_before_the_point_is_not_killed() -> None:
    assert not killed(lambda: None, AtSyscall(1_000_000)) if syscalls.possible() else True
    assert not killed(lambda: None, AtLine("plan/fold.py", 1, 1))
