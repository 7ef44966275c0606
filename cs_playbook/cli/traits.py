"""`set`: what a person says of an account, where a trait is there to hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cs_playbook.cli.operate import BY, PANEL, act_of
from cs_playbook.cli.settings import show

if TYPE_CHECKING:
    from cs_playbook.cli.settings import Settings


def register(app: typer.Typer) -> None:
    app.command("set", rich_help_panel=PANEL)(set_trait)


def set_trait(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its key or its name.")],
    trait: Annotated[str, typer.Argument(metavar="TRAIT", help="One of traits.yaml, or a segmentation.")],
    value: Annotated[
        str, typer.Argument(metavar="VALUE", help="What it is now: yes, no, bad, 12, 2026-03-31.")
    ] = "",
    clear: Annotated[
        bool, typer.Option("--clear", help="Instead of VALUE: as if it had never been set.")
    ] = False,
    because: Annotated[str, typer.Option("--because", help="Why, for the history.")] = "",
    by: BY = "",
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="When; today if absent.")] = "",
    until: Annotated[
        str,
        typer.Option(
            "--until", metavar="DATE", help="Of a segment: the day on which its rules decide again."
        ),
    ] = "",
) -> None:
    """Say how an account is: sets a trait, or a segment for a while. It counts at once."""
    from cs_playbook.cli.leave import day_of
    from cs_playbook.commands.traits import set_trait as do
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.errors import WrongCommandLine
    from cs_playbook.report.traits import said_text

    if clear == bool(value):
        raise WrongCommandLine(
            "the value is missing" if not value else "a value and --clear", "write VALUE, or --clear"
        )
    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    act, end = act_of(settings, workspace, by, on), day_of(until) if until else None
    said = do(workspace, account, trait, None if clear else value, because, act, end)
    show(said_text(said.event, said.trait, said.before, said.later, said.already), settings)
