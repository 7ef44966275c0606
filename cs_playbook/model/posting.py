"""What is told to us, not to customers: notes to channels and digests by mail; what became of each is an event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from cs_playbook.model.recorded import Happened

LASTS = timedelta(days=3)  # news that is older is told no more: whoever needs it has the list of the day


class PostState(StrEnum):
    """posting: handed over, and not yet recorded what came of it. waiting: surely not taken, the next send tries again."""

    POSTING = "posting"
    POSTED = "posted"
    WAITING = "waiting"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"


class Posted(Happened, frozen=True):
    """What became of one note, or one digest: `key` is its own, `channel` where it went (of a digest: the address).

    `why`: what was answered. `at`: UTC, ISO text, for people. `account`: whom a note is about.
    """

    key: str
    on: date
    to: str
    channel: str
    why: str = ""
    at: str = ""
    account: str = ""


def may_post(key: str, states: Mapping[str, PostState]) -> bool:
    """At most once: what is in doubt may have been read."""
    return states.get(key, PostState.WAITING) is PostState.WAITING
