"""Write: validate, language, rule, schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cs_playbook import __version__
from cs_playbook.cli.settings import Settings, cache_folder, colored, emit, existing, show, width
from cs_playbook.errors import ChoiceError, WrongCommandLine

if TYPE_CHECKING:
    from cs_playbook.source.finding import Finding

PANEL = "Write"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(validate)
    app.command(rich_help_panel=PANEL)(language)
    app.command(rich_help_panel=PANEL)(rule)
    app.command(rich_help_panel=PANEL)(schema)


def validate(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATHS]", help="Show only findings in these files and folders."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Look at every file again, even where nothing has changed.")
    ] = False,
) -> None:
    """Every finding in the files, in one pass."""
    from time import perf_counter

    from cs_playbook.commands.validating import validate as look
    from cs_playbook.report.findings import (
        Looked,
        about_branches,
        about_exports,
        as_github,
        as_json,
        as_text,
        without_notes,
    )

    settings: Settings = context.obj
    wanted = [path.resolve() for path in existing(paths or [], settings)]
    began = perf_counter()
    validated = look(settings.directory, None if no_cache else cache_folder())
    texts = {**validated.files.yaml, **validated.files.letters}
    _refuse_outside(wanted, validated.files.root)
    files = {finding.span.file for finding in validated.findings}
    shown = {file for file in files if not wanted or _below(validated.files.root / file, wanted)}
    found = [finding for finding in validated.findings if finding.span.file in shown]
    findings = tuple(found) if settings.verbose else without_notes(found)
    aside = "" if settings.verbose else "\n".join(filter(None, (about_branches(found), about_exports(found))))
    looked = Looked(len(texts), perf_counter() - began)
    emit(
        settings,
        text=lambda: as_text(findings, texts, looked, width(), aside),
        json=lambda: as_json(findings, looked),
        github=lambda: as_github(_of_repository(findings, validated.files.root)),
        gitlab=lambda: _gitlab(_of_repository(findings, validated.files.root)),
        sarif=lambda: _sarif(_of_repository(findings, validated.files.root)),
    )
    if any(finding.is_error or strict for finding in findings):
        raise typer.Exit(1)


def _of_repository(findings: tuple[Finding, ...], root: Path) -> tuple[Finding, ...]:
    """Hosts of code know files by their place in the repository."""
    from cs_playbook.report.findings_hosts import placed
    from cs_playbook.source.files import below_top

    return placed(findings, below_top(root))


def _gitlab(findings: tuple[Finding, ...]) -> str:
    from cs_playbook.report.findings_hosts import as_gitlab

    return as_gitlab(findings)


def _sarif(findings: tuple[Finding, ...]) -> str:
    """With the title of each code's page."""
    from cs_playbook.check.manual import CODES, manual
    from cs_playbook.report.findings_hosts import as_sarif

    titles = {code: (manual(code) or code).splitlines()[0].removeprefix(code).strip() for code in CODES}
    return as_sarif(findings, __version__, titles)


def _refuse_outside(wanted: list[Path], root: Path) -> None:
    """Of a file elsewhere nothing would be found, which is no praise of it."""
    for path in wanted:
        if not path.is_relative_to(root.resolve()) and not root.resolve().is_relative_to(path):
            raise WrongCommandLine(
                f"{path} is not in the workspace {root}", "name the workspace it is in with -C DIR"
            )


def _below(path: Path, wanted: list[Path]) -> bool:
    return any(path.resolve().is_relative_to(folder) for folder in wanted)


def language(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORD]", help="every, trigger.every, newest, timed_out, draining, business days …"
        ),
    ] = None,
) -> None:
    """The language in ten minutes; or of a key, verb, function, outcome, status or unit: what it means, an example."""
    from cs_playbook.commands.language import entries_of, ten_minutes
    from cs_playbook.report.language import as_lines

    settings: Settings = context.obj
    page = "\n".join(entries_of(" ".join(words))) if words else ten_minutes()
    emit(
        settings,
        text=lambda: colored(as_lines(page, width()), settings),
        markdown=lambda: page,
    )


def rule(
    context: typer.Context, code: Annotated[str, typer.Argument(metavar="CODE", help="e.g. CSP210")]
) -> None:
    """The manual page of a finding: what it means, an example, how to mend it."""
    from cs_playbook.check.manual import CODES, manual
    from cs_playbook.source.finding import did_you_mean

    wanted = code.upper() if code.upper().startswith("CSP") else f"CSP{code}"
    page = manual(wanted)
    if page is None:
        raise ChoiceError(
            f"there is no finding '{code}'", did_you_mean(wanted, CODES) or "codes look like CSP210"
        )
    show(page.rstrip() + "\n", context.obj)


def schema(
    context: typer.Context,
    kind: Annotated[
        str, typer.Argument(metavar="[KIND]", help="playbook, data, signals …; all of them if absent.")
    ] = "",
) -> None:
    """The JSON Schema of a kind of file, for your editor; without a kind, where they all are."""
    import json

    from cs_playbook.source import shipped
    from cs_playbook.source.finding import did_you_mean
    from cs_playbook.source.schema import KINDS
    from cs_playbook.source.schema import schema as load

    if not kind:
        show("".join(f"{name:<10} {shipped.schemas() / (name + '.json')}\n" for name in KINDS), context.obj)
        return
    if kind not in KINDS:
        raise ChoiceError(
            f"there is no kind '{kind}'", did_you_mean(kind, KINDS) or f"one of: {', '.join(KINDS)}"
        )
    show(json.dumps(load(kind), indent=1, ensure_ascii=False) + "\n", context.obj)
