"""What `keep:` says and the day of a run → what has been kept long enough, and that deleted; a little each day.

Nothing goes that somebody wrote, that is still open, or that the last two runs have looked at.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path

from msgspec import Struct, field

from cs_playbook.commands.desk import EDITED
from cs_playbook.commands.place import Place
from cs_playbook.commands.publishing import OUT
from cs_playbook.commands.workspace import calendar_of
from cs_playbook.effects import ledger_keeping, ledger_place
from cs_playbook.effects.ledger_snapshots import knows_snapshot, point_to_snapshot
from cs_playbook.effects.on_disk import make_sure
from cs_playbook.effects.snapshot_blanking import blank, is_blank
from cs_playbook.effects.snapshot_build import alone_in
from cs_playbook.effects.snapshot_rewriting import put_in_place, settle_cuts, stage
from cs_playbook.errors import ChoiceError, StoppedOnPurpose, UserError
from cs_playbook.model.duration import Duration
from cs_playbook.model.keys import LETTERS
from cs_playbook.source import snapshot as snapshots
from cs_playbook.source.snapshot import read_manifest

AT_ONCE = 5_000  # mails, and files, of one run
BLANKED_AT_ONCE = 3  # snapshots: each is written anew
UNDONE = "undone"  # below out/: what an undo has put aside
_ALWAYS = 2  # of the newest snapshots, and of the runs that may be looked at again


class Due(Struct, frozen=True):
    """`bodies`: task → sha256. `open_bodies`: as old, of what goes on. `files`: of ours. `people`: how many there were
    changed by somebody. `more`: what is left for the next run."""

    bodies: Mapping[str, str] = field(default_factory=dict)
    open_bodies: int = 0
    snapshots: tuple[date, ...] = ()
    contacts: tuple[date, ...] = ()
    files: tuple[Path, ...] = ()
    people: int = 0
    more: bool = False

    @property
    def is_something(self) -> bool:
        return bool(self.bodies or self.snapshots or self.contacts or self.files)


class Tidied(Struct, frozen=True):
    """What was deleted; `failed`: why not all of it."""

    due: Due = Due()
    failed: str = ""


def due(place: Place, day: date) -> Due:
    """What the run of that day deletes. Reads only."""
    if not place.project.keep.says_something or not place.ledger.exists():
        return Due()
    with closing(ledger_place.connect_to_read(place.ledger, place.project.ledger_id)) as connection:
        return _due(place, connection, day)


def tidy(place: Place, day: date) -> Tidied:
    """After all else of a run is done and in place; what fails here waits. The lock is held."""
    if not place.project.keep.says_something:
        return Tidied()
    with closing(ledger_place.connect_to_write(place.ledger, place.project.ledger_id)) as connection:
        found = _due(place, connection, day)
        try:
            _delete(place, connection, found)
        except (UserError, OSError) as cause:
            return Tidied(Due(), getattr(cause, "sentence", str(cause)))
    return Tidied(found)


# --- what is due ---


def _due(place: Place, connection: sqlite3.Connection, day: date) -> Due:
    bodies, still_open = _bodies(place, connection, day)
    whole = _old_snapshots(place, connection, day)
    contacts = [one for one in _named_snapshots(place, connection, day) if one not in whole]
    files, people = _files(place, connection, day)
    more = len(bodies) > AT_ONCE or len(contacts) > BLANKED_AT_ONCE or len(files) > AT_ONCE
    return Due(
        dict(list(bodies.items())[:AT_ONCE]), still_open, tuple(whole), tuple(contacts[:BLANKED_AT_ONCE]),
        tuple(files[:AT_ONCE]), people, more,
    )  # fmt: skip


def _before(place: Place, day: date, kept: Duration) -> date:
    calendar = calendar_of(place.project.calendar)
    return calendar.add(day, Duration(-kept.count, kept.unit))


def _bodies(place: Place, connection: sqlite3.Connection, day: date) -> tuple[dict[str, str], int]:
    kept = place.project.keep.mail_bodies
    if kept is None:
        return {}, 0
    return ledger_keeping.bodies_before(connection, _before(place, day, kept))


def _older_snapshots(
    place: Place, connection: sqlite3.Connection, day: date, kept: Duration | None
) -> Iterator[date]:
    if kept is None:
        return
    # Also before it is recorded: a dry run says what the run does.
    last = sorted({*ledger_keeping.days_of_the_last_runs(connection), day})[-_ALWAYS:]
    before = _before(place, day, kept)
    yield from (one for one in snapshots.days(place.snapshots)[:-_ALWAYS] if one < before and one not in last)


def _old_snapshots(place: Place, connection: sqlite3.Connection, day: date) -> list[date]:
    """Those that this program has built: their manifest says so."""
    older = _older_snapshots(place, connection, day, place.project.keep.snapshots)
    return [one for one in older if _is_ours(snapshots.place_of(place.snapshots, one))]


def _is_ours(path: Path) -> bool:
    try:
        read_manifest(path)
    except (UserError, ChoiceError):
        return False
    return not path.is_symlink()


def _named_snapshots(place: Place, connection: sqlite3.Connection, day: date) -> Iterator[date]:
    for one in _older_snapshots(place, connection, day, place.project.keep.contacts_in_snapshots):
        path = snapshots.place_of(place.snapshots, one)
        if _is_ours(path) and not is_blank(read_manifest(path), place.contract):
            yield one


def _files(place: Place, connection: sqlite3.Connection, day: date) -> tuple[list[Path], int]:
    kept = place.project.keep.out
    if kept is None:
        return [], 0
    still_open = ledger_keeping.lines_still_open(connection)
    ours, people = [], 0
    for folder in _folders_before(place, _before(place, day, kept)):
        mine, theirs = _whose(place.root / OUT, folder, connection)
        ours += [path for path in mine if path.stem[-LETTERS:] not in still_open]
        people += theirs
    return ours, people


def _folders_before(place: Place, before: date) -> list[Path]:
    """Those of days; also what an undo has put aside, below undone/run-12."""
    out = place.root / OUT
    found = [*_folders(out), *(day for run in _folders(out / UNDONE) for day in _folders(run))]
    return sorted(path for path in found if _is_day_before(path.name, before))


def _folders(folder: Path) -> list[Path]:
    if folder.is_symlink() or not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]


def _is_day_before(name: str, before: date) -> bool:
    try:
        return date.fromisoformat(name) < before
    except ValueError:
        return False


def _whose(out: Path, folder: Path, connection: sqlite3.Connection) -> tuple[list[Path], int]:
    """Files that are as a run wrote them, and how many are not."""
    published = set(ledger_keeping.written_below(connection, folder.relative_to(out).as_posix()))
    ours, people = [], 0
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            inside = path.relative_to(out).as_posix()
            if (inside, hashlib.sha256(path.read_bytes()).hexdigest()) in published:
                ours.append(path)
            else:
                people += 1
    return ours, people


# --- and goes ---


def _delete(place: Place, connection: sqlite3.Connection, found: Due) -> None:
    """Each part alone is whole, so a cut leaves less for the next run and nothing in between."""
    if found.bodies:
        ledger_keeping.drop_bodies(connection, str(place.ledger), found.bodies)
    if place.project.keep.mail_bodies is not None:
        _delete_edited(place.root / OUT / EDITED, connection)
    if found.snapshots or found.contacts:
        with alone_in(place.snapshots):
            settle_cuts(place.snapshots, lambda sha: knows_snapshot(connection, sha))
            for day in found.snapshots:
                _delete_snapshot(snapshots.place_of(place.snapshots, day))
            for day in found.contacts:
                _blank(place, connection, snapshots.place_of(place.snapshots, day))
    for path in found.files:
        path.unlink(missing_ok=True)
    _remove_empty(place.root / OUT, found.files)


def _delete_edited(folder: Path, connection: sqlite3.Connection) -> None:
    """The file is the draft as it was shown; what was sent got its Date later, so the hash of the mail is another one."""
    there = [path for path in folder.glob("*.eml") if path.is_file() and not path.is_symlink()]
    gone = ledger_keeping.edited_without_words(connection) if there else frozenset[str]()
    for path in there:
        if hashlib.sha256(path.read_bytes()).hexdigest() in gone:
            path.unlink()


def _delete_snapshot(path: Path) -> None:
    """First what holds the data: a manifest alone is no snapshot, and says nothing of anybody."""
    path.unlink(missing_ok=True)
    path.with_suffix(".json").unlink(missing_ok=True)
    make_sure(path.parent)


def _blank(place: Place, connection: sqlite3.Connection, path: Path) -> None:
    try:
        new = stage(path, lambda opened: blank(opened, place.contract))
    except StoppedOnPurpose:
        return  # a damaged one: whoever opens it is told
    if new is not None:
        point_to_snapshot(connection, str(place.ledger), new.before, new.after)
        put_in_place(path)


def _remove_empty(out: Path, files: tuple[Path, ...]) -> None:
    """The folders of days of which nothing is left."""
    for folder in sorted({parent for path in files for parent in path.parents if out in parent.parents}, reverse=True):  # fmt: skip
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
