"""In which fact column the answer to a question about rows or memory stands: named by its canonical text."""

from __future__ import annotations

import hashlib
from functools import cache

from cs_playbook.model.expression import Memory, Related
from cs_playbook.model.wording import write


@cache
def column_of(expression: Related | Memory) -> str:
    """The fact column in which the answer to a question about rows or memory stands: named by its canonical text."""
    digest = hashlib.blake2b(write(expression).encode(), digest_size=6).hexdigest()
    return f"{'rows' if isinstance(expression, Related) else 'past'}_{digest}"


def known_column(memory: Memory) -> str:
    """The column that says whether the past value was ever recorded (a recorded empty differs from no record)."""
    return f"{column_of(memory)}_known"
