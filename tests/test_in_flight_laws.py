"""Whatever is edited, in whatever order, and whatever people answer: no task is lost or doubled, no second run finds anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_playbook.commands.workspace import Workspace
from cs_playbook.effects.enrollment_text import read_enrollment, write_enrollment
from cs_playbook.effects.event_text import read_event, write_event
from cs_playbook.model.enrollment import Enrollment, TaskState
from cs_playbook.model.event import Event, Started, StartRefused, StepOpened, TaskAnswered, TraitSet
from cs_playbook.model.expression import to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.time import Calendar
from cs_playbook.parse.catalog import read_pinned
from cs_playbook.plan.decision import Change, Subject, SubjectPlan, Today
from cs_playbook.plan.enroll import Before
from cs_playbook.plan.fold import fold
from cs_playbook.plan.planner import Account, Start, plan_account
from cs_playbook.values import replace
from tests.builders import on, small
from tests.test_in_flight import HEAD

# The verbs that a step of any name may have.
STEPS = {
    "a": "task: Ask, owner: csm, outcomes: [yes_, no_]",
    "b": "task: Bill, owner: csm",
    "c": "approve: Shall we, owner: csm, ends: [refused]",
    "w": "wait: 2 days",
    "r": "task: Report, owner: csm, every: 2 days, at_most: 3",
}
NAMES = ("ask", "bill", "rest")


@st.composite
def texts(draw: st.DrawFn) -> str:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=3, unique=True))
    steps = []
    for number, name in enumerate(names):
        before = [item for item in names[:number] if item not in steps]
        after = draw(st.sampled_from(["start", *before]))
        steps.append(f"  - {{id: {name}, {STEPS[draw(st.sampled_from(sorted(STEPS)))]}, after: {after}}}")
    gone = [name for name in NAMES if name not in names]
    renamed = {old: draw(st.sampled_from(names)) for old in gone if draw(st.booleans())}
    how = draw(st.sampled_from(["move", "move", "move", "keep", "restart"]))
    said = ", ".join(f"{old}: {new}" for old, new in renamed.items())
    changes = f"changes: {{open_enrollments: {how}, renamed_steps: {{{said}}}}}\n"
    return HEAD + changes + "steps:\n" + "\n".join(steps) + "\n"


DAYS = st.lists(st.tuples(texts(), st.integers(0, 5)), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return small(tmp_path_factory.mktemp("small")).workspace


class Told:
    """One account through some days, each with the text of that day."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.texts: dict[str, Playbook | None] = {}
        self.enrollments: dict[str, Enrollment] = {}
        self.events: list[Event] = []

    def today(self, text: str, day: date) -> Today:
        read, findings = read_pinned(text, "leaving.yaml", self.workspace.around)
        assert read is not None, [item.message for item in findings]
        self.texts[read.definition] = read
        catalog = replace(self.workspace.catalog, playbooks={"leaving": read})
        return Today(day, Reckoning(to_day(day), Calendar(), (), True), catalog, dict(self.texts))

    def plan(self, today: Today) -> list[SubjectPlan]:
        subject = Subject("acme", None, {"seats": 3, "csm_email": "lea@vendor.example"}, active=True)
        going = [item for item in self.enrollments.values() if item.is_open]
        new = [] if self.enrollments else [Start(today.catalog.playbooks["leaving"], None, Before())]
        return plan_account(Account(subject, {}, going, new), today)

    def happen(self, plans: Sequence[SubjectPlan]) -> None:
        for plan in plans:
            for decision in plan.decisions:
                if isinstance(decision, Change):
                    self.take(decision.event)
            for after in plan.after:
                assert self.enrollments[after.key] == after

    def take(self, event: Event) -> None:
        assert not isinstance(event, StartRefused | TraitSet)
        assert read_event(write_event(event)) == event
        if isinstance(event, StepOpened):
            self.opens_only_what_is_new(event)
        self.events.append(event)
        key = event.enrollment  # type: ignore[union-attr]
        self.enrollments[key] = fold(self.enrollments.get(key), event)  # type: ignore[arg-type]

    def opens_only_what_is_new(self, event: StepOpened) -> None:
        known = {key for item in self.enrollments.values() for key in item.tasks}
        assert not {task.key for task in event.tasks} & known

    def answer(self, which: int, day: date) -> None:
        """One of the open lines, with one of its outcomes."""
        lines = [(item, task) for item in self.enrollments.values() for task in item.open_tasks]
        if lines:
            item, task = lines[which % len(lines)]
            text = self.texts[item.definition]
            step = text.step(task.step) if text else None
            assert step is not None, "an open line stands on a step of its text"
            outcome = step.outcomes[which % len(step.outcomes)]
            self.take(TaskAnswered(item.key, task.key, outcome, day, "lea"))


@settings(max_examples=120)
@given(days=DAYS)
def test_no_task_is_lost_or_doubled_whatever_is_edited(
    workspace: Workspace, days: list[tuple[str, int]]
) -> None:
    told = Told(workspace)
    for number, (text, which) in enumerate(days):
        today = told.today(text, on(number))
        told.happen(told.plan(today))
        again = [
            decision
            for plan in told.plan(today)
            for decision in plan.decisions
            if isinstance(decision, Change)
        ]
        assert again == []
        if which:
            told.answer(which, on(number))

    opened = {task.key for event in told.events if isinstance(event, StepOpened) for task in event.tasks}
    assert {key for item in told.enrollments.values() for key in item.tasks} == opened
    for item in told.enrollments.values():
        assert read_enrollment(write_enrollment(item)) == item
        mine = [event for event in told.events if getattr(event, "enrollment", "") == item.key]
        assert reduce(fold, mine, None) == item  # type: ignore[arg-type]
        assert item.is_open or not item.open_tasks


@settings(max_examples=60)
@given(days=DAYS)
def test_an_open_line_stands_on_a_step_of_the_text_that_it_goes_by(
    workspace: Workspace, days: list[tuple[str, int]]
) -> None:
    told = Told(workspace)
    for number, (text, which) in enumerate(days):
        told.happen(told.plan(told.today(text, on(number))))
        for item in told.enrollments.values():
            by = told.texts[item.definition]
            for task in item.open_tasks:
                step = by.step(task.step) if by else None
                assert step is not None
                assert (step.kind, task.state) == (task.kind, TaskState.OPEN)
        told.answer(which, on(number))
    assert sum(isinstance(event, Started) for event in told.events) == len(told.enrollments)
