"""What may lie in a workspace besides files: it is told by its name, never waited for, never taken for nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.errors import UserError
from cs_playbook.source.files import read_files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "team"
    (folder / "playbooks").mkdir(parents=True)
    (folder / "emails" / "hello").mkdir(parents=True)
    (folder / "project.yaml").write_text("project: x\n", encoding="utf-8")
    return folder


def told(root: Path) -> list[tuple[str, str]]:
    """File and fact of each finding; the rest was read."""
    read = read_files(root)
    assert list(read.yaml) == ["project.yaml"]
    assert [finding.code for finding in read.findings] == ["CSP105"] * len(read.findings)
    return [(finding.span.file, finding.message) for finding in read.findings]


@pytest.mark.parametrize("name", ["playbooks/x.yaml", "emails/hello/en.md"])
def test_a_pipe_is_told_and_not_waited_for(root: Path, name: str) -> None:
    os.mkfifo(root / name)

    assert told(root) == [(name, "this is no file but a pipe, a socket or a device")]


@pytest.mark.parametrize("name", ["playbooks/x.yml", "emails/hello/en.md"])
def test_a_folder_that_is_named_like_a_file_is_told(root: Path, name: str) -> None:
    (root / name).mkdir()

    assert told(root) == [(name, "this is a folder, and is named like a file")]


@pytest.mark.parametrize("leads", ["x.yaml", "nowhere.yaml"])
def test_a_link_in_a_circle_or_to_nowhere_is_told(root: Path, leads: str) -> None:
    (root / "playbooks" / "x.yaml").symlink_to(leads)

    assert told(root) == [("playbooks/x.yaml", "a link that leads nowhere, or in a circle")]


def test_a_link_to_a_pipe_is_not_waited_for_either(root: Path) -> None:
    os.mkfifo(root / "pipe")
    (root / "x.yaml").symlink_to("pipe")

    assert told(root) == [("x.yaml", "this is no file but a pipe, a socket or a device")]


def test_a_name_that_is_not_utf_8_is_told_in_letters_that_can_be_shown(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(os.fsdecode(os.fsencode(root) + b"/playbooks/\xff.yaml")).write_text(
        "playbook: y\n", encoding="utf-8"
    )

    assert told(root) == [("playbooks/\\xff.yaml", "the name of the file is not UTF-8")]
    assert run_app(["-C", str(root), "validate"]) == 1
    assert "playbooks/\\xff.yaml" in capsys.readouterr().out


def test_a_link_to_a_folder_with_files_of_ours_is_told_and_another_is_not(root: Path, tmp_path: Path) -> None:
    """It is not followed: without a word all its playbooks would look as if they had been taken out."""
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "drop.yaml").write_text("playbook: drop\n", encoding="utf-8")
    (tmp_path / "share").mkdir()
    (root / "playbooks" / "common").symlink_to(tmp_path / "common")
    (root / "exports").symlink_to(tmp_path / "share")
    (root / "out").symlink_to(tmp_path / "common")

    assert [place for place, _ in told(root)] == ["playbooks/common"]


def test_a_link_inside_of_the_workspace_is_read(root: Path) -> None:
    (root / "playbooks" / "text").write_text("playbook: y\n", encoding="utf-8")
    (root / "playbooks" / "x.yaml").symlink_to("text")

    assert read_files(root).yaml["playbooks/x.yaml"] == "playbook: y\n"


def test_a_folder_that_may_not_be_read_stops_and_is_not_empty(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who runs the tests may be allowed everything, so the system's refusal is played."""
    scandir = os.scandir

    def refusing(path: str | int) -> object:  # a number where pytest takes its folders away
        if str(path).endswith("playbooks"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)

    with pytest.raises(UserError, match="the folder playbooks cannot be read: Permission denied") as stopped:
        read_files(root)
    assert stopped.value.exit_code == 3
