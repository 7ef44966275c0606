"""What who starts, and who does not, is asked of the ledger: the queries of Ledger.muted, open_in and changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cs_playbook.effects.event_text import read_event
from cs_playbook.model.event import Muted, Unmuted

MUTED = "select body from event where kind in ('Muted', 'Unmuted') order by seq"
OPEN_IN = """
select account, playbook, row, started_on from enrollment e
where e.account in (select value from json_each(?)) and e.playbook in (select value from json_each(?))
  and e.arm = 'treated' and e.ended_on is null order by account, playbook, row
"""
CHANGED = """
select subject, iif(max(day) >= ? and max(day) > min(day), 1, iif(min(day) < ?, 0, null)) from memory
where series = ? and day < ? group by subject order by subject
"""


def muted(bodies: Iterable[str], day: date) -> dict[str, Muted]:
    """The events of MUTED, in order → account and the word by which it is left alone on that day: the last counts."""
    said: dict[str, Muted | Unmuted] = {}
    for body in bodies:
        event = read_event(body)
        assert isinstance(event, Muted | Unmuted)
        if event.on <= day:
            said[event.account] = event
    return {
        account: event for account, event in said.items() if isinstance(event, Muted) and day < event.until
    }
