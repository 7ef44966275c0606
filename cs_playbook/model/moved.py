"""What is recorded of the ledger itself: an account goes on under another id; a new ledger begins among known accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AccountMoved:
    """The CRM has renamed or merged an account: all that was its own goes on under `to`. Keys stay."""

    account: str
    to: str
    on: date
    by: str
    because: str


@dataclass(frozen=True, slots=True)
class SubjectMoved:
    """An enrollment belongs to another account from now on, under the key it has."""

    enrollment: str
    account: str
    on: date


@dataclass(frozen=True, slots=True)
class LedgerBegan:
    """A new ledger in place of a lost one: whoever fits a playbook on that day is known, and starts nothing."""

    on: date
    by: str
    because: str
