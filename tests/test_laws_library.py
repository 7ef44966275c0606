"""The starter library on its made-up portfolio: a column of the accounts export that comes empty moves nobody."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from cs_playbook.commands.run import StoppedByRule
from cs_playbook.model.event import Ended, GoalMet, Started, StepOpened
from cs_playbook.study.made_up import ACCOUNT_COLUMNS, FIRST_MORNING, exports
from tests.builders import World, library

TUESDAY = FIRST_MORNING + timedelta(1)
ACCOUNTS = "crm_accounts.csv"
KEY = "Account ID"
# What the exports leave empty for nearly everybody: little is left that could go missing.
MOSTLY_EMPTY = {"Parent Account", "Group", "Churned On"}

# File → which column holds the day, and one in how many is kept.
RECENT = {"product_usage.csv": (1, 3), "crm_activities.csv": (2, 1)}


@pytest.fixture(scope="module")
def monday(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Monday is run without limits and patience, people have answered all of it, and the exports of Tuesday lie there."""
    world = library(tmp_path_factory.mktemp("library") / "w")
    for path in (world.root / "playbooks").glob("*.yaml"):
        text = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = (line.replace(", for: 3 days", "") for line in text if not line.startswith("limits:"))
        path.write_text("".join(kept), encoding="utf-8")
    arrive(world, FIRST_MORNING)
    world.build(FIRST_MORNING)
    world.run(FIRST_MORNING)
    lines = world.lines(FIRST_MORNING)
    world.answer_list(
        [
            {**line, "outcome": line["outcomes"].split(" | ")[number % 3 - 1]}
            for number, line in enumerate(lines)
        ]
    )
    arrive(world, TUESDAY)
    return world


def arrive(world: World, day: date) -> None:
    """The exports of the day; of what is long the last weeks, which is enough and faster."""
    (world.root / "exports").mkdir(exist_ok=True)
    for name, lines in exports(day).items():
        kept = recent(lines, *RECENT[name], day) if name in RECENT else lines
        (world.root / "exports" / name).write_text("".join(kept), encoding="utf-8")


def recent(lines: Iterable[str], column: int, one_in: int, day: date) -> Iterator[str]:
    """The last sixty days; of subscriptions or accounts one in so many."""
    first = (day - timedelta(60)).isoformat()
    rows = iter(lines)
    yield next(rows)
    for line in rows:
        cells = line.split(",")
        if cells[column] >= first and sum(cells[0].encode()) % one_in == 0:
            yield line


@pytest.fixture(scope="module")
def tuesday(monday: World, tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, ...]]:
    """What happens on Tuesday when all is well."""
    world = monday.copy(tmp_path_factory.mktemp("well") / "w")
    world.build(TUESDAY)
    return on_tuesday(world)


def on_tuesday(world: World) -> set[tuple[str, ...]]:
    """Starts, ends, goals and letters, each with its account."""
    known = len(world.events())
    world.run(TUESDAY)
    return {said for event in world.events()[known:] if (said := told(event))}


def told(event: object) -> tuple[str, ...]:
    match event:
        case Started():
            return ("start", event.account, event.playbook)
        case Ended():
            return ("end", event.enrollment, event.outcome)
        case GoalMet():
            return ("goal", event.enrollment)
        case StepOpened(tasks=tasks) if any(task.kind == "email" for task in tasks):
            return ("letter", event.enrollment, event.step)
        case _:
            return ()


def blank(world: World, column: str) -> None:
    path = world.root / "exports" / ACCOUNTS
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ACCOUNT_COLUMNS)
        writer.writeheader()
        writer.writerows({**row, column: ""} for row in rows)


def test_there_is_something_to_lose(tuesday: set[tuple[str, ...]]) -> None:
    assert {said[0] for said in tuesday} >= {"start", "end", "letter"}
    assert {said[2] for said in tuesday if said[0] == "start"} >= {"onboarding", "renewal"}


@pytest.mark.parametrize("column", [column for column in ACCOUNT_COLUMNS if column != KEY])
def test_a_blank_column_starts_ends_and_sends_nothing(
    column: str, monday: World, tuesday: set[tuple[str, ...]], tmp_path: Path
) -> None:
    world = monday.copy(tmp_path / "w")
    blank(world, column)
    world.build(TUESDAY)
    before = (world.ledger.read_bytes(), world.published())
    if column not in MOSTLY_EMPTY:
        with pytest.raises(StoppedByRule, match="empty_cells_rise_by"):
            world.run(TUESDAY)
        assert (world.ledger.read_bytes(), world.published()) == before

    world.edit("project.yaml", "empty_cells_rise_by: 10 points", "empty_cells_rise_by: 100 points")

    assert on_tuesday(world) - tuesday == set()


def test_without_the_column_of_keys_there_is_no_snapshot(monday: World, tmp_path: Path) -> None:
    world = monday.copy(tmp_path / "w")
    blank(world, KEY)

    built = world.build(TUESDAY)

    assert built.manifest is None
    assert [finding for finding in built.findings if finding.is_error]
