"""All commands in one Typer application, and the one place where errors become sentences and exit codes."""

from __future__ import annotations

import errno
import sys
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from typer.models import CommandInfo

from cs_playbook import __version__
from cs_playbook.cli import GLOBAL_WITH_VALUE
from cs_playbook.cli.settings import Output, Settings, in_ci, may_color, say
from cs_playbook.errors import UnknownAccount, UserError

# Which room of cli knows which commands: only the one that is asked for is opened.
ROOMS = {
    "start": ("init", "demo", "snapshot"),
    "sources": ("sources",),
    "write": ("validate", "language", "rule", "schema"),
    "words": ("vocabulary", "library", "new"),
    "prove": ("test",),
    "look": ("dry-run", "explain", "health"),
    "segments": ("segments",),
    "portfolio": ("kpis", "capacity", "assign"),
    "plans": ("plans",),
    "review": ("diff",),
    "operate": ("run", "tasks", "done", "answers", "start", "given", "stop", "history"),
    "status": ("status",),
    "blame": ("blame",),
    "mail": ("send", "drafts"),
    "email": ("email",),
    "ledger": ("ledger",),
    "traits": ("set",),
    "leave": ("mute", "snooze"),
    "suppress": ("suppress",),
    "forget": ("forget",),
    "guide": ("guide",),
}


def application(wanted: str | None = None) -> typer.Typer:
    """Only the command that is wanted, because each takes two milliseconds to make; all where it is none."""
    app = typer.Typer(
        name="cs-playbook",
        help="Customer success as code: playbooks in git, dry-run against a snapshot, run once a day.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"auto_envvar_prefix": "CS_PLAYBOOK", "help_option_names": ["-h", "--help"]},
    )
    app.callback()(global_options)
    rooms = [room for room, names in ROOMS.items() if wanted in names]
    for room in rooms or ROOMS:
        import_module(f"cs_playbook.cli.{room}").register(app)
    if rooms:
        app.registered_commands = [one for one in app.registered_commands if _name(one) == wanted]
        app.registered_groups = [group for group in app.registered_groups if group.name == wanted]
    return app


def _name(command: CommandInfo) -> str:
    return str(command.name or getattr(command.callback, "__name__", ""))


def global_options(
    context: typer.Context,
    directory: Annotated[
        Path, typer.Option("--directory", "-C", help="The workspace; this folder or one above it if absent.")
    ] = Path(),
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="The logical day, e.g. 2026-03-02: picks its snapshot and replaces the clock.",
        ),
    ] = "",
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FORMAT[=FILE]", help="text, json …; several in one run."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No results on the screen.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Notes too.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours (NO_COLOR works too).")] = False,
    names: Annotated[
        bool | None,
        typer.Option("--names/--no-names", help="Names or ids; names on a terminal, ids elsewhere."),
    ] = None,
) -> None:
    """Customer success as code."""
    context.obj = Settings(
        directory=_folder(directory), as_of=_day(as_of), outputs=_outputs(output or []), quiet=quiet, verbose=verbose,
        color=may_color(no_color), names=sys.stdout.isatty() and not in_ci() if names is None else names,
        names_asked=bool(names), hides=in_ci() and not names,
    )  # fmt: skip


def _folder(written: Path) -> Path:
    if not written.is_dir():
        what = "is not a folder" if written.exists() else "does not exist"
        raise typer.BadParameter(f"{written} {what}: it takes the folder of a workspace", param_hint="-C")
    return written


def _outputs(written: list[str]) -> tuple[Output, ...]:
    pairs = (item.partition("=") for item in written)
    return tuple(Output(name, Path(file) if file else None) for name, _, file in pairs)


def _day(written: str) -> date | None:
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter(
            f"'{written}' is not a day: write 2026-03-31", param_hint="--as-of"
        ) from None
    # A run of a day to come could never be taken back: time does not go back. One day is left for time zones.
    if day > datetime.now(UTC).date() + timedelta(days=1):
        raise typer.BadParameter(f"{written} has not come yet", param_hint="--as-of")
    return day


def run_app(arguments: list[str]) -> int:
    """The exit code. A user's or the world's fault is a sentence and a hint; ours is a traceback and exit 3."""
    try:
        application(_command(arguments))(arguments, prog_name="cs-playbook")
    except UserError as error:
        _explain(error)
        return error.exit_code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except KeyboardInterrupt:
        say("stopped; what was recorded is whole, and the next run goes on from there")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:  # no file has it: nothing is wrong with the machine
            say(
                f"error: {str(error.filename)[:60]}… is longer than a name of a file can be\n  write a shorter one"
            )
            return 2
        say(f"error: {error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return 3
    except Exception:  # noqa: BLE001 - the last wall: a bug must end with its traceback and exit 3, never 1
        import traceback

        traceback.print_exc()
        say(f"this is a bug of cs-playbook {__version__}: please report it with the lines above")
        return 3
    return 0


def _command(arguments: list[str]) -> str | None:
    """The command that is asked for: the first word that is neither an option nor an option's value."""
    waiting = iter(arguments)
    for argument in waiting:
        if argument in GLOBAL_WITH_VALUE:
            next(waiting, None)
        elif not argument.startswith("-"):
            return argument
    return None


def _explain(error: UserError) -> None:
    from cs_playbook.commands.unsound import UnsoundFiles

    if isinstance(error, UnsoundFiles):
        from cs_playbook.report.findings import Looked, as_text, without_notes

        texts = {**error.files.yaml, **error.files.letters}
        say(as_text(without_notes(error.findings), texts, Looked(len(texts), 0.0)).rstrip())
    from cs_playbook.report.words import clean

    # A sentence may quote what a customer typed, line by line.
    for line in f"{'stopped' if error.exit_code == 4 else 'error'}: {error.sentence}".split("\n"):
        say(clean(line))
    hint = error.by_keys if isinstance(error, UnknownAccount) and in_ci() else error.hint
    if hint:
        say("\n".join(f"  {clean(line)}" for line in hint.split("\n")))
