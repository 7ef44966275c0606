"""What the caller fills before the facts of a day are made: tables of the past, and of what a story says outright."""

from __future__ import annotations

from typing import cast

from msgspec import Struct

from cs_playbook.compile.account_columns import if_it_fits
from cs_playbook.compile.sql import constant, quoted
from cs_playbook.model.condition import Condition
from cs_playbook.model.data import Contract
from cs_playbook.model.expression import FieldType, Memory, Value

# In `temp.given`: the fact is said to be empty, which is more than saying nothing of it.
SAID_EMPTY = cast(Value, b"")
LEDGER = "ledger"  # the schema by which it is read beside a snapshot


class Past(Struct, frozen=True):
    """A table the caller fills before anything else: subject text, value, since (the day from which it is so)."""

    table: str
    asks: Memory | Condition


class Recorded(Struct, frozen=True):
    """What stood in a series of the ledger at the end of the day before `before`; `value` in SQL, of the rows `m`."""

    series: str
    before: int
    value: str = "m.value"

    @property
    def count(self) -> str:
        """How many rows there are."""
        return f"select count(*) from {self.rows}"

    @property
    def rows(self) -> str:
        """In the ledger beside the snapshot."""
        return f"{LEDGER}.memory m where m.series = {constant(self.series)} and m.day < {self.before}"


def past_table(table: str) -> str:
    return f"create temp table if not exists {quoted(table)} (subject text primary key, value any, since integer) strict, without rowid"


def add_past(table: str) -> str:
    # An account may be in several of the playbooks that a tag names.
    return f"insert or ignore into temp.{quoted(table)} values (?, ?, ?)"


def from_ledger(table: str, recorded: Recorded, subjects: str) -> str:
    """The same from the ledger beside the snapshot. `subjects`: a condition on m.subject."""
    rows = f"{recorded.rows} and {subjects} group by m.subject order by m.subject"
    return f"insert into temp.{quoted(table)} select m.subject, {recorded.value}, max(m.day) from {rows}"


def from_short_ledger(table: str, recorded: Recorded, subjects: str) -> str:
    """The same where few have more than one row, and what is newer takes its place. Groups ask for memory, and several
    connections wait for each other at that: five times as long."""
    rows = f"{recorded.rows} and {subjects} order by m.subject, m.day"
    return (
        f"insert or replace into temp.{quoted(table)} select m.subject, {recorded.value}, m.day from {rows}"
    )


def said(alias: str, kind: FieldType) -> str:
    """Of a trait, whose past stands beside the account: a yes/no never set is no, another one is empty."""
    return f"coalesce({alias}.value, 0)" if kind is FieldType.BOOLEAN else f"{alias}.value"


def remembered(memory: Memory, alias: str, kind: FieldType) -> str:
    """Of any other memory. A playbook that never ran is neither running nor finished."""
    if memory.function in ("running", "finished"):
        return f"({alias}.subject is not null)"
    return if_it_fits(f"{alias}.value", kind)


def given_table(names: list[str]) -> str:
    """`temp.given`: what a story says outright, under prefixed names so that no name is meant twice."""
    columns = ", ".join(quoted(f"given_{name}") for name in names)
    return f"create temp table if not exists given (_n integer primary key, {columns})"


def add_given(names: list[str], contract: Contract) -> str:
    """Takes the values in the order of `names`, then the account's key."""
    marks = ", ".join("?" for _ in names)
    key = quoted(contract.accounts.key or "id")
    return f"insert into temp.given select _n, {marks} from main.accounts where {key} = ?"
