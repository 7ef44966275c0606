"""Operate: ledger: the memory of what was done, looked after."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cs_playbook import __version__
from cs_playbook.cli.operate import BY, PANEL, act_of
from cs_playbook.cli.settings import Settings, show


def register(app: typer.Typer) -> None:
    ledger = typer.Typer(help="The memory of what was done.", no_args_is_help=True, rich_markup_mode=None)
    ledger.command("verify")(verify)
    ledger.command("create")(create)
    ledger.command("new")(new)
    ledger.command("move-account")(move_account)
    ledger.command("backup")(backup)
    ledger.command("export")(export)
    ledger.command("import")(import_)
    app.add_typer(ledger, name="ledger", rich_help_panel=PANEL)


def verify(context: typer.Context) -> None:
    """Whether the ledger is whole: its chain, its cache, its file."""
    from cs_playbook.commands.looking import verify as look
    from cs_playbook.commands.place import look_at_ledger, open_place
    from cs_playbook.report.words import count

    settings: Settings = context.obj
    place = open_place(settings.directory)
    wrong = look(place)
    whole = "The ledger is whole.\n"
    if not wrong:
        with look_at_ledger(place) as ledger:
            times = ledger.how_often_forgotten()
        if times:  # else somebody who has kept a hash of the chain would take it for another ledger
            whole += f"  its chain was made anew on purpose, {count(times, 'time')}: somebody was forgotten\n"
    show("".join(f"! {sentence}\n" for sentence in wrong) or whole, settings)
    if wrong:
        raise typer.Exit(3)


def create(context: typer.Context) -> None:
    """A first, empty ledger where there is none, as in a clone. Never replaces one."""
    from cs_playbook.commands.init import create_ledger
    from cs_playbook.commands.place import open_place

    settings: Settings = context.obj
    made = create_ledger(open_place(settings.directory), __version__, settings.recorded_at)
    show(f"{made}: an empty ledger\n", settings)


def backup(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Where to; beside the ledger in backups/ if absent."),
    ] = None,
) -> None:
    """A copy, also while others write; looked through before it is put in place."""
    from cs_playbook.commands.ledger_care import back_up
    from cs_playbook.commands.place import open_place
    from cs_playbook.report.words import count

    settings: Settings = context.obj
    copied = back_up(open_place(settings.directory), file, settings.recorded_at)
    show(f"{copied.path}: {count(copied.events, 'event')}, whole\n", settings)


def export(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The screen if absent.")] = None,
) -> None:
    """All of it as lines of JSON: every event, run and text, and what is remembered."""
    from cs_playbook.commands.ledger_care import exported
    from cs_playbook.commands.place import open_place
    from cs_playbook.errors import WrongCommandLine

    settings: Settings = context.obj
    lines = exported(open_place(settings.directory))
    if file is None:
        for line in lines:
            show(line, settings)
        return
    try:
        with file.open("x", encoding="utf-8", newline="\n") as target:
            target.writelines(lines)
    except FileExistsError:
        raise WrongCommandLine(f"{file} is there already", "name a new file") from None
    show(f"{file}\n", settings)


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="As `ledger export` wrote it.")],
) -> None:
    """A new ledger from its lines, where there is none; the same as the one they came from."""
    from cs_playbook.commands.ledger_care import imported
    from cs_playbook.commands.place import open_place
    from cs_playbook.report.words import count

    settings: Settings = context.obj
    made = imported(open_place(settings.directory), file, __version__, settings.recorded_at)
    show(f"{made.path}: {count(made.events, 'event')}, whole\n", settings)


def new(
    context: typer.Context,
    skip_existing: Annotated[
        bool,
        typer.Option("--skip-existing", help="Whoever fits a playbook today is known, and starts nothing."),
    ] = False,
    because: Annotated[str, typer.Option("--because", help="Why, for the history.")] = "",
    by: BY = "",
) -> None:
    """In place of a ledger that is lost for good; what was open is lost with it."""
    from cs_playbook.commands.ledger_new import begin_among_the_known
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.errors import ChoiceError
    from cs_playbook.report.words import day_with_year

    settings: Settings = context.obj
    if not skip_existing or not because:
        hint = 'cs-playbook ledger new --skip-existing --because "…"; a first, empty one: cs-playbook ledger create'
        raise ChoiceError("a new ledger in place of a lost one needs --skip-existing and a reason", hint)
    workspace = open_workspace(settings.directory)
    act = act_of(settings, workspace, by)
    begun = begin_among_the_known(workspace, settings.as_of, act.by, because, __version__, act.recorded_at)
    known = "".join(f"  {number:>6}  {name}\n" for name, number in begun.known)
    show(
        f"{begun.path}: a new ledger, begun on {day_with_year(begun.day)}\n"
        f"known, and left alone as long as they fit:\n{known}"
        "  cs-playbook run goes on from the next export; what was open before is not known any more\n",
        settings,
    )


def move_account(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The id it had.")],
    to: Annotated[str, typer.Argument(metavar="NEW", help="The id under which it goes on.")],
    because: Annotated[str, typer.Option("--because", help="Why, for the history.")],
    by: BY = "",
) -> None:
    """The CRM has renamed or merged an account: what was its own goes on; keys stay."""
    from cs_playbook.commands.move_account import move_account as move
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.words import clean, count

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    moved = move(workspace.place, old, to, because, act_of(settings, workspace, by))
    ended = ", ".join(item.playbook for item in moved.ended)
    more = f"; {clean(moved.to)} is in the same already, so these ended as merged: {ended}" if ended else ""
    show(
        f"{clean(moved.account)} goes on as {clean(moved.to)}: {count(moved.enrollments, 'enrollment')}, "
        f"{count(moved.traits, 'trait')} and what is remembered{more}\n",
        settings,
    )
