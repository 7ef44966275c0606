"""One account, one day: the playbooks that steps of its other playbooks begin, and how those ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cs_playbook.model.about import table_row
from cs_playbook.model.asks import with_defaults
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.event import RESTARTED, StartAsked, StartRefused
from cs_playbook.model.expression import Value
from cs_playbook.model.keys import enrollment_key
from cs_playbook.model.playbook import PLAYED, Playbook, Status
from cs_playbook.plan.decision import Begun, Change, SubjectPlan, Today
from cs_playbook.plan.enroll import Before
from cs_playbook.values import replace

# Playbook, row, what it has been through, who asks → its plan of the day; None where nothing is there to begin with.
Begin = Callable[[Playbook, str | None, Before, StartAsked], SubjectPlan | None]


class Playing:
    """Holds what begins today for one account. `known` and `before` ask the ledger as it stood before the run."""

    def __init__(
        self,
        today: Today,
        begin: Begin,
        known: Callable[[str], Enrollment | None],
        before: Callable[[Playbook, str | None], Before],
        named: Callable[[Playbook, str | None], str | None],
    ) -> None:
        self._today = today
        self._begin = begin
        self._known = known
        self._before = before
        self._named = named
        self._begun: set[tuple[str, str | None]] = set()
        self._plans: list[SubjectPlan] = []

    def begin(self, name: str, parent: Playbook, of: Enrollment, given: Mapping[str, Value]) -> Begun:
        """Asks for the playbook as a person would; who is allowed to is not asked: the parent's author has said so."""
        playbook = playbook_named(name, self._today)
        if playbook is None or playbook.status is not Status.LIVE:
            return Begun(why=f"the playbook '{name}' is not live")
        same = playbook.trigger.one_per == parent.trigger.one_per
        row = self._named(playbook, table_row(parent.trigger, of.row) if same else None)
        known = with_defaults(playbook.asks, given)
        needs = tuple(ask.name for ask in playbook.asks if ask.must_be_said and known[ask.name] is None)
        if needs:
            return Begun(needs=needs)
        before = self.seen(playbook, row, self._before(playbook, row))
        asked = StartAsked(
            playbook.first_name, of.account, row, self._today.day, f"{PLAYED}{parent.name}", given=dict(given)
        )
        plan = self._begin(playbook, row, before, asked)
        why = "the account is not there" if plan is None else _refusal(plan)
        if plan is None or why:
            return Begun(why=why)
        self.note(playbook, row)
        self._plans.append(plan)
        return Begun(
            enrollment_key(self._today.key_name(of.account), row, playbook.first_name, before.count + 1)
        )

    def outcome(self, enrollment: str) -> str | None:
        """What it ended with, before today; None: it goes on."""
        found = self._known(enrollment)
        while found is not None and found.why_ended == RESTARTED:
            name = self._today.key_name(found.account)
            found = self._known(enrollment_key(name, found.row, found.playbook, found.episode + 1))
        over = found is not None and found.ended_on is not None and found.ended_on < self._today.day
        return found.outcome if found is not None and over else None

    def note(self, playbook: Playbook, row: str | None) -> None:
        """It begins today, whoever began it."""
        self._begun.add((playbook.first_name, row))

    def seen(self, playbook: Playbook, row: str | None, before: Before) -> Before:
        """What it has been through, today included: nothing begins twice on a day."""
        return replace(before, is_open=True) if (playbook.first_name, row) in self._begun else before

    def end(self) -> None:
        """The account is planned. What begins knows the account, which knows this: a circle for each account, that only
        the collector of garbage would find, and seldom looks for."""
        self._begin = _nothing

    def take(self) -> list[SubjectPlan]:
        """The plans of what has begun since the last time."""
        plans, self._plans = self._plans, []
        return plans


def _nothing(playbook: Playbook, row: str | None, before: Before, asked: StartAsked) -> SubjectPlan | None:
    raise AssertionError("the day of this account is over")


def playbook_named(name: str, today: Today) -> Playbook | None:
    """By its name of today, or by one that it had: an old text calls it so."""
    found = today.catalog.playbooks.get(name)
    others = today.catalog.playbooks.values()
    return found or next((playbook for playbook in others if name in playbook.formerly), None)


def _refusal(plan: SubjectPlan) -> str:
    changes = (decision.event for decision in plan.decisions if isinstance(decision, Change))
    return next((event.why for event in changes if isinstance(event, StartRefused)), "")
