"""What a program asks of a file system → every state in which a power cut may leave the disk.

Promised is only: bytes of a file after its fsync; names in a folder after the folder's fsync. Until then each change
of a name may be there or not, in any order, and each content may be lost, torn or whole. Killing a process shows none
of this: the kernel lives on and writes all of it down.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from stat import S_ISDIR
from typing import Any
from unittest import mock

_MKDIR, _OPEN, _FSYNC, _UNLINK = os.mkdir, os.open, os.fsync, os.unlink
ROOT = 0  # the number of the folder in which all of it happens


@dataclass(frozen=True, slots=True)
class Named:
    """In `folder` the name now leads to `what`."""

    folder: int
    name: str
    what: int


@dataclass(frozen=True, slots=True)
class Renamed:
    """In `folder` the name `before` is gone, `name` leads to `what`."""

    folder: int
    before: str
    name: str
    what: int


@dataclass(frozen=True, slots=True)
class Moved:
    """From `source` to `folder`, where people look: the file is in one of the two, and safe with `folder`."""

    source: int
    before: str
    folder: int
    name: str
    what: int


@dataclass(frozen=True, slots=True)
class Unnamed:
    folder: int
    name: str


@dataclass(frozen=True, slots=True)
class Content:
    """What the file holds from now on."""

    file: int
    bytes: bytes


@dataclass(frozen=True, slots=True)
class Synced:
    """fsync of a file or of a folder."""

    what: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that is safe by itself has happened: SQLite has committed."""

    name: str


Operation = Named | Renamed | Moved | Unnamed | Content | Synced | Mark
_Change = Named | Renamed | Moved | Unnamed


@dataclass(frozen=True, slots=True)
class State:
    """`files`: path below the root → bytes. `marks`: what had happened when the power went."""

    files: tuple[tuple[str, bytes], ...]
    marks: frozenset[str]

    def bytes_of(self, path: str) -> bytes | None:
        return dict(self.files).get(path)


