"""A mail that moves, or whose line is answered or closed → the line as it is then."""

from __future__ import annotations

from cs_playbook.model.enrollment import OpenTask
from cs_playbook.model.event import DraftRewritten, MailMoved
from cs_playbook.model.outbox import PERHAPS_TAKEN, UNDELIVERED, MailState
from cs_playbook.values import replace

# How its line ends with it; what is not here leaves it open. `cancelled`: taken back, nobody got it.
_ENDINGS = {
    MailState.SENT: "sent",
    MailState.CANCELLED: "discarded",
    **dict.fromkeys(UNDELIVERED, "undeliverable"),
}


def moved(task: OpenTask, event: MailMoved) -> OpenTask:
    """Back with a person it is a draft like any other."""
    if event.to == MailState.DRAFT:
        return replace(task, mail="", sends="", expires=None, by=event.by)
    tries, last_day = max(task.attempts, event.attempt), event.expires or task.expires
    return replace(task, mail=event.to, by=event.by, attempts=tries, expires=last_day)


def ending(event: MailMoved) -> str | None:
    """The outcome with which this move closes its line."""
    return outcome(event.to)


def outcome(mail: str) -> str | None:
    """Of a line whose mail is that; None: it is not over, or never was in the outbox."""
    return _ENDINGS.get(MailState(mail)) if mail else None


def rewritten(task: OpenTask, event: DraftRewritten) -> OpenTask:
    """Whatever blank was empty, a person has written all of it."""
    return replace(task, rewritten_by=event.by, missing=())


def answered(mail: str, outcome: str) -> str:
    """A person's word about its line is their word about the mail: what still waits is not sent any more."""
    if mail in PERHAPS_TAKEN:
        return MailState.SENT.value if outcome == "sent" else MailState.DEAD.value
    return MailState.CANCELLED.value if mail == MailState.PENDING else mail


def closed(mail: str) -> str:
    """Its line is closed by something else: what somebody may have received stays what it is."""
    return MailState.CANCELLED.value if mail == MailState.PENDING else mail


def again(before: OpenTask | None, task: OpenTask) -> OpenTask:
    """A line that opens under the key of one that was taken back: how often its mail was handed over is not forgotten."""
    if before is None or before.attempts <= task.attempts:
        return task
    return replace(task, attempts=before.attempts)


def reopened(mail: str) -> str:
    """Its line is open again."""
    return MailState.PENDING.value if mail == MailState.CANCELLED else mail
