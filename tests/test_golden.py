"""Golden folders: small workspaces over a common skeleton, and the screen that `validate` shows of each.

A new case is a folder under golden/ok or golden/err with the files that matter; `pytest --update` writes down
what is shown. Read it as somebody who has never seen a line of Python: is it clear what to do next?
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cs_playbook.commands.workspace import Examined, examine
from cs_playbook.report.findings import Looked, as_text, without_notes

GOLDEN = Path(__file__).resolve().parent / "golden"
EXPECTED = "expected.txt"


def cases(folder: str) -> list[Path]:
    return sorted(path for path in (GOLDEN / folder).iterdir() if path.is_dir())


@pytest.mark.parametrize("case", cases("err"), ids=lambda case: case.name)
def test_what_is_wrong_is_shown_as_written_down(case: Path, tmp_path: Path, update: bool) -> None:
    examined = examine(workspace(case, tmp_path))
    remember(case, screen(examined), update)

    assert without_notes(examined.findings)
    assert screen(examined) == (case / EXPECTED).read_text(encoding="utf-8")


@pytest.mark.parametrize("case", cases("ok"), ids=lambda case: case.name)
def test_what_is_sound_is_let_through(case: Path, tmp_path: Path, update: bool) -> None:
    """A folder of sound files may have warnings: then it says which."""
    examined = examine(workspace(case, tmp_path))
    if without_notes(examined.findings):
        remember(case, screen(examined), update)

    assert [finding for finding in examined.findings if finding.is_error] == []
    assert screen(examined) == expected_of_sound(case, examined)


def workspace(case: Path, folder: Path) -> Path:
    """The skeleton, and over it the files of the case."""
    for part in (GOLDEN / "skeleton", case):
        shutil.copytree(part, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(EXPECTED))
    return folder


def screen(examined: Examined) -> str:
    texts = {**examined.files.yaml, **examined.files.letters}
    return as_text(without_notes(examined.findings), texts, Looked(len(texts), 0.0))


def expected_of_sound(case: Path, examined: Examined) -> str:
    path = case / EXPECTED
    if path.exists():
        return path.read_text(encoding="utf-8")
    files = len(examined.files.yaml) + len(examined.files.letters)
    return as_text((), {}, Looked(files, 0.0))


def remember(case: Path, shown: str, update: bool) -> None:
    if update:
        (case / EXPECTED).write_text(shown, encoding="utf-8")
