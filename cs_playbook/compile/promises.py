"""A segmentation whose segments promise minutes → the query that counts their accounts by owner."""

from __future__ import annotations

from cs_playbook.compile.facts import ACTIVE
from cs_playbook.compile.sql import constant, quoted
from cs_playbook.model.segment import Choosing, Segment, Segmentation


def accounts_by_owner(segmentation: Segmentation, segment: Segment, owner: str | None) -> str:
    """(owner or null, active accounts of the segment), in order. `owner`: the fact in which the address stands."""
    fact, wanted = segmentation.name, constant(segment.name)
    if segmentation.choosing is Choosing.ANY:
        fact, wanted = f"{segmentation.name}.{segment.name}", "1"
    whose = "null" if owner is None else quoted(owner)
    where = f"{quoted(ACTIVE)} and {quoted(fact)} = {wanted}"
    return f"select {whose}, count(*) from temp.facts_keyed where {where} group by 1 order by 1"
