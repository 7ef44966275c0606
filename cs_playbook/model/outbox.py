"""A mail on its way: what it can be, which moves there are, what a transport is given and what it may answer."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from cs_playbook.model.enrollment import OpenTask, TaskState

AUTO = "auto"  # of OpenTask.sends: the outbox sends it; "" a person does
OUTBOX = "outbox"  # who moves a mail when no person does
RUN = "run"  # the same, inside the transaction of a run


class MailState(StrEnum):
    """draft: a person's. pending: waits for `send`. sending: handed over, and not yet recorded what came of it.

    uncertain: whether it was taken, only a person can say. discarded, cancelled, suppressed, expired: nobody got it.
    dead: refused for good.
    """

    DRAFT = "draft"
    PENDING = "pending"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    DISCARDED = "discarded"
    DEAD = "dead"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


S = MailState
# What MailMoved may say. Nobody is told twice: from what somebody may have received only a person's word leads back.
SAID: Mapping[MailState, frozenset[MailState]] = {
    S.DRAFT: frozenset({S.PENDING, S.SUPPRESSED}),
    S.PENDING: frozenset({S.DRAFT, S.SENDING, S.SUPPRESSED, S.CANCELLED, S.EXPIRED}),
    S.SENDING: frozenset({S.SENT, S.PENDING, S.DEAD, S.UNCERTAIN}),
    S.UNCERTAIN: frozenset({S.SENT, S.PENDING, S.DEAD}),
}
# All that ever happens to a mail. A draft is answered, or cancelled with its step; what was cancelled reached nobody,
# and is there again where a changed text brings its step back.
MOVES: Mapping[MailState, frozenset[MailState]] = {
    **dict.fromkeys(MailState, frozenset()),
    **SAID,
    S.DRAFT: SAID[S.DRAFT] | {S.SENT, S.DISCARDED, S.CANCELLED},
    S.CANCELLED: frozenset({S.DRAFT, S.PENDING}),
}
FIRST = frozenset({S.DRAFT, S.PENDING})  # what a mail may begin as
IN_OUTBOX = frozenset({S.PENDING, S.SENDING, S.UNCERTAIN})  # nobody's work, and not yet over
PERHAPS_TAKEN = frozenset({S.SENDING, S.UNCERTAIN})  # what ends an enrollment does not touch these
UNDELIVERED = frozenset({S.DEAD, S.SUPPRESSED, S.EXPIRED})  # these close its line as `undeliverable`


def mail_state(task: OpenTask) -> MailState:
    """Of a task of kind email. One that never was in the outbox is what its line is."""
    if task.mail:
        return MailState(task.mail)
    match task.state, task.outcome:
        case TaskState.OPEN, _:
            return S.DRAFT
        case TaskState.DONE, ("sent" | "discarded") as outcome:
            return MailState(outcome)
        case _:
            return S.CANCELLED


def may_move(before: MailState, after: MailState, by: str) -> bool:
    """Whether MailMoved may say so. To let a draft go, or to settle what is uncertain, takes a person."""
    if before is S.UNCERTAIN or (before, after) == (S.DRAFT, S.PENDING):
        return by not in ("", OUTBOX, RUN) and after in SAID[before]
    return after in SAID.get(before, frozenset())


# --- transports ---


class Sealed(Struct, frozen=True):
    """A finished mail. `key`: its own, for ever. `recipients`: of the envelope, the To first. `content`: all its bytes."""

    key: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes


class Delivered(Struct, frozen=True):
    """Taken. `note`: which copies were refused, in words."""

    answer: str
    note: str = ""


class TryLater(Struct, frozen=True):
    """Surely not taken, and perhaps later (4xx, no connection)."""

    answer: str


class Refused(Struct, frozen=True):
    """Never (5xx)."""

    answer: str


class InDoubt(Struct, frozen=True):
    """Perhaps taken: lost after the last byte, before the answer."""

    why: str


Handed = Delivered | TryLater | Refused | InDoubt


class Transport(Protocol):
    """Hands one mail over at a time; the worst word for the To counts.

    `name`: what is recorded of the way a mail took (`smtp smtp.vendor.example`). A transport that fails as a whole
    (no login) raises UserError: the mail it was given was surely not taken. `get_ready` waits for the turn of the next
    mail and for a line, before anything is recorded of it: what fails there was no attempt.
    """

    @property
    def name(self) -> str: ...

    def get_ready(self) -> None: ...

    def hand_over(self, mail: Sealed) -> Handed: ...


class FileTransport(Protocol):
    """Lays mails down as files under names made of their keys: done again it is the same file, so exactly once.

    `name`: as of a Transport. Mails are made ready (nobody sees them yet), recorded as sending, handed over one by
    one; `settle` makes it sure, then they are recorded as sent. After a cut they are handed over once more: what is
    there already is Delivered, what is neither ready nor there InDoubt.
    """

    @property
    def name(self) -> str: ...

    def make_ready(self, mails: tuple[Sealed, ...]) -> None: ...

    def hand_over(self, mail: Sealed) -> Handed: ...

    def settle(self) -> None: ...
