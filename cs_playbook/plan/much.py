"""The plan of a day as it goes by → how much one run would do: endings, emails, tasks of a person; and what is too much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from cs_playbook.model.enrollment import Arm
from cs_playbook.model.event import Ended, Ending, Started, StepOpened
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.stopping import StopWhen
from cs_playbook.plan.decision import Change, SubjectPlan
from cs_playbook.plan.guards import MOST_SHOWN, Stop, is_above, percent

BY_THE_DATA = ("exit", "goal", "gone")
EMAILS, ENDINGS, TASKS = "emails", "endings", "tasks_for_one_person"


class Before(Struct, frozen=True):
    """What the plan is held against: accounts there are, the last run's figures.

    `first`: playbooks on their first live day; what they do is what they are for.
    """

    accounts: int
    last: Mapping[str, int]
    first: frozenset[str] = frozenset()


class Much(Struct):
    """Counts while the plan goes by. Keys are first names of playbooks; tasks by (person, playbook).

    `going`: enrollments that were open before.
    """

    going: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    emails: Counter[str] = field(default_factory=Counter)
    tasks: Counter[tuple[str, str]] = field(default_factory=Counter)

    def watching(self, plans: Iterable[SubjectPlan]) -> Iterator[SubjectPlan]:
        for plan in plans:
            self._add(plan)
            yield plan

    def _add(self, plan: SubjectPlan) -> None:
        if not plan.after or plan.after[0].arm is not Arm.TREATED:
            return
        playbook = plan.after[0].playbook
        events = [decision.event for decision in plan.decisions if isinstance(decision, Change)]
        ended = [event for event in events if isinstance(event, Ended)]
        if (plan.after[0].is_open or ended) and not any(isinstance(event, Started) for event in events):
            self.going[playbook] += 1
            by_data = any(event.why in BY_THE_DATA for event in ended)
            self.endings[playbook] += by_data or any(isinstance(event, Ending) for event in events)
        for event in events:
            for task in event.tasks if isinstance(event, StepOpened) else ():
                self.tasks[task.owner, playbook] += 1
                self.emails[playbook] += task.kind == "email"

    def figures(self) -> dict[str, int]:
        """What the next run may call "at the last run"."""
        return {
            ENDINGS: self.endings.total(),
            EMAILS: self.emails.total(),
            TASKS: max(_by_person(self.tasks).values(), default=0),
        }


def too_much(found: Much, before: Before, rules: StopWhen, playbooks: Mapping[str, Playbook]) -> list[Stop]:
    """`playbooks`: today's, by first name."""
    return [
        *_endings(found, before, rules, playbooks),
        *_emails(found, before, rules, playbooks),
        *_tasks(found, before, rules, playbooks),
    ]


def _endings(
    found: Much, before: Before, rules: StopWhen, playbooks: Mapping[str, Playbook]
) -> Iterator[Stop]:
    sums = [("", found.endings.total(), found.going.total(), rules.most.endings)]
    sums += [(name, count, found.going[name], playbooks[name].stop_when.endings) for name, count in sorted(found.endings.items()) if name in playbooks]  # fmt: skip
    for name, count, of, limit in sums:
        if limit is not None and is_above(count, of, limit):
            whose = f"{name} would end {count} of its {of}" if name else f"{count} of {of}"
            share = f" ({percent(count / of)})" if of else ""
            yield Stop(
                ENDINGS,
                f"{whose} open enrollments{'' if name else ' would end'} because the data say so{share}{_last(ENDINGS, before, name)}; stopped above {limit.more_than} and {percent(limit.and_share)}",
                largest=() if name else _largest(found.endings),
            )


def _emails(
    found: Much, before: Before, rules: StopWhen, playbooks: Mapping[str, Playbook]
) -> Iterator[Stop]:
    usual = Counter({name: count for name, count in found.emails.items() if name not in before.first})
    sums = [("", usual.total(), rules.most.emails)]
    sums += [(name, count, playbooks[name].stop_when.emails) for name, count in sorted(usual.items()) if name in playbooks]  # fmt: skip
    for name, count, limit in sums:
        if limit is not None and is_above(count, before.accounts, limit):
            yield Stop(
                EMAILS,
                f"{name or 'one run'} would write {count} emails for {before.accounts} accounts{_last(EMAILS, before, name)}; stopped above {limit.more_than} and {percent(limit.and_share)}",
                largest=() if name else _largest(usual),
            )


def _tasks(found: Much, before: Before, rules: StopWhen, playbooks: Mapping[str, Playbook]) -> Iterator[Stop]:
    usual = Counter({key: count for key, count in found.tasks.items() if key[1] not in before.first})
    most = rules.most.tasks_for_one_person
    for person, count in sorted(_by_person(usual).items()):
        if most is not None and count > most:
            mine = Counter({playbook: n for (who, playbook), n in usual.items() if who == person})
            yield Stop(
                TASKS,
                f"{person} would get {count} new tasks in one run{_last(TASKS, before, '')}; at most {most} are allowed",
                largest=_largest(mine),
            )
    for (person, name), count in sorted(usual.items()):
        own = playbooks[name].stop_when.tasks_for_one_person if name in playbooks else None
        if own is not None and count > own:
            yield Stop(TASKS, f"{person} would get {count} new tasks of {name} in one run; at most {own} are allowed, by its own limit")  # fmt: skip


def _by_person(tasks: Mapping[tuple[str, str], int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for (person, _), count in tasks.items():
        found[person] += count
    return found


def _last(figure: str, before: Before, playbook: str) -> str:
    """Of all playbooks together: of one alone the last run has kept nothing."""
    known = before.last.get(figure)
    return "" if known is None or playbook else f", {known} at the last run"


def _largest(counts: Counter[str]) -> tuple[str, ...]:
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_SHOWN]
    return tuple(f"{name} {count}" for name, count in most)
