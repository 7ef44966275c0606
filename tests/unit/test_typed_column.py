"""What is read column by column is what is read cell by cell: values, and what is wrong with them."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.effects import part_reader, row_reader
from cs_playbook.effects.origins import Exports
from cs_playbook.effects.snapshot_build import Stamp, build
from cs_playbook.model.data import Contract, Field
from cs_playbook.model.expression import FieldType
from cs_playbook.model.mapping import FieldSource, Format, Sources
from cs_playbook.parse.cell import BadCell, Stored
from cs_playbook.parse.data import read_contract
from cs_playbook.parse.mapping import read_sources
from cs_playbook.parse.typed_cell import field_reader
from cs_playbook.parse.typed_column import ReadColumn, column_reader
from cs_playbook.source import cells as cells_of_exports
from cs_playbook.source.cells import Cell, Items, Nested, Part, Plain, Unreadable, gathered, one_by_one
from cs_playbook.source.finding import NOWHERE, Finding
from cs_playbook.source.tree import Mapping as Block
from cs_playbook.source.tree import read_tree

PARIS = ZoneInfo("Europe/Paris")
HOSTILE = (
    "", "-", "N/A", "0", "-0", "-0.0", "+5", ".5", "5.", "1e3", "1e400", "inf", "nan", "1_000", " 1", "1 ", "1,5", "1.234,5", "1 234",
    "1\u202f234,50", "12,34.5", "٣", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "0" * 21, "9" * 5000,
    "true", "TRUE", "yes", "1", "No", "2026-03-02", "2026-02-30", "02-03-2026", "2026-03-02T23:30:00Z", "2026-03-02T24:00:00Z",
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-03-02T10:00:60Z", "2026-03-02 10:00", "1772445600", "active", "Active", "gone",
    "lea@vendor.example", "lea@vendor", "a;b", "a;;b", ";", "\u00a0", "a\tb", "a\x1fb", "Zoë", "=1+1",
)  # fmt: skip
WORD = st.one_of(st.sampled_from(HOSTILE), st.integers().map(str), st.floats().map(repr))
CELL = st.one_of(
    WORD,
    WORD.map(Plain),
    st.lists(st.sampled_from(("a", "active", "")), max_size=3).map(lambda items: Items(tuple(items))),
    st.just(Nested("a record", "id")),
)
COLUMN = st.one_of(
    st.lists(WORD, max_size=8), st.lists(WORD.map(Plain), max_size=8), st.lists(CELL, max_size=8)
)
WAYS = (
    Format(),
    Format(decimal=",", thousands=".", dates="DD-MM-YYYY", yes=("yes", "1"), no=("No",), empty=("", "N/A")),
    Format(decimal=",", thousands=" ", dates="timestamp"),
    Format(dates="epoch seconds", lists=","),
)
Kind = tuple[Field, dict[str, object]]
KINDS: tuple[Kind, ...] = (
    *((Field(kind.value, kind, NOWHERE), {}) for kind in FieldType),
    (Field("status", FieldType.TEXT, NOWHERE, ("active", "ended")), {}),
    (Field("worded", FieldType.TEXT, NOWHERE), {"words": (("active", "a"), ("gone", None))}),
    (Field("other", FieldType.NUMBER, NOWHERE), {"words": (("active", "1"),), "otherwise": (None,)}),
    (Field("cents", FieldType.NUMBER, NOWHERE), {"divided_by": "100"}),
)  # fmt: skip


def differing(kind: Kind, way: Format, columns: Iterable[list[Cell]]) -> list[list[Cell]]:
    """The columns that are not read as their cells are, one by one."""
    field, said = kind
    source = FieldSource(field.name, NOWHERE, way, "column", **said)  # type: ignore[arg-type]
    one = field_reader(field, source, PARIS)
    many = column_reader(field, source, field_reader(field, source, PARIS))

    def each(cells: Sequence[Cell]) -> Sequence[Stored]:
        return list(map(one, cells))

    return [cells for cells in columns if told_of(each, cells) != told_of(many, cells)]


def told_of(read: ReadColumn, cells: Sequence[Cell]) -> list[str] | None:
    """None where a cell is bad: which one, and why, only reading them one by one tells."""
    try:
        return list(map(repr, read(cells)))  # 1, 1.0, -0.0 and a text are not the same
    except BadCell:
        return None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[0].name)
def test_each_hostile_cell_is_read_in_a_column_as_alone(kind: Kind) -> None:
    cells: tuple[Cell, ...] = (
        *HOSTILE,
        *map(Plain, HOSTILE),
        Items(("a", "")),
        Items(("active",)),
        Nested("a record"),
    )

    for way in WAYS:
        assert differing(kind, way, ([cell] for cell in cells)) == []
        assert differing(kind, way, (["", cell, cell] for cell in cells)) == []


@settings(max_examples=60)
@given(st.sampled_from(KINDS), st.sampled_from(WAYS), COLUMN)
def test_a_column_is_read_like_its_cells(kind: Kind, way: Format, cells: list[Cell]) -> None:
    assert differing(kind, way, [cells]) == []


# --- a whole build ---

DATA = """
data: acme
tables:
  accounts:
    key: id
    fields: {id: text, name: text, arr: number, seats: integer, live: boolean, status: {type: text, values: [active, ended]}, since: date, csm: email, tags: list}
