"""An Origin of `sources:`, and where exports are → its readings, opened one after the other; or what is not there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, tzinfo
from fnmatch import fnmatchcase
from pathlib import Path
from types import TracebackType

from msgspec import Struct, field

from cs_playbook.errors import UserError
from cs_playbook.model.mapping import Origin
from cs_playbook.source.cells import Reading, Unreadable
from cs_playbook.source.database import Postgres, SqliteFile, one_line
from cs_playbook.source.exports import Export
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.records import Records

Watch = Callable[[str, int, float | None], None]  # what is read, rows so far, how much of it (None: unknown)


def nobody_watches(_shown: str, _rows: int, _share: float | None) -> None:
    return


class Exports(Struct, frozen=True):
    """Where exports are. `zone`: the project's, in which moments become days. `environment`: addresses of databases."""

    folder: Path
    zone: tzinfo = UTC
    environment: Mapping[str, str] = field(default_factory=dict)
    watch: Watch = nobody_watches


class Place(Struct, frozen=True):
    """One file, or one database with its query. `name`: in the manifest. `shown`: in findings."""

    name: str
    shown: str
    path: Path | None


class Origins:
    """Opens origins; databases stay open until it ends, so that all their queries see the same moment."""

    def __init__(self, exports: Exports) -> None:
        self.exports = exports
        self._open = ExitStack()
        self._databases: dict[str, Postgres] = {}

    def __enter__(self) -> Origins:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._open.close()

    def places(self, origin: Origin, reader: str) -> tuple[list[Place], list[Finding]]:
        """Its files, in order of their names where a pattern chose them. `reader`: the table that asks."""
        if origin.environment is not None:
            return [Place(f"{origin.environment} ({reader})", origin.environment, None)], []
        places: list[Place] = []
        missing: list[Finding] = []
        for file in origin.files:
            found = self._files(file)
            # A file that two patterns choose is read once: in a table without key its rows would count twice.
            places += [self._place(origin, name, reader) for name in found if self._is_new(name, places)]
            missing += [] if found else [self._no_file(origin, file)]
        return places, missing

    @contextmanager
    def reading(self, origin: Origin, place: Place, columns: Sequence[str]) -> Iterator[Reading]:
        """Raises Unreadable where it is not what was declared, UserError where the machine does not let it be read."""
        path = place.path or Path()
        match origin.kind:
            case "csv":
                with Export(path, place.shown, origin.encoding, origin.separator) as export:
                    yield export
            case "json" | "json_lines":
                lines = origin.kind == "json_lines"
                with Records(
                    path, place.shown, origin.encoding, origin.rows, columns, by_line=lines
                ) as records:
                    yield records
            case "sqlite":
                with _sqlite(origin, place) as file:
                    yield file.ask(origin.query or "", origin.query_span)
            case "postgres":
                with self._database(origin).ask(origin.query or "", origin.query_span, place.shown) as asked:
                    yield asked

    def _files(self, file: str) -> list[str]:
        if (self.exports.folder / file).is_file():  # also one that is called with a star
            return [file]
        if "*" not in file and "?" not in file:
            return []
        below, _, pattern = file.rpartition("/")
        folder = self.exports.folder / below
        names = [path.name for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
        chosen = sorted(name for name in names if fnmatchcase(name, pattern))
        return [f"{below}/{name}" if below else name for name in chosen]

    def _is_new(self, name: str, places: Sequence[Place]) -> bool:
        path = (self.exports.folder / name).resolve()
        return all(place.path is None or place.path.resolve() != path for place in places)

    def _place(self, origin: Origin, name: str, reader: str) -> Place:
        path = self.exports.folder / name
        # two queries of one file are two exports
        called = f"{name} ({reader})" if origin.kind == "sqlite" else name
        return Place(called, path.as_posix(), path)

    def _no_file(self, origin: Origin, file: str) -> Finding:
        path = self.exports.folder / file
        beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
        hint = (
            did_you_mean(path.name, beside)
            or "export it, correct `file:`, or say where the exports are with --from"
        )
        fact = "no file is called" if "*" in file or "?" in file else "there is no file"
        return Finding(origin.span, "CSP721", f"{fact} {path.as_posix()}", hint)

    def _database(self, origin: Origin) -> Postgres:
        variable = origin.environment or ""
        if variable not in self._databases:
            address = self.exports.environment.get(variable)
            if not address:
                fact = f"the environment variable {variable} is not set: it holds the address of a database"
                raise UserError(fact, f"export {variable}=postgresql://user:password@host/name")
            self._databases[variable] = self._open.enter_context(Postgres(address, variable))
        return self._databases[variable]


def _sqlite(origin: Origin, place: Place) -> SqliteFile:
    assert place.path is not None
    try:
        return SqliteFile(place.path, place.shown)
    except sqlite3.Error as error:
        fact = f"{place.shown} cannot be opened: {one_line(error)}"
        raise Unreadable(Finding(origin.span, "CSP729", fact, "is it an SQLite file?")) from error
