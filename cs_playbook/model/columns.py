"""In which fact column the answer to a question about rows or memory stands: named by its canonical text."""

from __future__ import annotations

import hashlib
from functools import cache

from cs_playbook.model.expression import Memory, Related
from cs_playbook.model.wording import write


@cache
def column_of(expression: Related | Memory) -> str:
    """The fact column in which the answer to a question about rows or memory stands: named by its canonical text.

    What depends on the row that a playbook is about stands beside that row: `row.rows_…`.
    """
    # Two roles have two books: the same question to each of them is another one.
    of = expression.of if isinstance(expression, Related) else ""
    digest = hashlib.blake2b(f"{write(expression)}{of}".encode(), digest_size=6).hexdigest()
    beside = "row." if isinstance(expression, Related) and expression.row else ""
    return f"{beside}{'rows' if isinstance(expression, Related) else 'past'}_{digest}"


def book_column(role: str) -> str:
    """How many accounts are in the book of a person, by that role; empty for accounts. No fact has such a name."""
    return f"book of {role}"


def known_column(memory: Memory) -> str:
    """The column that says whether the past value was ever recorded (a recorded empty differs from no record)."""
    return f"{column_of(memory)}_known"
