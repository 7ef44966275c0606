"""A cut in the middle of `forget`: the ledger is whole, nothing else is recorded until the next run has finished it."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable
from contextlib import suppress as suppressed
from pathlib import Path
from typing import Any

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.forgotten_files import Whose
from cs_playbook.commands.looking import status
from cs_playbook.commands.suppress import suppress
from cs_playbook.effects import ledger_forgetting, ledger_suppression
from cs_playbook.errors import StoppedOnPurpose
from tests.builders import World, on, six
from tests.test_forget import LEA, bytes_of_others, forgotten, hits, lived_in, wrong_of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return lived_in(tmp_path_factory.mktemp("made") / "small")


class Cut(BaseException):
    """The program is killed."""


class Cuts:
    """Ends the program before the `at`-th change of the disk; `sites`: from where the changes were asked for."""

    def __init__(self, at: int | None = None) -> None:
        self.at, self.sites = at, list[str]()

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*args: Any, **kwargs: Any) -> Any:
            ours = [frame for frame in traceback.extract_stack(limit=12) if "/cs_playbook/" in frame.filename]
            self.sites.append(" < ".join(f"{frame.name}:{frame.lineno}" for frame in ours[-3:]))
            if len(self.sites) == self.at:
                raise Cut
            return call(*args, **kwargs)

        return changed


def cut(world: World, monkeypatch: pytest.MonkeyPatch, at: int | None) -> list[str]:
    cuts = Cuts(at)
    with monkeypatch.context() as patch:
        for owner, name in ((os, "replace"), (Path, "replace"), (Path, "unlink")):
            patch.setattr(owner, name, cuts.before(getattr(owner, name)))
        for name in ("erase", "wipe"):
            patch.setattr(ledger_forgetting, name, cuts.before(getattr(ledger_forgetting, name)))
        with suppressed(Cut):
            forgotten(world)
    return cuts.sites


def test_a_cut_anywhere_is_finished_by_the_next_run(
    made: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = cut(made.copy(tmp_path / "whole"), monkeypatch, None)
    firsts = {site: number for number, site in reversed(list(enumerate(sites, 1)))}
    others = bytes_of_others(made)
    assert len(firsts) > 9

    wrong = {}
    for site, number in firsts.items():
        world = made.copy(tmp_path / str(number))
        cut(world, monkeypatch, number)
        broken = world.wrong()
        begun = (world.root / "data" / "ledger.forgetting").exists()
        if begun:
            with pytest.raises(StoppedOnPurpose, match="a cut came while somebody was being forgotten"):
                suppress(world.workspace, "x@acme.example", "anything", LEA)
            assert status(world.workspace.place, six(world.workspace, on(2))).forgetting
        assert (world.run(on(2)).forgotten is not None) is begun  # also who calls it without a screen is told
        left = hits(world) if begun else []  # else nothing was written down: nobody knows who was meant
        forgotten(world)
        if (broken, left, hits(world), wrong_of(world), bytes_of_others(world)) != ([], [], [], [], others):
            wrong[site] = (broken, left, hits(world), wrong_of(world))

    assert wrong == {}


def test_a_cut_while_the_first_key_is_made_leaves_the_ledger_whole(
    made: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by killing at system calls: the key stood there, and the sum of what stands beside it did not know."""
    world = made.copy(tmp_path / "w")

    def killed(*_: Any) -> None:
        raise Cut

    monkeypatch.setattr(ledger_suppression.ledger_sums, "recount", killed)
    with suppressed(Cut):
        forgotten(world)

    assert world.wrong() == []


def test_the_run_that_finishes_a_cut_tells_it_and_what_is_left(
    made: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = made.copy(tmp_path / "w")

    def killed(*_: Any) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(ledger_forgetting, "erase", killed)
        with suppressed(Cut):
            forgotten(world, files=Whose.OURS)
    to = world.root / "run.json"
    typed = ["-C", str(world.root), "--as-of", on(2).isoformat(), "-o", "text", "-o", f"json={to}", "run"]

    assert run_app(typed) == 5

    told = capsys.readouterr().err
    assert "A forgetting that was cut is finished now: forgotten-" in told
    assert "answers/lea.csv:2" in told
    cut = json.loads(to.read_text("utf-8"))["finished_forgetting"]
    assert "answers/lea.csv" in [one["path"] for one in cut["files"] if one["becomes"] == "stays"]
    assert run_app(typed) == 0
    assert "finished_forgetting" not in json.loads(to.read_text("utf-8"))
