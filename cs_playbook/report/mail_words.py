"""A move of a mail → a few words of the history."""

from __future__ import annotations

from cs_playbook.model.event import MailMoved
from cs_playbook.model.outbox import OUTBOX, RUN

_WORDS = {
    "draft": "back to its sender as a draft", "pending": "waits in the outbox", "sending": "is handed over",
    "uncertain": "perhaps sent, nobody knows", "sent": "sent", "dead": "refused for good", "suppressed": "not sent, nobody writes to them",
    "cancelled": "taken back", "expired": "expired, it came too late",
}  # fmt: skip


def mail_words(event: MailMoved) -> str:
    """`sent, through smtp vendor.example: 250 queued`, `waits in the outbox, by lea@vendor.example: released`."""
    who = f", by {event.by}" if event.by not in (OUTBOX, RUN) else ""
    through = f", through {event.through}" if event.through else ""
    tries = f", time {event.attempt}" if event.attempt > 1 else ""
    return f"mail {event.task[:8]} {_WORDS.get(event.to, event.to)}{through}{tries}{who}{f': {event.why}' if event.why else ''}"
