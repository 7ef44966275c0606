"""The folder of a workspace and the traces of a person → which files name them, whose these are, and what becomes of each."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from cs_playbook.commands.answer_files import FOLDER as ANSWERS
from cs_playbook.commands.place import Place
from cs_playbook.commands.publishing import OUT
from cs_playbook.effects.in_place import put_in_place_of
from cs_playbook.effects.ledger_copy import is_a_ledger
from cs_playbook.effects.named_in_mail import named_in_mail
from cs_playbook.effects.publish import sync_folder
from cs_playbook.model.traces import Traces
from cs_playbook.study.forgotten_text import lines_with, without_them

_SHOWN = 20  # lines of one file
_LARGEST = 200_000_000  # bytes of a file that is looked through
_TEXT = (".csv", ".md", ".html", ".jsonl", ".json", ".txt", ".tsv")
_PUBLISHED = "select 1 from file where path in (?, ?) and sha256 = ?"
_REWRITTEN = "select 1 from outbox where task = ? and sha256 = ?"


class Whose(StrEnum):
    """ours: as a run wrote it. people: below out/ or answers/, and somebody wrote in it. copy: of the ledger, as it was.
    elsewhere: any other file here."""

    OURS = "ours"
    PEOPLE = "people"
    COPY = "copy"
    ELSEWHERE = "elsewhere"


class Fate(StrEnum):
    REWRITTEN = "rewritten"
    DELETED = "deleted"
    STAYS = "stays"  # a person has to look


@dataclass(frozen=True, slots=True)
class Found:
    """A file that names them. `path`: below the workspace. `lines`: where, at most 20. `content`: what it is to be;
    `before`, `after`: the sha256 of what is there, and of that."""

    path: str
    whose: Whose
    fate: Fate
    lines: tuple[int, ...] = ()
    content: bytes = b""
    before: str = ""
    after: str = ""

    @property
    def inside_out(self) -> str:
        """The path as the ledger names it."""
        return self.path.removeprefix(f"{OUT}/")


def find_files(
    place: Place, ledger: sqlite3.Connection, traces: Traces, tasks: Collection[str], files: Whose
) -> list[Found]:
    """In order of path. `tasks`: the keys of all lines about them. `files`: PEOPLE where those of people are rewritten too."""
    search = _Search(place, ledger, traces, tasks, files)
    return [found for path in _all_files(place) if (found := search.look(path)) is not None]


def act_on(root: Path, found: Sequence[Found]) -> None:
    """Done again it does nothing. UserError: the disk refuses."""
    for one in found:
        match one.fate:
            case Fate.REWRITTEN:
                put_in_place_of(root / one.path, one.content)
            case Fate.DELETED:
                (root / one.path).unlink(missing_ok=True)
                sync_folder((root / one.path).parent)
            case Fate.STAYS:
                pass
            case _:
                assert_never(one.fate)


@dataclass(frozen=True, slots=True)
class _Search:
    """Where, for whom, and whose files are rewritten."""

    place: Place
    ledger: sqlite3.Connection
    traces: Traces
    tasks: Collection[str]
    files: Whose

    def look(self, path: Path) -> Found | None:
        """None: it does not name them."""
        if path.stat().st_size > _LARGEST and path.suffix != ".db":
            return None
        content, inside = path.read_bytes(), path.relative_to(self.place.root).as_posix()
        text = _as_text(content)
        if inside.partition("/")[0] not in (OUT, ANSWERS):
            is_theirs = path.suffix == ".eml" and path.stem in self.tasks
            named = is_theirs or self._is_named(path, content, text)
            whose = Whose.COPY if is_a_ledger(path) else Whose.ELSEWHERE
            return Found(inside, whose, Fate.STAYS, self._lines(path, text)) if named else None
        return self._below(path, inside, content, text)

    def _is_named(self, path: Path, content: bytes, text: str) -> bool:
        return named_in_mail(content, self.traces) if path.suffix == ".eml" else self.traces.count(text) > 0

    def _below(self, path: Path, inside: str, content: bytes, text: str) -> Found | None:
        """Of files that a run writes, and lists that come back."""
        sha, new = hashlib.sha256(content).hexdigest(), content
        if path.suffix in _TEXT:
            new = _encoded(without_them(text, path.suffix, self.traces, self.tasks), content)
        elif path.stem not in self.tasks and not self._is_named(path, content, text):
            return None
        if path.suffix in _TEXT and new == content:
            return None
        after = hashlib.sha256(new).hexdigest()
        whose = self._whose(path, inside, {sha, after})
        lines = self._lines(path, text)
        if whose is Whose.PEOPLE and self.files is Whose.OURS:
            return Found(inside, whose, Fate.STAYS, lines)
        if path.suffix in _TEXT:
            return Found(inside, whose, Fate.REWRITTEN, lines, new, sha, after)
        return Found(inside, whose, Fate.DELETED if path.suffix == ".eml" else Fate.STAYS, lines)

    def _lines(self, path: Path, text: str) -> tuple[int, ...]:
        is_text = path.suffix in (*_TEXT, ".yaml", ".yml")
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


def _all_files(place: Place) -> Iterator[Path]:
    """But the ledger and the snapshots, which are looked through row by row; links are not followed."""
    beside = {place.ledger.name, f"{place.ledger.name}-journal", f"{place.ledger.stem}.lock"}
    for folder, below, names in os.walk(place.root):
        below[:] = sorted(name for name in below if name != ".git")
        here = Path(folder)
        for name in sorted(names):
            path = here / name
            ledgers = here == place.ledger.parent and (name in beside or name.endswith(".forgetting"))
            if not ledgers and here != place.snapshots and path.is_file() and not path.is_symlink():
                yield path


def _as_text(content: bytes) -> str:
    """Whatever is no text keeps its bytes."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16" if wide else "utf-8", "replace" if wide else "surrogateescape")


def _encoded(text: str, before: bytes) -> bytes:
    wide = before.startswith((b"\xff\xfe", b"\xfe\xff"))
    return text.encode("utf-16" if wide else "utf-8", "replace" if wide else "surrogateescape")
