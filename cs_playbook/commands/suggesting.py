"""Files of exports → a draft of `sources:` and `data:`, or of `sources:` alone where a contract stands; put in files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from os.path import commonpath
from pathlib import Path

from msgspec import Struct

from cs_playbook.commands.fitting_mappings import fitting
from cs_playbook.commands.suggesting_typed import DATABASES, RECORDS, seen_records, seen_tables
from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.model.data import Contract
from cs_playbook.source.cells import Cell, Unreadable
from cs_playbook.source.exports import Export
from cs_playbook.source.files import find_root, read_files
from cs_playbook.source.sniffed import sniff
from cs_playbook.study.column_profile import BATCH, profiled
from cs_playbook.study.draft import Draft
from cs_playbook.study.export_seen import SeenExport

_NOT_ROWS = (".xlsx", ".xls", ".ods", ".zip", ".gz", ".parquet")


class Suggested(Struct, frozen=True):
    """`texts`: name of a file → what should stand in it. `unreadable`: files that could not be read, and why.

    `ready`: the mappings that are shipped for such exports.
    """

    draft: Draft
    texts: tuple[tuple[str, str], ...]
    unreadable: tuple[tuple[str, str], ...]
    folder: Path
    ready: tuple[str, ...] = ()


def suggest(files: Sequence[Path], root: Path | None, contract: Contract | None, today: date) -> Suggested:
    """Looks through every file once. `root`: the workspace around, if any; `contract`: what its `data:` says.

    Raises ChoiceError where not one of them can be read.
    """
    from cs_playbook.report.sources_draft import data_text, sources_text
    from cs_playbook.study.draft_mapping import draft_mapping
    from cs_playbook.study.drafting import draft_pair

    folder = _folder(files)
    seen, unreadable = _all_seen(files, folder)
    if not seen:
        raise ChoiceError(
            "not one file could be read", "\n".join(f"{file}: {why}" for file, why in unreadable)
        )
    named = _named(folder, root)
    ready = fitting([[column.name for column in export.columns] for export in seen])
    if contract is not None:
        draft = draft_mapping(contract, named, seen, today)
        return Suggested(draft, (("sources.yaml", sources_text(draft, today)),), unreadable, folder, ready)
    draft = draft_pair(_name((root or folder).resolve()), named, seen, today)
    if not draft.tables:
        raise ChoiceError(draft.questions[0].text, "name the file with your accounts too")
    pair = (("data.yaml", data_text(draft, today)), ("sources.yaml", sources_text(draft, today)))
    return Suggested(draft, pair, unreadable, folder, ready)


def _name(folder: Path) -> str:
    """That of the folder, or of the one around where it only says what is in it."""
    return folder.parent.name if folder.name in ("exports", "export", "data") else folder.name


def write_new(texts: Iterable[tuple[str, str]], into: Path, root: Path | None = None) -> tuple[Path, ...]:
    """Each as a file of `into`, all or none: none may be there yet. The folder is made.

    `root`: of a workspace; inside of it nothing is written that it has already.
    """
    pairs = [(into / name, text) for name, text in texts]
    if root is not None:
        _refuse_second([path.stem for path, _ in pairs], into, root)
    taken = [path for path, _ in pairs if path.exists() or path.is_symlink()]
    if taken:
        raise ChoiceError(
            f"there is already a {taken[0]}", "nothing was written; choose a new folder: --write DIR"
        )
    made: list[Path] = []
    try:
        into.mkdir(parents=True, exist_ok=True)
        for path, text in pairs:
            with path.open("x", encoding="utf-8") as file:
                made.append(path)
                file.write(text)
    except OSError as error:
        for path in made:
            path.unlink(missing_ok=True)
        raise UserError(f"{into} cannot be written: {error.strerror}", "choose another folder") from error
    return tuple(path for path, _ in pairs)


def _refuse_second(kinds: Sequence[str], into: Path, root: Path) -> None:
    """Every file below the project file is read, and two that say `sources:` stop everything."""
    if not into.resolve().is_relative_to(root.resolve()):
        return
    for path, text in read_files(root).yaml.items():
        kind = next((kind for kind in kinds if re.search(rf"^{kind}:", text, re.MULTILINE)), None)
        if kind is not None:
            fact = f"{path} says `{kind}:` already, and a workspace has one"
            raise ChoiceError(fact, f"write it outside of {root.name}, e.g. --write ../draft, and compare")


def _folder(files: Sequence[Path]) -> Path:
    return Path(commonpath([str(file.resolve().parent) for file in files]))


def _named(folder: Path, root: Path | None) -> str:
    """As `folder:` names it: below the workspace, else the usual one."""
    inside = root is not None and folder.is_relative_to(root.resolve()) and folder != root.resolve()
    return folder.relative_to(root.resolve()).as_posix() if inside and root else "exports"


def _all_seen(files: Sequence[Path], folder: Path) -> tuple[list[SeenExport], tuple[tuple[str, str], ...]]:
    seen: list[SeenExport] = []
    unreadable: list[tuple[str, str]] = []
    for file in dict.fromkeys(path.resolve() for path in files):
        name = file.relative_to(folder).as_posix()
        try:
            seen += _seen(file, name)
        except Unreadable as wrong:
            unreadable.append((name, f"{wrong.finding.message}"))
    return seen, tuple(unreadable)


def _seen(path: Path, name: str) -> list[SeenExport]:
    """One, or of a database one a table."""
    from cs_playbook.source.finding import Finding, Span

    if not path.is_file():
        raise Unreadable(Finding(Span(name), "CSP728", "this is no file: name the exports one by one"))
    kind = path.suffix.lower()
    if kind in _NOT_ROWS:
        fact = f"{path.suffix} files are not looked through: save it as CSV"
        raise Unreadable(Finding(Span(name), "CSP728", fact))
    if kind in RECORDS:
        return [seen_records(path, name)]
    return seen_tables(path, name) if kind in DATABASES else [_seen_rows(path, name)]


def _seen_rows(path: Path, name: str) -> SeenExport:
    sniffed = sniff(path)
    with Export(path, name, sniffed.encoding, sniffed.separator) as export:
        widths = _Widths(len(export.header))
        columns = profiled(export.header, _batches(export.rows(), widths))
    return SeenExport(
        name,
        sniffed.encoding,
        sniffed.separator,
        export.rows_read,
        columns,
        widths.others,
        widths.line,
        sniffed.doubts,
    )


class _Widths:
    """Counts, while rows stream by, those that are not as wide as the header."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.others = self.line = 0

    def fit(self, line: int, row: Sequence[Cell]) -> bool:
        if len(row) == self.width:
            return True
        self.others += 1
        self.line = self.line or line
        return False


def _batches(rows: Iterator[tuple[int, Sequence[Cell]]], widths: _Widths) -> Iterator[list[list[str]]]:
    fitting = ([str(cell) for cell in row] for line, row in rows if widths.fit(line, row))
    while batch := list(islice(fitting, BATCH)):
        yield batch


def workspace_around(start: Path) -> Path | None:
    try:
        return find_root(start)
    except ChoiceError:
        return None


def contract_of(start: Path) -> tuple[Path | None, Contract | None]:
    """The workspace around, and what its `data:` says; None for what is not there.

    Raises UnsoundFiles where a contract stands and cannot be read.
    """
    from cs_playbook.commands.place import open_place

    root = workspace_around(start)
    if root is None:
        return None, None
    texts = read_files(root).yaml.values()
    has_contract = any(re.search(r"^data:", text, re.MULTILINE) for text in texts)
    return root, open_place(root).contract if has_contract else None
