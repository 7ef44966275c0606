"""Exports seen, a contract that stands, and today → which column each of its fields is read from, guesses asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from cs_playbook.model.data import ACCOUNTS, Contract, Field, Table
from cs_playbook.model.value import FieldType
from cs_playbook.parse.cell import shown
from cs_playbook.study.column_profile import ColumnProfile
from cs_playbook.study.draft import Draft, DraftField, DraftTable, Question
from cs_playbook.study.draft_names import likeness, tables_of
from cs_playbook.study.draft_types import guess_type
from cs_playbook.study.draft_usual import with_usual
from cs_playbook.study.drafting import (
    asked_of_file,
    asked_of_repeats,
    asked_of_zones,
    deciding_cells,
    orders_of,
)
from cs_playbook.study.export_seen import SeenExport

_ALIKE = 0.72
_SURE = 0.95
_REPEATS = 0.5
_DATES = (FieldType.DATE, FieldType.HAPPENED)
_NUMBERS = (FieldType.NUMBER, FieldType.INTEGER)


def draft_mapping(contract: Contract, folder: str, exports: Sequence[SeenExport], today: date) -> Draft:
    """A draft of `sources:` for the tables of the contract. `exports`: at least one."""
    chosen = _files(contract, exports)
    orders = orders_of(exports)
    tables = [
        _table(table, exports[chosen[table.name]], orders, today)
        for table in contract.tables
        if table.name in chosen
    ]
    absent = tuple((table.name, _absent(table)) for table in contract.tables if table.name not in chosen)
    strangers = tuple(export.called for n, export in enumerate(exports) if n not in chosen.values())
    draft = Draft(
        f"{contract.name}-exports", folder, tuple(tables), strangers=strangers, decided=deciding_cells(exports),
        questions=tuple(asked_of_zones(exports)), knows_contract=True, absent=absent,
    )  # fmt: skip
    return with_usual(draft)


def _absent(table: Table) -> Question:
    if table.name == ACCOUNTS:
        return Question("no file looks like it, and without accounts there is no snapshot", stops=True)
    return Question("no file looks like it. While nobody exports it, what asks for it is unknown, and nothing starts by it")  # fmt: skip


def _files(contract: Contract, exports: Sequence[SeenExport]) -> dict[str, int]:
    """Table → file: the pairs that are most alike first, each file once."""
    names = tables_of([export.table or export.file for export in exports])
    scores = sorted(
        (
            (-_table_likeness(table, export, name), table.name, n)
            for table in contract.tables
            for n, (export, name) in enumerate(zip(exports, names, strict=True))
        )
    )
    chosen: dict[str, int] = {}
    for score, table, n in scores:
        if -score >= 0.5 and table not in chosen and n not in chosen.values():
            chosen[table] = n
    return chosen


def _table_likeness(table: Table, export: SeenExport, name: str) -> float:
    """The share of its fields that have a column alike, and how alike the names are."""
    found = sum(
        max((likeness(field.name, column.name, table.name) for column in export.columns), default=0) >= _ALIKE
        for field in table.fields
    )
    return found / len(table.fields) + likeness(table.name, name, "")


def _table(table: Table, export: SeenExport, orders: dict[str, str], today: date) -> DraftTable:
    columns = _columns(table, export)
    fields = tuple(_field(table, field, columns.get(field.name), orders, today) for field in table.fields)
    key = columns.get(table.key or "")
    newest, asked = asked_of_repeats(export, key)
    rest = tuple(column.name for column in export.columns if column not in columns.values())
    return DraftTable(
        table.name, export.file, export.rows, export.encoding, export.separator, fields, newest_by=newest,
        not_taken=(("no field is like it", rest),) if rest else (),
        questions=(*asked_of_file(export), *asked), said=export.said,
    )  # fmt: skip


def _columns(table: Table, export: SeenExport) -> dict[str, ColumnProfile]:
    """Field → column: the pairs that are most alike first, each column once; then the only one that can be meant."""
    scores = sorted(
        (-likeness(field.name, column.name, table.name), n, m)
        for n, field in enumerate(table.fields)
        for m, column in enumerate(export.columns)
        if _can_be(table, field, column)
    )
    chosen: dict[str, ColumnProfile] = {}
    for score, n, m in scores:
        field, column = table.fields[n], export.columns[m]
        if -score >= _ALIKE and field.name not in chosen and column not in chosen.values():
            chosen[field.name] = column
    rest = [column for column in export.columns if column not in chosen.values()]
    return {**_only_ones(table, rest, chosen), **chosen}


def _can_be(table: Table, field: Field, column: ColumnProfile) -> bool:
    """A date is no text, and a key does not repeat all the time."""
    if field.name == table.key and column.values.sharing > _REPEATS * column.rows:
        return False
    return (
        field.type not in _DATES
        or not column.filled
        or column.of_kind("date", "integer") >= _REPEATS * column.filled
    )


def _only_ones(
    table: Table, rest: Sequence[ColumnProfile], chosen: Mapping[str, ColumnProfile]
) -> dict[str, ColumnProfile]:
    """The day of the rows, where one column alone of those that are left holds dates in every row."""
    dates = [column for column in rest if column.of_kind("date") == column.rows > 0]
    return {table.day: dates[0]} if table.day and table.day not in chosen and len(dates) == 1 else {}


def _field(
    table: Table, field: Field, column: ColumnProfile | None, orders: dict[str, str], today: date
) -> DraftField:
    by = table.through.by if table.through else table.account
    if column is None:
        return _without_column(table, field, stops=field.name in (table.key, by, table.day))
    guess = guess_type(column, today, orders)
    asked = list(_guessed(field, column, table))
    fits = _fits(field, guess.type, column)
    said = guess.said if fits and field.type is not FieldType.TEXT else ()
    if not fits:
        example = next(iter(column.values.counted()), "")
        asked.append(
            Question(
                f"the contract says {field.type}, {column.name} holds {guess.type}, e.g. {shown(example)}",
                stops=True,
            )
        )
    elif field.type in (*_DATES, *_NUMBERS, FieldType.BOOLEAN):
        asked += guess.questions
    asked += _words(field, column)
    return DraftField(field.name, column.name, field.type, said, questions=tuple(asked))


def _without_column(table: Table, field: Field, *, stops: bool) -> DraftField:
    """Of an account what nobody has marked is taken as no, and a date that nobody has as not come: both are asked."""
    fact = "no column is like it"
    if table.name == ACCOUNTS and field.type is FieldType.BOOLEAN:
        asked = Question(f"{fact}: taken as no for all. Write null if nobody knows, and nothing starts by it")
        return DraftField(field.name, None, field.type, questions=(asked,), always="false")
    if table.name == ACCOUNTS and field.type is FieldType.HAPPENED:
        asked = Question(f"{fact}: taken as not happened to any. Write null if nobody knows, and nothing starts by it")  # fmt: skip
        return DraftField(field.name, None, field.type, questions=(asked,), always="")
    return DraftField(field.name, None, field.type, questions=(Question(fact, stops=stops),))


def _guessed(field: Field, column: ColumnProfile, table: Table) -> Sequence[Question]:
    if likeness(field.name, column.name, table.name) >= _SURE:
        return ()
    return (Question(f"is {column.name} the {field.name}? A guess by its name"),)


def _fits(field: Field, found: FieldType, column: ColumnProfile) -> bool:
    if not column.filled or field.type in (FieldType.TEXT, FieldType.LIST) or found is field.type:
        return True
    if field.type in _DATES:
        return found in _DATES
    return field.type is FieldType.NUMBER and found is FieldType.INTEGER


def _words(field: Field, column: ColumnProfile) -> Sequence[Question]:
    """Cells that the contract does not allow."""
    other = [cell for cell in column.values.counted() if field.values and cell not in field.values]
    if not other or field.type is FieldType.LIST:
        return ()
    cells = ", ".join(map(shown, other[:5]))
    allowed = ", ".join(field.values)
    return (
        Question(
            f"it holds {cells}; the contract allows {allowed}: write {{column: …, words: {{…}}}}", stops=True
        ),
    )
