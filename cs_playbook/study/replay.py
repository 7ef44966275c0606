"""The plan of a day → what becomes of open enrollments because texts changed: what is lost, done again, contradictory.

It reads the plan that the run does. Nothing is simulated here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct, field

from cs_playbook.model.enrollment import Arm, Enrollment, StepState, TaskState
from cs_playbook.model.event import CHANGED, RESTARTED, Ended, TextChanged
from cs_playbook.model.playbook import KEEP, MOVE, RESTART, STOP, Playbook
from cs_playbook.parse.text_difference import differences
from cs_playbook.plan.advance import verdict
from cs_playbook.plan.decision import Change, SubjectPlan, Today
from cs_playbook.plan.in_flight import playbook_of
from cs_playbook.plan.lines import account_name
from cs_playbook.plan.moving import ASIDE

FIRST = 10  # troubles that are named; the rest is counted


class Trouble(Struct, frozen=True):
    """What a change does to one enrollment. `kind`: lost, repeated, contradictory."""

    kind: str
    account: str
    name: str
    row: str | None
    step: str
    why: str


class Replayed(Struct, frozen=True):
    """Open enrollments of one text that is not today's. `how`: keep, move, restart, stop. `since`: the oldest began then.

    `counts`: enrollments with a trouble of each kind; `first` of these. `differs`: in what today's text differs.
    """

    playbook: str
    how: str
    count: int
    since: date
    differs: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    first: tuple[Trouble, ...] = ()


class _Group(Struct):
    """Holds what is seen of one text while the plan goes by."""

    count: int = 0
    since: date | None = None
    counts: dict[str, int] = field(default_factory=dict)
    first: list[Trouble] = field(default_factory=list)


class Replay:
    """Looks at the plan while it streams by."""

    def __init__(self, today: Today) -> None:
        self._today = today
        self._groups: dict[tuple[str, str, str], _Group] = {}

    def watching(self, plans: Iterable[SubjectPlan]) -> Iterator[SubjectPlan]:
        for plan in plans:
            if plan.after:
                self._look(plan, plan.after[0])
            yield plan

    def found(self) -> tuple[Replayed, ...]:
        """By playbook; the texts that only few go by last."""
        ordered = sorted(self._groups.items(), key=lambda item: (item[0][0], -item[1].count, item[0]))
        return tuple(self._replayed(key, group) for key, group in ordered)

    def _replayed(self, key: tuple[str, str, str], group: _Group) -> Replayed:
        first_name, how, definition = key
        new = next(item for item in self._today.catalog.playbooks.values() if item.first_name == first_name)
        before = self._today.texts.get(definition)
        differs = differences(before.text, new.text) if before else ()
        assert group.since is not None
        return Replayed(
            new.name,
            how,
            group.count,
            group.since,
            differs,
            tuple(sorted(group.counts.items())),
            tuple(group.first),
        )

    def _look(self, plan: SubjectPlan, after: Enrollment) -> None:
        new = playbook_of(after, self._today)
        if new is None:
            return
        how, definition, event = _change(plan, after)
        if how == KEEP and (not after.is_open or definition == new.definition):
            return
        group = self._groups.setdefault((after.playbook, how, definition), _Group())
        group.count += 1
        began = after.started_on if how == MOVE else after.text_of
        group.since = min(group.since or began, began)
        if after.arm is Arm.TREATED:
            self._note(plan, group, list(_troubles(event, after, new, self._today.day)))

    def _note(self, plan: SubjectPlan, group: _Group, found: list[tuple[str, str, str]]) -> None:
        for kind in dict.fromkeys(kind for kind, _, _ in found):
            group.counts[kind] = group.counts.get(kind, 0) + 1
        room = FIRST - len(group.first)
        subject = plan.subject
        group.first += [
            Trouble(kind, subject.account, account_name(subject), subject.row, step, why)
            for kind, step, why in found[:room]
        ]


def _change(plan: SubjectPlan, after: Enrollment) -> tuple[str, str, TextChanged | Ended | None]:
    """How it is changed today, and which text it has gone by until now."""
    for decision in plan.decisions:
        match decision:
            case Change(event=TextChanged(before=before) as event):
                return MOVE, before, event
            case Change(event=Ended(why=why) as event) if why == RESTARTED:
                return RESTART, after.definition, event
            case Change(event=Ended(why=why) as event) if why == CHANGED:
                return STOP, after.definition, event
            case _:
                pass
    return KEEP, after.definition, None


def _troubles(
    event: TextChanged | Ended | None, after: Enrollment, new: Playbook, day: date
) -> Iterator[tuple[str, str, str]]:
    """(kind, step, why)."""
    match event:
        case TextChanged():
            yield from _lost(event.gone, after, day)
            yield from _contradictions(after, new)
        case Ended(why=why):
            yield from _lost(tuple(after.steps), after, day)
            yield from _again(after, new) if why == RESTARTED else ()
        case None:
            pass


def _lost(steps: tuple[str, ...], after: Enrollment, day: date) -> Iterator[tuple[str, str, str]]:
    for step in steps:
        progress = after.steps.get(step)
        if progress is None or progress.state is not StepState.CANCELLED or progress.done_on != day:
            continue
        lines = [
            task for task in after.tasks.values() if task.step == step and task.state is TaskState.CANCELLED
        ]
        owners = ", ".join(dict.fromkeys(task.owner for task in lines))
        yield (
            "lost",
            step.partition(ASIDE)[0],
            f"cancelled on the list of {owners}" if owners else "what it waits for",
        )


def _again(after: Enrollment, new: Playbook) -> Iterator[tuple[str, str, str]]:
    """What people have done, and would be asked for once more."""
    done = {task.step: task for task in after.tasks.values() if task.state is TaskState.DONE}
    for step, task in done.items():
        if new.step(step) is not None:
            yield "repeated", step, f"answered {task.outcome} on {task.done_on}"


def _contradictions(after: Enrollment, new: Playbook) -> Iterator[tuple[str, str, str]]:
    for step in new.steps:
        progress = after.steps.get(step.id)
        if progress is None or progress.state not in (StepState.DONE, StepState.OPEN):
            continue
        outcome = progress.outcome if step.repeats is None and step.kind != "playbook" else None
        if outcome is not None and outcome not in step.outcomes:
            yield "contradictory", step.id, f"ended as {outcome}, which the new text does not know"
        if verdict(step.after, after) == "impossible":
            been = "is open" if progress.state is StepState.OPEN else "is done"
            yield "contradictory", step.id, f"{been}, and the new text would have skipped it"
