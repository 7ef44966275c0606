"""Who should own which account (`assign:` of a segmentation): rules in order, each with the people it leads to."""

from __future__ import annotations

from datetime import date
from typing import Literal as OneOf

from msgspec import Struct

from cs_playbook.model.condition import Condition
from cs_playbook.source.finding import Span

Known = OneOf["speaks", "sectors"]  # what is known of a person
MINUTES, ACCOUNTS = "minutes", "accounts"  # what a balance may weigh, besides a fact that is a number
AWAY = 14  # days


class Matching(Struct, frozen=True):
    """The fact of the account must be one of what is known of the person."""

    known: Known
    fact: str


class Named(Struct, frozen=True):
    """Whom a rule leads to: these people, in the order of the file; or the one whose address stands in `fact`.

    `called`: the team or role, as it is written.
    """

    called: str
    people: tuple[str, ...] = ()
    fact: str | None = None


class AssignRule(Struct, frozen=True):
    """`when` None: everybody whom no earlier rule took. `balance`: MINUTES, ACCOUNTS, or a fact that is a number.

    `same_for`: the fact of which all accounts with the same value have one owner.
    """

    name: str
    when: Condition | None
    to: Named
    span: Span
    matching: tuple[Matching, ...] = ()
    balance: str = ACCOUNTS
    same_for: str | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """What it asks of an account besides its condition."""
        weighed = () if self.balance in (MINUTES, ACCOUNTS) else (self.balance,)
        asked = (*(one.fact for one in self.matching), self.same_for, self.to.fact, *weighed)
        return tuple(dict.fromkeys(fact for fact in asked if fact is not None))


class Freeze(Struct, frozen=True):
    """From the first day to the last, both included, nobody loses an account."""

    first: date
    last: date


class Assignment(Struct, frozen=True):
    """`fact`: where the address of the role's person stands. `away`: who is away for longer gets no new accounts."""

    role: str
    fact: str
    rules: tuple[AssignRule, ...]
    span: Span
    frozen: tuple[Freeze, ...] = ()
    away: int = AWAY

    def freeze(self, day: date) -> Freeze | None:
        """The one in force on that day; of several the one that lasts longest."""
        now = [one for one in self.frozen if one.first <= day <= one.last]
        return max(now, key=lambda one: one.last, default=None)

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.fact, *(fact for rule in self.rules for fact in rule.facts))))
