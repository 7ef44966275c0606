"""Bytes in place: whole or not at all, never outside the folder, never twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cs_playbook.effects.publish import publish
from cs_playbook.errors import UserError

DIGEST = "2026-03-02/owners/lea@vendor.example/digest.md"


def test_files_stand_where_their_names_say(tmp_path: Path) -> None:
    written = publish(tmp_path / "out", [(DIGEST, b"4 new"), ("2026-03-02/index.html", b"<p>")])

    assert written == 2
    assert contents(tmp_path / "out") == {DIGEST: b"4 new", "2026-03-02/index.html": b"<p>"}


def test_a_second_time_does_nothing(tmp_path: Path) -> None:
    publish(tmp_path, [(DIGEST, b"4 new")])
    before = (tmp_path / DIGEST).stat()

    assert publish(tmp_path, [(DIGEST, b"4 new")]) == 0
    assert ((tmp_path / DIGEST).stat().st_ino, (tmp_path / DIGEST).stat().st_mtime_ns) == (
        before.st_ino,
        before.st_mtime_ns,
    )


def test_other_bytes_take_the_place_of_the_old(tmp_path: Path) -> None:
    publish(tmp_path, [(DIGEST, b"4 new")])

    assert publish(tmp_path, [(DIGEST, b"5 new")]) == 1
    assert contents(tmp_path) == {DIGEST: b"5 new"}


def test_what_a_cut_left_beside_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / DIGEST
    folder.parent.mkdir(parents=True)
    (folder.parent / ".tmp-digest.md").write_bytes(b"4 n")

    publish(tmp_path, [(DIGEST, b"4 new")])

    assert contents(tmp_path) == {DIGEST: b"4 new"}


def test_what_came_before_a_cut_is_in_place_and_the_rest_follows(tmp_path: Path) -> None:
    files = [("a.md", b"a"), ("b.md", b"b")]

    def cut() -> Iterator[tuple[str, bytes]]:
        yield files[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path, cut())

    assert publish(tmp_path, files) == 1
    assert contents(tmp_path) == {"a.md": b"a", "b.md": b"b"}


@pytest.mark.parametrize(
    "path",
    ["../up.md", "a/../../up.md", "/absolute.md", "a//b.md", "", ".", "a/.", ".hidden", "a/.tmp-b", "a\\b.md",
     "C:file", "new\nline", "nul\0", "a/b/", "-rf", "dot.", "é.md", "a" * 201],
)  # fmt: skip
def test_a_path_that_is_not_a_plain_name_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(UserError, match="cannot be the name of a file"):
        publish(tmp_path, [(path, b"x")])

    assert contents(tmp_path) == {}


def test_a_folder_that_is_a_link_to_elsewhere_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "owners").symlink_to(elsewhere)

    with pytest.raises(UserError, match="a link that leads out of"):
        publish(tmp_path / "out", [("owners/lea/digest.md", b"x")])

    assert contents(elsewhere) == {}


def test_a_file_that_is_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_bytes(b"mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / "digest.md").symlink_to(precious)
    (out / ".tmp-tasks.csv").symlink_to(precious)

    publish(out, [("digest.md", b"mine"), ("tasks.csv", b"key")])

    assert precious.read_bytes() == b"mine"
    assert not (out / "digest.md").is_symlink()
    assert contents(out) == {"digest.md": b"mine", "tasks.csv": b"key"}


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")

    publish(tmp_path / "out", [("a/b.md", b"x")])

    assert contents(tmp_path / "disk") == {"a/b.md": b"x"}


def test_a_folder_in_the_way_is_the_machine_s_fault_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "digest.md").mkdir()

    with pytest.raises(UserError, match=r"digest\.md cannot be written") as stopped:
        publish(tmp_path, [("digest.md", b"x")])

    assert "the next run puts it there" in stopped.value.hint


def test_nothing_is_renamed_before_its_bytes_are_safe_and_every_folder_is_made_safe_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killing a process cannot show a missing fsync, a power cut can: so the order itself is looked at."""
    safe: set[int] = set()  # inodes whose content is on the disk
    fsync, replace, mkdir = os.fsync, os.replace, os.mkdir

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        safe.add(os.fstat(descriptor).st_ino)

    def replaced(source: Path, target: Path) -> None:
        assert source.stat().st_ino in safe
        replace(source, target)
        safe.discard(target.parent.stat().st_ino)

    def made(path: Path, mode: int = 0o777) -> None:
        mkdir(path, mode)
        safe.discard(Path(path).parent.stat().st_ino)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    monkeypatch.setattr(os, "mkdir", made)

    files = [(DIGEST, b"4 new"), ("2026-03-02/owners/marc/digest.md", b"2 new")]
    publish(tmp_path / "new" / "out", files)
    assert {folder for folder in folders_in(tmp_path) if folder.stat().st_ino not in safe} == set()

    safe.clear()  # what a killed process left may stand there and not be safe
    publish(tmp_path / "new" / "out", files)
    assert {folder for folder in folders_in(tmp_path / "new") if folder.stat().st_ino not in safe} == set()


def folders_in(folder: Path) -> list[Path]:
    return [folder, *(path for path in folder.rglob("*") if path.is_dir())]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
