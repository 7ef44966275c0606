"""Operate: mute, snooze: what rests for a while, by a person's word."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from cs_playbook.cli.operate import BY, PANEL, act_of
from cs_playbook.cli.settings import Settings, show

UNTIL = Annotated[str, typer.Option("--until", metavar="DATE", help="The day on which it goes on.")]
BECAUSE = Annotated[str, typer.Option("--because", help="Why; every list shows it.")]


def register(app: typer.Typer) -> None:
    app.command("mute", rich_help_panel=PANEL)(mute)
    app.command("snooze", rich_help_panel=PANEL)(snooze)


def mute(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its key or its name.")],
    until: UNTIL = "",
    because: BECAUSE = "",
    by: BY = "",
    clear: Annotated[bool, typer.Option("--clear", help="It is no longer left alone.")] = False,
) -> None:
    """Leave an account alone until a day: no playbook starts, opens or sends anything."""
    from cs_playbook.commands.resting import mute as do
    from cs_playbook.commands.resting import unmute
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.words import clean, day_with_year

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    act = act_of(settings, workspace, by)
    if clear:
        lifted = unmute(workspace, account, because, act)
        show(f"{clean(lifted.account)} is no longer left alone; the next run goes on with it\n", settings)
        return
    muted = do(workspace, account, day_of(until), because, act)
    show(
        f"{clean(muted.account)} is left alone until {day_with_year(muted.until)}: {clean(because)}\n"
        f"  answers, exits and goals still count; cs-playbook mute {clean(muted.account)} --clear lifts it\n",
        settings,
    )


def snooze(
    context: typer.Context,
    key: Annotated[
        str, typer.Argument(metavar="TASK", help="The key of a task, or its beginning; or of an enrollment.")
    ],
    until: UNTIL = "",
    because: BECAUSE = "",
    by: BY = "",
) -> None:
    """Put a task off until a day: not late meanwhile, due again then."""
    from cs_playbook.commands.resting import snooze as do
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.words import clean, day_with_year

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    off = do(workspace, key, day_of(until), because, act_of(settings, workspace, by))
    what = f"{off.task.key[:8]} ({off.task.step})" if off.task else "all of it"
    due = f"; due {day_with_year(off.due)}" if off.due else ""
    show(
        f"{off.enrollment.playbook} for {clean(off.enrollment.account)}: {what} sleeps until {day_with_year(off.until)}{due}\n",
        settings,
    )


def day_of(written: str) -> date:
    from cs_playbook.errors import ChoiceError

    try:
        return date.fromisoformat(written)
    except ValueError:
        said = f"'{written}' is not a day" if written else "until when?"
        raise ChoiceError(said, "write --until 2026-03-31") from None
