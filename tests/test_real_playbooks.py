"""Playbooks that real companies published, said in the language: each is sound, and its story plays it to the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.commands.stories import run_stories
from cs_playbook.commands.workspace import open_workspace
from cs_playbook.source.finding import Severity
from tests.real_playbooks.spoiling import HERE, changes, unnoticed

FOLDERS = sorted(folder for folder in HERE.iterdir() if (folder / "project.yaml").exists())

each = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


@each
def test_it_is_sound_its_stories_pass_and_a_second_run_of_a_day_decides_nothing(
    folder: Path, again: list[str]
) -> None:
    workspace = open_workspace(folder)

    assert [found for found in workspace.findings if found.severity is not Severity.NOTE] == []
    result = run_stories(workspace)
    assert result.findings == ()
    played = [case for playbook in result.playbooks for case in playbook.cases]
    assert [case.name for case in played if case.failures] == []
    assert not any(case.todo for case in played)
    assert again == []


@each
def test_a_changed_rule_is_noticed_by_its_stories(folder: Path) -> None:
    workspace = open_workspace(folder)
    # Here only one of them; `python -m tests.real_playbooks.spoiling` tries all.
    every = list(changes(workspace))

    assert [change.sentence for change in unnoticed(workspace, [every[len(every) // 2]])] == []


def test_each_specification_is_listed() -> None:
    page = (HERE / "README.md").read_text(encoding="utf-8")

    assert [name.name for name in FOLDERS if name.name not in page] == []
