"""A folder → what every command begins with: its files read and checked, its calendar, its snapshot, its ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from cs_playbook.commands.outside import links_out
from cs_playbook.commands.unsound import UnsoundFiles
from cs_playbook.errors import ChoiceError
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.project import CalendarRules
from cs_playbook.model.time import Calendar
from cs_playbook.parse.catalog import read_catalog
from cs_playbook.parse.playbook import Surroundings
from cs_playbook.source.files import WorkspaceFiles, find_root, read_files
from cs_playbook.source.finding import Finding, in_order
from cs_playbook.values import replace

if TYPE_CHECKING:
    from cs_playbook.commands.place import Place
    from cs_playbook.effects.ledger import Ledger
    from cs_playbook.letters.template import Template
    from cs_playbook.source.snapshot import Snapshot


class Workspace(Struct, frozen=True):
    """`catalog` is what the files mean; `around` is what a playbook's text may name; `findings`: warnings left."""

    root: Path
    files: WorkspaceFiles
    catalog: Catalog
    around: Surroundings
    findings: tuple[Finding, ...]

    @property
    def place(self) -> Place:
        from cs_playbook.commands.place import Place

        return Place(self.root, self.catalog.project, self.catalog.contract)

    @property
    def snapshots(self) -> Path:
        return self.place.snapshots

    @property
    def ledger(self) -> Path:
        return self.place.ledger


class Examined(Struct, frozen=True):
    """What `validate` shows: everything that was found, whether or not the files can be used."""

    files: WorkspaceFiles
    catalog: Catalog | None
    around: Surroundings | None
    findings: tuple[Finding, ...]


def examine(start: Path) -> Examined:
    """Every finding in the files of the workspace around `start`, in one pass."""
    return examine_files(read_files(find_root(start)))


def examine_files(files: WorkspaceFiles) -> Examined:
    from cs_playbook.check import check

    read = read_catalog(files.yaml, files.letters)
    checked = (
        []
        if read.catalog is None
        else [*check(read.catalog), *_letters(read.catalog), *_documents(read.catalog)]
    )
    if read.catalog is not None:
        checked += links_out(files.root, read.catalog.project)
    return Examined(files, read.catalog, read.around, in_order([*files.findings, *read.findings, *checked]))


def _letters(catalog: Catalog) -> list[Finding]:
    """What is wrong with the words of letters: tags, links, blanks that nothing fills or one language lacks."""
    if not catalog.letters and not catalog.signatures:
        return []
    from cs_playbook.check.letters import fillable, tables_of_letters
    from cs_playbook.letters.blanks import differing_blanks, unknown_blanks
    from cs_playbook.letters.rows import wrong_rows
    from cs_playbook.letters.signature import wrong_signatures
    from cs_playbook.letters.template import Template, compile_letter

    filled, about = fillable(catalog), tables_of_letters(catalog)
    default = catalog.project.languages.default
    findings: list[Finding] = list(wrong_signatures(catalog))
    for name in dict.fromkeys(name for name, _ in catalog.letters):
        # The default language first: the others are held against it.
        languages = sorted(
            (language for known, language in catalog.letters if known == name),
            key=lambda language: (language != default, language),
        )
        read = [compile_letter(catalog.letters[name, language]) for language in languages]
        templates = [template for template in read if isinstance(template, Template)]
        findings += [finding for wrong in read if not isinstance(wrong, Template) for finding in wrong]
        findings += [finding for template in templates for finding in unknown_blanks(template, filled[name])]
        findings += [finding for template in templates for finding in wrong_rows(template, catalog)]
        if catalog.contract.resources:
            findings += _links(templates, about.get(name), catalog)
        findings += differing_blanks(templates)
    return findings


def _links(templates: Sequence[Template], about: str | None, catalog: Catalog) -> list[Finding]:
    from cs_playbook.letters.links import items_without_address

    # One language is enough: the others have the same blanks.
    return [found for template in templates[:1] for found in items_without_address(template, about, catalog)]


