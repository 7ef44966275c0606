"""Operate: run, tasks, done, answers, start, given, stop, history."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cs_playbook import __version__
from cs_playbook.cli.settings import Settings, emit, existing, only_formats, say, show, width

if TYPE_CHECKING:
    from datetime import date

    from cs_playbook.commands.people import Act
    from cs_playbook.commands.run import RunResult
    from cs_playbook.commands.workspace import Workspace

PANEL = "Operate"
BY = Annotated[str, typer.Option("--by", metavar="ADDRESS", help="Who says it; you if absent.")]


def register(app: typer.Typer) -> None:
    for name, command in (
        ("run", run),
        ("tasks", tasks),
        ("done", done),
        ("answers", answers),
        ("start", start),
        ("given", given),
        ("stop", stop),
        ("history", history),
    ):
        app.command(name, rich_help_panel=PANEL)(command)


def run(
    context: typer.Context,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            "--allow", metavar="RULE", help="Let this one plan pass a stop; say why with --because."
        ),
    ] = None,
    because: Annotated[str, typer.Option("--because", help="The reason, recorded.")] = "",
    plan: Annotated[
        str,
        typer.Option(
            "--plan",
            metavar="ID",
            help="With --allow: the plan that you looked at, as the stopped run names it.",
        ),
    ] = "",
    by: BY = "",
    undo: Annotated[
        str, typer.Option("--undo", metavar="RUN", help="Take a run back: its number, or last.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --undo: show what would be taken back.")
    ] = False,
) -> None:
    """Do what the plan says, once: record it, then write the task lists and drafts. Or take a run back."""
    settings: Settings = context.obj
    only_formats(settings, "text", "json")
    if undo or dry_run:
        from cs_playbook.cli.undo import undo_run

        raise typer.Exit(undo_run(settings, undo, because, _who(), by, only_look=dry_run))
    raise typer.Exit(_run(settings, allow or [], because, plan, by))


def _run(settings: Settings, allow: list[str], because: str, plan: str, by: str) -> int:
    """The exit code: 5 where something was left."""
    from cs_playbook.cli.cut_forgetting import end_a_cut, told_cut
    from cs_playbook.commands.heartbeat import beat
    from cs_playbook.commands.meant import person_meant
    from cs_playbook.commands.run import Clock, Permission, run
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.run import as_json, as_text

    _refuse_half_a_permission(allow, because, plan)
    workspace = open_workspace(settings.directory)
    who = person_meant(by, workspace.catalog.team) if by else _who()
    now = settings.now(workspace.catalog.project.calendar.timezone)
    clock = Clock(now, settings.recorded_at, settings.as_of)
    left, cut = end_a_cut(workspace.place)
    result = run(workspace, clock, Permission(dict.fromkeys(allow, because), who, plan), __version__)
    left, cut = told_cut(result.forgotten) if result.forgotten else (left, cut)  # one that came since
    beat(workspace.place, result.day, settings.recorded_at)
    _say_what_came_back(result)
    facts = (
        result.day, result.counts, result.folder, result.nothing, result.finished, len(result.returned.answers),
    )  # fmt: skip
    line, counts = _deleted(result)
    besides = {"deleted": counts, "finished_forgetting": cut}
    emit(settings, text=lambda: as_text(*facts) + line, json=lambda: as_json(*facts, besides))
    return _say_what_was_left(result) or left


def _deleted(result: RunResult) -> tuple[str, dict[str, int]]:
    """What `keep:` has deleted, as a line and as counts."""
    if result.tidied is None:
        return "", {}
    from cs_playbook.report.tidied import counts, deleted

    if result.tidied.failed:
        say(f"! what `keep:` says could not be deleted: {result.tidied.failed}; the next run tries again")
    return deleted(result.tidied.due), counts(result.tidied.due)


def _refuse_half_a_permission(allow: list[str], because: str, plan: str) -> None:
    from cs_playbook.commands.meant import refuse_unknown_rules
    from cs_playbook.errors import ChoiceError

    refuse_unknown_rules(allow)
    if allow and not because:
        raise ChoiceError("--allow needs a reason", 'say it with --because "…": it is recorded with the run')
    if allow and not plan:
        raise ChoiceError(
            "--allow needs the plan that you looked at", "the run that was stopped names it: --plan 3f9a…"
        )


def _say_what_came_back(result: RunResult) -> None:
    """Rows of returned lists that are no answers, files that somebody had changed."""
    from cs_playbook.report.findings import Looked, as_text

    found = result.returned.findings
    if found:
        say(as_text(found, {}, Looked(len({finding.span.file for finding in found}), 0.0)).rstrip())


def _say_what_was_left(result: RunResult) -> int:
    from cs_playbook.plan.decision import HeldBy
    from cs_playbook.report.words import count

    frozen = result.counts.get(f"held:{HeldBy.TEXT.value}", 0)
    if frozen:
        are = count(frozen, "enrollment is", "enrollments are")
        say(f"! {are} frozen: the text with which they began no longer binds")
    for name, why in result.undecided.items():
        say(f"! {name} could not be decided: {why}; nothing of it was done, the next run does what is left")
    return 5 if frozen or result.undecided else 0


def tasks(
    context: typer.Context,
    owner: Annotated[str, typer.Option("--owner", help="Part of a name or address.")] = "",
) -> None:
    """What is open, soonest first."""
    from cs_playbook.commands.task_list import task_list
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.looking import tasks_text
    from cs_playbook.report.task_lists import task_csv, tasks_json

    settings: Settings = context.obj
    listed = task_list(open_workspace(settings.directory), settings.as_of, owner or None)
    lines = listed.lines
    if settings.hides:
        from cs_playbook.report.nameless import of_lines

        lines = of_lines(lines)
    emit(
        settings,
        text=lambda: tasks_text(listed.day, lines, listed.short, width()),
        json=lambda: tasks_json(lines),
        csv=lambda: task_csv(lines).decode("utf-8-sig"),
    )


def done(
    context: typer.Context,
    task: Annotated[str, typer.Argument(metavar="TASK", help="The key, or its beginning.")],
    word: Annotated[str, typer.Argument(metavar="[OUTCOME]", help="One of the task's outcomes.")] = "",
    outcome: Annotated[str, typer.Option("--outcome", help="The same, said as an option.")] = "",
    note: Annotated[str, typer.Option("--note", help="A sentence for the history.")] = "",
    answer: Annotated[
        list[str] | None,
        typer.Option(
            "--answer", metavar="NAME=VALUE", help="What the task asks besides; once for each question."
        ),
    ] = None,
    by: BY = "",
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="When; today if absent.")] = "",
) -> None:
    """Close a task with an outcome. The next run goes on from there."""
    from cs_playbook.commands.given import pairs_of
    from cs_playbook.commands.people import close_task
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.errors import WrongCommandLine
    from cs_playbook.report.words import clean

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    if word and outcome not in ("", word):
        raise WrongCommandLine(f"is it {word} or {outcome}?", f"cs-playbook done {task} {word}")
    said, act = pairs_of(answer or [], "--answer"), act_of(settings, workspace, by, on)
    closed = close_task(workspace, task, outcome or word or None, note, act, said)
    already = "was already answered so" if closed.already else "is closed"
    show(
        f"{closed.task.key[:8]} ({clean(closed.enrollment.account)} · {closed.enrollment.playbook} › {closed.task.step}) {already}: {closed.outcome}\n",
        settings,
    )
    if not closed.already:
        show("  what follows opens with the next run: cs-playbook run\n", settings)


def answers(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="Returned lists (tasks.csv with `outcome` filled in)."),
    ],
) -> None:
    """Take returned lists at once; `run` does the same with everything in answers/."""
    from cs_playbook.commands.people import take_lists
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.findings import Looked, as_text
    from cs_playbook.report.words import count

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    returned = take_lists(workspace, existing(files, settings), act_of(settings, workspace))
    if returned.findings:
        say(as_text(returned.findings, {}, Looked(len(files), 0.0)).rstrip())
    known = f", {returned.known} known already" if returned.known else ""
    show(f"{count(len(returned.answers), 'answer')} taken{known}\n", settings)
    if returned.findings:
        raise typer.Exit(1)


def start(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its key or its name.")],
    playbook: Annotated[str, typer.Argument(metavar="PLAYBOOK", help="Which one; may also stand first.")],
    row: Annotated[
        str, typer.Option("--row", metavar="KEY", help="For a playbook about rows: which one.")
    ] = "",
    because: Annotated[str, typer.Option("--because", help="Why, for the history.")] = "",
    by: BY = "",
    at: Annotated[
        str, typer.Option("--at", metavar="STEP", help="It stands there already: what comes before is done.")
    ] = "",
    began: Annotated[
        str, typer.Option("--began", metavar="DATE", help="Its day 0, where that has passed.")
    ] = "",
    although: Annotated[
        str,
        typer.Option("--although", metavar="REASON", help="Again, although it was here lately or too often."),
    ] = "",
    given: Annotated[
        list[str] | None,
        typer.Option("--given", metavar="NAME=VALUE", help="What the playbook asks; once for each question."),
    ] = None,
) -> None:
    """Ask for a playbook for an account; the next run starts it."""
    from cs_playbook.commands.given import pairs_of
    from cs_playbook.commands.meant import account_and_playbook
    from cs_playbook.commands.people import Midway, ask_start
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.words import clean

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    account, playbook = account_and_playbook(account, playbook, workspace.catalog)
    asked = ask_start(
        workspace,
        playbook,
        account,
        row or None,
        because,
        act_of(settings, workspace, by),
        Midway(at or None, _day_of(began) if began else None, although, pairs_of(given or [], "--given")),
    )
    show(
        f"{asked.playbook} is asked for {clean(asked.account)}\n  the next run starts it, or says why it cannot: cs-playbook run\n",
        settings,
    )


def given(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its key or its name.")],
    playbook: Annotated[str, typer.Argument(metavar="PLAYBOOK", help="Which one; may also stand first.")],
    values: Annotated[
        list[str],
        typer.Argument(metavar="NAME=VALUE", help="What is so instead; nothing after = empties it."),
    ],
    because: Annotated[str, typer.Option("--because", help="Why, for the history.")] = "",
    by: BY = "",
) -> None:
    """Correct what was given at the start."""
    from cs_playbook.commands.correcting import correct_given
    from cs_playbook.commands.given import pairs_of
    from cs_playbook.commands.meant import account_and_playbook
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.words import clean

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    account, playbook = account_and_playbook(account, playbook, workspace.catalog)
    act = act_of(settings, workspace, by)
    correct_given(workspace, account, playbook, pairs_of(values, ""), because, act)
    named = ", ".join(values)
    show(
        f"{playbook} for {clean(account)}: {clean(named)}\n  what is not yet open moves with the next run: cs-playbook run\n",
        settings,
    )


def stop(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its key or its name.")],
    playbook: Annotated[str, typer.Argument(metavar="PLAYBOOK", help="Which one; may also stand first.")],
    because: Annotated[str, typer.Option("--because", help="Why, for the history.")],
    by: BY = "",
) -> None:
    """End a playbook for an account now, with all its open tasks."""
    from cs_playbook.commands.meant import account_and_playbook
    from cs_playbook.commands.people import stop_playbook
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.words import clean, count

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    account, playbook = account_and_playbook(account, playbook, workspace.catalog)
    stopped = stop_playbook(
        workspace,
        playbook,
        account,
        because,
        act_of(settings, workspace, by),
    )
    cancelled = sum(len(item.open_tasks) for item in stopped)
    show(
        f"{playbook} is stopped for {clean(stopped[0].account)}; {count(cancelled, 'open task')} cancelled\n",
        settings,
    )


def history(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its key or its name.")],
) -> None:
    """All that was ever done to an account."""
    from cs_playbook.commands.looking import history as look
    from cs_playbook.commands.place import open_place
    from cs_playbook.report.looking import history_json, history_text

    settings: Settings = context.obj
    found = look(open_place(settings.directory), account)
    events = [(item.day, item.recorded_at, item.event) for item in found.recorded]
    emit(
        settings,
        text=lambda: history_text(found.account, events, found.enrollments, width()),
        json=lambda: history_json(found.account, events),
    )


def _day_of(written: str) -> date:
    from datetime import date as day

    from cs_playbook.errors import ChoiceError

    try:
        return day.fromisoformat(written)
    except ValueError:
        raise ChoiceError(f"'{written}' is not a day", "write it as 2026-03-31") from None


def act_of(settings: Settings, workspace: Workspace, by: str = "", on: str = "") -> Act:
    from datetime import date

    from cs_playbook.commands.meant import person_meant
    from cs_playbook.commands.people import Act
    from cs_playbook.errors import ChoiceError

    timezone = workspace.catalog.project.calendar.timezone
    try:
        day = date.fromisoformat(on) if on else settings.today(timezone)
    except ValueError:
        raise ChoiceError(f"'{on}' is not a day", "write it as 2026-03-31") from None
    if day > settings.today(timezone):
        raise ChoiceError(
            f"{day.isoformat()} has not come yet", "an act counts on the day it was done, or later"
        )
    who = person_meant(by, workspace.catalog.team) if by else _who()
    return Act(who, day, settings.recorded_at)


def _who() -> str:
    """The person at the keyboard, as the machine knows them."""
    try:
        name = os.environ.get("CS_PLAYBOOK_BY") or getpass.getuser()
        return name.encode("utf-8", "replace").decode()  # the ledger holds text only
    except (KeyError, OSError):  # a container may have users without names
        return f"user {os.getuid()}"
