"""`cs-playbook send` and `drafts`, as they are typed: exit codes, screens, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from tests.builders import World
from tests.test_send import ACCOUNTS, mail, states, with_mails

DAY = "2026-03-03"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return with_mails(tmp_path_factory.mktemp("made") / "small")


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    return made.copy(tmp_path / "small")


def typed(world: World, *words: str) -> int:
    return run_app(["-C", str(world.root), "--as-of", DAY, *words])


def test_without_a_server_or_a_folder_it_says_what_is_missing(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(world, "send") == 1

    assert "the project file names no server that takes mails" in capsys.readouterr().err
    assert states(world) == dict.fromkeys(ACCOUNTS, "pending")


def test_into_a_folder_it_says_how_many_and_where(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(world, "send", "--dry-run") == 0
    assert "3 would leave" in capsys.readouterr().out
    assert typed(world, "send", "--to-folder", str(world.root / "mails")) == 0
    assert "3 sent, through folder" in capsys.readouterr().out
    assert typed(world, "-o", "json", "send", "--to-folder", str(world.root / "mails")) == 0

    assert json.loads(capsys.readouterr().out)["mails"] == []
    assert len(list((world.root / "mails").glob("*.eml"))) == 3


def test_both_ways_at_once_are_none(world: World) -> None:
    assert typed(world, "send", "--to-folder", "a", "--maildir", "b") == 2


def test_what_is_not_in_doubt_is_not_settled(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(world, "send", "--resolve", mail(world, "acme").key, "sent", "--because", "x") == 1
    assert "no uncertain mail begins with" in capsys.readouterr().err


def test_drafts_shows_the_outbox_too(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(world, "drafts") == 0
    assert "In the outbox: 3 pending" in capsys.readouterr().out
    assert typed(world, "drafts", "show", mail(world, "acme").key[:6]) == 0
    assert "Subject: Acme: shall we talk?" in capsys.readouterr().out
    assert typed(world, "drafts", "open", mail(world, "acme").key[:6]) == 1
    assert typed(world, "drafts", "send") == 2


def test_an_editor_changes_the_words(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cs_playbook.cli.mail import _edited  # the one place where a program of theirs is started

    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "sed -i s/Hello/Good-day/")

    assert _edited("Subject: x\n\nHello") == "Subject: x\n\nGood-day"


def test_nobody_says_sent_of_what_waits_in_the_outbox(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(world, "done", mail(world, "acme").key, "sent") == 1

    assert "discarded" in capsys.readouterr().err
