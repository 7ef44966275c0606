"""Seven mornings, each a small world that waits for its run: what is cut in them is cut everywhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.builders import ID, World, account, given, on, small
from tests.histories import STORY, History, Play
from tests.torture.cuts import PACKAGE, AtLine, killed

VERSION_1 = Path(__file__).resolve().parent.parent / "ledgers" / "version-1.sql"


@dataclass(frozen=True, slots=True)
class Scenario:
    """`prepare` makes the world in an empty place; it then waits for the run of `day`."""

    name: str
    prepare: Callable[[Path], World]
    day: date


def first_run(root: Path) -> World:
    """Nobody has ever run here."""
    world = small(root)
    world.export(STORY.days[0].tables)
    world.build(on(0))
    return world


def ordinary_morning(root: Path) -> World:
    """Some are open, some start, some end, and lists have come back."""
    return _until(small(root), 3)


def missed_days(root: Path) -> World:
    """Three weeks without a run: waits and due dates have gone by, snapshots lie there that nobody has used."""
    world = small(root)
    Play().of(History(STORY.days[:2]), world)
    for day in (9, 16, 22):
        world.export(STORY.days[2].tables)
        world.build(on(day))
    return world


def answers_waiting(root: Path) -> World:
    """Answers by word of mouth, a list that was filled in, one that cannot be read in part, and a wish."""
    world = _until(small(root), 2)
    lines = world.lines(on(0))
    first, *others = lines
    world.done(first["key"], first["outcomes"].split(" | ")[0], on(1))
    world.answer_list([{**line, "outcome": line["outcomes"].split(" | ")[-1]} for line in others], "marc.csv")
    world.answer_list([{**others[0], "outcome": "perhaps"}, {**first, "key": "nobody"}], "odd.csv")
    world.ask("few-seats", "calm", on(1))
    return world


_HEAD = """\
playbook: leaving
title: They are leaving
why: To keep them.
status: live
owner: cs_ops
trigger: {when: seats < 10, already_matching: start}
"""
_ASK = "  - {id: ask, task: Ask them, owner: csm, due: 1 day, outcomes: [stays, leaves]}\n"
_WRITE = "  - {id: write, email: few-seats/hello, to: champion, from: csm, send: draft, after: start}\n"
_PHONE = "  - {id: phone, task: Ring them, owner: csm, due: 3 days, outcomes: [stays, leaves]}\n"
_TELL = "  - {id: tell, task: Tell them, owner: csm, after: start}\n"
_MOVE = "changes: {open_enrollments: move, renamed_steps: {ask: phone}}\n"


def changed_text(root: Path) -> World:
    """A playbook was written anew while many are in it: they move."""
    world = small(root)
    world.write("playbooks/leaving.yaml", f"{_HEAD}steps:\n{_ASK}{_WRITE}")
    many = [account(key, seats=3) for key in ("acme", "bolt", "calm", "dell")]
    for day in (0, 1):
        world.morning(on(day), given(*many, day=day))
    world.write("playbooks/leaving.yaml", f"{_HEAD}{_MOVE}steps:\n{_PHONE}{_TELL}")
    world.export(given(*many, account("east", seats=4), day=2))
    world.build(on(2))
    return world


def unfinished_publication(root: Path) -> World:
    """A run was cut while its files were put in place, and somebody has written into one that will be replaced."""
    world = _until(small(root), 3)
    world.run(on(4))
    lines = world.lines(on(4))
    world.done(lines[0]["key"], lines[0]["outcomes"].split(" | ")[0], on(4))
    filled = world.root / "out" / on(4).isoformat() / "tasks.csv"
    filled.write_text(filled.read_text("utf-8").replace("\n", " \n"), "utf-8")
    put = next(
        number
        for number, line in enumerate((PACKAGE / "effects" / "publish.py").read_text("utf-8").splitlines(), 1)
        if "os.replace" in line
    )
    assert killed(world.ready(on(4)), AtLine("effects/publish.py", put, 2))
    world.export(STORY.days[3].tables)
    world.build(on(5))
    return world


def earlier_ledger(root: Path) -> World:
    """The program is newer than the ledger, whose last run was cut before its files were in place."""
    world = small(root)
    world.ledger.unlink()
    world.edit("project.yaml", f"id: {ID}", f"id: {ID}-0000-4000-8000-000000000000")
    with closing(sqlite3.connect(world.ledger)) as connection:
        connection.executescript(VERSION_1.read_text(encoding="utf-8"))
    world.export(given(account("acme", seats=3), account("bolt", seats=3), account("calm", seats=30), day=3))
    world.build(on(3))
    return world


def _until(world: World, mornings: int) -> World:
    """All days before that morning are done; its snapshot is there."""
    *before, last = History(STORY.days[:mornings]).on()
    Play().of(History(tuple(day for _, day in before)), world)
    world.export(last[1].tables)
    world.build(last[0])
    return world


SCENARIOS: Mapping[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario("first-run", first_run, on(0)),
        Scenario("ordinary-morning", ordinary_morning, on(4)),
        Scenario("missed-days", missed_days, on(22)),
        Scenario("answers-waiting", answers_waiting, on(1)),
        Scenario("changed-text", changed_text, on(2)),
        Scenario("unfinished-publication", unfinished_publication, on(5)),
        Scenario("earlier-ledger", earlier_ledger, on(3)),
    )
}
