"""What SQLite gives up at because of the values there are → a sentence that says so."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from cs_playbook.errors import Undecidable

# What SQLite itself gives up at, and the values that conditions meet can bring about.
_OF_THE_VALUES = {"integer overflow": "a sum of whole numbers is too large", "string or blob too big": "a text is too long"}  # fmt: skip


@contextmanager
def values_may_be_too_large() -> Iterator[None]:
    """Around whatever asks conditions of a snapshot. Raises Undecidable."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        why = _OF_THE_VALUES.get(str(error))
        if why is None:
            raise
        raise Undecidable(why, "look at the numbers of the snapshot: cs-playbook snapshot check") from error
