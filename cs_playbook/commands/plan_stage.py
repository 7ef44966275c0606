"""The success plans of a catalog, the facts of their accounts, the ledger → how each plan stands, in a table of the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from cs_playbook.commands.facts_apart import Part
from cs_playbook.compile.plans import PlansTable
from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.enrollment import StepState
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.plan_state import PlanNow, Tick, plan_now
from cs_playbook.model.success_plan import SuccessPlan
from cs_playbook.model.value import Value

OF_A_RUN = ("data", "time", "rule", "playbook")  # by whom a step has ended, where no person said so


def fill_plans(
    part: Part,
    table: PlansTable,
    catalog: Catalog,
    reckoning: Reckoning,
    ledger: Ledger,
    day: date,
) -> None:
    """One row for each account that has a plan."""
    connection = part.connection
    connection.execute(table.create)
    plans = {plan.account: plan for plan in catalog.plans if plan.counts}
    for number, key, *values in connection.execute(table.fetch, part.numbers).fetchall():
        known = dict(zip(table.columns, values, strict=True))
        now = plan_as_of(plans[str(key)], known, reckoning, ledger, day)
        status = None if now.status is None else now.status.value
        connection.execute(table.add, (number, status, now.progress, now.missing))


def plan_as_of(
    plan: SuccessPlan, values: Mapping[str, Value], reckoning: Reckoning, ledger: Ledger, day: date
) -> PlanNow:
    """How it stands that morning: with the answers that people have given, and what the data had ticked before."""
    return plan_now(plan, values, reckoning, ticks_of(plan, ledger, day))


def ticks_of(plan: SuccessPlan, ledger: Ledger, day: date) -> dict[str, Tick]:
    """By the id of a milestone, a blocker or an objective."""
    found: dict[str, Tick] = {}
    for enrollment in ledger.enrollments_of(plan.account):
        if enrollment.playbook != plan.name:
            continue
        for step, progress in enrollment.steps.items():
            on = progress.done_on
            if progress.state is not StepState.DONE or on is None or on > day:
                continue
            # A second run of the day must see what the first one saw; people's answers count at once.
            if on < day or progress.by not in OF_A_RUN:
                found[step] = Tick(on, progress.outcome or "")
    return found
