"""The keys that say where rows are and which of them count (`file`, `query`, `where` …) → an Origin, and findings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_playbook.model.mapping import Filter, Format, Kind, Newest, Origin
from cs_playbook.parse.formats import read_format
from cs_playbook.parse.nodes import block, scalar, text, texts
from cs_playbook.source.encodings import USUAL, codec_of, is_of_python
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence

PLACES = ("file", "files", "database_from_environment")

_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")
_TAB = "\t"
# The ending of a file says how it is written; one that is not here is CSV, as it always was.
_ENDINGS = {
    ".tsv": "tsv", ".tab": "tsv", ".json": "json", ".jsonl": "json_lines", ".ndjson": "json_lines",
    ".db": "sqlite", ".sqlite": "sqlite", ".sqlite3": "sqlite",
}  # fmt: skip
_FORMATS = frozenset(("csv", "tsv", "json", "json_lines", "sqlite"))
_ONLY_FOR: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("separator", ("csv",), "a CSV file has a separator"),
    ("encoding", ("csv", "json", "json_lines"), "a database knows its encoding"),
    ("rows", ("json",), "only in a JSON file the list of records may stand below other keys"),
    ("query", ("sqlite", "postgres"), "only a database is asked a query; rows of a file are chosen by `where:`"),
)  # fmt: skip


def read_origin(node: Mapping, name: Scalar, usual: Format, findings: list[Finding]) -> Origin:
    """`name`: of the table or lookup, where findings stand that have no key of their own."""
    findings += _places(node, name)
    files = _files(node)
    environment = scalar(node, "database_from_environment")
    tabs, kind = _kind(node, files, environment)
    findings += _paths(files)
    findings += _formats(node, files, kind, name)
    encoding, separator, query = (scalar(node, key) for key in ("encoding", "separator", "query"))
    findings += _encoding(encoding)
    findings += _separator(separator)
    first = next((key for key in map(node.key, PLACES) if key is not None), name)
    place = files[0].span if files else environment.span if environment else first.span
    return Origin(
        kind,
        place,
        tuple(file.text for file in files),
        environment.text if environment else None,
        query.text if query else None,
        query.span if query else place,
        encoding.text if encoding else "utf-8",
        separator.text if separator else _TAB if tabs else ",",
        tuple(text(node, "rows").split(".")) if node.get("rows") else (),
        tuple(_where(node, findings)),
        _newest(node, usual, findings),
    )


# --- where ---


def _places(node: Mapping, name: Scalar) -> Iterator[Finding]:
    said = [key for key in map(node.key, PLACES) if key is not None]
    if not said:
        hint = (
            "`file: accounts.csv`, `files: [a.csv, b.csv]`, or `database_from_environment:` with a `query:`"
        )
        yield Finding(name.span, "CSP770", f"nothing says where the rows of {name.text} are", hint)
    for other in said[1:]:
        fact = f"the rows of {name.text} come from `{said[0].text}:` and from `{other.text}:`"
        yield Finding(other.span, "CSP770", fact, "keep one of them; several files stand under `files:`")


def _files(node: Mapping) -> tuple[Scalar, ...]:
    several = node.get("files")
    one = scalar(node, "file") or (several if isinstance(several, Scalar) else None)
    if one is not None:
        return (one,)
    items = several.items if isinstance(several, Sequence) else ()
    return tuple(item for item in items if isinstance(item, Scalar))


def _paths(files: tuple[Scalar, ...]) -> Iterator[Finding]:
    for node in files:
        if _ABSOLUTE.match(node.text) or ".." in re.split(r"[/\\]", node.text):
            fact = f"'{node.text}' leads out of the folder of the exports"
            hint = "`folder:` or --from says where they are; the file stands below it"
            yield Finding(node.span, "CSP718", fact, hint)
        elif "*" in node.text.rpartition("/")[0]:
            hint = "a pattern chooses among the files of one folder: usage/day-*.csv"
            yield Finding(node.span, "CSP718", f"'{node.text}' has a * in the name of a folder", hint)


# --- how ---


def _kind(node: Mapping, files: tuple[Scalar, ...], environment: Scalar | None) -> tuple[bool, Kind]:
    """Whether cells stand between tabs, and the kind."""
    if environment is not None and not files:
        return False, "postgres"
    said = text(node, "format")
    written = said if said in _FORMATS else _ending(files[0]) if files else "csv"
    match written:
        case "json" | "json_lines" | "sqlite":
            return False, written
        case _:
            return written == "tsv", "csv"


def _ending(file: Scalar) -> str:
    name = file.text.lower()
    return next((kind for ending, kind in _ENDINGS.items() if name.endswith(ending)), "csv")


def _formats(node: Mapping, files: tuple[Scalar, ...], kind: Kind, name: Scalar) -> Iterator[Finding]:
    """A key that says nothing for this kind of file is a mistake about what the file is."""
    for key, kinds, why in _ONLY_FOR:
        there = node.key(key)
        if there is not None and kind not in kinds:
            yield Finding(
                there.span, "CSP770", f"`{key}:` says nothing about {_called(kind)}", f"{why}: leave it out"
            )
    said = node.key("format")
    if kind == "postgres" and said is not None:
        yield Finding(said.span, "CSP770", "`format:` says nothing about a database", "leave it out")
    if kind in ("sqlite", "postgres") and node.get("query") is None:
        hint = "`query: select id, name from accounts`; its columns are the columns of the export"
        yield Finding(name.span, "CSP770", f"{_called(kind)} needs a `query:`", hint)
    other = next((file for file in files[1:] if said is None and _ending(file) != _ending(files[0])), None)
    if other is not None:
        fact = f"'{files[0].text}' and '{other.text}' are written in different ways"
        yield Finding(
            other.span, "CSP770", fact, "the files of a table are all of one kind, or say `format:`"
        )


def _called(kind: Kind) -> str:
    names = {"csv": "a CSV file", "json": "a JSON file", "json_lines": "a file of JSON lines"}
    return names.get(kind, "an SQLite file" if kind == "sqlite" else "a database")


def _encoding(node: Scalar | None) -> Iterator[Finding]:
    if node is not None and codec_of(node.text) is None:
        known = is_of_python(node.text)
        fact = f"'{node.text}' is no encoding of text" if known else f"there is no encoding '{node.text}'"
        hint = did_you_mean(node.text, USUAL) or "e.g. utf-8, cp1252, utf-16"
        yield Finding(node.span, "CSP718", fact, hint)


def _separator(node: Scalar | None) -> Iterator[Finding]:
    if node is not None and (len(node.text) != 1 or node.text in '"\r\n'):
        hint = 'one letter: "," ";" "|", or "\\t" in double quotes for a tab'
        yield Finding(node.span, "CSP718", f"'{node.text}' cannot separate cells", hint)


# --- which of them ---


def _where(node: Mapping, findings: list[Finding]) -> Iterator[Filter]:
    where = block(node, "where")
    for column, value in where.entries if where else ():
        negated = isinstance(value, Mapping)
        cells = texts(value, "not") if isinstance(value, Mapping) else _cells(value)
        findings += _true_and_false(value)
        yield Filter(column.text, cells, column.span, negated)


def _cells(value: Node) -> tuple[str, ...]:
    items = value.items if isinstance(value, Sequence) else (value,)
    return tuple(item.text for item in items if isinstance(item, Scalar))


def _true_and_false(value: Node) -> Iterator[Finding]:
    """YAML's own words of yes and no are texts here: nobody knows whether the cell is TRUE, true or 1."""
    inner = value.get("not") if isinstance(value, Mapping) else value
    for item in inner.items if isinstance(inner, Sequence) else (inner,):
        if isinstance(item, Scalar) and isinstance(item.value, bool):
            fact = f"{item.text} is written without quotes: cells are compared letter by letter"
            yield Finding(item.span, "CSP719", fact, f'write it as the cell is written: "{item.text}"')


def _newest(node: Mapping, usual: Format, findings: list[Finding]) -> Newest | None:
    said = node.get("newest_by")
    match said:
        case Scalar():
            return Newest(said.text, usual, said.span)
        case Mapping():
            own = read_format(said, usual, findings)
            column = scalar(said, "column")
            if column is None:
                span = said.entries[0][0].span if said.entries else said.span
                findings.append(
                    Finding(span, "CSP719", "`newest_by:` names no column", "`column: updated_at`")
                )
            return Newest(column.text, own, column.span) if column else None
        case _:
            return None