@dataclass
class Disk:
    """`safe`: names by folder as they are on the disk; `bytes`: of files. The rest waits in the kernel."""

    safe: dict[int, dict[str, int]] = field(default_factory=lambda: {ROOT: {}})
    bytes: dict[int, bytes] = field(default_factory=dict)
    waiting: list[_Change] = field(default_factory=list)
    unsafe: dict[int, bytes] = field(default_factory=dict)
    marks: frozenset[str] = frozenset()

    def do(self, operation: Operation) -> None:
        match operation:
            case Named() | Renamed() | Moved() | Unnamed():
                self.waiting.append(operation)
            case Content(file, content):
                self.unsafe[file] = content
            case Synced(what):
                self._sync(what)
            case Mark(name):
                self.marks |= {name}

    def _sync(self, what: int) -> None:
        if what in self.unsafe:
            self.bytes[what] = self.unsafe.pop(what)
        for change in (change for change in self.waiting if change.folder == what):
            _apply(self.safe, change)
        self.waiting = [change for change in self.waiting if change.folder != what]

    def states(self) -> Iterator[State]:
        for kept in _some(self.waiting):
            names = {folder: dict(inside) for folder, inside in self.safe.items()}
            for change in kept:
                _apply(names, change)
            for part in (0, 1, 2):
                unsafe = {file: content[: len(content) * part // 2] for file, content in self.unsafe.items()}
                content = {**self.bytes, **unsafe}
                yield State(tuple(sorted(_walked(names, content, ROOT, ""))), self.marks)


@dataclass(frozen=True, slots=True)
class Trace:
    """`before`: how the disk came to be as it was, all of it safe. `operations`: what the program asked for."""

    before: tuple[Operation, ...]
    operations: tuple[Operation, ...]

    def states(self) -> set[State]:
        """All states, wherever among the operations the power goes."""
        disk = Disk()
        for operation in self.before:
            disk.do(operation)
        found = set(disk.states())
        for operation in self.operations:
            disk.do(operation)
            if not isinstance(operation, Synced):  # after it there are fewer
                found |= set(disk.states())
        return found | set(disk.states())

    def without_each_sync(self) -> Iterator[tuple[Synced, Trace]]:
        """The same with one fsync forgotten, one after the other."""
        for index, operation in enumerate(self.operations):
            if isinstance(operation, Synced):
                left = (*self.operations[:index], *self.operations[index + 1 :])
                yield operation, Trace(self.before, left)


def _some(waiting: Sequence[_Change]) -> Iterator[list[_Change]]:
    """All but two at most, two at most, and each beginning: all of them would be too many."""
    whole = range(len(waiting))
    chosen = {tuple(range(end)) for end in range(len(waiting) + 1)}
    for few in (few for count in (0, 1, 2) for few in combinations(whole, count)):
        chosen |= {few, tuple(index for index in whole if index not in few)}
    for kept in sorted(chosen):
        yield [waiting[index] for index in kept]


def _apply(names: dict[int, dict[str, int]], change: _Change) -> None:
    inside = names.setdefault(change.folder, {})
    match change:
        case Named(_, name, what):
            inside[name] = what
        case Renamed(_, before, name, what):
            if inside.get(before) == what:
                del inside[before]
            inside[name] = what
        case Moved(source, before, _, name, what):
            names.setdefault(source, {}).pop(before, None)
            inside[name] = what
        case Unnamed(_, name):
            inside.pop(name, None)


def _walked(
    names: dict[int, dict[str, int]], content: dict[int, bytes], folder: int, path: str
) -> Iterator[tuple[str, bytes]]:
    for name, what in names.get(folder, {}).items():
        if what in content:
            yield path + name, content[what]
        else:
            yield from _walked(names, content, what, f"{path}{name}/")


# --- watching a real program ---


@dataclass
class Watched:
    """What happens below a folder, as it happens."""

    operations: list[Operation] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)  # inode → our number; inodes are used again
    written: dict[int, bytes] = field(default_factory=dict)
    before: tuple[Operation, ...] = ()
    last: int = ROOT

    def trace(self) -> Trace:
        return Trace(self.before, tuple(self.operations))

    def mark(self, name: str) -> None:
        self.operations.append(Mark(name))

    def new(self, place: Path) -> None:
        self.last += 1
        self.numbers[place.lstat().st_ino] = self.last
        self.operations.append(Named(self.number(place.parent), place.name, self.last))
        if place.is_file():
            self._write(self.last, b"")

    def content(self, place: Path | int) -> None:
        """Everything that was written until now; told when somebody names or syncs the file."""
        number = self.number(place)
        there = os.stat(place)
        if S_ISDIR(there.st_mode):
            return
        with open(f"/proc/self/fd/{place}" if isinstance(place, int) else place, "rb") as file:
            self._write(number, file.read())

    def _write(self, number: int, content: bytes) -> None:
        if self.written.get(number) != content:
            self.written[number] = content
            self.operations.append(Content(number, content))

    def number(self, place: Path | int) -> int:
        return self.numbers[os.stat(place, follow_symlinks=True).st_ino]


@contextmanager
def watching(root: Path) -> Iterator[Watched]:
    """`root` may hold files already: they are safe."""
    seen = Watched(numbers={root.stat().st_ino: ROOT})
    for place in sorted(root.rglob("*")):
        seen.new(place)
        seen.content(place)
    seen.before = (*seen.operations, *(Synced(number) for number in sorted(seen.numbers.values())))
    seen.operations.clear()
    with _Eyes(seen, root).opened():
        yield seen


@dataclass(frozen=True, slots=True)
class _Eyes:
    """The names in `os` through which Python's own library and ours go, each done and told."""

    seen: Watched
    root: Path

    def opened(self) -> Any:
        return mock.patch.multiple(
            os,
            mkdir=self.mkdir, open=self.open, fsync=self.fsync, unlink=self.unlink,
            rename=self.moving(os.rename), replace=self.moving(os.replace),
        )  # fmt: skip

    def mkdir(self, path: Any, *rest: Any, **named: Any) -> None:
        _MKDIR(path, *rest, **named)
        if self._inside(path):
            self.seen.new(Path(path))

    def open(self, path: Any, flags: int, *rest: Any, **named: Any) -> int:
        is_new = self._inside(path) and flags & os.O_CREAT and not os.path.lexists(path)
        descriptor = _OPEN(path, flags, *rest, **named)
        if is_new:
            self.seen.new(Path(path))
        return descriptor

    def fsync(self, descriptor: int) -> None:
        _FSYNC(descriptor)
        if os.fstat(descriptor).st_ino in self.seen.numbers:
            self.seen.content(descriptor)
            self.seen.operations.append(Synced(self.seen.number(descriptor)))

    def unlink(self, path: Any, *rest: Any, **named: Any) -> None:
        _UNLINK(path, *rest, **named)
        if self._inside(path):
            self.seen.operations.append(Unnamed(self.seen.number(Path(path).parent), Path(path).name))

    def moving(self, by: Callable[..., None]) -> Callable[..., None]:
        def move(source: Any, target: Any, *rest: Any, **named: Any) -> None:
            if not self._inside(source):
                by(source, target, *rest, **named)
                return
            before, after = Path(source), Path(target)
            source_folder = self.seen.number(before.parent)
            self.seen.content(before)
            by(source, target, *rest, **named)
            folder, what = self.seen.number(after.parent), self.seen.number(after)
            self.seen.operations.append(
                Renamed(folder, before.name, after.name, what)
                if source_folder == folder
                else Moved(source_folder, before.name, folder, after.name, what)
            )

        return move

    def _inside(self, path: Any) -> bool:
        return not isinstance(path, int) and Path(path).absolute().is_relative_to(self.root)


def put(root: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """A state of the disk made real."""
    for path, content in files:
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
