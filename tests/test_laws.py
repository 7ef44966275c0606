"""The laws of a run: the same day gives the same plan, once, whatever is cut, and the plan is what is done."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from cs_playbook.errors import StoppedOnPurpose
from cs_playbook.model.event import TaskAnswered
from tests.builders import World, account, contact, on, small, tables
from tests.histories import STORY, History, Play, histories, story

INTERRUPTED = 130

some_histories = settings(
    max_examples=5,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),  # a smaller history is not worth the minutes it takes to find
)


def everything(ledger: Path) -> list[str]:
    """All the ledger holds, as text."""
    with closing(sqlite3.connect(ledger)) as connection:
        return list(connection.iterdump())


def untouched(world: World) -> dict[str, object]:
    """What must not move when nothing is to be done: bytes, times of change, the ledger."""
    files = {path: path.stat().st_mtime_ns for path in (world.root / "out").rglob("*")}
    return {
        "files": files,
        "published": world.published(),
        "ledger": hashlib.sha256(world.ledger.read_bytes()).hexdigest(),
    }


# --- the same goes in, the same comes out ---


@some_histories
@given(histories())
def test_the_same_comes_of_the_same_whatever_the_order_of_files_and_rows(history: History) -> None:
    with TemporaryDirectory() as folder:
        one = Play().of(history, small(Path(folder) / "one"))
        other = small(Path(folder) / "other")
        turn_the_order_of_files(other)
        Play(shuffle=random.Random(5)).of(history, other)

        assert other.events() == one.events()
        assert other.published() == one.published()
        assert one.wrong() == []


def turn_the_order_of_files(world: World) -> None:
    """Files are read in the order of their names: the last becomes the first."""
    files = sorted(path for path in world.root.rglob("*.yaml") if path.name != "project.yaml")
    for number, path in enumerate(reversed(files)):
        path.rename(path.with_name(f"{number:02}-{path.name}"))


def test_hash_seed_and_time_zone_of_the_process_change_no_byte(tmp_path: Path) -> None:
    one = in_a_process_of_its_own(tmp_path / "one", "1", "Pacific/Kiritimati")
    other = in_a_process_of_its_own(tmp_path / "other", "2", "America/Los_Angeles")

    assert one == other
    assert len(one.split()) > 20


def in_a_process_of_its_own(root: Path, seed: str, zone: str) -> str:
    program = (
        "import hashlib, sys; from pathlib import Path; from tests.histories import story\n"
        "world = story(Path(sys.argv[1])); print(hashlib.sha256(repr(world.events()).encode()).hexdigest())\n"
        "for path, content in world.published().items(): print(path, hashlib.sha256(content).hexdigest())\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": os.getcwd()}
    ended = subprocess.run(
        [sys.executable, "-c", program, str(root)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout


# --- the plan is what is done; done twice is done once ---


@some_histories
@given(histories())
def test_a_run_does_just_what_its_plan_says_and_the_second_does_nothing(history: History) -> None:
    with TemporaryDirectory() as folder:
        world = small(Path(folder) / "world")
        planned: list[object] = []

        def look(world: World, day: date) -> None:
            planned[:] = [len(world.events()), world.planned(day), world.published()]

        def compare(world: World, day: date) -> None:
            known, events, before = planned
            added = world.events()[known:]  # type: ignore[misc]
            assert [event for event in added if not isinstance(event, TaskAnswered)] == events
            after = untouched(world)
            again = world.run(day)
            assert (again.nothing, again.finished) == (True, 0)
            assert untouched(world) == after
            changed = {path for path, content in world.published().items() if before.get(path) != content}  # type: ignore[attr-defined]
            assert all(path.startswith(day.isoformat()) for path in changed)

        Play(between=look, after=compare).of(history, world)


def test_a_dry_run_leaves_no_trace(tmp_path: Path) -> None:
    def look(world: World, day: date) -> None:
        before = files_and_times(world)
        world.planned(day)
        assert files_and_times(world) == before

    story(tmp_path / "world", Play(between=look))


def files_and_times(world: World) -> dict[Path, tuple[int, str]]:
    """Each file's time of change and hash."""
    files = (path for path in world.root.rglob("*") if path.is_file())
    return {path: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files}


def test_after_an_answer_only_what_follows_from_it_happens(tmp_path: Path) -> None:
    world = small(tmp_path / "world")
    day = STORY.days[0]
    world.morning(on(0), day.tables)
    known = len(world.events())

    world.done(world.task("acme", "ask"), "product", on(0))
    result = world.run(on(0))

    added = world.events()[known:]
    assert result.counts == {"event:StepOpened": 1, "tasks": 2}
    assert [type(event).__name__ for event in added] == ["TaskAnswered", "StepOpened"]
    assert {event.enrollment for event in added} == {world.enrollment("acme", "few-seats").key}  # type: ignore[union-attr]
    assert world.run(on(0)).nothing


