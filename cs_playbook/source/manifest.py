"""What a snapshot says of itself, as a value and as JSON text: day, sources, rows, empties, shape."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, tzinfo
from typing import Any

from msgspec import Struct

FORMAT_VERSION = 1


class SourceFile(Struct, frozen=True):
    """An export that was read."""

    file: str
    sha256: str
    rows: int


class TableCount(Struct, frozen=True):
    """How many rows a table has, how many cells of each field are empty, how many rows were set aside.

    `measures`: what else a run holds against the next one (model/measure); none in what older programs built.
    """

    rows: int
    empties: tuple[tuple[str, int], ...]  # field, how many empty
    set_aside: int = 0
    measures: tuple[tuple[str, int], ...] = ()


class Manifest(Struct, frozen=True):
    """`built_at`: UTC, ISO text. `sha256`: of the .db. `shape`: of the contract, hashed.

    `not_exported`: tables, and `table.field`s of others, that nobody had: they are not among `tables`, and none of
    their cells says anything.
    """

    day: date
    built_at: str
    sha256: str
    sources: tuple[SourceFile, ...]
    tables: tuple[tuple[str, TableCount], ...]
    shape: str
    version: str
    not_exported: tuple[str, ...] = ()

    def built(self, zone: tzinfo) -> str:
        """HH:MM by the clock there, if that was on its own day; else ""."""
        try:
            moment = datetime.fromisoformat(self.built_at).astimezone(zone)
        except ValueError:
            return ""
        return f"{moment:%H:%M}" if moment.date() == self.day else ""

    @property
    def counts(self) -> dict[str, TableCount]:
        return dict(self.tables)


def sources_hash(manifest: Manifest) -> str:
    """The same exports give the same hash, whenever they were built."""
    parts = "\n".join(f"{source.file} {source.sha256}" for source in sorted(manifest.sources, key=_file))
    return hashlib.sha256((parts or manifest.sha256).encode()).hexdigest()


def _file(source: SourceFile) -> str:
    return source.file


class NoManifest(Exception):
    """The text is not a manifest of this format: why not."""


def write_manifest(manifest: Manifest) -> str:
    """JSON, with the tables in the order of the contract and the sources in order of their names."""
    tables = {
        name: {"rows": count.rows, "empties": dict(count.empties), "set_aside": count.set_aside}
        | ({"measures": dict(count.measures)} if count.measures else {})
        for name, count in manifest.tables
    }
    sources = [
        {"file": source.file, "sha256": source.sha256, "rows": source.rows} for source in manifest.sources
    ]
    content = {
        "format_version": FORMAT_VERSION,
        "day": manifest.day.isoformat(),
        "built_at": manifest.built_at,
        "sha256": manifest.sha256,
        "sources": sources,
        "tables": tables,
        "shape": manifest.shape,
        "version": manifest.version,
        **({"not_exported": list(manifest.not_exported)} if manifest.not_exported else {}),
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def parse_manifest(text: str) -> Manifest:
    """The manifest of a JSON text. Raises NoManifest where a key is missing or of another kind."""
    try:
        content = json.loads(text)
        if content["format_version"] != FORMAT_VERSION:
            raise NoManifest(
                f"its format_version is {content['format_version']}, this program reads {FORMAT_VERSION}"
            )
        manifest = _manifest(content)
        write_manifest(manifest).encode()  # half a letter (\\ud800) would break whoever hashes or shows it
    except KeyError as error:
        raise NoManifest(f"{error} is missing") from error
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise NoManifest(str(error)) from error
    return manifest


def _manifest(content: dict[str, Any]) -> Manifest:
    return Manifest(
        day=date.fromisoformat(content["day"]),
        built_at=str(content["built_at"]),
        sha256=str(content["sha256"]),
        sources=tuple(
            SourceFile(str(s["file"]), str(s["sha256"]), int(s["rows"])) for s in content["sources"]
        ),
        tables=tuple((str(name), _table(table)) for name, table in content["tables"].items()),
        shape=str(content["shape"]),
        version=str(content["version"]),
        not_exported=tuple(str(name) for name in content.get("not_exported", ())),
    )


def _table(content: dict[str, Any]) -> TableCount:
    empties = tuple((str(field), int(count)) for field, count in content["empties"].items())
    measures = tuple((str(name), int(number)) for name, number in content.get("measures", {}).items())
    return TableCount(int(content["rows"]), empties, int(content["set_aside"]), measures)
