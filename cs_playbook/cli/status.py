"""Operate: status: how things stand, on one screen. A room of its own: it is asked most often, and starts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cs_playbook.cli.settings import Settings, emit, width

if TYPE_CHECKING:
    from cs_playbook.commands.looking import StatusNow


def register(app: typer.Typer) -> None:
    app.command("status", rich_help_panel="Operate")(status)


def status(
    context: typer.Context,
    check: Annotated[
        bool,
        typer.Option("--check", help="Exit 4 where the run that was expected has not come: for a monitor."),
    ] = False,
) -> None:
    """How things stand: what is wrong, last run, snapshot, what is open, what is held."""
    from cs_playbook.commands.looking import status as look
    from cs_playbook.commands.place import open_place
    from cs_playbook.report.status import status_text

    settings: Settings = context.obj
    place = open_place(settings.directory)
    now = settings.now(place.project.calendar.timezone)
    standing = look(place, now)
    emit(
        settings,
        text=lambda: status_text(standing, now.date(), width()),
        json=lambda: _json(standing),
    )
    if check and (standing.expected is None or standing.expected.missing is not None):
        raise typer.Exit(4)


def _json(standing: StatusNow) -> str:
    from cs_playbook.report.status_json import status_json

    return status_json(standing)
