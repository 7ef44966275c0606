"""A verdict that is kept is never a stale one: it is found again only where nothing at all has changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cs_playbook.commands.validating import validate
from cs_playbook.effects import verdicts
from cs_playbook.source.files import read_files
from tests.benchmarks.workspaces import workspace


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return workspace(tmp_path / "team", 1)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "verdicts"


def test_the_second_look_finds_the_same(root: Path, kept: Path) -> None:
    anew = validate(root, None)
    first = validate(root, kept)
    again = validate(root, kept)

    assert anew.findings
    assert first == again == anew


def test_what_was_kept_is_what_is_shown(root: Path, kept: Path) -> None:
    validate(root, kept)
    only = next(kept.glob("*.json"))
    only.write_text(json.dumps(json.loads(only.read_text(encoding="utf-8"))[:1]), encoding="utf-8")

    assert len(validate(root, kept).findings) == 1
    assert len(validate(root, None).findings) > 1


@pytest.mark.parametrize("place", ["playbooks/play-000.yaml", "emails/usage-drop/check-in/en.md"])
def test_another_letter_in_any_file_is_another_question(root: Path, place: str) -> None:
    before = verdicts.key_of(read_files(root))
    changed = root / place
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")

    assert verdicts.key_of(read_files(root)) != before


def test_another_name_of_a_file_is_another_question(root: Path) -> None:
    before = verdicts.key_of(read_files(root))
    (root / "playbooks" / "play-000.yaml").rename(root / "playbooks" / "play-001.yaml")

    assert verdicts.key_of(read_files(root)) != before


def test_another_program_is_another_question(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = verdicts.key_of(read_files(root))
    monkeypatch.syspath_prepend(root)

    assert verdicts.key_of(read_files(root)) != before


def test_what_is_wrong_is_looked_at_anew(root: Path, kept: Path) -> None:
    (root / "playbooks" / "play-000.yaml").write_text("playbook: x\n", encoding="utf-8")

    assert any(finding.is_error for finding in validate(root, kept).findings)
    assert not kept.exists()


def test_a_verdict_that_cannot_be_read_is_none(root: Path, kept: Path) -> None:
    first = validate(root, kept)
    next(kept.glob("*.json")).write_text("[[", encoding="utf-8")

    assert validate(root, kept) == first


def test_where_nothing_can_be_written_nothing_is_kept(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    assert validate(root, tmp_path / "file" / "verdicts").findings == validate(root, None).findings


def test_only_so_many_are_kept(root: Path, kept: Path) -> None:
    for number in range(70):
        verdicts.keep(kept, f"{number:064}", ())

    assert len(list(kept.glob("*.json"))) <= 64
