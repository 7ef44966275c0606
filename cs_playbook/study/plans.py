"""The success plans of a portfolio as values; and the page of one for its customer, without anything internal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct

from cs_playbook.model.plan_state import KpiNow, Mark, Marked, ObjectiveNow, PlanNow
from cs_playbook.model.success_plan import Blocker, Milestone, Result, SuccessPlan
from cs_playbook.model.value import FieldType, Value

MATERIAL = "material"
_BLANK = re.compile(r"\{\{\s*account\.([a-z_][a-z0-9_.]*)\s*\}\}")

Units = Mapping[str, tuple[FieldType | None, str]]  # fact → its type and unit, for screens


class PlanLine(Struct, frozen=True):
    """`now` None: the account is missing from the snapshot; then `meant` is the key that is perhaps meant."""

    plan: SuccessPlan
    name: str
    now: PlanNow | None
    meant: str = ""


class PortfolioPlans(Struct, frozen=True):
    """`plans`: of customers that have not ended, in order of account. `templates`: names of templates."""

    day: date
    plans: tuple[PlanLine, ...]
    units: Units
    templates: tuple[str, ...] = ()


class AccountPlan(Struct, frozen=True):
    """`values`: facts of the account. `says`: what people call a fact."""

    day: date
    line: PlanLine
    values: Mapping[str, Value]
    units: Units
    says: Mapping[str, str]


# --- the page for the customer ---


class PageKpi(Struct, frozen=True):
    """`fact`: by which name its unit is known. `progress`: 0 to 1, None: not known."""

    fact: str
    title: str
    start: float
    current: float | None
    target: float
    progress: float | None


class PageItem(Struct, frozen=True):
    """A milestone, or something that stands in the way."""

    title: str
    theirs: bool
    mark: Mark
    due: date | None
    done_on: date | None
    days_late: int


class PageObjective(Struct, frozen=True):
    """`status` "": nobody can tell yet; `progress` 0 to 1, None: not known."""

    title: str
    problem: str
    success: str
    deadline: date | None
    status: str
    progress: float | None
    kpis: tuple[PageKpi, ...]
    milestones: tuple[PageItem, ...]
    blockers: tuple[PageItem, ...]


class Page(Struct, frozen=True):
    """All that a customer sees. What is internal is not in it: neither the handover, people's feelings, risks and
    motivations, nor blockers in money or in people's heads, nor what says `internal: true`."""

    title: str
    account: str
    day: date
    agreed_by: str
    agreed_on: date | None
    review: str
    status: str
    progress: float | None
    objectives: tuple[PageObjective, ...]
    units: Units


def page_for_customer(found: AccountPlan) -> Page:
    """`found` must be of an account that is there."""
    plan, now = found.line.plan, found.line.now
    assert now is not None
    shown = (one for one in now.objectives if one.status is not Result.CANCELLED)
    return Page(
        title=_said(plan.title, found.values) or f"Success plan for {found.line.name}",
        account=found.line.name,
        day=found.day,
        agreed_by=plan.agreed_by,
        agreed_on=plan.agreed_on,
        review=plan.review,
        status="" if now.status is None else now.status.value,
        progress=now.progress,
        objectives=tuple(_objective(one, found) for one in shown),
        units=found.units,
    )


def _objective(now: ObjectiveNow, found: AccountPlan) -> PageObjective:
    one = now.objective
    return PageObjective(
        title=_said(one.title, found.values),
        problem=_said(one.problem, found.values),
        success=_said(one.says, found.values),
        deadline=now.deadline,
        status="" if now.status is None else now.status.value,
        progress=now.progress,
        kpis=tuple(_kpi(kpi, found) for kpi in now.kpis),
        milestones=tuple(_item(item, found) for item in now.milestones if not item.of.internal),
        blockers=tuple(_item(item, found) for item in now.blockers if _is_shown(item)),
    )


def _kpi(now: KpiNow, found: AccountPlan) -> PageKpi:
    name = now.kpi.fact.name
    title = found.says.get(name) or name.replace("_", " ")
    return PageKpi(name, title, now.kpi.start, now.current, now.kpi.target, now.progress)


def _is_shown(item: Marked) -> bool:
    """A blocker of which nobody has said what kind it is could be of any."""
    return isinstance(item.of, Blocker) and item.of.kind == MATERIAL and not item.of.internal


def _item(item: Marked, found: AccountPlan) -> PageItem:
    title = item.of.title if isinstance(item.of, Milestone) else item.of.what
    return PageItem(
        _said(title, found.values), item.of.theirs, item.mark, item.due, item.done_on, item.days_late
    )


def _said(text: str, values: Mapping[str, Value]) -> str:
    """With `{{ account.name }}` filled in; what is empty is left out."""
    return _BLANK.sub(lambda blank: str(values.get(blank[1]) or ""), text)


def lines_of(found: PlanNow) -> Iterator[Marked]:
    """All its milestones and blockers."""
    for objective in found.objectives:
        yield from (*objective.milestones, *objective.blockers)
