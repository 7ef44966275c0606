"""`email preview`: letters as real accounts would read them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cs_playbook.cli.settings import Output, Settings, emit, only_formats, show
from cs_playbook.values import replace

PANEL = "Look"
_PAGE = Path("out") / "letters.html"


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="Letters as real accounts would read them.", rich_markup_mode=None, no_args_is_help=True
    )
    group.command("preview")(preview)
    group.callback()(_group)
    app.add_typer(group, name="email", rich_help_panel=PANEL)


def _group() -> None:
    """Letters as real accounts would read them."""


def preview(
    context: typer.Context,
    letter: Annotated[
        str,
        typer.Argument(metavar="[LETTER]", help="usage-drop/check-in, or a playbook; all of them if absent."),
    ] = "",
    account: Annotated[
        list[str] | None,
        typer.Option("--account", metavar="ACCOUNT", help="For this one; may be said again."),
    ] = None,
    language: Annotated[str, typer.Option("--language", metavar="L", help="Only in this one: fr.")] = "",
) -> None:
    """A page of letters for real accounts in all languages: light, dark, as text, and what is missing. -o FILE."""
    from cs_playbook.commands.email_preview import Wished
    from cs_playbook.commands.email_preview import preview as previewed
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.effects.private_file import put_private
    from cs_playbook.report.letters import as_json, as_page, as_text

    settings = _with_page(context.obj)
    only_formats(settings, "html", "json")
    workspace = open_workspace(settings.directory)
    found = previewed(workspace, Wished(letter, tuple(account or ()), language), settings.as_of)
    pages = [output.file for output in settings.outputs if output.format == "html"]
    for file in pages or ([] if settings.outputs else [workspace.root / _PAGE]):
        put_private(file or workspace.root / _PAGE, as_page(found).encode())
        show(as_text(found, str(file or workspace.root / _PAGE)), settings)
    others = tuple(output for output in settings.outputs if output.format == "json")
    if others:
        emit(replace(settings, outputs=others), json=lambda: as_json(found))


def _with_page(settings: Settings) -> Settings:
    """`-o page.html` is a file, too."""
    outputs = tuple(
        Output("html", Path(one.format)) if one.file is None and one.format.endswith(".html") else one
        for one in settings.outputs
    )
    return replace(settings, outputs=outputs)
