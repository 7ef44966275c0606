"""What becomes of a mail, and of the words of a draft: two of the events of model/event."""

from __future__ import annotations

from datetime import date

from cs_playbook.model.recorded import Happened


class MailMoved(Happened, frozen=True):
    """What became of a mail: `to` is a state of model/outbox, `by` a person, outbox, or run.

    `why`: the reason, or what a server answered. `at`: UTC, ISO text, for people; nothing is decided by it.
    `attempt`: how often it was handed over. `through`: by what it was, or is being, handed over. `expires`: of a draft
    that a person releases: the last day on which it may leave.
    """

    enrollment: str
    task: str
    on: date
    to: str
    by: str
    why: str = ""
    at: str = ""
    attempt: int = 0
    through: str = ""
    expires: date | None = None


class DraftRewritten(Happened, frozen=True):
    """A person changed the words of a draft. The words stand in the outbox, here only the hash of the mail made of them."""

    enrollment: str
    task: str
    on: date
    by: str
    sha256: str
