"""What is recorded of the ledger itself: an account goes on under another id; a new ledger begins among known accounts."""

from __future__ import annotations

from datetime import date

from cs_playbook.model.recorded import Happened


class AccountMoved(Happened, frozen=True):
    """The CRM has renamed or merged an account: all that was its own goes on under `to`. Keys stay."""

    account: str
    to: str
    on: date
    by: str
    because: str


class SubjectMoved(Happened, frozen=True):
    """An enrollment belongs to another account from now on, under the key it has."""

    enrollment: str
    account: str
    on: date


class LedgerBegan(Happened, frozen=True):
    """A new ledger in place of a lost one: whoever fits a playbook on that day is known, and starts nothing."""

    on: date
    by: str
    because: str
