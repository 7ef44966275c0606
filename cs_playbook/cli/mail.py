"""`send` and `drafts`: what leaves, by whose word."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cs_playbook.cli.operate import BY, PANEL, act_of
from cs_playbook.cli.settings import Settings, emit, only_formats, say, show, width

if TYPE_CHECKING:
    from cs_playbook.commands.send_all import Left

_KEY = Annotated[str, typer.Argument(metavar="KEY", help="The key, or its beginning.")]
_BECAUSE = Annotated[str, typer.Option("--because", help="Why, for the history.")]
_FOLDER = typer.Option("--to-folder", metavar="DIR", help="No server: a file <key>.eml for each mail.")
_MAILDIR = typer.Option("--maildir", metavar="DIR", help="No server: a Maildir, as mail programs read it.")


def register(app: typer.Typer) -> None:
    app.command("send", rich_help_panel=PANEL)(send)
    group = typer.Typer(
        help="The drafts of each owner: look, change, send, discard.", rich_markup_mode=None, invoke_without_command=True
    )  # fmt: skip
    group.callback()(drafts)
    for name, command in (
        ("show", show_one),
        ("open", open_one),
        ("send", send_some),
        ("edit", edit),
        ("discard", discard),
    ):
        group.command(name)(command)
    app.add_typer(group, name="drafts", rich_help_panel=PANEL)


def send(
    context: typer.Context,
    to_folder: Annotated[Path | None, _FOLDER] = None,
    maildir: Annotated[Path | None, _MAILDIR] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would leave; change nothing.")] = False,
    resolve: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--resolve", metavar="KEY WORD", help="What became of an uncertain mail: sent, again or dead."
        ),
    ] = None,
    because: _BECAUSE = "",
    by: BY = "",
) -> None:
    """Hand over the mails of the outbox, each once."""
    from cs_playbook.commands.heartbeat import ping
    from cs_playbook.commands.send import Clock
    from cs_playbook.commands.send_all import rehearse_all, send_all
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.commands.world import World
    from cs_playbook.errors import WrongCommandLine

    settings: Settings = context.obj
    only_formats(settings, "text", "json")
    if to_folder and maildir:
        raise WrongCommandLine("--to-folder and --maildir", "one of the two: each mail leaves once")
    if resolve is not None:
        _resolve(settings, *resolve, because, by)
        return
    workspace = open_workspace(settings.directory)
    zone = workspace.catalog.project.calendar.timezone
    at = settings.now(zone) if settings.as_of is None else None
    clock = Clock(settings.today(zone), lambda: settings.recorded_at, at)
    if dry_run:
        _told(rehearse_all(workspace, to_folder or maildir, os.environ, clock), settings, rehearsed=True)
        return
    machine = World(os.environ, time.monotonic, time.sleep)
    left = send_all(workspace, to_folder, maildir, machine, clock)
    told = ping(workspace.place, settings.now(zone), os.environ)
    if told:
        say(told)
    _told(left, settings, rehearsed=False)
    if left.mails.stopped is not None and left.nothing_left:
        raise left.mails.stopped
    if not left.is_whole:
        raise typer.Exit(5)


def _told(left: Left, settings: Settings, rehearsed: bool) -> None:
    from cs_playbook.report import sending as report
    from cs_playbook.report.posting import post_lines, post_values

    notes, digests = left.notes.told, left.digests.told
    text = report.rehearsed_text if rehearsed else report.as_text
    lines = post_lines(notes, digests, width())
    told = {"notes": post_values(notes), "digests": post_values(digests)}
    emit(
        settings,
        text=lambda: text(left.mails, width(), lines),
        json=lambda: report.as_json(left.mails, told),
    )


def _resolve(settings: Settings, key: str, word: str, because: str, by: str) -> None:
    from cs_playbook.commands.resolving import resolve
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.sending import resolved_text

    workspace = open_workspace(settings.directory)
    told = resolve(workspace, key, word, because, act_of(settings, workspace, by))
    show(resolved_text(told), settings)


def drafts(
    context: typer.Context,
    owner: Annotated[str, typer.Option("--owner", help="Part of a name or address.")] = "",
) -> None:
    """What waits to be sent, by whom; and what is in the outbox."""
    if context.invoked_subcommand is not None:
        return
    from cs_playbook.commands.drafts import draft_list
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.drafts import list_json, list_text

    settings: Settings = context.obj
    listed = draft_list(open_workspace(settings.directory), settings.as_of, owner or None)
    if settings.hides:
        from cs_playbook.report.nameless import of_mails

        listed = of_mails(listed)
    emit(settings, text=lambda: list_text(listed, width()), json=lambda: list_json(listed))


def show_one(context: typer.Context, key: _KEY) -> None:
    """One mail as it will be read."""
    from cs_playbook.commands.drafts import draft_shown
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.drafts import shown_json, shown_text

    settings: Settings = context.obj
    shown = draft_shown(open_workspace(settings.directory), key)
    emit(settings, text=lambda: shown_text(shown), json=lambda: shown_json(shown))


def open_one(context: typer.Context, key: _KEY) -> None:
    """The file of a draft, to open in a mail program."""
    from cs_playbook.commands.drafts import draft_file
    from cs_playbook.commands.workspace import open_workspace

    settings: Settings = context.obj
    show(f"{draft_file(open_workspace(settings.directory), key)}\n", settings)


def send_some(
    context: typer.Context,
    keys: Annotated[list[str] | None, typer.Argument(metavar="[KEY…]", help="Of one or several.")] = None,
    playbook: Annotated[str, typer.Option("--playbook", metavar="NAME", help="All of one playbook.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="All there are.")] = False,
    by: BY = "",
) -> None:
    """Release drafts: they go into the outbox, and leave with the next `send`."""
    from cs_playbook.commands.releasing import Chosen, release
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.errors import WrongCommandLine
    from cs_playbook.report.drafts import released_text

    settings: Settings = context.obj
    if sum((bool(keys), bool(playbook), everything)) != 1:
        raise WrongCommandLine("which drafts?", "name KEYs, or --playbook NAME, or --all")
    workspace = open_workspace(settings.directory)
    released = release(workspace, Chosen(tuple(keys or ()), playbook), act_of(settings, workspace, by))
    show(released_text(released), settings)
    if released.left:
        raise typer.Exit(5 if released.mails else 1)


def edit(
    context: typer.Context,
    key: _KEY,
    text: Annotated[
        Path | None,
        typer.Option(
            "--text", metavar="FILE", help="The new words: `Subject: …`, then Markdown; instead of $EDITOR."
        ),
    ] = None,
    by: BY = "",
) -> None:
    """Change the subject and the words of a draft; these are what is sent."""
    from cs_playbook.commands.rewriting import rewrite, words_so_far
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.words import clean

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    before = words_so_far(workspace, key)
    words = _read(text) if text is not None else _edited(before.text)
    changed = rewrite(workspace, before.key, words, act_of(settings, workspace, by))
    if changed is None:
        show("nothing was changed\n", settings)
        return
    enrollment, task = changed
    short = task.key[:8]
    show(
        f"{short} ({clean(enrollment.account)} · {enrollment.playbook} › {task.step}) has its new words\n"
        f"  cs-playbook drafts show {short}; cs-playbook drafts send {short}\n", settings,
    )  # fmt: skip


def discard(context: typer.Context, key: _KEY, because: _BECAUSE = "", by: BY = "") -> None:
    """Nobody gets it: a draft, or a mail that waits in the outbox."""
    from cs_playbook.commands.releasing import discard as do
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.words import clean

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    enrollment, task = do(workspace, key, because, act_of(settings, workspace, by))
    where = f"{clean(enrollment.account)} · {enrollment.playbook} › {task.step}"
    show(f"{task.key[:8]} ({where}) is discarded: nobody gets it\n", settings)


def _read(file: Path) -> str:
    from cs_playbook.errors import UserError

    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"{file} cannot be read: {error.strerror}", "look at the path and its permissions"
        ) from error
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is not UTF-8", "save it as UTF-8") from error


def _edited(before: str) -> str:
    """What a person makes of it in the editor that they have chosen."""
    from cs_playbook.errors import ChoiceError

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise ChoiceError(
            "no editor is set", "set EDITOR, or write the words into a file: drafts edit KEY --text FILE"
        )
    with tempfile.TemporaryDirectory(prefix="cs-playbook-") as folder:
        file = Path(folder) / "draft.md"
        file.write_text(before, encoding="utf-8")
        try:
            ended = subprocess.run([*shlex.split(editor), str(file)], check=False).returncode
        except OSError as error:
            raise ChoiceError(
                f"the editor {editor} cannot be started: {error.strerror}", "look at EDITOR"
            ) from error
        if ended != 0:
            raise ChoiceError(f"the editor {editor} ended with {ended}", "nothing was changed")
        return _read(file)
