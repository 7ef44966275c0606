"""Prove: test."""

from __future__ import annotations

from typing import Annotated

import typer

from cs_playbook.cli.settings import Settings, colored, emit, only_formats, width

PANEL = "Prove"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(test)


def test(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PLAYBOOKS]", help="Only the stories of these; all if absent."),
    ] = None,
    spoil: Annotated[
        bool,
        typer.Option("--spoil", help="Change each rule once: which changes does no story notice?"),
    ] = False,
    at_most: Annotated[
        int | None,
        typer.Option("--at-most", metavar="N", min=1, help="With --spoil: as many, evenly from all."),
    ] = None,
) -> None:
    """Play the stories of `tests:` day by day: do the playbooks do what they should?"""
    if spoil or at_most is not None:
        _spoil(context.obj, tuple(names or ()), at_most)
        return
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


def _spoil(settings: Settings, names: tuple[str, ...], at_most: int | None) -> None:
    """What is not noticed is no failure: somebody decides whether it is worth a story."""
    from cs_playbook.cli.progress import watching
    from cs_playbook.commands.spoiling import spoil
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.spoiling import as_json, as_lines

    only_formats(settings, "text", "json")
    with watching(settings, "changes") as watch:
        found = spoil(open_workspace(settings.directory), names, at_most, watch)
    columns = width()
    emit(settings, text=lambda: colored(as_lines(found, columns), settings), json=lambda: as_json(found))
    if not found.passed:
        raise typer.Exit(1)