"""
SOURCES = """
sources: acme
dates: timestamp
bad_rows: set_aside
at_most: 100%
tables:
  accounts:
    file: a.FORMAT
    where: {status: {not: gone}}
    newest_by: {column: since, dates: timestamp}
    lookups: {o: {file: owners.csv, key: id, by: owner, unmatched: empty}}
    fields: {id: id, name: name, arr: arr, seats: seats, live: live, status: status, since: since, csm: o.email, tags: tags}
"""
COLUMNS = ("id", "name", "arr", "seats", "live", "status", "since", "owner", "tags")
GOOD = ("a", "Acme", "5", "5", "true", "active", "2026-03-02T10:00:00Z", "1", "x;y")


def read(text: str) -> Block:
    root = read_tree(text, "acme.yaml").root
    assert isinstance(root, Block)
    return root


@cache
def mapped(kind: str) -> tuple[Contract, Sources]:
    contract, _ = read_contract(read(DATA))
    assert contract is not None
    sources, found = read_sources(read(SOURCES.replace("FORMAT", kind)), contract)
    assert sources is not None, found
    return contract, sources


def built(folder: Path, kind: str) -> tuple[tuple[Finding, ...], str]:
    """What was found, and the hash of the snapshot."""
    stamp = Stamp(date(2026, 3, 2), "", "")
    made = build(*mapped(kind), Exports(folder, PARIS), folder / "s", stamp, replace=True)
    return made.findings, hashlib.sha256(made.path.read_bytes()).hexdigest() if made.path else ""


def write(folder: Path, kind: str, rows: list[list[object]]) -> None:
    (folder / "owners.csv").write_text("id,email\n1,lea@vendor.example\n-0,marc@vendor.example\n")
    with (folder / f"a.{kind}").open("w", newline="") as file:
        if kind == "csv":
            csv.writer(file).writerows([COLUMNS, *rows])
        else:
            file.write("\n".join(json.dumps(dict(zip(COLUMNS, row, strict=False))) for row in rows))


TYPED: tuple[object, ...] = (
    *HOSTILE,
    None,
    True,
    False,
    0,
    5,
    1.5,
    1e400,
    -0.0,
    ["x"],
    [],
    {"id": 1},
    {},
    "half \ud83d",
    "\0",
)


@pytest.mark.parametrize(("kind", "cells"), [("csv", HOSTILE), ("jsonl", TYPED)])
def test_a_build_says_the_same_whichever_way_it_reads(tmp_path: Path, kind: str, cells: tuple[object, ...]) -> None:  # fmt: skip
    hostile = [(at, cell) for at in range(len(GOOD)) for cell in cells]
    rows: list[list[object]] = [[f"a{n}", *GOOD[1:]] for n in range(len(hostile) + 2)]
    for row, (at, cell) in zip(rows, hostile, strict=False):
        row[at] = cell
    rows[-1].pop()
    write(tmp_path, kind, rows)

    with patch.object(part_reader, "_columns", lambda _recipe, _rows: None):
        by_row = built(tmp_path, kind)
    with patch.object(cells_of_exports, "_ROWS", 1):
        each_row_by_column = built(tmp_path, kind)
    by_column = built(tmp_path, kind)

    assert by_row[1] != ""
    assert by_row == each_row_by_column
    assert by_row == by_column


def test_one_bad_row_among_many_is_all_that_is_read_alone(tmp_path: Path) -> None:
    rows: list[list[object]] = [[f"a{n}", *GOOD[1:]] for n in range(300)]
    rows[221][2] = "many"
    write(tmp_path, "csv", rows)
    alone = []

    def read_row(*asked: object) -> object:
        alone.append(asked)
        return real(*asked)  # type: ignore[arg-type]

    real = row_reader.read_row
    with patch.object(part_reader, "read_row", read_row):
        found, _ = built(tmp_path, "csv")

    assert [(one.span.line, one.span.column) for one in found if one.code == "CSP731"] == [(223, 11)]
    assert len(alone) <= 8


# --- parts ---


def test_what_came_before_a_fault_is_given_first() -> None:
    def weighed() -> Iterator[tuple[int, str]]:
        yield 1, "a"
        yield 1, "b"
        raise Unreadable(Finding(NOWHERE, "CSP724", "cut off"))

    parts = gathered(weighed())

    assert next(parts) == ["a", "b"]
    with pytest.raises(Unreadable):
        next(parts)


def test_a_part_is_as_small_as_its_rows_are_large() -> None:
    assert [len(part) for part in gathered(iter([(200_000, "x")] * 5))] == [2, 2, 1]
    assert [len(part) for part in gathered(iter([(1, "x")] * 200))] == [128, 72]


def test_rows_keep_their_numbers() -> None:
    assert list(one_by_one([Part((2, 4), (["a"], ["b"])), Part((5,), (["c"],))])) == [
        (2, ["a"]),
        (4, ["b"]),
        (5, ["c"]),
    ]
