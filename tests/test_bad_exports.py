"""Every bad export is stopped before anything is done: when its snapshot is built, or when it would be run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cs_playbook.commands.run import StoppedByRule
from cs_playbook.commands.snapshot_check import check_snapshot
from tests.bad_exports.healthy import healthy
from tests.bad_exports.recipes import BAD, BUILD, RUN, TIME, Bad
from tests.builders import World, files_in, on, six, small

# Seen only once rules are asked, or a clock: no look at two snapshots tells them.
NOT_OF_THE_DATA = (
    "newly_fitting_a_playbook",
    "tasks_for_one_person",
    "a_segment_grows_by",
    "endings",
    "snapshot_older_than",
)


@pytest.fixture(scope="module")
def ran_once(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Run on Monday with healthy exports."""
    world = small(tmp_path_factory.mktemp("bad") / "w")
    world.edit("project.yaml", "stop_when: {a_table_shrinks_by: 100%}", "meta:")
    world.morning(on(0), healthy())  # type: ignore[arg-type]
    return world


@pytest.fixture
def world(ran_once: World) -> Iterator[World]:
    """What is stopped leaves it as it is: all recipes share it. What is not must not hide the next."""
    ledger = ran_once.ledger.read_bytes()
    yield ran_once
    ran_once.ledger.write_bytes(ledger)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_export_is_stopped_before_anything_is_done(bad: Bad, world: World) -> None:
    write(bad, world)
    done = (world.ledger.read_bytes(), files_in(world.root / "out"))

    built = world.build(on(bad.day))
    told = [finding.message for finding in built.findings if finding.is_error]

    assert (BUILD if told else RUN) == bad.stopped_by, told
    if not told:
        with pytest.raises(StoppedByRule) as stopped:
            world.run(on(bad.day), now=six(world.workspace, on(bad.day)) + timedelta(hours=bad.hours))
        assert stopped.value.exit_code == 4
        told = [stop.sentence for stop in stopped.value.stops]
        assert {stop.rule for stop in stopped.value.stops} - set(NOT_OF_THE_DATA) <= found_by_check(
            bad, world
        )
    assert any(bad.says in sentence for sentence in told), told
    assert (world.ledger.read_bytes(), files_in(world.root / "out")) == done


def write(bad: Bad, world: World) -> None:
    """As on the next day, and then spoiled."""
    tables = healthy(on(1))
    if bad.rows is not None:
        bad.rows(tables)
    world.export(tables)  # type: ignore[arg-type]
    if bad.file is not None:
        table, spoil = bad.file
        spoil(world.root / "exports" / f"{table}.csv")


def found_by_check(bad: Bad, world: World) -> set[str]:
    """`snapshot check` judges by the same guards."""
    if bad in TIME[:3]:
        return {"a_day_already_passed", "snapshot_from_the_future"}
    change = check_snapshot(world.workspace, on(bad.day), on(0)).change
    assert change is not None
    assert change.stops or not change.implausible
    broken = {"a_table_shrinks_by", "a_table_grows_by", "empty_cells_rise_by"}
    return {stop.rule for stop in change.implausible} | (
        broken if change.stops > len(change.implausible) else set()
    )


def test_there_are_fifty_and_each_has_a_name() -> None:
    assert len({bad.name for bad in BAD}) == len(BAD) >= 50


def test_a_good_year_is_never_stopped(tmp_path: Path) -> None:
    """Two mornings of each season, the day on which prices rise, the day on which a colleague leaves. All of it: make year."""
    world = small(tmp_path / "w")
    world.edit("project.yaml", "stop_when: {a_table_shrinks_by: 100%}", "meta:")
    for day in (0, 1, 41, 95, 129, 130, 172, 199, 200, 244, 245, 300, 364):
        world.morning(on(day), healthy(on(day)))  # type: ignore[arg-type]
