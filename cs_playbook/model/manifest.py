"""What a snapshot says of itself: its logical day, what it was made of, how many rows and empties it has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SourceFile:
    file: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class TableCount:
    rows: int
    empties: tuple[tuple[str, int], ...]  # field, how many empty
    set_aside: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """`built_at`: UTC, ISO text. `shape`: a hash of the contract's tables, fields, types."""

    day: date
    built_at: str
    sha256: str
    sources: tuple[SourceFile, ...]
    tables: tuple[tuple[str, TableCount], ...]
    shape: str
    version: str

    @property
    def counts(self) -> dict[str, TableCount]:
        return dict(self.tables)
