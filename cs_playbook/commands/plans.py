"""Success plans, a snapshot and memory → how each of them stands; or one account's with all that belongs to it."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date

from cs_playbook.commands.account import account_meant
from cs_playbook.commands.facts_stage import SHOWN, Stage, stage_facts
from cs_playbook.commands.health import units_of
from cs_playbook.commands.plan_stage import plan_as_of
from cs_playbook.commands.workspace import Workspace, calendar_of, look_into_ledger, open_snapshot
from cs_playbook.compile import wanted
from cs_playbook.compile.asked import asked_of
from cs_playbook.compile.looking import ONE_ACCOUNT
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.expression import Value, to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.success_plan import FACTS, SuccessPlan
from cs_playbook.source.finding import did_you_mean
from cs_playbook.source.manifest import sources_hash
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.study.plans import AccountPlan, PlanLine, PortfolioPlans


def portfolio_plans(workspace: Workspace, day: date | None) -> PortfolioPlans:
    """`day` None: the newest snapshot. Raises ChoiceError where no customer has a plan."""
    catalog = workspace.catalog
    going = _going(catalog)
    with ExitStack() as stack:
        ledger = stack.enter_context(look_into_ledger(workspace))
        snapshot = stack.enter_context(open_snapshot(workspace, day))
        stage = _stage(snapshot, catalog, ledger)
        lines = tuple(_line(plan, stage, ledger, snapshot.day)[0] for plan in going)
        templates = tuple(plan.name for plan in catalog.plans if plan.is_template)
        return PortfolioPlans(snapshot.day, lines, units_of(catalog), templates)


def account_plan(workspace: Workspace, account: str, day: date | None) -> AccountPlan:
    """`account`: its key or its name, in any case; or the name of its plan. Raises ChoiceError for what does not exist."""
    catalog = workspace.catalog
    going = _going(catalog)
    with ExitStack() as stack:
        ledger = stack.enter_context(look_into_ledger(workspace))
        snapshot = stack.enter_context(open_snapshot(workspace, day))
        plan = _meant(account, going, snapshot, ledger, catalog)
        stage = _stage(snapshot, catalog, ledger)
        line, values = _line(plan, stage, ledger, snapshot.day)
        if line.now is None:
            hint = (
                f"did you mean '{line.meant}'?"
                if line.meant
                else "it has left, or its key in the plan is another"
            )
            raise ChoiceError(f"'{plan.account}' of the plan {plan.name} is not in the snapshot", hint)
        says = {name: signal.says for name, signal in catalog.signals.items() if signal.says}
        return AccountPlan(snapshot.day, line, values, units_of(catalog), says)


def _going(catalog: Catalog) -> list[SuccessPlan]:
    going = sorted((plan for plan in catalog.plans if plan.counts), key=lambda plan: plan.account)
    if not going:
        hint = "cs-playbook new success_plan NAME --account ACCOUNT writes one"
        raise ChoiceError("no customer has a success plan in this workspace", hint)
    return going


def _meant(
    written: str, going: list[SuccessPlan], snapshot: Snapshot, ledger: Ledger, catalog: Catalog
) -> SuccessPlan:
    by_name = next((plan for plan in going if written in (plan.name, plan.account)), None)
    if by_name is not None:
        return by_name
    key = account_meant(written, snapshot, ledger, catalog.contract)
    found = next((plan for plan in going if plan.account == key), None)
    if found is None:
        names = ", ".join(plan.account for plan in going[:10])
        raise ChoiceError(f"'{key}' has no success plan", f"these have one: {names}")
    return found


def _stage(snapshot: Snapshot, catalog: Catalog, ledger: Ledger) -> Stage:
    """With all that any plan asks."""
    day = snapshot.day
    observed = tuple(to_day(run.day) for run in ledger.run_days() if run.fresh and run.day < day)
    fresh = ledger.sources_before(day) != sources_hash(snapshot.manifest)
    reckoning = Reckoning(to_day(day), calendar_of(catalog.project.calendar), observed, fresh)
    shown = [name for name in (*SHOWN, catalog.contract.accounts.key or "id") if name in catalog.facts]
    active = [] if catalog.contract.active is None else [catalog.contract.active]
    asked = asked_of(active, [*shown, *FACTS], catalog)
    return stage_facts(snapshot, asked, catalog, reckoning, ledger, day)


def _line(plan: SuccessPlan, stage: Stage, ledger: Ledger, day: date) -> tuple[PlanLine, dict[str, Value]]:
    found = stage.connection.execute(ONE_ACCOUNT, (plan.account,))
    names = [column[0] for column in found.description][2:]
    row = next(iter(found), None)
    if row is None:
        rows = stage.connection.execute(
            wanted.account_names(stage.catalog.contract.accounts.key or "id", None)
        )
        keys = [str(key) for key, *_ in rows]
        near = did_you_mean(plan.account, keys).removeprefix("did you mean '").removesuffix("'?")
        return PlanLine(plan, plan.account, None, near), {}
    values = dict(zip(names, row[2:], strict=True))
    now = plan_as_of(plan, values, stage.reckoning, ledger, day)
    return PlanLine(plan, str(values.get("name") or plan.account), now), values