def test_no_address_is_written_to_twice_for_one_step(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    same = [
        contact("claire", "acme", email="us@acme.example"),
        contact("carl", "acme", email="US@acme.example"),
        contact("cora", "acme"),
    ]
    world.morning(on(0), tables([account("acme", seats=3)], same))
    world.done(world.task("acme", "ask"), "product", on(0))

    world.run(on(0))

    drafts = [content for path, content in world.published().items() if path.endswith(".eml")]
    assert len(drafts) == 2
    assert len([task for task in world.enrollment("acme").open_tasks if task.kind == "email"]) == 2


# --- cut anywhere ---


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    """Whoever is at the keyboard presses Ctrl-C: what is open is closed on the way out.

    Within a callback from C it is swallowed, or becomes an error of SQLite.
    """
    raise KeyboardInterrupt


# SIGKILL: test_torture.py.
@pytest.mark.parametrize(("cut", "seed", "ends"), [(interrupt, 12, {INTERRUPTED, 0, 1})])
def test_cut_at_any_moment_and_run_again_it_ends_as_if_never_cut(
    cut: Callable[[], None], seed: int, ends: set[int], tmp_path: Path
) -> None:
    before = story_until_the_last_morning(tmp_path / "before")
    whole = before.copy(tmp_path / "whole")
    length = in_a_child(whole.ready(on(4)), at=None)
    expected = (everything(whole.ledger), whole.published(), [])
    different = []

    for point in some_points(length, seed):
        world = before.copy(tmp_path / str(point))
        assert in_a_child(world.ready(on(4)), point, cut) in ends
        world.run(on(4))
        if (everything(world.ledger), world.published(), world.wrong()) != expected:
            different.append(point)

    assert length > 1000
    assert different == []


def some_points(length: int, seed: int) -> list[int]:
    """Most of them near the end: there the transaction ends and files are put in place. A few may lie behind it."""
    chance = random.Random(seed)
    late = (length - chance.randrange(1, length // 5) for _ in range(7))
    return sorted({*(chance.randrange(length) for _ in range(4)), *late})


def story_until_the_last_morning(root: Path) -> World:
    world = small(root)
    Play().of(History(STORY.days[:2]), world)
    world.export(STORY.days[2].tables)
    world.build(on(4))
    return world


def in_a_child(work: Callable[[], object], at: int | None, then: Callable[[], None] = kill) -> int:
    """Works in a child process, which does `then` at its n-th call. Without `at`: how many calls there are."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        calls = 0

        def count(frame: FrameType, kind: str, argument: object) -> None:
            nonlocal calls
            calls += 1
            if calls == at:
                then()

        status = 1
        try:
            sys.setprofile(count)
            work()
            sys.setprofile(None)
            os.write(tell, str(calls).encode())
            status = 0
        except KeyboardInterrupt:
            status = INTERRUPTED
        finally:
            os._exit(status)
    os.close(tell)
    with os.fdopen(told) as answer:
        said = answer.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return int(said) if at is None else status


def test_what_could_not_be_written_is_written_by_the_next_run(tmp_path: Path) -> None:
    world = small(tmp_path / "world")
    world.export(STORY.days[0].tables)
    world.build(on(0))
    in_the_way = world.root / "out" / "2026-03-02"
    in_the_way.parent.mkdir()
    in_the_way.write_text("a file where the folder should be")

    with pytest.raises(Exception, match="cannot be written") as stopped:
        world.run(on(0))
    recorded = world.events()
    in_the_way.unlink()
    result = world.run(on(0))

    assert stopped.value.exit_code == 3  # type: ignore[attr-defined]
    assert "the next run puts it there" in stopped.value.hint  # type: ignore[attr-defined]
    assert (result.nothing, result.finished) == (True, len(world.published()))
    assert world.events() == recorded != []
    assert world.published() == story_of_the_first_day(tmp_path / "whole").published()


def story_of_the_first_day(root: Path) -> World:
    world = small(root)
    world.morning(on(0), STORY.days[0].tables)
    return world


def test_of_two_runs_at_once_one_works_and_the_other_is_told(tmp_path: Path) -> None:
    world = story_until_the_last_morning(tmp_path / "world")
    whole = world.copy(tmp_path / "whole")
    length = in_a_child(whole.ready(on(4)), at=None)
    works, at_work = os.pipe()
    hears, go_on = os.pipe()

    def wait() -> None:
        os.write(at_work, b"!")
        os.read(hears, 1)

    second = os.fork()
    if second == 0:
        os._exit(in_a_child(world.ready(on(4)), at=length // 2, then=wait))
    os.read(works, 1)
    with pytest.raises(StoppedOnPurpose, match="another cs-playbook is at work here") as told:
        world.run(on(4))
    os.write(go_on, b"!")
    ended = os.waitstatus_to_exitcode(os.waitpid(second, 0)[1])

    assert (told.value.exit_code, ended) == (4, 0)
    assert "run" in told.value.sentence
    assert everything(world.ledger) == everything(whole.ledger)
    assert world.run(on(4)).nothing
