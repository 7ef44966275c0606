"""From any key to the file, the line, the commit, the run, the values and the people behind it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from cs_playbook.commands.blame import blame
from cs_playbook.errors import ChoiceError
from cs_playbook.report.blame import as_json, as_lines
from cs_playbook.report.pieces import plain
from tests.builders import World, account, given, on, small

FEW = "playbooks/few-seats.yaml"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Committed on one day, run on the next, and changed since."""
    world = small(tmp_path_factory.mktemp("blame") / "w")
    for words in (("init", "-q"), ("add", "playbooks"), ("commit", "-q", "-m", "Few seats are seen")):
        subprocess.run(
            ("git", "-c", "user.name=Lea", "-c", "user.email=lea@vendor.example", *words),
            cwd=world.root,
            check=True,
        )
    world.morning(on(0), given(account("acme", seats=3), account("bolt", seats=3)))
    world.done(world.task("acme", "ask"), "product", on(0), by="lea@vendor.example")
    return world


def test_a_task_tells_its_line_commit_run_values_and_people(world: World) -> None:
    key = world.enrollment("acme", "few-seats").tasks.keys().__iter__().__next__()

    told = blame(world.workspace, key[:8])

    text = (world.root / FEW).read_text().splitlines()
    assert (told.file, told.same) == (FEW, True)
    assert "ask" in text[told.line - 1]
    assert told.commit is not None
    assert (told.commit.author, told.commit.says) == ("Lea", "Few seats are seen")
    assert told.began is not None
    assert told.began.number == 1
    shown = plain(as_lines(told, 100))
    assert "fewer than ten seats are left" in shown
    assert "seats 3" in shown
    assert "answered: product, by lea@vendor.example" in shown
    assert '"format_version": 1' in as_json(told)


def test_account_and_playbook_lead_to_the_same_and_a_changed_file_is_named(
    world: World, tmp_path: Path
) -> None:
    copy = world.copy(tmp_path / "w")
    copy.edit(FEW, "title: Few seats", "# a line more\ntitle: Few places")

    told = blame(copy.workspace, "acme", "few-seats")

    assert (told.same, told.enrollment.key) == (False, world.enrollment("acme", "few-seats").key)
    assert told.commit is not None
    assert "the file says something else today" in plain(as_lines(told, 200))


def test_without_the_snapshot_and_without_git_it_says_so(world: World, tmp_path: Path) -> None:
    copy = world.copy(tmp_path / "w")
    for path in [*(copy.root / "data" / "snapshots").iterdir()]:
        path.unlink()
    shutil.rmtree(copy.root / ".git")

    told = blame(copy.workspace, "acme", "few-seats")

    assert told.parts == ()
    assert "the snapshot of 2026-03-02 cannot be asked" in told.no_values
    assert told.commit is None


def test_what_is_none_or_several_is_refused_with_the_way_on(world: World) -> None:
    with pytest.raises(ChoiceError, match="nothing was ever done under the key 'nothing'"):
        blame(world.workspace, "nothing")
    with pytest.raises(ChoiceError, match="is the beginning of"):
        blame(world.workspace, "")
    with pytest.raises(ChoiceError, match="was never in 'other'"):
        blame(world.workspace, "acme", "other")
