"""How exports become the tables of a snapshot (`sources:`): every format declared, nothing guessed."""

from __future__ import annotations

from typing import Literal as OneOf

from msgspec import Struct

from cs_playbook.source.finding import NOWHERE, Span

Kind = OneOf["csv", "json", "json_lines", "sqlite", "postgres"]


class Format(Struct, frozen=True):
    """How cells are written. `dates` None: only YYYY-MM-DD is understood. `thousands` "" : none."""

    dates: str | None = None
    decimal: str = "."
    thousands: str = ""
    empty: tuple[str, ...] = ("",)
    yes: tuple[str, ...] | None = None  # None: `true` in any case
    no: tuple[str, ...] | None = None
    lists: str = ";"
    zone: str | None = None  # the clock of times without a zone of their own; None: the project's


class FieldSource(Struct, frozen=True):
    """Where a field's value comes from: a column, a constant text, or (both None) nowhere: always empty.

    `times` and `divided_by`: a decimal number as text, by which the cell is multiplied or divided. `words`: the
    cell as written, the value it means (as a cell would be; None: empty); `otherwise` stands for all other cells.
    """

    field: str
    span: Span
    format: Format
    column: str | None = None
    constant: str | None = None
    times: str | None = None
    divided_by: str | None = None
    words: tuple[tuple[str, str | None], ...] = ()
    otherwise: tuple[str | None] | None = None


class Filter(Struct, frozen=True):
    """Rows count whose cell in `column` is (or, `negated`, is not) one of `cells`, exactly as written."""

    column: str
    cells: tuple[str, ...]
    span: Span
    negated: bool = False


class Newest(Struct, frozen=True):
    """Of the rows with the same key the one counts whose `column` is the latest moment."""

    column: str
    format: Format
    span: Span


class Origin(Struct, frozen=True):
    """Where rows are, how they are written there, and which of them count.

    `files`: below the folder of the exports; one with `*` or `?` is a pattern. Empty for PostgreSQL, whose address
    is in the environment variable `environment`. `rows`: the keys that lead to the list of records of a JSON file.
    """

    kind: Kind
    span: Span
    files: tuple[str, ...] = ()
    environment: str | None = None
    query: str | None = None
    query_span: Span = NOWHERE
    encoding: str = "utf-8"
    separator: str = ","
    rows: tuple[str, ...] = ()
    where: tuple[Filter, ...] = ()
    newest_by: Newest | None = None


class Lookup(Struct, frozen=True):
    """Columns of another origin, read as `<name>.<column>`: of its row whose `key` is the row's column `by`."""

    name: str
    key: str
    by: str
    origin: Origin
    span: Span
    unmatched: OneOf["refuse", "empty"] = "refuse"
    empty: tuple[str, ...] = ("",)  # what `by` says where it names nobody


class TableSource(Struct, frozen=True):
    """Where the rows of a table come from, and what its fields are read from."""

    table: str
    origin: Origin
    fields: tuple[FieldSource, ...]
    span: Span
    lookups: tuple[Lookup, ...] = ()


class Sources(Struct, frozen=True):
    """`absent`: tables, and `table.field`s, that nobody exports, and where that is said. `at_most`: the share of bad rows of a table (0.01 is 1 %) above which nothing is built whatever `bad_rows` says."""

    name: str
    folder: str
    tables: tuple[TableSource, ...]
    span: Span
    bad_rows: OneOf["refuse", "set_aside"] = "refuse"
    at_most: float = 0.01
    absent: tuple[tuple[str, Span], ...] = ()
