"""Look: plans, plans show."""

from __future__ import annotations

from typing import Annotated

import typer

from cs_playbook.cli.settings import Settings, colored, emit, picture, say, width

PANEL = "Look"


def register(app: typer.Typer) -> None:
    plans = typer.Typer(
        help="The success plans: how each stands, what comes next, how late it is.",
        invoke_without_command=True,
        rich_markup_mode=None,
    )
    plans.callback()(all_plans)
    plans.command("show")(show_plan)
    app.add_typer(plans, name="plans", rich_help_panel=PANEL)


def all_plans(context: typer.Context) -> None:
    """The success plans: how each stands, what comes next, how late it is."""
    if context.invoked_subcommand is not None:
        return
    from cs_playbook.commands.plans import portfolio_plans
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report import plans as report

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    if not workspace.ledger.exists():
        say(f"! there is no ledger at {workspace.ledger}: this is shown as if nothing had ever been done")
    found, columns = portfolio_plans(workspace, settings.as_of), width()
    emit(
        settings,
        text=lambda: colored(report.portfolio_lines(found, columns, settings.names), settings),
        json=lambda: report.portfolio_json(found, settings.names),
        svg=lambda: picture(
            report.portfolio_lines(found, columns, settings.names), "cs-playbook plans", columns
        ),
    )


def show_plan(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its key or its name, or its plan's.")],
) -> None:
    """One plan with all that is internal; -o markdown, html or json: the page for the customer, without that."""
    from cs_playbook.commands.plans import account_plan
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report import plan_page, plans
    from cs_playbook.study.plans import page_for_customer

    settings: Settings = context.obj
    found, columns = account_plan(open_workspace(settings.directory), account, settings.as_of), width()
    if settings.hides:
        from cs_playbook.report.nameless import of_plan

        found = of_plan(found)
    emit(
        settings,
        text=lambda: colored(plans.account_lines(found, columns), settings),
        markdown=lambda: plan_page.as_markdown(page_for_customer(found)),
        html=lambda: plan_page.as_html(page_for_customer(found)),
        json=lambda: plan_page.as_json(page_for_customer(found)),
    )
