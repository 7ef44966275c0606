"""What people see of a small world: the screens of dry-run and explain as text, in a width."""

from __future__ import annotations

from datetime import date

from cs_playbook.commands.dry_run import dry_run
from cs_playbook.commands.explain import explain, near
from cs_playbook.report import explain as explain_report
from cs_playbook.report import plan as plan_report
from cs_playbook.report.pieces import plain
from cs_playbook.study.explained import Explained, NearExplained
from cs_playbook.study.planned import DryRun, PlanSummary
from tests.builders import MONDAY, World, account, contact, on, promise, six, tables, used


def a_morning() -> dict[str, list[dict[str, object]]]:
    """Acme and Bolt lose their people, Calm broke a promise, Dim does not say how many it has, Zeta is well."""
    return tables(  # type: ignore[return-value]
        [
            account("acme", seats=3),
            account("bolt", seats=9, arr=60000, csm_email="marc@vendor.example"),
            account("calm", arr=30000, renewal_date="2026-04-20"),
            account("dim", seats=None),
            account("zeta", seats=12),
        ],
        [contact("claire", "acme"), contact("bob", "bolt")],
        [promise("p1", "calm", on(-3)), promise("p2", "acme", on(-9), on(-8))],
        [
            used("acme", on(-1), 40),
            used("bolt", on(-1), 40),
            used("dim", on(-1), 40),
            used("zeta", on(-1), 40),
        ],
    )


def planned(world: World, day: date = MONDAY) -> DryRun:
    workspace = world.workspace
    return dry_run(workspace, day, six(workspace, day))


def summary(world: World, day: date = MONDAY) -> PlanSummary:
    return planned(world, day).summary


def screen(world: World, day: date = MONDAY, width: int = 100, names: bool = True) -> str:
    """Of dry-run, without the hash of the files, which changes with each of their letters."""
    found = planned(world, day)
    return plain(plan_report.as_lines(found, width, names)).replace(found.files[:7], "1234567")


def explained(world: World, account: str, playbook: str | None = None, day: date = MONDAY) -> Explained:
    return explain(world.workspace, account, playbook, day)


def explain_screen(
    world: World, account: str, playbook: str | None = None, day: date = MONDAY, width: int = 100
) -> str:
    return plain(explain_report.as_lines(explained(world, account, playbook, day), width))


def nearly(world: World, playbook: str, day: date = MONDAY) -> NearExplained:
    return near(world.workspace, playbook, day)


def near_screen(world: World, playbook: str, day: date = MONDAY, width: int = 100) -> str:
    return plain(explain_report.near_lines(nearly(world, playbook, day), width))
