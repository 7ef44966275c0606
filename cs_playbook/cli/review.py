"""Look: diff, what an edit changes and for whom."""

from __future__ import annotations

from typing import Annotated

import typer

from cs_playbook.cli.settings import Settings, colored, emit, only_formats, picture, width

PANEL = "Look"
DATA, FILES, BOTH = 10, 11, 12


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(diff)


def diff(
    context: typer.Context,
    ref: Annotated[
        str,
        typer.Argument(
            metavar="[REF]", help="A branch, tag or commit; if absent, where this branch left main."
        ),
    ] = "",
    no_accounts: Annotated[
        bool,
        typer.Option("--no-accounts", help="Only what the files say: no snapshot and no ledger is opened."),
    ] = False,
    no_stories: Annotated[bool, typer.Option("--no-stories", help="Play no stories.")] = False,
    spoil: Annotated[
        bool,
        typer.Option(
            "--spoil", help="Change each rule of the changed playbooks once: what does no story notice?"
        ),
    ] = False,
    detailed: Annotated[
        bool,
        typer.Option(
            "--detailed-exitcode",
            help="10: there is work today anyway. 11: the files mean something else. 12: both.",
        ),
    ] = False,
) -> None:
    """What an edit changes in meaning since a git revision, and for whom. Changes nothing."""
    from cs_playbook.cli.progress import watching
    from cs_playbook.commands.diff import EVERYTHING, Part
    from cs_playbook.commands.diff import diff as compare
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.difference import as_json, as_lines
    from cs_playbook.report.difference_markdown import as_markdown

    settings: Settings = context.obj
    only_formats(settings, "text", "json", "markdown", "svg")
    more: frozenset[Part] = frozenset(("spoil",)) if spoil else frozenset()
    left_out = {part for part, said in (("accounts", no_accounts), ("stories", no_stories)) if said}
    workspace, parts = open_workspace(settings.directory), (EVERYTHING | more) - left_out
    with watching(settings, "changes") as watch:
        found = compare(workspace, ref, settings.as_of, parts, watch)
    columns = width()
    emit(
        settings,
        text=lambda: colored(as_lines(found, columns, settings.names), settings),
        json=lambda: as_json(found, settings.names),
        markdown=lambda: as_markdown(found, settings.names_asked),
        svg=lambda: picture(as_lines(found, columns, settings.names), "cs-playbook diff", columns),
    )
    if detailed:
        differs = found.changes is None or not found.changes.is_empty
        busy = found.impact is not None and found.impact.works_today
        raise typer.Exit((BOTH if busy else FILES) if differs else DATA if busy else 0)
