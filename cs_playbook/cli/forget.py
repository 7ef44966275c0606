"""Operate: forget: a person is taken out of all that is kept."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cs_playbook.cli.cut_forgetting import end_a_cut
from cs_playbook.cli.operate import BY, PANEL, act_of
from cs_playbook.cli.settings import Settings, emit, only_formats


def register(app: typer.Typer) -> None:
    app.command("forget", rich_help_panel=PANEL)(forget)


def forget(
    context: typer.Context,
    contact: Annotated[
        str, typer.Argument(metavar="CONTACT", help="The id as in the exports, or the address.")
    ],
    because: Annotated[str, typer.Option("--because", help="Why, for the history; no name in it.")] = "",
    by: BY = "",
    files: Annotated[
        bool,
        typer.Option(
            "--files", help="Also in lists and drafts below out/ and answers/ that people wrote in."
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be taken out.")] = False,
) -> None:
    """Take a person out of ledger, snapshots, mails and files, for good. No export brings them back."""
    from cs_playbook.commands import forget as commands
    from cs_playbook.commands.forgotten_files import Whose
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report import forget as report

    settings: Settings = context.obj
    contact = contact.strip()
    only_formats(settings, "text", "json")
    workspace = open_workspace(settings.directory)
    people = workspace.catalog.team.people
    ours = frozenset(word.casefold() for person in people for word in (person.email, person.name))
    whose = Whose.PEOPLE if files else Whose.OURS
    left, cut = 0, dict[str, Any]()
    if dry_run:
        found = commands.look(workspace.place, contact, ours, whose)
    else:
        act = act_of(settings, workspace, by)
        left, cut = end_a_cut(workspace.place)
        found = commands.forget(workspace.place, contact, because, act, ours, whose)
    entry = found.already
    state = "already" if entry else "would_be" if dry_run else "forgotten"

    def text() -> str:
        if entry is not None:
            return report.already_text(found, contact, "would_be" if dry_run else "already")
        return report.would_be_text(found, contact) if dry_run else report.done_text(found)

    emit(settings, text=text, json=lambda: report.as_json(found, state, cut))
    raise typer.Exit(left if found.is_whole or dry_run else 5)
