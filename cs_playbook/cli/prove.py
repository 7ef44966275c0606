"""Prove: test."""

from __future__ import annotations

from typing import Annotated

import typer

from cs_playbook.cli.settings import Settings, emit

PANEL = "Prove"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(test)


def test(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PLAYBOOKS]", help="Only the stories of these; all if absent."),
    ] = None,
) -> None:
    """Play the stories of `tests:` day by day: do the playbooks do what they should?"""
    from cs_playbook.commands.stories import run_stories
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.stories import as_json, as_text
    from cs_playbook.report.stories_junit import as_junit
    from cs_playbook.source.files import below_top

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    result = run_stories(workspace, tuple(names or ()))
    emit(
        settings,
        text=lambda: as_text(result),
        json=lambda: as_json(result),
        junit=lambda: as_junit(result, below_top(workspace.root)),
    )
    if not result.passed:
        raise typer.Exit(1)
