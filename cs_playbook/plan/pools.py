"""What the people of pools have on their hands this morning, and what the plan hands out → whose turn it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from cs_playbook.model.enrollment import OpenTask
from cs_playbook.model.event import StepOpened
from cs_playbook.model.team import Pool, Team
from cs_playbook.model.value import Value
from cs_playbook.plan.decision import Change, SubjectPlan


def pools_of(team: Team) -> dict[str, Pool]:
    """Role → its pool."""
    return {role.name: role.source for role in team.roles if isinstance(role.source, Pool)}


class Turns(Struct):
    """Holds what each has while a plan goes by, account by account.

    `last`: role → who was picked last (round robin). An account counts once for each who has an open line of it;
    `sums`: of its facts, by (fact, address). What nobody knows of an account adds nothing.
    """

    last: dict[str, str] = field(default_factory=dict)
    minutes: Counter[str] = field(default_factory=Counter)
    accounts: Counter[str] = field(default_factory=Counter)
    sums: dict[tuple[str, str], float] = field(default_factory=dict)

    def pick(self, role: str, pool: Pool) -> str | None:
        """Whose turn it is; of those who have equally little the first by address."""
        if not pool.people:
            return None
        if pool.pick == "round robin":
            return _after(self.last.get(role, ""), pool.people)
        return min(pool.people, key=lambda email: (self._load(email.casefold(), pool), email))

    def _load(self, email: str, pool: Pool) -> float:
        match pool.pick:
            case "fewest minutes":
                return self.minutes[email]
            case "fewest accounts":
                return self.accounts[email]
            case _:
                return self.sums.get((pool.by or "", email), 0.0)

    def of_account(
        self, tasks: Iterable[OpenTask], facts: Mapping[str, Value], before: Iterable[OpenTask] = ()
    ) -> None:
        """Adds the open lines of one account. `before`: those of it that have been added already."""
        known = {task.owner.casefold() for task in before}
        for task in tasks:
            email = task.owner.casefold()
            self.minutes[email] += task.minutes
            if email not in known:
                known.add(email)
                self._one_more(email, facts)

    def _one_more(self, email: str, facts: Mapping[str, Value]) -> None:
        self.accounts[email] += 1
        for name, value in facts.items():
            if isinstance(value, int | float):
                self.sums[name, email] = self.sums.get((name, email), 0.0) + value

    def hand_out(
        self, plans: Iterable[SubjectPlan], before: Iterable[OpenTask], facts: Iterable[str]
    ) -> None:
        """Adds what the plan of an account opens. `before`: its lines of this morning; `facts`: those pools look at."""
        plans = tuple(plans)
        opened = [task for plan in plans for task in _opened(plan)]
        if opened:
            values = plans[0].subject.values
            self.of_account(opened, {name: values.get(name) for name in facts}, before)
            self.last |= {task.pool: task.instead_of or task.owner for task in opened if task.pool}


def _opened(plan: SubjectPlan) -> Iterator[OpenTask]:
    for decision in plan.decisions:
        if isinstance(decision, Change) and isinstance(decision.event, StepOpened):
            yield from decision.event.tasks


def _after(last: str, people: tuple[str, ...]) -> str:
    """The next in order of address, so that who joins or is away leaves the order of the others as it was."""
    ordered = sorted(people, key=str.casefold)
    return next((email for email in ordered if email.casefold() > last.casefold()), ordered[0])
