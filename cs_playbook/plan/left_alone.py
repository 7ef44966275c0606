"""An account → why no playbook touches it today: a rule of the project (`hands_off:`) or a person's word; None: none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from cs_playbook.model.answer import answer
from cs_playbook.model.project import HandsOff
from cs_playbook.plan.decision import Held, HeldBy, Subject, Today


class Alone(Struct, frozen=True):
    """Why, and the day on which it ends; None where nobody has said one."""

    why: str
    until: date | None

    @property
    def words(self) -> str:
        """With the day, as every screen shows it."""
        return self.why if self.until is None else f"{self.why}, until {self.until.isoformat()}"

    def held(self, playbook: str) -> Held:
        return Held(HeldBy.LEFT_ALONE, playbook, None, self.words, self.until)


def left_alone(subject: Subject, today: Today) -> Alone | None:
    """A person's word first, then the rules in their order. A rule that cannot be answered leaves alone too.

    Nothing starts and nothing is sent on an unknown, and the rule is there to keep somebody from being written to.
    The rules are about accounts: our own people are left alone by a person's word only.
    """
    muted = today.muted.get(subject.account)
    if muted is not None:
        return Alone(muted_words(muted.by, muted.because), muted.until)
    for rule in () if subject.person is not None else in_force(today.catalog.project.hands_off, today.day):
        said = answer(rule.when, subject.values, today.reckoning)
        if said is not False:
            return Alone(rule.because if said else unknown_words(rule), rule.lifted_on)
    return None


def in_force(rules: Iterable[HandsOff], day: date) -> tuple[HandsOff, ...]:
    """On the day it is lifted a rule is over."""
    return tuple(rule for rule in rules if rule.lifted_on is None or day < rule.lifted_on)


def muted_words(by: str, because: str) -> str:
    return f"left alone by {by}: {because}"


def unknown_words(rule: HandsOff) -> str:
    return f"perhaps to be left alone, it is not known: {rule.because}"