def _documents(catalog: Catalog) -> list[Finding]:
    """What is wrong with the words of documents: tags, links, blanks that nothing knows."""
    if not catalog.documents:
        return []
    from cs_playbook.check.documents import fillable_documents
    from cs_playbook.letters.blanks import unknown_blanks
    from cs_playbook.letters.template import Template, compile_letter

    filled = fillable_documents(catalog)
    findings: list[Finding] = []
    for (name, _), document in sorted(catalog.documents.items()):
        read = compile_letter(document.text)
        findings += unknown_blanks(read, filled[name]) if isinstance(read, Template) else read
    return findings


def open_workspace(start: Path) -> Workspace:
    """The workspace, or UnsoundFiles where anything in it is an error."""
    examined = examine(start)
    if (
        examined.catalog is None
        or examined.around is None
        or any(finding.is_error for finding in examined.findings)
    ):
        raise UnsoundFiles(examined.findings, examined.files)
    return Workspace(
        examined.files.root, examined.files, examined.catalog, examined.around, examined.findings
    )


def as_if_all_were_exported(workspace: Workspace) -> Workspace:
    """For stories, which say themselves what there is: what they leave out is empty, whoever exports it."""
    if not workspace.catalog.contract.not_exported:
        return workspace
    sources = workspace.catalog.sources
    yaml = {path: text for path, text in workspace.files.yaml.items() if sources is None or path != sources.span.file}  # fmt: skip
    read = read_catalog(yaml, workspace.files.letters)
    assert read.catalog is not None, "these files have been read before"
    assert read.around is not None, "these files have been read before"
    return replace(workspace, catalog=read.catalog, around=read.around)


def open_for_exports(start: Path) -> Workspace:
    """As open_workspace, but only errors in what a snapshot is made by stop it: project, contract, sources.

    A letter or a playbook that is being mended must not keep the data of a day from being taken.
    """
    examined = examine(start)
    catalog, around = examined.catalog, examined.around
    if catalog is not None and around is not None:
        needed = {
            catalog.project.span.file,
            catalog.contract.span.file,
            *([catalog.sources.span.file] if catalog.sources else []),
        }
        wrong = tuple(
            finding for finding in examined.findings if finding.is_error and finding.span.file in needed
        )
        if not wrong:
            return Workspace(examined.files.root, examined.files, catalog, around, examined.findings)
    raise UnsoundFiles(examined.findings, examined.files)


def open_snapshot(workspace: Workspace, day: date | None) -> Snapshot:
    """That of `day`, or the newest."""
    from cs_playbook.commands import place

    return place.open_snapshot(workspace.place, day)


def open_ledger(workspace: Workspace, *, writing: bool) -> Ledger:
    from cs_playbook.commands import place

    return place.open_ledger(workspace.place, writing=writing)


def look_into_ledger(workspace: Workspace) -> Ledger:
    """For looking only: where there is no ledger at all, as in a clone, an empty one in memory."""
    from cs_playbook.effects.ledger import Ledger

    return open_ledger(workspace, writing=False) if workspace.ledger.exists() else Ledger.in_memory()


def calendar_of(rules: CalendarRules) -> Calendar:
    """The working calendar of the project; holidays are looked up when a working day is first reckoned."""
    return Calendar(frozenset(rules.week), _holidays(rules.holidays), rules.fiscal_year_starts)


def _holidays(countries: tuple[str, ...]) -> Callable[[int], frozenset[date]]:
    @cache
    def of(year: int) -> frozenset[date]:
        if not countries:
            return frozenset()
        from holidays import country_holidays

        days: set[date] = set()
        for country in countries:
            try:
                days |= set(country_holidays(country, years=year))
            except NotImplementedError as error:
                raise ChoiceError(
                    f"there is no calendar of holidays for '{country}'",
                    "write a country code in project.yaml: FR, DE, GB …",
                ) from error
        return frozenset(days)

    return of
