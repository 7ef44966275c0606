"""A scenario and a point of its run → what was wrong after the kill, and after running again; nothing when all is well."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cs_playbook.effects.ledger import Ledger
from tests.builders import World, files_in
from tests.torture.cuts import Cut, Work, in_a_child, killed
from tests.torture.scenarios import Scenario

# What publishing changes later on is not what the run has recorded.
_RECORDED = (
    "select id, day, snapshot_sha, sources_hash, files_hash, plan_hash, version, started_at, fresh, counts from run",
    "select * from event",
    "select * from enrollment order by key",
    "select * from task order by key",
    "select * from outbox order by task",
    "select * from memory order by series, subject, day",
    "select * from series order by series",
    "select run, path, sha256 from file order by run, path",
    "select * from definition order by sha",
    "select * from meta order by k",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`killed` no: the run had ended before. `new`: nobody had seen this state of the disk yet."""

    killed: bool
    new: bool
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Torture:
    """A scenario made ready: as it was before the run, and what it is after a run that nobody has cut.

    `known` holds the states of the disk that were carried on to the end already: what follows from a state is
    the same each time (the first law), so it is tried once.
    """

    scenario: Scenario
    before: World
    place: Path
    recorded_before: str
    recorded_after: str
    whole: str
    known: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario, folder: Path) -> Torture:
        """`folder`: where it may work; best one in memory, nothing here waits for a disk."""
        before = scenario.prepare(folder / "before")
        whole = before.copy(folder / "whole")
        whole.ready(scenario.day)()
        return cls(
            scenario,
            before,
            folder / "cut",
            recorded_in_this_version(before.ledger, folder / "aside"),
            recorded(whole.ledger),
            end_of(whole, scenario.day),
        )

    def after(self, cut: Cut) -> Outcome:
        """Cuts a fresh copy of the world there, looks, runs again, looks; then once more, which must do nothing."""
        was_killed = killed(self.work(), cut)
        world = World(self.place)
        state = state_of(world)
        is_new = state not in self.known
        if is_new:
            self.known[state] = [*self._torn(world), *self._lost(world)]
        return Outcome(was_killed, is_new, tuple(self.known[state]))

    def fresh(self) -> World:
        """A copy of the world before its run, always in the same place."""
        if self.place.exists():
            shutil.rmtree(self.place)
        return self.before.copy(self.place)

    def work(self) -> Work:
        """The run of a fresh copy."""
        return self.fresh().ready(self.scenario.day)

    def _torn(self, world: World) -> Iterator[str]:
        """What no cut may leave behind, asked of a copy of the ledger: whoever opens it mends what was cut."""
        aside = world.root / "aside"
        with in_this_version(world.ledger, aside) as ledger:
            with Ledger.open(ledger, None, writing=True) as opened:
                yield from opened.verify()
            found = recorded(ledger)
            if found not in (self.recorded_before, self.recorded_after):
                yield "a part of the run is recorded"
            yield from wrong_files(ledger, world.published(), self.before.published())

    def _lost(self, world: World) -> Iterator[str]:
        """What running again must bring about."""
        end = in_a_child(lambda: _run_to_the_end(world, self.scenario.day))
        if end != self.whole:
            yield from _differences(json.loads(end), json.loads(self.whole))


def _run_to_the_end(world: World, day: date) -> str:
    world.ready(day)()
    return end_of(world, day)


def end_of(world: World, day: date) -> str:
    """All that is there after a run, and whether the next one leaves all of it alone; as JSON."""
    first = (_dump(world.ledger), _hashes(world))
    again = world.ready(day)()
    return json.dumps(
        {
            "ledger": first[0],
            "files": first[1],
            "wrong": world.wrong(),
            "the next run does nothing": again.nothing and again.finished == 0,
            "and changes nothing": (_dump(world.ledger), _hashes(world)) == first,
        }
    )


def wrong_files(ledger: Path, there: dict[str, bytes], before: dict[str, bytes]) -> Iterator[str]:
    """Each file is one that the ledger knows, or was there before; what is marked as published is there."""
    with closing(sqlite3.connect(ledger)) as connection:
        rows = connection.execute(
            "select path, sha256, published from file join run on run.id = file.run order by run.id"
        )
        shas: dict[str, set[str]] = {}
        last: dict[str, tuple[str, int]] = {}
        for path, sha, published in rows:
            shas.setdefault(path, set()).add(sha)
            last[path] = (sha, published)
    old = {path: _sha(content) for path, content in before.items()}
    for path, content in there.items():
        sha = _sha(content)
        ours = sha in shas.get(path, ()) or old.get(path) == sha
        if not ours and "/.tmp-" not in path and not (".filled-" in path and sha in old.values()):
            yield f"{path} is torn, or nobody has recorded it"
    for path, (sha, published) in last.items():
        if published and path not in there:
            yield f"{path} is lost"
        elif published and _sha(there[path]) not in (sha, old.get(path)):
            yield f"{path} is not what was recorded"
    written = set(old.values()) - {sha for known in shas.values() for sha in known}
    for sha in written - {_sha(content) for content in there.values()}:
        yield f"what somebody wrote is lost: {[path for path, its in old.items() if its == sha]}"


@contextmanager
def in_this_version(ledger: Path, aside: Path) -> Iterator[Path]:
    """A copy that is brought up to the version of the program, as whoever opens it to write does."""
    shutil.copytree(ledger.parent, aside)
    copy = aside / ledger.name
    with Ledger.open(copy, None, writing=True):
        pass
    yield copy
    shutil.rmtree(aside)


def recorded_in_this_version(ledger: Path, aside: Path) -> str:
    with in_this_version(ledger, aside) as copy:
        return recorded(copy)


def recorded(ledger: Path) -> str:
    """The hash of all that runs and people have recorded, without what publishing changes."""
    hashed = hashlib.sha256()
    with closing(sqlite3.connect(ledger)) as connection:
        for query in _RECORDED:
            for row in connection.execute(query):
                hashed.update(repr(row).encode())
    return hashed.hexdigest()


def state_of(world: World) -> str:
    """The hash of every file; who held the lock last does not matter."""
    hashed = hashlib.sha256()
    for path, content in files_in(world.root).items():
        if not path.endswith(".lock"):
            hashed.update(f"{path}\n{_sha(content)}\n".encode())
    return hashed.hexdigest()


def _dump(ledger: Path) -> list[str]:
    with closing(sqlite3.connect(ledger)) as connection:
        return list(connection.iterdump())


def _hashes(world: World) -> dict[str, str]:
    return {path: _sha(content) for path, content in world.published().items()}


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _differences(end: dict[str, object], whole: dict[str, object]) -> Iterator[str]:
    for name, value in whole.items():
        if end[name] != value:
            yield f"after running again: {name} is another: {_first_difference(end[name], value)}"


def _first_difference(one: object, other: object) -> str:
    here, there = _lines(one), _lines(other)
    return " | ".join([*sorted(here - there)[:2], "and not", *sorted(there - here)[:2]])


def _lines(value: object) -> set[str]:
    match value:
        case dict():
            return {f"{name}: {item}" for name, item in value.items()}
        case list():
            return set(map(str, value))
        case _:
            return {str(value)}
