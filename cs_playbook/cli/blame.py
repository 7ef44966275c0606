"""Look: blame: where a task, a mail or an enrollment comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from cs_playbook.cli.settings import Settings, colored, emit, width


def register(app: typer.Typer) -> None:
    app.command("blame", rich_help_panel="Look")(blame)


def blame(
    context: typer.Context,
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY", help="Of a task, a mail, an enrollment, or its beginning; or an account."
        ),
    ],
    playbook: Annotated[
        str, typer.Argument(metavar="[PLAYBOOK]", help="With an account: which one; may also stand first.")
    ] = "",
) -> None:
    """Where it comes from: playbook, version, line, commit, run, values, people."""
    from cs_playbook.commands.blame import blame as look
    from cs_playbook.commands.meant import account_and_playbook
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.blame import as_json, as_lines

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    if playbook:
        key, playbook = account_and_playbook(key, playbook, workspace.catalog)
    told = look(workspace, key, playbook)
    columns = width()
    emit(
        settings,
        text=lambda: colored(as_lines(told, columns), settings),
        json=lambda: as_json(told),
    )
