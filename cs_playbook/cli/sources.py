"""Data: sources suggest, list, show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cs_playbook.cli.settings import Settings, emit, existing, only_formats, say

DATA = "Data"
Into = Annotated[
    Path | None,
    typer.Option(
        "--write", metavar="DIR", help="Put both files into this folder; what is there is never replaced."
    ),
]


def register(app: typer.Typer) -> None:
    sources = typer.Typer(
        help="How exports become tables: drafts and ready mappings.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    sources.command("suggest")(suggest)
    sources.command("list")(list_mappings)
    sources.command("show")(show_mapping)
    app.add_typer(sources, name="sources", rich_help_panel=DATA)


def suggest(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="Exports: CSV, TSV, JSON, JSON Lines or SQLite files."),
    ],
    write: Into = None,
    new_contract: Annotated[
        bool, typer.Option("--new-contract", help="Draft data.yaml too, although the workspace has one.")
    ] = False,
) -> None:
    """A draft of sources.yaml (and data.yaml) from export files, with every doubt as a question."""
    from cs_playbook.commands.suggesting import contract_of, suggest, write_new
    from cs_playbook.report.sources_summary import as_json, ready_lines, summary

    settings: Settings = context.obj
    only_formats(settings, "text", "json")
    root, contract = contract_of(settings.directory)
    made = suggest(existing(files, settings), root, None if new_contract else contract, settings.today())
    if write is not None:
        write_new(made.texts, write, root)
    if write is None or settings.outputs:
        emit(
            settings,
            text=lambda: _both(made.texts),
            json=lambda: as_json(made.draft, made.texts, made.unreadable),
        )
    for line in (*summary(made.draft, made.unreadable, made.folder, write, root), *ready_lines(made.ready)):
        say(line)


def _both(texts: tuple[tuple[str, str], ...]) -> str:
    if len(texts) == 1:
        return texts[0][1]
    return "\n".join(f"# ---------- {name} ----------\n{text}" for name, text in texts)


def list_mappings(context: typer.Context) -> None:
    """The ready mappings: what each tool exports, already mapped."""
    from cs_playbook.commands.ready_mappings import all_mappings
    from cs_playbook.report.sources_summary import mappings_json, mappings_text

    mappings = all_mappings()
    emit(context.obj, text=lambda: mappings_text(mappings), json=lambda: mappings_json(mappings))


def show_mapping(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="salesforce, hubspot …: as `sources list` names it.")
    ],
    write: Into = None,
) -> None:
    """A ready mapping: data.yaml and sources.yaml for the exports of one tool."""
    from cs_playbook.commands.ready_mappings import mapping_of
    from cs_playbook.commands.suggesting import workspace_around, write_new
    from cs_playbook.report.sources_summary import mapping_json

    settings: Settings = context.obj
    only_formats(settings, "text", "json")
    mapping = mapping_of(name)
    if write is not None:
        for path in write_new(mapping.texts, write, workspace_around(settings.directory)):
            say(f"wrote {path}")
        say("  next: cs-playbook validate, put the exports into exports/, then cs-playbook snapshot build")
        return
    emit(settings, text=lambda: _both(mapping.texts), json=lambda: mapping_json(mapping))
