"""Start: init, demo; data: snapshot build, check, show."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from cs_playbook import __version__
from cs_playbook.cli.settings import Settings, colored, day_written, emit, existing, say, show, width
from cs_playbook.errors import WrongCommandLine

START, DATA = "Start", "Data"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=START)(init)
    app.command(rich_help_panel=START)(demo)
    snapshot = typer.Typer(
        help="Exports into the snapshot of a day; look at it.", no_args_is_help=True, rich_markup_mode=None
    )
    snapshot.command("build")(build)
    snapshot.command("check")(check)
    snapshot.command("show")(show_one)
    app.add_typer(snapshot, name="snapshot", rich_help_panel=DATA)


def init(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]", help="A new or empty folder; with --ci also a workspace that is there."
        ),
    ] = None,
    ci: Annotated[
        str,
        typer.Option(
            "--ci", metavar="HOST", help="github or gitlab: also write what looks at each pull request."
        ),
    ] = "",
    empty: Annotated[
        bool, typer.Option("--empty", help="Without the library: for data that is not like its tables.")
    ] = False,
) -> None:
    """A workspace of your own, from the starter library; with --ci what looks at each pull request."""
    from cs_playbook.commands.init import init as make
    from cs_playbook.commands.init_empty import init_empty

    settings: Settings = context.obj
    if ci:
        _known_host(ci)  # before anything is made
    if ci and _is_workspace(settings, folder):
        _write_ci(settings.directory / (folder or Path()), ci, settings)
        return
    if folder is None:
        raise WrongCommandLine("init takes the folder that is to be made", "cs-playbook init my-team")
    named = settings.directory / folder
    made = (init_empty if empty else make)(named, __version__, settings.recorded_at)
    show(f"{named}: {made.files} files, and a ledger in {made.ledger.relative_to(made.root)}\n", settings)
    show(_next_of_empty(named) if empty else _next_of_library(named), settings)
    if ci:
        _write_ci(settings.directory / folder, ci, settings)


def _known_host(written: str) -> None:
    from cs_playbook.commands.ci import host_of

    host_of(written)


def _next_of_library(folder: Path) -> str:
    return (
        f"  next: cs-playbook -C {folder} validate      (then put your exports into its folder exports/, and read its README.md)\n"
        "  Is your data nothing like its tables? `init DIR --empty` makes a workspace without the library\n"
    )


def _next_of_empty(folder: Path) -> str:
    return (
        f"  next: put your exports into {folder / 'exports'}, your name into {folder / 'team.yaml'}, then\n"
        f"        cs-playbook -C {folder} sources suggest {folder / 'exports'}/*.csv --write {folder}\n"
    )


def _is_workspace(settings: Settings, folder: Path | None) -> bool:
    from cs_playbook.source.files import PROJECT_FILE

    return folder is None or (settings.directory / folder / PROJECT_FILE).is_file()


def _write_ci(folder: Path, ci: str, settings: Settings) -> None:
    from cs_playbook.commands.ci import described, host_of, write_ci
    from cs_playbook.source.files import find_root

    made = write_ci(find_root(folder), host_of(ci), __version__)
    show("".join(f"{line}\n" for line in described(made)), settings)


def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the made-up workspace goes.")] = Path(
        "demo-workspace"
    ),
) -> None:
    """The whole tour on a made-up portfolio: four mornings, with an answer in between."""
    from cs_playbook.commands.demo import tour

    settings: Settings = context.obj
    for text in tour(settings.directory / folder, __version__, settings.recorded_at):
        show(text, settings)


def build(
    context: typer.Context,
    exports: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FOLDER", help="Where the exports are; `folder:` of sources.yaml if absent."
        ),
    ] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Also where the day was run: the next run of it looks at the new one."),
    ] = False,
) -> None:
    """Exports into the snapshot of today (or of --as-of)."""
    from cs_playbook.cli.progress import watching
    from cs_playbook.commands.snapshots import Look, build_snapshot
    from cs_playbook.commands.workspace import open_for_exports
    from cs_playbook.effects.snapshot_build import Stamp
    from cs_playbook.report.findings import Looked, as_text, without_notes
    from cs_playbook.report.snapshots import built_text

    settings: Settings = context.obj
    existing([exports] if exports else [], settings)
    workspace = open_for_exports(settings.directory)
    day = settings.today(workspace.catalog.project.calendar.timezone)
    stamp = Stamp(day, settings.recorded_at, __version__)
    with watching(settings) as watch:
        look = Look.AGAIN if again else Look.FIRST
        built = build_snapshot(workspace, exports, stamp, os.environ, watch, look)
    findings = built.findings if settings.verbose else without_notes(built.findings)
    if findings:
        files = len({finding.span.file for finding in findings})
        say(as_text(findings, {**workspace.files.yaml}, Looked(files, 0.0)).rstrip())
    if built.manifest is None:
        say("stopped: nothing was built")
        raise typer.Exit(1)
    show(built_text(built.manifest, workspace.snapshots), settings)


def check(
    context: typer.Context,
    against: Annotated[
        str,
        typer.Option(
            "--against", metavar="DAY", help="Compare with this day's snapshot; the one before if absent."
        ),
    ] = "",
) -> None:
    """What has changed since the snapshot before, what of it would stop a run, and what data.yaml expects."""
    from cs_playbook.commands.snapshot_check import check_snapshot
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report import snapshot_check as report
    from cs_playbook.report.findings import Looked, as_github, as_text

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    checked = check_snapshot(workspace, settings.as_of, day_written(against, "--against"))
    change, columns = checked.change, width()

    def screen() -> str:
        found = as_text(checked.findings, workspace.files.yaml, Looked(1, 0.0)) if checked.findings else ""
        lines = (
            report.first_lines(checked.manifest, columns)
            if change is None
            else report.as_lines(change, columns, settings.names, verbose=settings.verbose)
        )
        return found + colored(lines, settings)

    emit(
        settings,
        text=screen,
        json=lambda: report.as_json(checked.manifest, change, checked.findings, settings.names),
        github=lambda: as_github((*checked.findings, *checked.told)),
    )
    if change is not None and change.stops and not against:
        raise typer.Exit(4)


def show_one(context: typer.Context) -> None:
    """What is in a snapshot: rows, empties, where it came from."""
    from cs_playbook.commands.snapshots import show_snapshot
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.snapshots import as_json, shown_text

    settings: Settings = context.obj
    shown = show_snapshot(open_workspace(settings.directory), settings.as_of)
    emit(settings, text=lambda: shown_text(shown.manifest, shown.days), json=lambda: as_json(shown.manifest))
