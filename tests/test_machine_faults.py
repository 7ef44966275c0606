"""The machine fails under a run: a disk that is full, folders that may not be written, a snapshot that rots, a clock that jumps.

Whatever it is: a sentence and an exit code, never a traceback; nothing is half done; the next run brings what is missing.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cs_playbook.commands import run as command
from cs_playbook.commands.run import Clock
from cs_playbook.errors import UserError
from tests.builders import NO_PERMISSION, VERSION, World, on, six, small
from tests.histories import STORY, History, Play
from tests.torture.cuts import in_a_child
from tests.torture.kills import end_of, recorded

NOBODY = 65534
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the faults are made by means of Linux")


@pytest.fixture(scope="module")
def worlds() -> Iterator[Path]:
    """Outside of what pytest makes: others than we may look into it."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def before(worlds: Path) -> World:
    """The last morning of the story, just before its run."""
    world = small(worlds / "before")
    Play().of(History(STORY.days[:2]), world)
    world.export(STORY.days[2].tables)
    world.build(on(4))
    return world


@pytest.fixture(scope="module")
def whole(before: World, worlds: Path) -> str:
    world = before.copy(worlds / "whole")
    world.run(on(4))
    return end_of(world, on(4))


@pytest.fixture
def world(before: World, worlds: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    place = worlds / f"{abs(hash(request.node.name))}"
    yield before.copy(place)
    for folder in [place, *(path for path in place.rglob("*") if path.is_dir() and not path.is_symlink())]:
        folder.chmod(0o755)
    shutil.rmtree(place)


def told(work: Callable[[], object]) -> str:
    """How it ended: `done`, or the kind of the error and its sentence."""
    try:
        work()
    except UserError as error:
        return f"{type(error).__name__} {error.exit_code}: {error.sentence}"
    return "done"


# --- a full disk ---


def with_room_for(room: int, work: Callable[[], object]) -> str:
    """No file may become longer than so many bytes: the same errors as a full disk, at a place of our choice."""

    def limited() -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        try:
            return told(work)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    return in_a_child(limited)


@pytest.mark.parametrize("room", [0, 600, 98_000, 170_000])
def test_on_a_full_disk_nothing_is_half_done_and_with_room_again_all_is_done(
    room: int, world: World, before: World, whole: str
) -> None:
    said = with_room_for(room, world.ready(on(4)))

    assert said.startswith("UserError 3"), said
    assert recorded(world.ledger) == recorded(before.ledger)
    assert world.published() == before.published()
    world.run(on(4))
    assert end_of(world, on(4)) == whole


@pytest.mark.parametrize("room", [0, 700])
def test_a_disk_that_is_full_when_files_are_put_in_place_keeps_them_for_the_next_run(
    room: int, world: World, whole: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(command, "publish_what_is_left", only_first(command.publish_what_is_left))
        with pytest.raises(ZeroDivisionError):
            world.run(on(4))

    said = with_room_for(room, world.ready(on(4)))

    assert said.startswith("UserError 3"), said
    assert "cannot be written" in said
    world.run(on(4))
    assert end_of(world, on(4)) == whole


def only_first(work: Callable[..., object]) -> Callable[..., object]:
    """Breaks off when it is asked a second time: after the run is recorded."""
    times = iter([work])

    def once(*arguments: object) -> object:
        go_on = next(times, None)
        if go_on is None:
            raise ZeroDivisionError
        return go_on(*arguments)

    return once


# --- what may not be written ---


def as_nobody(world: World, work: Callable[[], object]) -> str:
    """To who is root every folder is open: somebody else does it."""

    def other() -> str:
        if os.geteuid() == 0:
            for path in [world.root, *world.root.rglob("*")]:
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return told(work)

    return in_a_child(other)


@pytest.mark.parametrize(
    ("place", "mode", "sentence"),
    [
        ("data", 0o555, "data/ledger"),
        ("data/ledger.db", 0o444, "data/ledger"),
        ("data/ledger.db", 0o000, "data/ledger"),
        ("data/ledger.lock", 0o444, "data/ledger.lock cannot be opened"),
        ("data/snapshots/2026-03-06.db", 0o000, "2026-03-06"),
        ("answers", 0o000, "answers cannot be read"),
    ],
)
def test_what_may_not_be_touched_stops_before_anything_is_done(
    place: str, mode: int, sentence: str, world: World, before: World
) -> None:
    ready = world.ready(on(4))
    (world.root / place).chmod(mode)

    said = as_nobody(world, ready)

    (world.root / place).chmod(0o755)
    assert said.startswith(("UserError 3", "StoppedOnPurpose 4")), said
    assert sentence in said
    assert recorded(world.ledger) == recorded(before.ledger)
    assert world.published() == before.published()


def test_a_folder_of_files_that_may_not_be_written_gets_them_with_the_next_run(
    world: World, whole: str
) -> None:
    ready = world.ready(on(4))
    (world.root / "out").chmod(0o555)

    said = as_nobody(world, ready)

    (world.root / "out").chmod(0o755)
    assert said.startswith("UserError 3")
    assert "out/2026-03-06 cannot be written" in said
    world.run(on(4))
    assert end_of(world, on(4)) == whole


# --- a snapshot that rots while it is read ---


@pytest.mark.parametrize(
    ("kept", "moment"), [(0, "prepare"), (9000, "prepare"), (100, "outputs"), (4096, "observations")]
)
def test_a_snapshot_that_is_cut_short_while_it_is_read_takes_the_run_back(
    kept: int, moment: str, world: World, before: World, whole: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = world.root / "data" / "snapshots" / "2026-03-06.db"
    content = path.read_bytes()
    work = getattr(command, moment)

    def rotting(*arguments: object) -> object:
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
        os.truncate(path, kept)
        return work(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(command, moment, rotting)
        said = told(world.ready(on(4)))

    assert said.startswith("StoppedOnPurpose 4: the snapshot"), said
    assert recorded(world.ledger) == recorded(before.ledger)
    assert world.published() == before.published()
    path.write_bytes(content)
    world.run(on(4))
    assert end_of(world, on(4)) == whole


# --- many at once ---


def test_of_many_runs_at_once_one_does_the_work(world: World, whole: str) -> None:
    ready = world.ready(on(4))
    hears, start = os.pipe()
    tells, tell = os.pipe()
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            os.read(hears, 1)
            said = told(lambda: os.write(tell, b"did\n" if not ready().nothing else b"nothing\n"))
            if said != "done":
                os.write(
                    tell, b"told\n" if "another cs-playbook is at work" in said else f"{said}\n".encode()
                )
            os._exit(0)
        children.append(child)
    os.write(start, b"....")
    for child in children:
        os.waitpid(child, 0)
    os.close(tell)
    with os.fdopen(tells) as answers:
        found = answers.read().split("\n")[:-1]
    os.close(start)
    os.close(hears)

    assert sorted(set(found) - {"told", "nothing"}) == ["did"]
    assert found.count("did") == 1
    assert end_of(world, on(4)) == whole


# --- a clock that jumps ---


def test_whatever_the_clock_says_between_runs_the_same_is_done(tmp_path: Path) -> None:
    calm, jumping = small(tmp_path / "calm"), small(tmp_path / "jumping")
    for world, times in (
        (calm, None),
        (jumping, iter(["2031-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2026-03-06T05:00:00Z"])),
    ):
        for day, given in History(STORY.days[:3]).on():
            world.export(given.tables)
            world.build(day)
            workspace = world.workspace
            now = six(workspace, day)
            # Within the day the clock may say anything: late in the evening, or just after midnight.
            moved = now if times is None else now + timedelta(hours=17 if day == on(0) else -6)
            stamp = f"{day}T05:00:00Z" if times is None else next(times)
            command.run(workspace, Clock(moved, stamp, day), NO_PERMISSION, VERSION)

    assert jumping.events() == calm.events()
    assert jumping.published() == calm.published()
    assert jumping.wrong() == []
