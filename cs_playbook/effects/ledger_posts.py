"""What the ledger knows of notes and digests that were posted: of each the last word."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from cs_playbook.effects.ledger_faults import understood
from cs_playbook.effects.ledger_undone import still_counts
from cs_playbook.model.posting import PostState

INDEX = "create index event_posted on event(day, seq) where kind = 'Posted';"
TOLD = f"""
select json_extract(body, '$.note') from event
where kind = 'Notified' and day >= ? and json_extract(body, '$.channel') in (select value from json_each(?))
and {still_counts("event")}
"""
SINCE = "select body from event where kind = 'Posted' and day >= ? order by seq"


def last_words(bodies: Iterable[tuple[Any, ...]]) -> dict[str, PostState]:
    """The rows of SINCE → key → its state."""
    with understood("an event"):
        said = (json.loads(body) for (body,) in bodies)
        return {str(word["key"]): PostState(word["to"]) for word in said}
