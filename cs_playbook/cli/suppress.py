"""Operate: suppress: to which addresses nobody writes any more."""

from __future__ import annotations

from typing import Annotated

import typer

from cs_playbook.cli.operate import BY, PANEL, act_of
from cs_playbook.cli.settings import Settings, emit, only_formats, show


def register(app: typer.Typer) -> None:
    app.command("suppress", rich_help_panel=PANEL)(suppress)


def suppress(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="An email address.")] = "",
    because: Annotated[str, typer.Option("--because", help="Why; the list shows it.")] = "",
    by: BY = "",
    lift: Annotated[bool, typer.Option("--lift", help="One may write to it again.")] = False,
    everybody: Annotated[
        bool, typer.Option("--list", envvar="CS_PLAYBOOK_SUPPRESS_LIST", help="Who is on the list, and why.")
    ] = False,
) -> None:
    """Write to an address no more, whoever exports it again. The ledger keeps only a fingerprint of it."""
    from cs_playbook.commands import suppress as commands
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.errors import WrongCommandLine
    from cs_playbook.report import suppress as report

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    if everybody:
        only_formats(settings, "text", "json")
        found = commands.listed(workspace)
        emit(settings, text=lambda: report.as_text(found), json=lambda: report.as_json(found))
        return
    if not address:
        raise WrongCommandLine("which address?", 'cs-playbook suppress ADDRESS --because "…", or --list')
    act = act_of(settings, workspace, by)
    if lift:
        commands.lift(workspace, address, because, act)
        show("taken off the suppression list; the next run may write to it\n", settings)
        return
    commands.suppress(workspace, address, because, act)
    show(
        "nobody writes to it any more: the next run takes back what waits for it\n"
        f"  cs-playbook suppress --lift {address} takes it off the list\n",
        settings,
    )
