"""A snapshot file and its manifest → a connection that reads it, fills temporary tables, and no more."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType

from msgspec import Struct

from cs_playbook.errors import ChoiceError, StoppedOnPurpose, UserError
from cs_playbook.source.guard import close_the_doors
from cs_playbook.source.manifest import Manifest, NoManifest, parse_manifest

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})\.db\Z")
_AGAIN = "build it again: cs-playbook snapshot build"
_PIECE = 1 << 20
PART = "part"  # the schema that a connection beside another has to itself
MOST_BESIDE = 8
_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_CANTOPEN)
_ROOM = "make room in the folder of temporary files, or name another one: TMPDIR=FOLDER"
# What nobody else will ever open needs no way back.
_FAST = (f"PRAGMA {PART}.journal_mode = OFF", f"PRAGMA {PART}.synchronous = OFF")


class Identity(Struct, frozen=True):
    """Which bytes were read: if all of it is unchanged, nobody has touched the file since."""

    device: int
    inode: int
    size: int
    changed: int  # nanoseconds


class Snapshot:
    """An open snapshot. Use it with `with`; `connection` ends with it."""

    def __init__(
        self, connection: sqlite3.Connection, manifest: Manifest, path: Path | None, identity: Identity | None
    ) -> None:
        self.connection = connection
        self.manifest = manifest
        self.path = path
        self._identity = identity
        self._own_functions: set[str] = set()
        self._filled = {"temp", PART}
        self._beside: set[str] = set()
        self._others: list[Snapshot] = []
        close_the_doors(connection, self._own_functions, self._filled, self._beside, PART)

    @staticmethod
    def open(path: Path, shape: str | None = None) -> Snapshot:
        """The snapshot of `<day>.db` beside its `<day>.json`, held against its hash.

        `shape`: that of today's contract; another one is refused. Raises StoppedOnPurpose where the file is
        not what its manifest says, UserError where it cannot be read.
        """
        manifest = read_manifest(path)
        identity = _verified(path, manifest)
        if shape is not None and manifest.shape != shape:
            fact = f"the snapshot {path.name} was built by another contract"
            raise StoppedOnPurpose(fact, f"the tables of `data:` have changed since: {_AGAIN}")
        connection = _connect(path)
        if _identity(path) != identity:
            connection.close()
            raise StoppedOnPurpose(
                f"the snapshot {path.name} was replaced while it was opened", "run the command again"
            )
        return Snapshot(connection, manifest, path, identity)

    def again(self, file: Path, called: str) -> Snapshot:
        """One more connection to the same bytes, for another thread, with a schema PART of its own in `file`: what it has
        filled there is read here in the schema `called`. The file may be removed at once. It is closed with this one.

        Raises StoppedOnPurpose where the snapshot has been replaced meanwhile.
        """
        assert self.path is not None
        address = f"{file.absolute().as_uri()}?mode=rwc"
        connection = _connect(self.path, any_thread=True)
        for setting in (f"ATTACH '{address}' AS {PART}", *_FAST):
            connection.execute(setting)
        other = Snapshot(connection, self.manifest, self.path, self._identity)
        self._others.append(other)
        if not self.still_the_same():
            raise self._changed()
        self._look_into(address, called)
        return other

    def _look_into(self, address: str, called: str) -> None:
        """One more file beside this one."""
        self._beside.add(address)
        self.connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, MOST_BESIDE)
        try:
            self.connection.execute(f"ATTACH '{address}' AS {called}")
        finally:  # a door that did not open is closed again too
            self.connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            self._beside.clear()

    @contextmanager
    def beside(self, file: Path, called: str) -> Iterator[None]:
        """Another database, only to be read, in the schema `called` of this connection and of those made with `again`."""
        address = f"{file.absolute().as_uri()}?mode=ro"
        with ExitStack() as seen:
            for one in (self, *self._others):
                one._look_into(address, called)
                seen.callback(one._look_away, called)
            yield

    def _look_away(self, called: str) -> None:
        self._beside.add(called)
        try:
            self.connection.execute(f"DETACH {called}")
        finally:
            self._beside.clear()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Raises StoppedOnPurpose where SQLite cannot go on because somebody has changed the file meanwhile."""
        self.close()
        # In the middle of a commit the ledger would be blamed for what it was told to write.
        broke = isinstance(error, sqlite3.DatabaseError) or isinstance(
            getattr(error, "__cause__", None), sqlite3.DatabaseError
        )
        if broke and not self.still_the_same():
            raise self._changed() from error

    def _changed(self) -> StoppedOnPurpose:
        place = self.path.name if self.path else "in memory"
        return StoppedOnPurpose(
            f"the snapshot {place} was changed while it was read: nothing was done",
            "look at what writes into the folder of snapshots, and run again",
        )

    def close(self) -> None:
        for other in self._others:
            other.close()
        self.connection.close()

    @property
    def day(self) -> date:
        """The logical day."""
        return self.manifest.day

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        return {name: count.rows for name, count in self.manifest.tables}

    def still_the_same(self) -> bool:
        """Whether the file is still the one that was hashed: SQLite, told it never changes, looks away."""
        return self.path is None or (self.path.exists() and _identity(self.path) == self._identity)

    def add_function(
        self, name: str, arguments: int, function: Callable[..., str | int | float | None]
    ) -> None:
        """A function of ours that SQL on this snapshot may call: same arguments, same answer."""
        self.connection.create_function(name, arguments, function, deterministic=True)
        self._own_functions.add(name.lower())


