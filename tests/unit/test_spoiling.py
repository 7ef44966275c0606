"""Spoiling tells how sharp stories are; where they fail before anything is spoiled it must not say that all is noticed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.real_playbooks.spoiling import HERE, changes, fails_unspoiled, main

RITUALS = "62-rituals"


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    shutil.copytree(HERE / RITUALS, tmp_path / RITUALS)
    return tmp_path


def test_stories_that_fail_already_are_refused(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = next((folders / RITUALS / "stories").glob("*.yaml"))
    story.write_text(story.read_text().replace("started: [", "started: [nobody_of_that_name, ", 1))

    assert main((RITUALS,), folders) == 1
    shown = capsys.readouterr().out
    assert shown.startswith(f"{RITUALS}: nothing was tried, ")
    assert "changes are noticed" not in shown


def test_the_story_that_fails_is_named(folders: Path) -> None:
    change = next(change for change in changes(folders / RITUALS) if "every" in change.sentence)
    file = folders / RITUALS / change.file
    written, changed = change.sentence.rsplit(": ", 1)[1].split(" → ")
    file.write_text(file.read_text().replace(written, changed, 1))

    assert "these stories fail already: " in fails_unspoiled(folders / RITUALS)


def test_sound_ones_are_tried(folders: Path) -> None:
    assert fails_unspoiled(folders / RITUALS) == ""
