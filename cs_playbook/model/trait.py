"""A trait: a fact of an account that people or steps set, and how long it counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from cs_playbook.model.value import FieldType, Value, from_day, to_day
from cs_playbook.source.finding import Span

if TYPE_CHECKING:  # the ledger asks traits, and starts without the team
    from cs_playbook.model.team import People


class Trait(Struct, frozen=True):
    """`values`: the only texts it may hold. `owner`: who usually says it. `expires_after`: days, None for ever."""

    name: str
    type: FieldType
    span: Span
    values: tuple[str, ...] = ()
    owner: People | None = None
    expires_after: int | None = None
    says: str = ""

    def expires_on(self, on: date) -> date | None:
        """The first day on which a value set on that day counts no more."""
        return None if self.expires_after is None else on + timedelta(days=self.expires_after)

    def counts(self, on: date, day: date) -> bool:
        """Whether what was set on that day still counts on `day`."""
        end = self.expires_on(on)
        return end is None or day < end

    def text_of(self, text: str) -> str | None:
        """The text as it holds it: one of its `values`, whatever the capitals; None where it holds no such text."""
        if not self.values:
            return text
        return next((known for known in self.values if known.casefold() == text.casefold()), None)


class NewValue(Struct, frozen=True):
    """What a step sets a trait to: yes or no, a number, text, a day as ISO text; None clears it."""

    value: Value


class Standing(Struct, frozen=True):
    """What was last said of an account's trait, as it was said; None: it was cleared. `enrollment`: of the step that set it.

    `until`: of a segment set by hand, the day on which its rules decide again.
    """

    account: str
    value: Value
    on: date
    by: str
    because: str = ""
    enrollment: str | None = None
    until: date | None = None

    def counts(self, trait: Trait, day: date) -> bool:
        """Whether it still counts on `day`."""
        return trait.counts(self.on, day) and (self.until is None or day < self.until)


class NowSaid(Struct, frozen=True):
    """A trait of an account as it stands. `expired`: what was said counts no more; `expires_on`: since when, or from when."""

    trait: Trait
    said: Standing
    expired: bool = False
    expires_on: date | None = None


def as_fact(said: Value, kind: FieldType) -> Value:
    """What was said as facts hold it: yes is 1, a day is a number. None where it is not of that kind (any more)."""
    match kind:
        case FieldType.BOOLEAN:
            return int(said) if said in (0, 1) and not isinstance(said, str) else None
        case FieldType.NUMBER:
            return float(said) if isinstance(said, int | float) else None
        case FieldType.DATE:
            return _day(said)
        case _:
            return said if isinstance(said, str) else None


def as_said(fact: Value, trait: Trait) -> Value:
    """A fact as a person would have said it of the trait: yes is true, a day is ISO text. None where the trait cannot hold it."""
    match trait.type:
        case FieldType.BOOLEAN:
            return bool(fact) if fact in (0, 1) and not isinstance(fact, str) else None
        case FieldType.NUMBER:
            return float(fact) if isinstance(fact, int | float) else None
        case FieldType.DATE:
            return from_day(fact).isoformat() if isinstance(fact, int) else None
        case _:
            return trait.text_of(fact) if isinstance(fact, str) and fact else None


def _day(said: Value) -> int | None:
    try:
        return to_day(date.fromisoformat(said)) if isinstance(said, str) else None
    except ValueError:
        return None
