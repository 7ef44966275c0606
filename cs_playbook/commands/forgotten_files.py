"""The folder of a workspace and the traces of a person → which files name them, whose these are, and what becomes of each."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from msgspec import Struct

from cs_playbook.commands.answer_files import FOLDER as ANSWERS
from cs_playbook.commands.place import Place
from cs_playbook.commands.publishing import OUT
from cs_playbook.effects.ledger_copy import is_a_ledger
from cs_playbook.effects.named_in_database import named_in_database
from cs_playbook.effects.named_in_mail import named_in_mail
from cs_playbook.effects.on_disk import make_sure, put_in_place_of
from cs_playbook.model.traces import Traces
from cs_playbook.source import snapshot as snapshots
from cs_playbook.study.forgotten_text import lines_with, without_them

_SHOWN = 20  # lines of one file
_LARGEST = 200_000_000  # bytes of a file that is looked through
_TEXT = (".csv", ".md", ".html", ".jsonl", ".json", ".txt", ".tsv")
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_DATABASE = b"SQLite format 3\0"
# zip and all that is one (xlsx, docx), gzip, bzip2, xz, zstd, 7z, rar, pdf, old office: letters stand in them packed.
_PACKED = (
    b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"Rar!", b"%PDF",
    b"\xd0\xcf\x11\xe0",
)  # fmt: skip
_NO_LETTERS = (
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".ico",
    ".webp",
    ".woff",
    ".woff2",
    ".ttf",
    ".otf",
    ".pyc",
    ".so",
)
_JOINTS = (re.compile(r"_"), re.compile(r"[-._+]"))  # between the words of a file's name
_PUBLISHED = "select 1 from file where path in (?, ?) and sha256 = ?"
_REWRITTEN = "select 1 from outbox where task = ? and sha256 = ?"


class Whose(StrEnum):
    """ours: as a run wrote it. people: below out/ or answers/, and somebody wrote in it. copy: of the ledger, as it was.
    stray: among the snapshots, and none of them. name: its own name, or that of the folder, says who. sealed: nobody can
    look into it from here. elsewhere: any other file here."""

    OURS = "ours"
    PEOPLE = "people"
    COPY = "copy"
    STRAY = "stray"
    NAME = "name"
    SEALED = "sealed"
    ELSEWHERE = "elsewhere"


class Fate(StrEnum):
    REWRITTEN = "rewritten"
    DELETED = "deleted"
    STAYS = "stays"  # a person has to look


class Found(Struct, frozen=True):
    """A file that names them. `path`: below the workspace. `lines`: where, at most 20. `content`: what it is to be;
    `before`, `after`: the sha256 of what is there, and of that. `by_hand`: no program changes it. `is_kept`: it lies where
    this program keeps what it knows."""

    path: str
    whose: Whose
    fate: Fate
    lines: tuple[int, ...] = ()
    content: bytes = b""
    before: str = ""
    after: str = ""
    by_hand: bool = False
    is_kept: bool = True

    @property
    def inside_out(self) -> str:
        """The path as the ledger names it."""
        return self.path.removeprefix(f"{OUT}/")


def find_files(
    place: Place, ledger: sqlite3.Connection, traces: Traces, tasks: Collection[str], files: Whose
) -> list[Found]:
    """In order of path. `tasks`: the keys of all lines about them. `files`: PEOPLE where those of people are rewritten too."""
    search = _Search(place, ledger, traces, tasks, files)
    return [found for path in _all_paths(place) for found in search.look(path)]


def texts(place: Place) -> Iterator[str]:
    """All that is looked through and can be read as text."""
    for path in _all_paths(place):
        content = _bytes(path) if path.is_file() and not path.is_symlink() else None
        if content and not _is_sealed(path, content) and not content.startswith(_DATABASE):
            yield _as_text(content)


def act_on(root: Path, found: Sequence[Found]) -> None:
    """Done again it does nothing. UserError: the disk refuses."""
    for one in found:
        match one.fate:
            case Fate.REWRITTEN:
                put_in_place_of(root / one.path, one.content)
            case Fate.DELETED:
                (root / one.path).unlink(missing_ok=True)
                make_sure((root / one.path).parent)
            case Fate.STAYS:
                pass
            case _:
                assert_never(one.fate)


class _Search(Struct, frozen=True):
    """Where, for whom, and whose files are rewritten."""

    place: Place
    ledger: sqlite3.Connection
    traces: Traces
    tasks: Collection[str]
    files: Whose

    def look(self, path: Path) -> Iterator[Found]:
        """By its name, and by what stands in it."""
        inside = path.relative_to(self.place.root).as_posix()
        is_kept = path.is_relative_to(self.place.ledger.parent) or _top(inside) in (OUT, ANSWERS)
        if any(self.traces.count(way) for way in _ways_to_read(path.name)):
            yield Found(inside, Whose.NAME, Fate.STAYS, is_kept=is_kept)
        if path.is_dir() or path.is_symlink():
            return
        content = _bytes(path)
        sealed = Found(inside, Whose.SEALED, Fate.STAYS, is_kept=is_kept)
        try:
            found = self._inside(path, inside, content) if content is not None else sealed
        except sqlite3.DatabaseError:
            found = sealed
        if found is not None:
            yield found
        elif content is not None and _is_sealed(path, content):
            yield sealed

    def _inside(self, path: Path, inside: str, content: bytes) -> Found | None:
        text = _as_text(content)
        if _top(inside) in (OUT, ANSWERS):
            return self._below(path, inside, content, text)
        is_theirs = path.suffix == ".eml" and path.stem in self.tasks
        if not is_theirs and not self._is_named(path, content, text):
            return None
        whose = Whose.COPY if is_a_ledger(path) else Whose.ELSEWHERE
        if whose is Whose.ELSEWHERE and path.parent == self.place.snapshots:
            whose = Whose.STRAY
        return Found(inside, whose, Fate.STAYS, self._lines(path, text), is_kept=whose is not Whose.ELSEWHERE)

    def _is_named(self, path: Path, content: bytes, text: str) -> bool:
        if path.suffix == ".eml":
            return named_in_mail(content, self.traces)
        if content.startswith(_DATABASE) and not is_a_ledger(path):
            return named_in_database(path, self.traces)
        return self.traces.count(text) > 0 or (
            not _is_unicode(content) and self.traces.count(content.decode("latin-1")) > 0
        )

    def _below(self, path: Path, inside: str, content: bytes, text: str) -> Found | None:
        """Of files that a run writes, and lists that come back."""
        suffix = path.suffix.lower()
        new = self._without(suffix, content, text) if suffix in _TEXT else content
        if suffix in _TEXT and new == content:
            return None
        if suffix not in _TEXT and path.stem not in self.tasks and not self._is_named(path, content, text):
            return None
        sha, after = hashlib.sha256(content).hexdigest(), hashlib.sha256(new).hexdigest()
        whose, lines = self._whose(path, inside, {sha, after}), self._lines(path, text)
        if suffix not in (*_TEXT, ".eml"):
            return Found(inside, whose, Fate.STAYS, lines, by_hand=True)
        if whose is Whose.PEOPLE and self.files is Whose.OURS:
            return Found(inside, whose, Fate.STAYS, lines)
        if suffix in _TEXT:
            return Found(inside, whose, Fate.REWRITTEN, lines, new, sha, after)
        return Found(inside, whose, Fate.DELETED, lines)

    def _without(self, suffix: str, content: bytes, text: str) -> bytes:
        """A second time where letters may stand for themselves: marks are the same in all of these encodings."""
        new = _encoded(without_them(text, suffix, self.traces, self.tasks), content)
        if _is_unicode(content):
            return new
        return without_them(new.decode("latin-1"), suffix, self.traces, self.tasks).encode("latin-1")

    def _lines(self, path: Path, text: str) -> tuple[int, ...]:
        is_text = path.suffix.lower() in (*_TEXT, ".yaml", ".yml")
        return tuple(lines_with(text, self.traces))[:_SHOWN] if is_text else ()

    def _whose(self, path: Path, inside: str, hashes: set[str]) -> Whose:
        """`hashes`: of what is there, and of what it is to be: after a cut the ledger may know the second."""
        top, _, below = inside.partition("/")
        is_ours = any(
            self._is_published(below, sha) or self._is_rewritten(path, below, sha) for sha in hashes
        )
        return Whose.OURS if top == OUT and is_ours else Whose.PEOPLE

    def _is_published(self, below: str, sha: str) -> bool:
        """Where it was put, or where an undo has put it aside."""
        parts = below.split("/")
        before = "/".join(parts[2:]) if parts[0] == "undone" else below
        return self.ledger.execute(_PUBLISHED, (below, before, sha)).fetchone() is not None

    def _is_rewritten(self, path: Path, below: str, sha: str) -> bool:
        from cs_playbook.commands.desk import EDITED  # with all that writes letters

        return (
            below.startswith(f"{EDITED}/")
            and self.ledger.execute(_REWRITTEN, (path.stem, sha)).fetchone() is not None
        )


def _all_paths(place: Place) -> Iterator[Path]:
    """Folders and files, but the ledger and the snapshots, which are looked through row by row; links are not followed."""
    beside = {place.ledger.name, f"{place.ledger.name}-journal", f"{place.ledger.stem}.lock"}
    handled = _handled(place)
    for folder, below, names in os.walk(place.root):
        below[:] = sorted(name for name in below if name != ".git")
        here = Path(folder)
        for name in sorted((*below, *names)):
            path = here / name
            ledgers = here == place.ledger.parent and (name in beside or name.endswith(".forgetting"))
            if not ledgers and path not in handled and (path.is_dir() or path.is_file() or path.is_symlink()):
                yield path


def _handled(place: Place) -> frozenset[Path]:
    days = snapshots.days(place.snapshots)
    paths = [snapshots.place_of(place.snapshots, day) for day in days]
    return frozenset(one for path in paths for one in (path, path.with_suffix(".json")))


def _top(inside: str) -> str:
    return inside.partition("/")[0]


def _ways_to_read(name: str) -> Iterator[str]:
    """A name, with and without its last parts, whatever stands between its words."""
    for way in (name, Path(name).stem, Path(Path(name).stem).stem):
        yield way
        yield from (joint.sub(" ", way) for joint in _JOINTS)


def _bytes(path: Path) -> bytes | None:
    """None where it cannot be read, or is too large to be looked through."""
    try:
        too_large = path.stat().st_size > _LARGEST and path.suffix != ".db"
        return None if too_large else path.read_bytes()
    except OSError:
        return None


def _is_sealed(path: Path, content: bytes) -> bool:
    """Packed, or of letters that this does not read; pictures say nothing in letters."""
    if path.suffix.lower() in _NO_LETTERS or path.suffix == ".eml" or content.startswith(_DATABASE):
        return False
    return content.startswith(_PACKED) or not _is_unicode(content) or b"\0" in _narrow(content)


def _narrow(content: bytes) -> bytes:
    return b"" if content.startswith(_WIDE) else content


def _is_unicode(content: bytes) -> bool:
    if content.startswith(_WIDE):
        return True
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _as_text(content: bytes) -> str:
    """Whatever is no text keeps its bytes."""
    wide = content.startswith(_WIDE)
    return content.decode("utf-16" if wide else "utf-8", "replace" if wide else "surrogateescape")


def _encoded(text: str, before: bytes) -> bytes:
    wide = before.startswith(_WIDE)
    return text.encode("utf-16" if wide else "utf-8", "replace" if wide else "surrogateescape")
