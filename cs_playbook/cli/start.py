"""Start: init, demo; data: snapshot build, check, show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cs_playbook import __version__
from cs_playbook.cli.settings import Settings, emit, existing, say, show

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
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> None:
    """A workspace of your own, from the starter library."""
    from cs_playbook.commands.init import init as make

    settings: Settings = context.obj
    made = make(settings.directory / folder, __version__, settings.recorded_at)
    show(
        f"{settings.directory / folder}: {made.files} files, and a ledger in {made.ledger.relative_to(made.root)}\n",
        settings,
    )
    show(
        f"  next: cs-playbook -C {settings.directory / folder} validate      (then put your exports into its folder exports/, and read its README.md)\n",
        settings,
    )


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
) -> None:
    """Exports into the snapshot of today (or of --as-of)."""
    from cs_playbook.commands.snapshots import build_snapshot
    from cs_playbook.commands.workspace import open_for_exports
    from cs_playbook.effects.snapshot_build import Stamp
    from cs_playbook.report.findings import Looked, as_text, without_notes
    from cs_playbook.report.snapshots import built_text

    settings: Settings = context.obj
    existing([exports] if exports else [], settings)
    workspace = open_for_exports(settings.directory)
    day = settings.today(workspace.catalog.project.calendar.timezone)
    built = build_snapshot(workspace, exports, Stamp(day, settings.recorded_at, __version__))
    findings = built.findings if settings.verbose else without_notes(built.findings)
    if findings:
        files = len({finding.span.file for finding in findings})
        say(as_text(findings, {**workspace.files.yaml}, Looked(files, 0.0)).rstrip())
    if built.manifest is None:
        say("stopped: nothing was built")
        raise typer.Exit(1)
    show(built_text(built.manifest, workspace.snapshots), settings)


def check(context: typer.Context) -> None:
    """Rows and empties against the snapshot before, and what data.yaml expects."""
    from cs_playbook.commands.snapshots import check_snapshot
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.findings import Looked, as_text, without_notes
    from cs_playbook.report.snapshots import checked_text

    settings: Settings = context.obj
    workspace = open_workspace(settings.directory)
    checked = check_snapshot(workspace, settings.as_of)
    findings = checked.findings if settings.verbose else without_notes(checked.findings)
    if findings:
        show(as_text(findings, workspace.files.yaml, Looked(1, 0.0)), settings)
    show(checked_text(checked.manifest, checked.before), settings)
    if any(finding.is_error for finding in checked.findings):
        raise typer.Exit(1)


def show_one(context: typer.Context) -> None:
    """What is in a snapshot: rows, empties, where it came from."""
    from cs_playbook.commands.snapshots import show_snapshot
    from cs_playbook.commands.workspace import open_workspace
    from cs_playbook.report.snapshots import as_json, shown_text

    settings: Settings = context.obj
    shown = show_snapshot(open_workspace(settings.directory), settings.as_of)
    emit(settings, text=lambda: shown_text(shown.manifest, shown.days), json=lambda: as_json(shown.manifest))
