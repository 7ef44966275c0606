"""Anything asked of an account → the SQL of its column in one relation; and of which type a column is stored."""

from __future__ import annotations

from cs_playbook.compile.sql import Asked, Columns, no_aggregate, quoted, sql_of_condition
from cs_playbook.model.columns import column_of, known_column
from cs_playbook.model.condition import Condition
from cs_playbook.model.expression import FieldType, Memory, Name
from cs_playbook.model.lasting import series_of
from cs_playbook.values import replace

_STORED = {FieldType.TEXT: "text", FieldType.LIST: "text", FieldType.NUMBER: "real", FieldType.EMAIL: "text"}
_FITS = {
    "text": "typeof({0}) = 'text'",
    "real": "typeof({0}) in ('integer', 'real')",
    "integer": "typeof({0}) = 'integer'",
}


def account_columns(alias: str, active: Condition | None = None) -> Columns:
    """Where everything asked of an account stands: in the columns of one relation. `active`: who of them is ranked."""

    def asked(item: Asked) -> str:
        return f"{alias}.{quoted(item.key if isinstance(item, Name) else column_of(item))}"

    def known(memory: Memory) -> str:
        return f"{alias}.{quoted(known_column(memory))}"

    def since(condition: Condition) -> str:
        return f"{alias}.{quoted(series_of(condition))}"

    columns = Columns(asked, known, since, no_aggregate)
    if active is None:
        return columns
    return replace(columns, active=f"coalesce({sql_of_condition(active, columns)}, 0)")


def stored(kind: FieldType) -> str:
    """The type of a column of a STRICT table."""
    return _STORED.get(kind, "integer")


def if_it_fits(value: str, kind: FieldType) -> str:
    """A fact whose type has changed since: what was recorded means nothing any more."""
    return f"iif({_FITS[stored(kind)].format(value)}, {value}, null)"
