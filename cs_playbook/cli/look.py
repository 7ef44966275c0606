"""Look: dry-run, explain."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cs_playbook.cli.settings import Settings, paint, show, width
from cs_playbook.errors import ChoiceError

PANEL = "Look"


def register(app: typer.Typer) -> None:
    app.command("dry-run", rich_help_panel=PANEL)(dry_run)
    app.command(rich_help_panel=PANEL)(explain)


def dry_run(context: typer.Context) -> None:
    """The plan of the day: what a run would do, and why. Changes nothing."""
    from cs_playbook.commands.dry_run import dry_run as plan
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.plan import as_json, as_lines

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    now = settings.now(workspace.catalog.project.calendar.timezone)
    planned = plan(workspace, settings.as_of, now)
    if settings.wants("json"):
        show(as_json(planned), settings)
        return
    _print(as_lines(planned, width(), settings.names), settings)


def explain(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="[ACCOUNT]", help="Its key or its name.")] = "",
    playbook: Annotated[str, typer.Argument(metavar="[PLAYBOOK]", help="Only this one.")] = "",
    near: Annotated[str, typer.Option("--near", metavar="PLAYBOOK", help="Instead: the accounts that are one condition short of it.")] = "",
) -> None:
    """Why an account is, or is not, in a playbook: every condition with its values."""
    from cs_playbook.commands.explain import explain as look
    from cs_playbook.commands.explain import near as look_near
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report import explain as report

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    if near:
        found = look_near(workspace, near, settings.as_of)
        show(report.near_json(found) if settings.wants("json") else "", settings)
        if not settings.wants("json"):
            _print(report.near_lines(found, width()), settings)
        return
    if not account:
        raise ChoiceError("whom shall I explain?", "cs-playbook explain ACCOUNT [PLAYBOOK], or --near PLAYBOOK")
    explained = look(workspace, account, playbook or None, settings.as_of)
    if settings.wants("json"):
        show(report.as_json(explained), settings)
        return
    _print(report.as_lines(explained, width()), settings)


def _print(lines: object, settings: Settings) -> None:
    """Lines of (style, text) pieces."""
    if settings.quiet:
        return
    for line in lines:  # type: ignore[attr-defined]
        sys.stdout.write("".join(paint(style, text, settings) for style, text in line).rstrip() + "\n")
