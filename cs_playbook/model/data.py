"""The contract of a snapshot (`data:`): tables, keys, fields, how rows belong to an account, whom playbooks see."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from cs_playbook.model.value import FieldType, Value
from cs_playbook.source.finding import Span

if TYPE_CHECKING:  # a contract is looked at by commands that ask no condition
    from cs_playbook.model.condition import Condition

ACCOUNTS = "accounts"
ANSWERS = "answers"  # without `account:`: what people answered to tasks, in the CRM
CHILDREN = "children"  # the accounts directly below one, asked like rows
PARENT_DOT = "parent."  # before a fact of the account above


class Field(Struct, frozen=True):
    """One column of a table."""

    name: str
    type: FieldType
    span: Span
    values: tuple[str, ...] = ()  # the only texts allowed; empty: any
    exported: bool = True  # `sector: null` in `sources:`: nobody has it, and what it is nobody knows


class Through(Struct, frozen=True):
    """A table whose rows belong to an account through the rows of another: `by` is the field that names the parent."""

    table: str
    by: str

    @property
    def prefix(self) -> str:
        """What the parent row's fields are written with: subscriptions → subscription."""
        return self.table[:-1] if self.table.endswith("s") else self.table


class Table(Struct, frozen=True, dict=True):
    """`account` is the field that holds the account's key (None for `accounts` and for `through`).

    `items`: rows that are written in the workspace (`resources:`) and stand beside every account, in order of their
    key; None for what a snapshot holds.
    """

    name: str
    fields: tuple[Field, ...]
    span: Span
    key: str | None = None
    account: str | None = None
    through: Through | None = None
    day: str | None = None
    parent: str | None = None
    expect: tuple[Condition, ...] = ()
    items: tuple[tuple[Value, ...], ...] | None = None
    title: str = ""
    exported: bool = True  # `contacts: null` in `sources:`: nobody has it; which rows there are nobody knows

    @cached_property
    def kinds(self) -> Mapping[str, FieldType]:
        """Of its fields."""
        return {one.name: one.type for one in self.fields}

    @property
    def stands_alone(self) -> bool:
        """Whether its rows belong to no account: only `answers` may, whose rows belong to tasks."""
        return self.name == ANSWERS and self.account is None and self.through is None

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


class Contract(Struct, frozen=True, dict=True):
    """`tables`: what a snapshot holds. `resources`: what the workspace itself says. `absent_after` in days."""

    name: str
    tables: tuple[Table, ...]
    span: Span
    active: Condition | None = None
    absent_after: int = 14
    resources: tuple[Table, ...] = ()
    answers: Table | None = None  # of tasks, from the CRM; no condition can ask it

    @property
    def exported(self) -> tuple[Table, ...]:
        """All that is read from exports."""
        return self.tables if self.answers is None else (*self.tables, self.answers)

    def table(self, name: str) -> Table | None:
        return self._of_name.get(name)

    @cached_property
    def _of_name(self) -> Mapping[str, Table]:
        """Of each name the first. Each account of a day asks a dozen times."""
        return {table.name: table for table in (*self.tables, *self.resources)[::-1]}

    @property
    def knows_parents(self) -> bool:
        """Not where accounts may stand below others, and nobody exports below which."""
        parent = self.accounts.field(self.accounts.parent or "")
        return parent is None or parent.exported

    @property
    def not_exported(self) -> tuple[str, ...]:
        """`contacts`, `accounts.sector`: what `sources:` says nobody has; the fields of such a table are not named."""
        fields = (f"{table.name}.{one.name}" for table in self.exported if table.exported for one in table.fields if not one.exported)  # fmt: skip
        return (*(table.name for table in self.exported if not table.exported), *fields)

    @property
    def of_rows(self) -> tuple[Table, ...]:
        """What one may ask about an account's rows."""
        return (*(table for table in self.tables if table.name != ACCOUNTS), *self.resources)

    @property
    def accounts(self) -> Table:
        """The one table that must exist; `parse` never lets a contract through without it."""
        table = self.table(ACCOUNTS)
        assert table is not None
        return table