@contextmanager
def together(connection: sqlite3.Connection) -> Iterator[None]:
    """Temporary tables are filled in one transaction: by itself each row would be one, and take twice as long.

    Raises UserError where there is no room for them.
    """
    if connection.in_transaction:
        yield
        return
    connection.execute("begin")
    try:
        try:
            yield
        finally:
            if connection.in_transaction:  # a full disk has ended it already
                connection.execute("commit")
    except sqlite3.OperationalError as cause:
        if cause.sqlite_errorcode in _NO_ROOM:
            raise UserError(f"there is no room for the facts of the day: {cause}", _ROOM) from cause
        raise


def read_manifest(path: Path) -> Manifest:
    """The manifest of the snapshot `path`, which stays closed. Raises StoppedOnPurpose, UserError."""
    beside = path.with_suffix(".json")
    if not os.path.lexists(path):
        raise ChoiceError(
            f"there is no snapshot {path}", "cs-playbook snapshot build makes one from the exports"
        )
    for part in (path, beside):
        _refuse_other_than_a_file(part)
    try:
        manifest = parse_manifest(beside.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        fact = f"the snapshot {path.name} has no manifest: its building was cut short"
        raise StoppedOnPurpose(fact, _AGAIN) from error
    except OSError as error:
        raise UserError(f"{beside} cannot be read: {error.strerror}", "look at its permissions") from error
    except (NoManifest, UnicodeDecodeError) as error:
        raise StoppedOnPurpose(f"{beside.name} is not the manifest of a snapshot: {error}", _AGAIN) from error
    if manifest.day != day_of(path):
        raise StoppedOnPurpose(
            f"{beside.name} says that it is of {manifest.day}: files of two days are mixed up", _AGAIN
        )
    return manifest


def _refuse_other_than_a_file(path: Path) -> None:
    """Reading a pipe would wait for ever."""
    if os.path.lexists(path) and not path.is_file():
        fact = "is a link that leads nowhere" if path.is_symlink() and not path.exists() else "is no file"
        raise UserError(f"{path} {fact}", f"remove it, and {_AGAIN}")


def days(folder: Path) -> tuple[date, ...]:
    """The days that have a snapshot, in order; one without manifest was never finished and does not count.

    A snapshot that cannot be opened counts: an older one must not be taken for the newest. Raises UserError where
    the folder cannot be read: that would look as if there were none.
    """
    try:
        names = set(os.listdir(folder))
    except FileNotFoundError:
        if folder.is_symlink():
            raise UserError(f"{folder} is a link that leads nowhere", "mount what it leads to") from None
        return ()
    except OSError as error:
        raise UserError(
            f"the folder {folder} cannot be read: {error.strerror}", "look at its permissions"
        ) from error
    found = [day_of(Path(name)) for name in names if f"{name.removesuffix('.db')}.json" in names]
    return tuple(sorted(day for day in found if day is not None))


def newest(folder: Path) -> Path:
    """The snapshot of the latest day. Raises ChoiceError when there is none."""
    known = days(folder)
    if not known:
        raise ChoiceError(
            f"there is no snapshot in {folder}", "cs-playbook snapshot build makes one from the exports"
        )
    return place_of(folder, known[-1])


def on(folder: Path, day: date) -> Path:
    """The snapshot of that day. Raises ChoiceError, naming the days that exist."""
    known = days(folder)
    if day in known:
        return place_of(folder, day)
    near = sorted(sorted(known, key=lambda other: abs((other - day).days))[:5])
    # For a day before others the exports of today would be wrong: only the newest day is still to be built.
    build = [f"cs-playbook snapshot build --as-of {day} makes it from the exports"]
    hint = "; ".join(
        [
            *([f"there are: {', '.join(map(str, near))}"] if near else []),
            *(build if day > max(known, default=date.min) else []),
        ]
    )
    raise ChoiceError(f"there is no snapshot of {day} in {folder}", hint)


def previous(folder: Path, day: date) -> Path | None:
    """The snapshot of the latest day before that day."""
    before = [known for known in days(folder) if known < day]
    return place_of(folder, before[-1]) if before else None


def place_of(folder: Path, day: date) -> Path:
    return folder / f"{day.isoformat()}.db"


def day_of(path: Path) -> date | None:
    """The day in the name of a snapshot's file."""
    named = _NAME.match(path.name)
    try:
        return date.fromisoformat(named[1]) if named else None
    except ValueError:
        return None


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _verified(path: Path, manifest: Manifest) -> Identity:
    """The bytes are those of the manifest: SQLite's own checks pass an empty file and some flipped bits."""
    try:
        identity = _identity(path)
        same = sha256_of(path) == manifest.sha256
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", "look at its permissions") from error
    if identity.size == 0:
        raise StoppedOnPurpose(f"the snapshot {path.name} is an empty file", _AGAIN)
    if not same:
        raise StoppedOnPurpose(
            f"the snapshot {path.name} is not the file its manifest describes: it was changed or cut", _AGAIN
        )
    return identity


def _identity(path: Path) -> Identity:
    found = os.stat(path)
    return Identity(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _connect(path: Path, *, any_thread: bool = False) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(
            address, uri=True, isolation_level=None, check_same_thread=not any_thread
        )
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoppedOnPurpose(f"the snapshot {path.name} cannot be opened: {error}", _AGAIN) from error
    return connection
