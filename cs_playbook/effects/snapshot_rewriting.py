"""A snapshot and a change of its rows → the snapshot with that change, its manifest made anew; whole, or as it was.

The new file and its manifest lie ready beside it first, under hidden names; a cut between the two renamings is
finished by whoever comes next.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from cs_playbook.compile.placing import quoted
from cs_playbook.effects.on_disk import make_sure
from cs_playbook.errors import StoppedOnPurpose, UserError
from cs_playbook.source.manifest import Manifest, NoManifest, TableCount, parse_manifest, write_manifest
from cs_playbook.source.snapshot import read_manifest, sha256_of
from cs_playbook.values import replace

_READY = ".rewritten-"
_SETTINGS = (
    "pragma journal_mode = off",  # a copy: what breaks is thrown away
    "pragma synchronous = off",
    "pragma secure_delete = on",
)
Change = Callable[[sqlite3.Connection], frozenset[str]]  # gives the tables whose rows are others now


class Rewritten(Struct, frozen=True):
    """`before`, `after`: the sha256 of the file."""

    path: Path
    before: str
    after: str


def stage(path: Path, change: Change) -> Rewritten | None:
    """Makes the new one ready beside `path`; None where nothing of it changes. StoppedOnPurpose: it is damaged."""
    manifest = read_manifest(path)
    if sha256_of(path) != manifest.sha256:
        raise StoppedOnPurpose(
            f"the snapshot {path.name} is not the file its manifest describes", "delete it, or build it again"
        )
    ready, beside = _ready(path)
    try:
        beside.unlink(missing_ok=True)
        os.close(os.open(ready, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        shutil.copyfile(path, ready)
        new = _changed(ready, manifest, change)
        if new is None:
            ready.unlink()
            return None
        make_sure(ready)
        beside.write_text(write_manifest(new), encoding="utf-8")
        make_sure(beside)
        make_sure(path.parent)
    except (OSError, sqlite3.OperationalError) as cause:
        raise UserError(f"the snapshot {path.name} cannot be written anew: {cause}", "make room") from cause
    return Rewritten(path, manifest.sha256, new.sha256)


def put_in_place(path: Path) -> None:
    """What `stage` has made ready."""
    ready, beside = _ready(path)
    try:
        os.replace(ready, path)
        make_sure(path.parent)
        os.replace(beside, path.with_suffix(".json"))
        make_sure(path.parent)
    except OSError as cause:
        raise UserError(
            f"the snapshot {path.name} cannot be put in place: {cause.strerror}", "say it again"
        ) from cause


def settle_cuts(folder: Path, known: Callable[[str], bool]) -> None:
    """What a cut has left: one that the ledger knows (`known`: by its sha256) takes its place, any other is thrown away."""
    for name in sorted({found.stem.removeprefix(_READY) for found in folder.glob(f"{_READY}*")}):
        path = folder / f"{name}.db"
        ready, beside = _ready(path)
        new = _read(beside)
        if new is not None and path.exists() and sha256_of(path) == new.sha256:
            os.replace(beside, path.with_suffix(".json"))
        elif new is not None and known(new.sha256) and ready.exists() and sha256_of(ready) == new.sha256:
            put_in_place(path)
        for left in (ready, beside):
            left.unlink(missing_ok=True)
        make_sure(folder)


def _read(manifest: Path) -> Manifest | None:
    try:
        return parse_manifest(manifest.read_text(encoding="utf-8"))
    except (FileNotFoundError, UnicodeDecodeError, NoManifest):
        return None


def recounted(
    connection: sqlite3.Connection, tables: Iterable[tuple[str, TableCount]], changed: frozenset[str]
) -> tuple[tuple[str, TableCount], ...]:
    """Rows and empty cells as they are now."""
    return tuple(
        (name, _counted(connection, name, count) if name in changed else count) for name, count in tables
    )


def _counted(connection: sqlite3.Connection, table: str, count: TableCount) -> TableCount:
    empties = ", ".join(f"count(*) - count({quoted(field)})" for field, _ in count.empties)
    query = f"select count(*){', ' if empties else ''}{empties} from main.{quoted(table)}"
    rows, *numbers = connection.execute(query).fetchone()
    names = (field for field, _ in count.empties)
    return replace(count, rows=rows, empties=tuple(zip(names, numbers, strict=True)))


def _changed(ready: Path, manifest: Manifest, change: Change) -> Manifest | None:
    with closing(sqlite3.connect(ready, isolation_level=None)) as connection:
        for setting in _SETTINGS:
            connection.execute(setting)
        changed = change(connection)
        if not changed:
            return None
        tables = recounted(connection, manifest.tables, changed)
        connection.execute("vacuum")
    return replace(manifest, sha256=sha256_of(ready), tables=tables)


def _ready(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{_READY}{path.name}"), path.with_name(f"{_READY}{path.stem}.json")
