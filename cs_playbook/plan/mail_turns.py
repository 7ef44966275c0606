"""Mails of one account that ask for the same slot → its plan, in which those go first that come first; the others wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct, field

from cs_playbook.plan.decision import SubjectPlan, Today, TooMany, Wish
from cs_playbook.plan.families import Families
from cs_playbook.plan.mail_caps import Mails, Tally, written
from cs_playbook.values import replace

Planned = Callable[[Today], list[SubjectPlan]]


class Turn(Struct):
    """Holds who asks and who gets while an account is planned once. `chosen`: by whom the slots are taken; None: by
    whoever asks first."""

    mails: Mails
    chosen: frozenset[str] | None = None
    asked: dict[str, Wish] = field(default_factory=dict)
    got: set[str] = field(default_factory=set)
    taken: Tally = field(default_factory=dict)

    def ask(self, wish: Wish) -> TooMany | None:
        """None: it may be written today."""
        self.asked[wish.key] = wish
        if wish.key in self.got:
            return None
        too_many = self.mails.too_many(wish, self.taken)
        if self.chosen is None and too_many is not None:
            return too_many
        if self.chosen is not None and wish.key not in self.chosen:
            return too_many or TooMany("another mail goes first", None)
        self.got.add(wish.key)
        self.mails.take(wish, self.taken)
        return None


def plan_in_turn(plan: Planned, today: Today, mails: Mails, letters: Families | None) -> list[SubjectPlan]:
    """The plan of one account. `mails` and `letters` know afterwards what it hands out.

    It is planned as if whoever asks first got the slot; where somebody has to wait, again in the right order, until
    that order and what is written agree. Each time something is learnt: who asks, or who did not use what they got.
    """
    asked: dict[str, Wish] = {}
    unused: set[str] = set()
    turn = Turn(mails)
    while True:
        plans = _once(plan, today, turn, letters)
        used = written(plans)
        asked |= turn.asked
        unused |= turn.got - used
        fair = _in_order(mails, (wish for key, wish in asked.items() if key not in unused))
        if fair == turn.got & used:
            break
        turn = _set_out(mails, fair, asked)
    mails.hand_out(plans)
    if letters is not None:
        letters.hand_out(plans)
    return plans


def _once(plan: Planned, today: Today, turn: Turn, letters: Families | None) -> list[SubjectPlan]:
    """What families see of each other on the way stays aside: this may not be the plan that counts."""
    today = replace(today, mail_turn=turn.ask)
    if letters is not None:
        aside = letters.aside()
        today = replace(today, had=aside.had, decided=aside.hand_out)
    return plan(today)


def _set_out(mails: Mails, fair: frozenset[str], asked: dict[str, Wish]) -> Turn:
    """Those who go are taken from the beginning, so that whoever waits is told of them."""
    turn = Turn(mails, fair)
    for key in sorted(fair):
        turn.got.add(key)
        mails.take(asked[key], turn.taken)
    return turn


def _in_order(mails: Mails, wishes: Iterable[Wish]) -> frozenset[str]:
    """Who gets a slot, the first by rank first."""
    taken: Tally = {}
    found: set[str] = set()
    for wish in sorted(wishes, key=lambda one: one.rank):
        if mails.too_many(wish, taken) is None:
            mails.take(wish, taken)
            found.add(wish.key)
    return frozenset(found)
