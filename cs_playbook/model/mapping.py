"""How exports become the tables of a snapshot (`sources:`): every format declared, nothing guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from cs_playbook.source.finding import Span


@dataclass(frozen=True, slots=True)
class Format:
    """How cells are written. `dates` None: only YYYY-MM-DD is understood. `thousands` "" : none."""

    dates: str | None = None
    decimal: str = "."
    thousands: str = ""
    empty: tuple[str, ...] = ("",)
    yes: tuple[str, ...] | None = None  # None: `true` in any case
    no: tuple[str, ...] | None = None
    lists: str = ";"


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where a field's value comes from: a column, a constant text, or (both None) nowhere: always empty."""

    field: str
    span: Span
    format: Format
    column: str | None = None
    constant: str | None = None


@dataclass(frozen=True, slots=True)
class TableSource:
    """From which file a table is read, and how."""

    table: str
    file: str
    fields: tuple[FieldSource, ...]
    span: Span
    encoding: str = "utf-8"
    separator: str = ","


@dataclass(frozen=True, slots=True)
class Sources:
    """`at_most`: the share of bad rows of a table (0.01 is 1 %) above which nothing is built whatever `bad_rows` says."""

    name: str
    folder: str
    tables: tuple[TableSource, ...]
    span: Span
    bad_rows: OneOf["refuse", "set_aside"] = "refuse"
    at_most: float = 0.01
