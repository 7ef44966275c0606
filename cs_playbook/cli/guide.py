"""Start: guide, a page for each of those who work with the program."""

from __future__ import annotations

from typing import Annotated

import typer

from cs_playbook.cli.settings import Settings, colored, emit, width

PANEL = "Start"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(guide)


def guide(
    context: typer.Context,
    who: Annotated[
        str, typer.Argument(metavar="[WHO]", help="cs-ops, csm, reviewer, cron-owner; all titles if absent.")
    ] = "",
) -> None:
    """A page for you: what you do on Monday, five commands, what can go wrong and what to do then."""
    from cs_playbook.commands.guide import page_of, pages
    from cs_playbook.report.language import as_lines

    settings: Settings = context.obj
    if not who:
        found = pages()
        emit(settings, text=lambda: "".join(f"{page.name:<12}{page.title}\n" for page in found))
        return
    text = page_of(who).text
    emit(settings, text=lambda: colored(as_lines(text, width()), settings), markdown=lambda: text)
