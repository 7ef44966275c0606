"""A table of a snapshot → the SQL that reads what is measured of it: some rows spread over all, keys, rows by key."""

from __future__ import annotations

from collections.abc import Iterable

from cs_playbook.compile.facts import ACTIVE
from cs_playbook.compile.placing import quoted
from cs_playbook.model.data import ACCOUNTS, Field, Table


def some_rows(table: Table, step: int) -> str:
    """The cells of every `step`-th row: the same ones, in whatever order the export came."""
    fields = ", ".join(quoted(field.name) for field in table.fields)
    return f"SELECT {fields} FROM main.{quoted(table.name)} WHERE {_number(table)} % {step} = 0"


def newest(table: Table, day: int) -> str:
    """The newest day that is not after `day`."""
    named = quoted(table.day or "")
    return f"SELECT max({named}) FROM main.{quoted(table.name)} WHERE {named} <= {day}"


def keys(table: Table) -> str:
    return f"SELECT {quoted(table.key or '')} FROM main.{quoted(table.name)}"


def rows_of_keys(table: Table, fields: tuple[Field, ...]) -> str:
    """Parameter: keys as JSON. The key, and these cells."""
    names = ", ".join(quoted(name) for name in (table.key or "", *(field.name for field in fields)))
    chosen = f"{quoted(table.key or '')} IN (SELECT value FROM json_each(?))"
    return f"SELECT {names} FROM main.{quoted(table.name)} WHERE {chosen}"


def segment_counts(segments: Iterable[tuple[str, str | None]]) -> str:
    """One row: the active accounts, then how many of them stand in each segment: (fact, its text; None: yes or no)."""
    counts = (f"sum({quoted(fact)}{'' if text is None else ' = ' + _text(text)})" for fact, text in segments)
    return f"SELECT {', '.join(['count(*)', *counts])} FROM temp.facts WHERE {quoted(ACTIVE)}"


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _number(table: Table) -> str:
    return "_n" if table.name == ACCOUNTS else "_row"
