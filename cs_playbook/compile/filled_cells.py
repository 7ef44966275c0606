"""Columns of a table → the SQL of how many cells are filled, the smallest and largest, and which values are frequent."""

from __future__ import annotations

from cs_playbook.compile.sql import quoted
from cs_playbook.model.value import FieldType

AT_ONCE = 200  # columns asked in one query
_MEASURED = (FieldType.NUMBER, FieldType.INTEGER, FieldType.DATE, FieldType.HAPPENED)


def counted(table: str, columns: dict[str, FieldType]) -> str:
    """One row: how many rows there are, then for each column (filled, smallest, largest). `table`: as SQL writes it."""
    asked = ", ".join(part for name, kind in columns.items() for part in _counted(quoted(name), kind))
    return f"select count(*), {asked} from {table}"


def rows_of(table: str) -> str:
    """How many rows a table of the snapshot has."""
    return f"select count(*) from main.{quoted(table)}"


def _counted(column: str, kind: FieldType) -> tuple[str, str, str]:
    if kind is FieldType.LIST:
        return f"sum({column} is not null and {column} <> '[]')", "null", "null"
    if kind in _MEASURED:
        return f"count({column})", f"min({column})", f"max({column})"
    return f"count({column})", "null", "null"


def frequent(table: str, column: str, kind: FieldType) -> str:
    """(value, rows) of the most frequent (parameter: how many); a list is counted entry by entry."""
    value, rows = f"t.{quoted(column)}", f"{table} t"
    if kind is FieldType.LIST:
        value, rows = "entry.value", f"{table} t, json_each(t.{quoted(column)}) entry"
    return f"select {value}, count(*) from {rows} where {value} is not null group by 1 order by 2 desc, 1 limit ?"


def different(table: str, column: str) -> str:
    """How many different values, up to a number (parameter)."""
    value = quoted(column)
    return f"select count(*) from (select distinct {value} from {table} where {value} is not null limit ?)"
