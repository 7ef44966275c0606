"""Look at segments: who stands where, who moved, who is stuck."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from cs_playbook.cli.settings import Settings, colored, emit, picture, width

PANEL = "Look"
ALL = 1_000_000


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(segments)


def segments(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Only this segmentation.")] = "",
    since: Annotated[
        str, typer.Option("--since", metavar="DAY", help="Who moved since then; four weeks ago if absent.")
    ] = "",
    stuck: Annotated[
        bool, typer.Option("--stuck", help="Only who is longer in a segment than expected, all of them.")
    ] = False,
) -> None:
    """Accounts, ARR and load by segment and owner; who moved and why, who fits nowhere, who is stuck."""
    from cs_playbook.commands.segments import SHOWN_EACH, portfolio_segments
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report import segments as report

    settings: Settings = context.obj
    shown = ALL if stuck or any(output.format == "json" for output in settings.outputs) else SHOWN_EACH
    workspace = open_workspace(settings.directory)
    found = portfolio_segments(workspace, name, settings.as_of, _day(since), shown)
    lines, columns = (report.stuck_lines if stuck else report.portfolio_lines), width()
    title = f"cs-playbook segments {name}".strip()
    emit(
        settings,
        text=lambda: colored(lines(found, columns, settings.names), settings),
        json=lambda: report.as_json(found, settings.names),
        svg=lambda: picture(lines(found, columns, settings.names), title, columns),
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        said = f"'{written}' is not a day: write 2026-03-31"
        raise typer.BadParameter(said, param_hint="--since") from None
