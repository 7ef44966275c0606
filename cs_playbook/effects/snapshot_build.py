"""Exports, by a mapping and a contract → a snapshot put in place whole, its manifest last; or findings."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from msgspec import Struct

from cs_playbook.compile import placing
from cs_playbook.effects.columns import nobody_maps
from cs_playbook.effects.measures import with_measures
from cs_playbook.effects.on_disk import make_sure
from cs_playbook.effects.origins import Exports, Origins
from cs_playbook.effects.snapshot_leaving_out import LeftOut
from cs_playbook.effects.snapshot_read import Loaded, columns_asked, load
from cs_playbook.effects.snapshot_rewriting import recounted
from cs_playbook.effects.snapshot_rows import bad_rows, keep_newest, place
from cs_playbook.errors import ChoiceError, StoppedOnPurpose, UserError
from cs_playbook.model.data import ACCOUNTS, Contract
from cs_playbook.model.family import circles
from cs_playbook.model.mapping import Sources
from cs_playbook.source.finding import Finding, Severity, Span, in_order
from cs_playbook.source.manifest import Manifest, SourceFile, TableCount, write_manifest
from cs_playbook.source.snapshot import place_of, sha256_of

Violations = Callable[[sqlite3.Connection, Contract], list[Finding]]
Forgotten = Callable[[sqlite3.Connection, Contract], LeftOut]

_DRAFT = ".building"
_NONE_FITS = (
    "not one fits: is it the right column, does `where:` leave too much out, are the exports of one day?"
)
_LEAVE_OUT = "mend the export; or leave them out, they are few: `bad_rows: set_aside` in sources.yaml"
_SETTINGS = (
    "PRAGMA page_size = 4096",
    "PRAGMA journal_mode = OFF",  # what breaks is thrown away, what is finished is synced
    "PRAGMA synchronous = OFF",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA temp_store = FILE",
    "PRAGMA cache_size = -16000",
)
_OF_THE_MACHINE = frozenset(
    (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
    )
)


class Stamp(Struct, frozen=True):
    """`day`: the logical day. `built_at`: UTC, ISO text. `version`: of this program."""

    day: date
    built_at: str
    version: str


class Built(Struct, frozen=True):
    """`path` and `manifest` are None when the findings forbade it: then nothing was written."""

    path: Path | None
    manifest: Manifest | None
    findings: tuple[Finding, ...]


def nothing_expected(_connection: sqlite3.Connection, _contract: Contract) -> list[Finding]:
    return []


def nobody_forgotten(_connection: sqlite3.Connection, _contract: Contract) -> LeftOut:
    return LeftOut()


def build(  # noqa: PLR0913 - what is read, where it goes, and who is asked on the way
    contract: Contract,
    sources: Sources,
    exports: Exports,
    into: Path,
    stamp: Stamp,
    violations: Violations = nothing_expected,
    forgotten: Forgotten = nobody_forgotten,
    *,
    replace: bool = False,
) -> Built:
    """Reads the exports and writes `<into>/<day>.db` and `<day>.json`.

    `violations` asks the finished tables what `expect:` says of them; it gives warnings. `forgotten` takes people out
    of them who asked for it. Raises ChoiceError
    where the day has a snapshot and `replace` is not given, StoppedOnPurpose where another build is at work
    in `into`, UserError where the machine fails.
    """
    target = place_of(into, stamp.day)
    _refuse_existing(target, replace)
    if not exports.folder.is_dir() and any(source.origin.files for source in sources.tables):
        raise ChoiceError(
            f"there is no folder {exports.folder}",
            "say where the exports are: cs-playbook snapshot build --from FOLDER",
        )
    with _the_machine_allows(into), alone_in(into), _draft(into) as draft:
        made = _make(draft, contract, sources, exports, violations, forgotten, stamp.day)
        findings = in_order(made.findings)
        if any(finding.is_error for finding in findings):
            return Built(None, None, findings)
        manifest = Manifest(
            stamp.day,
            stamp.built_at,
            sha256_of(draft),
            made.files,
            made.tables,
            placing.shape(contract),
            stamp.version,
            contract.not_exported,
        )
        _put_in_place(draft, target, manifest)
    return Built(target, manifest, findings)


class _Made(Struct, frozen=True):
    """What has been read and placed, and everything that was found on the way."""

    files: tuple[SourceFile, ...]
    tables: tuple[tuple[str, TableCount], ...]
    findings: tuple[Finding, ...]


def _make(
    draft: Path, contract: Contract, sources: Sources, exports: Exports, violations: Violations,
    forgotten: Forgotten, day: date,
) -> _Made:  # fmt: skip
    connection = sqlite3.connect(draft, isolation_level=None)
    try:
        for setting in _SETTINGS:
            connection.execute(setting)
        connection.execute("BEGIN")
        made = _fill(connection, contract, sources, exports)
        if not any(finding.is_error for finding in made.findings):
            left = forgotten(connection, contract)
            counts = recounted(connection, made.tables, left.tables)
            made = _Made(made.files, counts, (*made.findings, *left.findings))
            families = (
                *_lost_parents(connection, contract, sources),
                *_circles(connection, contract, sources),
            )
            more = [*families, *violations(connection, contract)]
            tables = tuple(with_measures(connection, contract, made.tables, day))
            made = _Made(made.files, tables, (*made.findings, *more))
        connection.execute("COMMIT")
        return made
    finally:
        connection.close()


def _fill(connection: sqlite3.Connection, contract: Contract, sources: Sources, exports: Exports) -> _Made:
    """Every table read and placed that can be, so that all findings come at once."""
    mapped = {source.table: source for source in sources.tables}
    counts: dict[str, TableCount] = {}
    findings: list[Finding] = []
    tables: list[Loaded] = []
    with Origins(exports) as origins:
        alone = [table for table in contract.exported if table.stands_alone]
        for table in (*placing.in_order_of_belonging(contract), *alone):
            if not table.exported:
                connection.execute(
                    placing.create(table)
                )  # empty, and what reads it knows that it says nothing
                continue
            loaded = load(connection, table, mapped[table.name], origins)
            tables.append(loaded)
            findings += loaded.findings
            if loaded.is_complete and (table.name == ACCOUNTS or placing.owner_table(table) in counts):
                older = keep_newest(connection, table) if loaded.source.origin.newest_by else 0
                counts[table.name] = place(connection, table)
                findings += _judged(connection, contract, sources, loaded, counts[table.name])
                findings += _left_out(loaded, older)
    files = {file.file: file for loaded in tables for file in loaded.files}
    ordered = tuple((table.name, counts[table.name]) for table in contract.exported if table.name in counts)
    return _Made(tuple(files[name] for name in sorted(files)), ordered, (*findings, *_not_mapped(tables)))


def _left_out(loaded: Loaded, older: int) -> Iterator[Finding]:
    """A note: what the mapping says may be left out, so that nobody wonders where the rows went."""
    told = [f"{n} by `{key}:`" for n, key in ((loaded.left_out, "where"), (older, "newest_by")) if n]
    if told:
        fact = f"rows of {loaded.table.name} left out: {', '.join(told)}"
        yield Finding(Span(loaded.shown), "CSP745", fact, "", Severity.NOTE)


def _not_mapped(tables: list[Loaded]) -> Iterator[Finding]:
    """File by file: a column that one table reads is read, whatever the other tables of the same file do."""
    columns = {shown: names for loaded in tables for shown, names in loaded.columns.items()}
    for shown, names in columns.items():
        readers = [loaded.source for loaded in tables if shown in loaded.columns]
        yield from nobody_maps(shown, names, [column for one in readers for column in columns_asked(one)])


def _judged(
    connection: sqlite3.Connection, contract: Contract, sources: Sources, loaded: Loaded, count: TableCount
) -> Iterator[Finding]:
    """What the bad rows of a table mean: warnings while they are few and may be set aside, else errors."""
    table, shown = loaded.table, loaded.shown
    # What somebody typed into the CRM beside a task must not keep the data of a day from being taken.
    may_pass = sources.bad_rows == "set_aside" or table.stands_alone
    severity = Severity.WARNING if may_pass else Severity.ERROR
    total = count.rows + count.set_aside
    too_many = (
        sources.bad_rows == "set_aside"
        and not table.stands_alone
        and count.set_aside > sources.at_most * total
    )
    if count.set_aside:
        rows = list(bad_rows(connection, contract, table, loaded.span, severity, loaded.counted_in))
        listed = f"; {len(rows)} of them as examples" if count.set_aside > len(rows) else ""
        share = f"{count.set_aside} of {total} rows of {table.name} are bad ({count.set_aside / total:.1%})"
        yield Finding(Span(shown), "CSP738", f"{share}{listed}", _way_on(count, sources), severity)
        yield from rows
    if too_many:
        fact = f"more rows of {table.name} are bad than `at_most: {sources.at_most * 100:g}%` allows"
        yield Finding(
            Span(shown), "CSP737", fact, "mend the export, or how it is declared; nothing was built"
        )
    if table.name == ACCOUNTS and count.rows == 0:
        yield Finding(
            Span(shown), "CSP726", "not one account is left", "a snapshot without accounts is no snapshot"
        )


def _way_on(count: TableCount, sources: Sources) -> str:
    if count.rows == 0:
        return _NONE_FITS
    few = count.set_aside <= sources.at_most * (count.rows + count.set_aside)
    return _LEAVE_OUT if few and sources.bad_rows != "set_aside" else ""


def _lost_parents(connection: sqlite3.Connection, contract: Contract, sources: Sources) -> Iterator[Finding]:
    accounts = contract.accounts
    query = placing.lost_parents(accounts)
    if query is None:
        return
    count, example = connection.execute(query).fetchone()
    if count:
        where = next((source.span for source in sources.tables if source.table == ACCOUNTS), accounts.span)
        fact = f"{count} accounts have a {accounts.parent} that is not among accounts, e.g. '{example}'"
        yield Finding(where, "CSP742", fact, "they count as accounts without a parent", Severity.WARNING)


def _circles(connection: sqlite3.Connection, contract: Contract, sources: Sources) -> Iterator[Finding]:
    query = placing.in_between(contract.accounts)
    found = circles(dict(connection.execute(query))) if query is not None else []
    if found:
        accounts = contract.accounts
        where = next((source.span for source in sources.tables if source.table == ACCOUNTS), accounts.span)
        ring = " → ".join((*found[0], found[0][0]))
        more = f"; and {len(found) - 1} more such circles" if len(found) > 1 else ""
        fact = f"accounts stand above themselves: {ring}{more}"
        hint = f"each counts as a child of the next, nobody as a child of itself; mend {accounts.parent} at the source"
        yield Finding(where, "CSP744", fact, hint, Severity.WARNING)


def _refuse_existing(target: Path, replace: bool) -> None:
    if not replace and target.exists() and target.with_suffix(".json").exists():
        day = target.stem
        raise ChoiceError(
            f"there is already a snapshot of {day}",
            "it stays as it is; --replace builds it anew, as long as no run has used it",
        )


@contextmanager
def _the_machine_allows(into: Path) -> Iterator[None]:
    """Its faults as sentences; mistakes in our own SQL stay what they are."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _OF_THE_MACHINE:
            raise
        raise UserError(
            f"the snapshot cannot be written in {into}: {error}", "nothing was changed"
        ) from error
    except OSError as error:
        raise UserError(
            f"the snapshot cannot be written in {into}: {error.strerror}", "nothing was changed"
        ) from error


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One build at a time; the lock ends with the process, whatever ends it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise StoppedOnPurpose(
            f"another build is at work in {folder}", "try again when it has ended"
        ) from error
    finally:
        os.close(lock)


@contextmanager
def _draft(into: Path) -> Iterator[Path]:
    """An empty file of our own beside the snapshots; what a cut build left there goes first."""
    draft = into / f"{_DRAFT}.db"
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _put_in_place(draft: Path, target: Path, manifest: Manifest) -> None:
    """The database, then its manifest: a database without manifest is a build that was cut, never used."""
    make_sure(draft)
    os.replace(draft, target)
    make_sure(target.parent)
    beside = target.parent / f"{_DRAFT}.json"
    beside.write_text(write_manifest(manifest), encoding="utf-8")
    make_sure(beside)
    os.replace(beside, target.with_suffix(".json"))
    make_sure(target.parent)
