"""A success plan (`success_plan:`): what was agreed with one customer, or a template of it: objectives, milestones, risks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct

from cs_playbook.model.condition import Condition
from cs_playbook.model.expression import Expression, Name
from cs_playbook.model.time import FromDate, Moment
from cs_playbook.model.value import FieldType
from cs_playbook.source.finding import Span
from cs_playbook.values import Placed

PLAN_DOT = "plan."
STATUS, PROGRESS, MISSING = "plan.status", "plan.progress", "plan.missing"
FACTS = {STATUS: FieldType.TEXT, PROGRESS: FieldType.NUMBER, MISSING: FieldType.INTEGER}

# What a handover answers, and how one asks for it; a template may ask otherwise, and for less.
HANDOVER: Mapping[str, str] = {
    "objectives": "What do they want to reach, in their own words?",
    "problems": "What stands in the way today, and whom does it cost what?",
    "blockers": "What could stop it: technically, in money, in people's heads?",
    "motivations": "Why now: what do they gain, what do they fear?",
    "success": "What is different in their daily work when it has worked?",
    "adoption": "Who does what in the product, and how often, when it has worked?",
    "kpis": "Which figures say so, and what are they today?",
    "promised": "What has been promised to them before they signed?",
}


class Result(StrEnum):
    """What became of an objective. A plan's score counts 1, 0.5 and 0; what was cancelled is left out."""

    ACHIEVED = "achieved"
    PARTLY = "partly"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Standing(StrEnum):
    """Of what is not over yet."""

    DRAFT = "draft"
    ON_TRACK = "on track"
    BEHIND = "behind"


Status = Result | Standing
STATUSES = (*(one.value for one in Standing), *(one.value for one in Result))
OVER = tuple(one.value for one in Result)


class Milestone(Struct, frozen=True):
    """A step on the way. `due` None: it is there when `done_when` says yes. `theirs`: the customer does it.

    `done_on`: ticked by hand in the file. `internal`: not on the customer's page.
    """

    id: str
    title: str
    span: Span
    due: Moment | None = None
    done_when: Condition | None = None
    done_on: date | None = None
    theirs: bool = False
    internal: bool = False


class Blocker(Struct, frozen=True):
    """What stands in the way. `kind`: material, financial or psychological; only material ones are shown to customers."""

    id: str
    what: str
    kind: str
    span: Span
    due: Moment | None = None
    cleared_when: Condition | None = None
    cleared_on: date | None = None
    theirs: bool = False
    internal: bool = False


class Kpi(Struct, frozen=True):
    """A number of the account, from where it starts to where it shall be."""

    fact: Name
    start: float
    target: float
    span: Span


class Objective(Struct, frozen=True):
    """`result`: what a person has written in the file; `says`, `success`: when it is reached, in words and in data.

    `is_measured`: a condition, a KPI or a milestone says how far it is, also where it cannot be read.
    """

    id: str
    title: str
    span: Span
    problem: str = ""
    motivation: str = ""
    motivation_kind: str = ""
    result: Result | None = None
    says: str = ""
    success: Condition | None = None
    deadline: Moment | None = None
    kpis: tuple[Kpi, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    is_measured: bool = True


class Risk(Struct, frozen=True):
    """While `when` says yes there is something to do: a playbook, or a task that says it."""

    id: str
    when: Condition | None
    playbook: str
    says: str
    span: Span


class Stakeholder(Struct, frozen=True):
    """Somebody at the customer who matters; never on the customer's page."""

    name: str
    role: str = ""
    sentiment: str = ""
    wants: str = ""


class SuccessPlan(Placed, frozen=True):
    """`account`: its key; empty in a template. `template`: from which it was made. `agreed_on` None: a draft.

    `handover`: the answers in order; of a template its questions. `missing`: the questions nobody has answered yet.
    """

    name: str
    title: str
    account: str
    owner: str
    span: Span
    is_template: bool = False
    template: str = ""
    agreed_by: str = ""
    agreed_on: date | None = None
    ended_on: date | None = None
    review: str = ""
    handover: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    stakeholders: tuple[Stakeholder, ...] = ()
    objectives: tuple[Objective, ...] = ()
    risks: tuple[Risk, ...] = ()
    account_span: Span | None = None

    @property
    def counts(self) -> bool:
        """Whether it is the plan of its account: no template, and not ended."""
        return not self.is_template and bool(self.account) and self.ended_on is None

    @property
    def milestones(self) -> tuple[Milestone, ...]:
        return tuple(milestone for objective in self.objectives for milestone in objective.milestones)


def conditions_of(plan: SuccessPlan) -> Iterator[Condition]:
    """What its status and progress stand on; of its risks nothing."""
    for objective in plan.objectives:
        asked = [objective.success, *(one.done_when for one in objective.milestones)]
        asked += [one.cleared_when for one in objective.blockers]
        yield from (condition for condition in asked if condition is not None)


def expressions_in(plan: SuccessPlan) -> Iterator[Expression]:
    """What it asks besides conditions: its KPIs, and what its dates count from."""
    for objective in plan.objectives:
        yield from (kpi.fact for kpi in objective.kpis)
        dates = [objective.deadline, *(one.due for one in objective.milestones)]
        dates += [one.due for one in objective.blockers]
        yield from (moment.date for moment in dates if isinstance(moment, FromDate))
