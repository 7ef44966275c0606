"""Write: vocabulary, library, new."""

from __future__ import annotations

from typing import Annotated

import typer

from cs_playbook.cli.settings import Settings, colored, emit, say, show, width
from cs_playbook.errors import ChoiceError, WrongCommandLine

START, PANEL = "Start", "Write"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(vocabulary)
    app.command(rich_help_panel=START)(library)
    app.command(rich_help_panel=START)(new)


def vocabulary(
    context: typer.Context,
    word: Annotated[
        str,
        typer.Argument(metavar="[WORD]", help="usage_change, contacts, contacts.roles, csm, days_until …"),
    ] = "",
) -> None:
    """Every fact, table, role and function one may write: type, how often filled, frequent values, where used."""
    from cs_playbook.commands.vocabulary import vocabulary as look
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report import vocabulary as report

    settings: Settings = context.obj
    found = look(open_workspace(settings.directory), word, settings.as_of)
    of_all = (found.words, found.day, found.accounts)
    columns, names = width(), settings.names
    emit(
        settings,
        text=lambda: colored(
            report.one_lines(found.words, columns, names)
            if word
            else report.as_lines(*of_all, found.trouble, columns, names),
            settings,
        ),
        json=lambda: report.as_json(*of_all, found.trouble, names),
        markdown=lambda: report.as_markdown(*of_all, names),
    )


def library(context: typer.Context) -> None:
    """The playbooks of the starter library: for whom, when, steps, emails."""
    from cs_playbook.commands.library import library as look
    from cs_playbook.commands.library import tables_here
    from cs_playbook.report import library as report

    settings: Settings = context.obj
    listed, here, columns = look(), tables_here(settings.directory), width()
    emit(
        settings,
        text=lambda: colored(report.library_lines(listed, columns, here), settings),
        json=lambda: report.library_json(listed),
    )


def new(
    context: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="playbook, email, signals, traits, segments, scorecard, kpis, success_plan, tests",
        ),
    ],
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="An email is named like hello/first; a plan needs none.")
    ] = "",
    source: Annotated[
        str,
        typer.Option("--from", metavar="library/PLAYBOOK", help="Copy this one, with all that it needs."),
    ] = "",
    mine: Annotated[
        list[str] | None,
        typer.Option(
            "--mine", metavar="NAME", help="With --from: where a name clashes, keep your own; `all` of them."
        ),
    ] = None,
    account: Annotated[
        str,
        typer.Option("--account", metavar="ACCOUNT", help="With success_plan: whose plan, by key or name."),
    ] = "",
    template: Annotated[
        str, typer.Option("--template", metavar="TEMPLATE", help="With --account: from which template.")
    ] = "",
) -> None:
    """A new file with comments, to begin with; or a playbook of the library. Nothing is ever overwritten."""
    settings: Settings = context.obj
    if account or template:
        _new_plan(settings, kind, name, account, template)
        return
    if not name:
        raise WrongCommandLine(f"what shall the {kind} be called?", f"cs-playbook new {kind} NAME")
    if not source:
        from cs_playbook.commands.new_file import new_file

        made = new_file(settings.directory, kind, name)
        show(f"{made.path}\n  next: {made.next}\n", settings)
        return
    from cs_playbook.commands.library import open_library
    from cs_playbook.commands.new import bring
    from cs_playbook.report import library as report

    if kind != "playbook":
        raise ChoiceError(
            f"only playbooks are copied, not '{kind}'",
            "cs-playbook new playbook NAME --from library/PLAYBOOK",
        )
    brought = bring(settings.directory, name, source, mine or [], open_library())
    told = (brought.copied, brought.written, brought.stories_out, brought.stories)
    if brought.findings and brought.files is not None:
        from cs_playbook.report.findings import Looked, as_text

        say("nothing was copied: in this workspace it would not be right")
        say(
            as_text(
                brought.findings, {**brought.files.yaml, **brought.files.letters}, Looked(1, 0.0)
            ).rstrip()
        )
        raise typer.Exit(1)
    emit(
        settings,
        text=lambda: colored(report.brought_lines(*told, width()), settings),
        json=lambda: report.brought_json(*told),
    )
    if not brought.written:
        raise typer.Exit(1)


def _new_plan(settings: Settings, kind: str, name: str, account: str, template: str) -> None:
    from cs_playbook.commands.new_plan import new_plan

    if kind != "success_plan" or not account:
        hint = "cs-playbook new success_plan --account ACCOUNT --template TEMPLATE"
        raise WrongCommandLine("--account and --template make the success plan of an account", hint)
    made = new_plan(settings.directory, name, account, template, settings.as_of)
    show(f"{made.path}\n  next: {made.next}\n", settings)
