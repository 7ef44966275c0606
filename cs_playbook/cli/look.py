"""Look: dry-run, explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cs_playbook.cli.settings import Settings, colored, emit, picture, say, width
from cs_playbook.errors import ChoiceError

if TYPE_CHECKING:
    from cs_playbook.commands.workspace import Workspace

PANEL = "Look"


def register(app: typer.Typer) -> None:
    app.command("dry-run", rich_help_panel=PANEL)(dry_run)
    app.command(rich_help_panel=PANEL)(explain)
    app.command(rich_help_panel=PANEL)(health)


def dry_run(context: typer.Context) -> None:
    """The plan of the day: what a run would do, and why. Changes nothing."""
    from cs_playbook.commands.dry_run import decisions
    from cs_playbook.commands.dry_run import dry_run as plan
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.plan import as_json, as_jsonl, as_lines

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    tell_without_ledger(workspace)
    planned = plan(workspace, settings.as_of, settings.now(workspace.catalog.project.calendar.timezone))
    columns = width()
    emit(
        settings,
        text=lambda: colored(as_lines(planned, columns, settings.names), settings),
        json=lambda: as_json(planned, settings.names),
        jsonl=lambda: "".join(as_jsonl(decisions(workspace, settings.as_of))),
        svg=lambda: picture(as_lines(planned, columns, settings.names), "cs-playbook dry-run", columns),
    )
    if workspace.catalog.project.keep.says_something:
        from cs_playbook.commands.tidying import due
        from cs_playbook.report.tidied import would_go

        line = would_go(due(workspace.place, planned.day))
        say(line) if line else None


def explain(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="[ACCOUNT]", help="Its key or its name.")] = "",
    playbook: Annotated[
        str, typer.Argument(metavar="[PLAYBOOK]", help="Only this one; may also stand first.")
    ] = "",
    near: Annotated[
        str,
        typer.Option(
            "--near", metavar="PLAYBOOK", help="Instead: the accounts that are one condition short of it."
        ),
    ] = "",
) -> None:
    """Why an account is, or is not, in a playbook: every condition with its values."""
    from cs_playbook.commands.explain import explain as look
    from cs_playbook.commands.explain import near as look_near
    from cs_playbook.commands.meant import account_and_playbook
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report import explain as report

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    tell_without_ledger(workspace)
    columns = width()
    if near:
        found = look_near(workspace, near, settings.as_of)
        emit(
            settings,
            text=lambda: colored(report.near_lines(found, columns), settings),
            json=lambda: report.near_json(found),
        )
        return
    if not account:
        raise ChoiceError(
            "whom shall I explain?", "cs-playbook explain ACCOUNT [PLAYBOOK], or --near PLAYBOOK"
        )
    account, playbook = account_and_playbook(account, playbook, workspace.catalog)
    explained = look(workspace, account, playbook or None, settings.as_of)
    if settings.hides:
        from cs_playbook.report.nameless import of_explained

        explained = of_explained(explained)
    emit(
        settings,
        text=lambda: colored(report.as_lines(explained, columns), settings),
        json=lambda: report.as_json(explained),
        svg=lambda: picture(
            report.as_lines(explained, columns), f"cs-playbook explain {account} {playbook}".strip(), columns
        ),
    )


def health(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="[ACCOUNT]", help="Its key or its name.")] = "",
) -> None:
    """How the portfolio does by its scorecards, who does worst and why; of one account the whole sum."""
    from cs_playbook.commands.health import account_health, portfolio_health
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report import health as report

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    tell_without_ledger(workspace)
    columns = width()
    if account:
        one = account_health(workspace, account, settings.as_of)
        emit(
            settings,
            text=lambda: colored(report.account_lines(one, columns), settings),
            json=lambda: report.account_json(one, settings.names),
            svg=lambda: picture(report.account_lines(one, columns), f"cs-playbook health {account}", columns),
        )
        return
    found = portfolio_health(workspace, settings.as_of)
    emit(
        settings,
        text=lambda: colored(report.portfolio_lines(found, columns, settings.names), settings),
        json=lambda: report.portfolio_json(found, settings.names),
        svg=lambda: picture(
            report.portfolio_lines(found, columns, settings.names), "cs-playbook health", columns
        ),
    )


def tell_without_ledger(workspace: Workspace) -> None:
    if not workspace.ledger.exists():
        say(f"! there is no ledger at {workspace.ledger}: this is shown as if nothing had ever been done")
