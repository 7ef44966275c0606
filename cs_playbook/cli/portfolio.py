"""Look at the portfolio: kpis, capacity, assign."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from cs_playbook.cli.look import tell_without_ledger
from cs_playbook.cli.settings import Settings, colored, emit, picture, width

PANEL = "Look"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(kpis)
    app.command(rich_help_panel=PANEL)(capacity)
    app.command(rich_help_panel=PANEL)(assign)


def kpis(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="Only this one, with how it is reckoned.")
    ] = "",
    by: Annotated[str, typer.Option("--by", metavar="FACT", help="Told apart by tier, csm, sector …")] = "",
    since: Annotated[
        str, typer.Option("--since", metavar="DAY", help="The first day of the trend; a year ago if absent.")
    ] = "",
) -> None:
    """The figures of the portfolio: retention, adoption, days to value; with coverage and a small trend."""
    from cs_playbook.commands.kpis import Wanted, kpi_board
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report import kpis as report

    settings: Settings = context.obj
    wanted = Wanted(name, by, _day(since), settings.as_of)
    workspace = open_workspace(settings.directory)
    tell_without_ledger(workspace)
    found = kpi_board(workspace, wanted)
    lines, columns = (report.one_lines if name else report.board_lines), width()
    emit(
        settings,
        text=lambda: colored(lines(found, columns, settings.names), settings),
        json=lambda: report.as_json(found),
        svg=lambda: picture(
            lines(found, columns, settings.names), f"cs-playbook kpis {name}".strip(), columns
        ),
    )


def capacity(
    context: typer.Context,
    weeks: Annotated[int, typer.Option("--weeks", metavar="N", help="How far ahead, 1 to 13 weeks.")] = 4,
) -> None:
    """Minutes asked of each person in the weeks to come, who is over and why, and how far promises can be kept."""
    from cs_playbook.commands.capacity import capacity_ahead
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report import capacity as report

    settings: Settings = context.obj
    workspace, columns = open_workspace(settings.directory), width()
    tell_without_ledger(workspace)
    found = capacity_ahead(workspace, settings.as_of, weeks)
    emit(
        settings,
        text=lambda: colored(report.as_lines(found, columns, settings.names), settings),
        json=lambda: report.as_json(found, settings.names),
        svg=lambda: picture(report.as_lines(found, columns, settings.names), "cs-playbook capacity", columns),
    )


def assign(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Only what this segmentation assigns.")] = "",
) -> None:
    """Who should own which account: who would move and why, who has nobody; a CSV for the CRM, nothing moves."""
    from cs_playbook.commands.assign import proposals
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report import assign as report

    settings: Settings = context.obj
    workspace, columns = open_workspace(settings.directory), width()
    tell_without_ledger(workspace)
    found, title = proposals(workspace, name, settings.as_of), f"cs-playbook assign {name}".strip()
    emit(
        settings,
        text=lambda: colored(report.as_lines(found, columns, settings.names), settings),
        json=lambda: report.as_json(found, settings.names),
        csv=lambda: report.as_csv(found),
        svg=lambda: picture(report.as_lines(found, columns, settings.names), title, columns),
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise typer.BadParameter(
            f"'{written}' is not a day: write 2026-03-31", param_hint="--since"
        ) from None
