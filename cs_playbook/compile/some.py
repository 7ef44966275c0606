"""A statement about all accounts → the same about those from one number to another, so that several connections share them."""

from __future__ import annotations

from collections.abc import Mapping

from cs_playbook.compile.sql import quoted
from cs_playbook.model.data import Table
from cs_playbook.model.value import FieldType

FIRST, LAST = "first", "last"
LOWEST, HIGHEST = -(1 << 63), (1 << 63) - 1  # people among the facts have numbers below 0
EVERYBODY: Mapping[str, int] = {FIRST: LOWEST, LAST: HIGHEST}
# The lowest number, the highest, and how many there are.
EXTENT = "select coalesce(min(_n), 0), coalesce(max(_n), 0), count(*) from main.accounts"


def within(number: str) -> str:
    """Takes FIRST and LAST as parameters."""
    return f"{number} between :{FIRST} and :{LAST}"


def some_of(relation: str) -> str:
    """`relation`: a select with `_n`, and no `where`."""
    return f"{relation} where {within('_n')}"


def taken_over(schema: str) -> str:
    """The facts of a part, into `temp.facts`: SQLite takes rows as they are where two tables are made alike."""
    return f"insert into temp.facts select * from {schema}.facts"


def subjects_of_some(subject: str, accounts: Table) -> str:
    """Takes FIRST and LAST. These accounts, and few others: they are numbered in order of key."""
    key = accounts.key or "id"
    if accounts.kinds.get(key) is FieldType.INTEGER:  # subjects are text: as such 10 stands before 9
        subject = f"cast({subject} as integer)"
    ends = f"(select {{}}({quoted(key)}) from main.accounts where {within('_n')})"
    return f"{subject} between {ends.format('min')} and {ends.format('max')}"


def past_of_some(table: str, accounts: Table) -> str:
    """Takes FIRST and LAST. What is remembered of these accounts."""
    return f"select subject, value, since from temp.{quoted(table)} where {subjects_of_some('subject', accounts)}"
