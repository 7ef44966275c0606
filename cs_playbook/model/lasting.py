"""`for: 3 days`: whether a condition that says yes today has said so long enough."""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import pairwise

from cs_playbook.model.condition import Condition, Group, Leaf, leaves
from cs_playbook.model.expression import Name, Related, ScopeName, walk
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.keys import SERIES
from cs_playbook.model.wording import write

LONGEST_GAP = 7  # days between two snapshots; a longer silence proves nothing


@cache
def series_of(condition: Condition) -> str:
    """Under which its daily answer is remembered: named by its meaning, not by its place or its reason.

    What it asks of rows is something else for the rows of another table, and what it asks of a book for another role.
    """
    said = f"{_tables(condition)}{meaning(condition)}"
    return SERIES + hashlib.blake2b(said.encode(), digest_size=6).hexdigest()


def _tables(condition: Condition) -> str:
    """Nothing for a question about accounts: its memory is older than this."""
    parts = [part for leaf in leaves(condition) for part in walk(leaf.expression)]
    tables = {part.table for part in parts if isinstance(part, Name) and part.scope is ScopeName.ROW}
    tables |= {part.row or part.of for part in parts if isinstance(part, Related)} - {""}
    return "".join(f"{table}: " for table in sorted(tables))


def meaning(condition: Condition) -> str:
    """Canonical text of what is asked, without reasons and patience of the whole."""
    match condition:
        case Leaf(expression=expression):
            return write(expression)
        case Group(kind=kind, items=items):
            return f"{kind}({'; '.join(_inner(item) for item in items)})"


def _inner(condition: Condition) -> str:
    patience = f" for {condition.lasting}" if condition.lasting else ""
    return meaning(condition) + patience


def bound(days: int, reckoning: Reckoning) -> int | None:
    """The day since which it must have said yes; None where the snapshots seen cannot prove any.

    That is the newest run day on or before today - days + 1, with no gap above a week since then. At least two
    observations are needed: an export that has not changed is none.
    """
    if days <= 1:
        return reckoning.today
    start = reckoning.today - days + 1
    before = [day for day in reckoning.observed if day <= start]
    if not before:
        return None
    since = [before[-1], *(day for day in reckoning.observed if start < day < reckoning.today)]
    gaps = (later - earlier for earlier, later in pairwise([*since, reckoning.today]))
    is_proven = len(since) + reckoning.fresh > 1 and all(gap <= LONGEST_GAP for gap in gaps)
    return before[-1] if is_proven else None


def holds_for(days: int, since: int | None, reckoning: Reckoning) -> bool:
    """Given that it says yes today. `since`: first day of the unbroken yes up to the previous run, None if there is none."""
    limit = bound(days, reckoning)
    if limit is None:
        return False
    return limit == reckoning.today or (since is not None and since <= limit)


def held_days(days: int, since: int | None, reckoning: Reckoning) -> int:
    """For the screen: for how many of the asked days it has held, today included."""
    return min(days, reckoning.today - (reckoning.today if since is None else since) + 1)
