"""The contract of a snapshot (`data:`): tables, keys, fields, how rows belong to an account, whom playbooks see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cs_playbook.model.value import FieldType
from cs_playbook.source.finding import Span

if TYPE_CHECKING:  # a contract is looked at by commands that ask no condition
    from cs_playbook.model.condition import Condition

ACCOUNTS = "accounts"
CHILDREN = "children"  # the accounts directly below one, asked like rows
PARENT_DOT = "parent."  # before a fact of the account above


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table."""

    name: str
    type: FieldType
    span: Span
    values: tuple[str, ...] = ()  # the only texts allowed; empty: any


@dataclass(frozen=True, slots=True)
class Through:
    """A table whose rows belong to an account through the rows of another: `by` is the field that names the parent."""

    table: str
    by: str

    @property
    def prefix(self) -> str:
        """What the parent row's fields are written with: subscriptions → subscription."""
        return self.table[:-1] if self.table.endswith("s") else self.table


@dataclass(frozen=True, slots=True)
class Table:
    """`account` is the field that holds the account's key (None for `accounts` and for `through`)."""

    name: str
    fields: tuple[Field, ...]
    span: Span
    key: str | None = None
    account: str | None = None
    through: Through | None = None
    day: str | None = None
    parent: str | None = None
    expect: tuple[Condition, ...] = ()

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True)
class Contract:
    """`absent_after` in days."""

    name: str
    tables: tuple[Table, ...]
    span: Span
    active: Condition | None = None
    absent_after: int = 14

    def table(self, name: str) -> Table | None:
        return next((table for table in self.tables if table.name == name), None)

    @property
    def accounts(self) -> Table:
        """The one table that must exist; `parse` never lets a contract through without it."""
        table = self.table(ACCOUNTS)
        assert table is not None
        return table
