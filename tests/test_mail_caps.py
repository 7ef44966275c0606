"""Caps on emails, as a law: whatever is asked in whatever order, nobody gets more than the cap, and whoever waits is served."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.model.duration import Duration
from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask, TaskState
from cs_playbook.model.event import StepOpened
from cs_playbook.model.mail_policy import Cap, Caps
from cs_playbook.model.time import Calendar
from cs_playbook.plan.decision import Change, Subject, SubjectPlan, Today, Wish
from cs_playbook.plan.mail_caps import Mails
from cs_playbook.plan.mail_turns import plan_in_turn
from cs_playbook.values import replace

FIRST = date(2026, 3, 2)
CALENDAR = Calendar()
DAYS = 75  # six mails, one in a week, each of them open for a weekend
PEOPLE = ("ada@x.example", "ADA@x.example", "bob@x.example")


@dataclass
class Letter:
    """One mail that somebody wants to write from a day on; it is sent so many days after it was opened."""

    wish: Wish
    takes: int
    opened: date | None = None

    def sent(self) -> date | None:
        return None if self.opened is None else self.opened + timedelta(days=self.takes)

    def task(self, today: date) -> OpenTask:
        sent = self.sent()
        key, contact = self.wish.key, self.wish.contact
        task = OpenTask(key, "s", "email", "l@x.example", self.opened or today, today, 5, contact=contact)
        if sent is not None and sent <= today:
            return replace(task, state=TaskState.DONE, outcome="sent", done_on=sent)
        return task


caps = st.builds(
    Caps,
    st.one_of(st.none(), st.integers(1, 2).map(lambda most: Cap(most, Duration(5, "business day")))),
    st.one_of(st.none(), st.integers(1, 3).map(lambda most: Cap(most, Duration(4, "day")))),
)


@st.composite
def letters(draw: st.DrawFn) -> list[Letter]:
    found: list[Letter] = []
    project = draw(caps)
    for number in range(draw(st.integers(1, 6))):
        account, address = draw(st.sampled_from("ab")), draw(st.sampled_from(PEOPLE))
        contact = f"{account}-{address}"
        since = FIRST + timedelta(days=draw(st.integers(0, 4)))
        rank = (draw(st.integers(0, 1)), since, "p", f"{number:02}")
        wish = Wish(f"k{number}", rank, account, contact, address, (project, Caps()))
        found.append(Letter(wish, draw(st.integers(0, 3))))
    return found


@dataclass
class Days:
    """Plays the letters day by day. `order`: in which the steps of an account ask."""

    letters: Sequence[Letter]
    order: Sequence[int]
    opened_on: dict[str, date] = field(default_factory=dict)

    def play(self) -> Days:
        for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
            mails = self._counted(day)
            for account in "ab":
                plan_in_turn(partial(self._plan, account, day), _today(day), mails, None)
                self._open(mails, day)
        return self

    def _counted(self, day: date) -> Mails:
        mails = Mails(day, CALENDAR, "id")
        for one in self.letters:
            if one.opened is not None:
                mails.of_enrollment(_enrollment(one, day), lambda contact, one=one: one.wish.address)  # type: ignore[misc]
        return mails

    def _plan(self, account: str, day: date, today: Today) -> list[SubjectPlan]:
        assert today.mail_turn is not None
        asking = [self.letters[n] for n in self.order if n < len(self.letters)]
        here = [one for one in asking if one.wish.account == account and one.opened is None]
        wanted = [one for one in here if one.wish.rank[1] <= day]
        granted = [one for one in wanted if today.mail_turn(one.wish) is None]
        rows = tuple({"id": one.wish.contact, "email": one.wish.address} for one in self.letters)
        changes = tuple(Change(StepOpened("e", "s", day, (one.task(day),))) for one in granted)
        return [SubjectPlan(Subject(account, None, {}, rows), changes, ())]

    def _open(self, mails: Mails, day: date) -> None:
        """What the plan has handed out is counted: those are the ones that were opened."""
        for one in self.letters:
            if one.opened is None and any(one.wish.key in known for known in mails.counted.values()):
                one.opened = day
                self.opened_on[one.wish.key] = day


def _enrollment(one: Letter, day: date) -> Enrollment:
    task = one.task(day)
    began = Enrollment(f"e{task.key}", "p", one.wish.account, None, 1, "d", Arm.TREATED, FIRST, "rule")
    return replace(began, tasks={task.key: task})


def _today(day: date) -> Today:
    return replace(_TODAY, day=day)


_TODAY = Today(FIRST, None, None)  # type: ignore[arg-type]


@settings(max_examples=30)
@given(letters(), st.permutations(range(6)))
def test_nobody_gets_more_than_the_cap_and_whoever_waits_is_served_in_the_end(
    some: list[Letter], order: list[int]
) -> None:
    Days(some, order).play()

    assert [one.wish.key for one in some if one.opened is None] == []
    project = some[0].wish.caps[0]
    for cap, names in ((project.per_contact, _addresses(some)), (project.per_account, _accounts(some))):
        for name in set(names):
            sent = [day for one, day in zip(names, _sent(some), strict=True) if one == name]
            assert cap is None or all(_at_most(cap, sent, first) for first in sent)


def _addresses(some: Sequence[Letter]) -> list[str]:
    return [one.wish.address.casefold() for one in some]


def _accounts(some: Sequence[Letter]) -> list[str]:
    return [one.wish.account for one in some]


def _sent(some: Sequence[Letter]) -> list[date]:
    return [day for one in some if (day := one.sent()) is not None]


def _at_most(cap: Cap, sent: list[date], first: date) -> bool:
    """In the stretch that begins with that mail."""
    return sum(first <= day < cap.free_on(first, CALENDAR) for day in sent) <= cap.most


@settings(max_examples=15)
@given(letters(), st.permutations(range(6)))
def test_it_does_not_matter_in_which_order_the_steps_are_asked(some: list[Letter], order: list[int]) -> None:
    again = [copy(one) for one in some]

    assert Days(some, order).play().opened_on == Days(again, sorted(order)).play().opened_on


def test_for_the_same_slot_the_higher_priority_goes_first_then_who_waits_the_longest() -> None:
    said = Caps(Cap(1, Duration(5, "business day")))
    late = (1, FIRST + timedelta(days=1), "a", "0")
    ranks = {
        "usual and late": late,
        "usual and early": (1, FIRST, "z", "9"),
        "urgent": (0, late[1], "z", "9"),
    }
    some = [Letter(Wish(key, rank, "a", "ada", "ada@x.example", (said,)), 0) for key, rank in ranks.items()]
    before = Letter(Wish("before", (1, FIRST, "p", ""), "a", "ada", "ada@x.example", (said,)), 2)

    opened = Days([*some, before], range(4)).play().opened_on

    assert sorted(opened, key=opened.__getitem__) == ["before", "urgent", "usual and early", "usual and late"]
