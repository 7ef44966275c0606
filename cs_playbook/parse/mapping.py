"""The node of `sources:` → Sources, held against the contract: each field has a source, all declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from cs_playbook.model.data import Contract, Field, Table
from cs_playbook.model.expression import FieldType
from cs_playbook.model.mapping import FieldSource, Format, Sources, TableSource
from cs_playbook.parse.cell import BadCell, cell_reader
from cs_playbook.parse.date_pattern import ISO, NoPattern, read_pattern
from cs_playbook.parse.nodes import block, scalar, text, texts
from cs_playbook.source.encodings import USUAL, codec_of, is_of_python
from cs_playbook.source.finding import Finding, Span, did_you_mean, warning
from cs_playbook.source.tree import Mapping, Node, Scalar

FORMAT_KEYS = ("dates", "decimal", "thousands", "empty", "yes", "no", "lists")
FOLDER = "exports"

_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")
_DATES = (FieldType.DATE, FieldType.HAPPENED)


def read_sources(root: Mapping, contract: Contract) -> tuple[Sources | None, list[Finding]]:
    """The mapping, as far as it can be read: with errors among the findings nothing may be built from it."""
    findings: list[Finding] = []
    usual = _format(root, Format(), findings)
    tables = tuple(_tables(root, contract, usual, findings))
    mapped = {table.table for table in tables}
    for table in contract.tables:
        if table.name not in mapped:
            where = root.key("tables") or root.entries[0][0]
            fact = f"the table {table.name} of the contract has no source"
            findings.append(
                Finding(where.span, "CSP712", fact, f"add {table.name}: with its file and fields")
            )
    if usual.dates is None:
        findings += _undeclared_dates(root, contract, tables)
    sources = Sources(
        text(root, "sources"),
        text(root, "folder", FOLDER),
        tables,
        root.span,
        "set_aside" if text(root, "bad_rows") == "set_aside" else "refuse",
        _share(text(root, "at_most")),
    )
    return sources, findings


def _share(written: str) -> float:
    usual = Sources("", "", (), Span("")).at_most
    try:
        return float(written.removesuffix("%").strip()) / 100 if written else usual
    except ValueError:
        return usual


# --- formats ---


def _format(node: Mapping, usual: Format, findings: list[Finding]) -> Format:
    """The formats of a block on top of those around it."""
    said = {key: node.get(key) for key in FORMAT_KEYS}
    read = replace(
        usual,
        dates=_text(said["dates"], usual.dates),
        decimal=_text(said["decimal"], usual.decimal) or usual.decimal,
        thousands=_text(said["thousands"], usual.thousands) or "",
        empty=("", *texts(node, "empty")) if said["empty"] is not None else usual.empty,
        yes=texts(node, "yes") if said["yes"] is not None else usual.yes,
        no=texts(node, "no") if said["no"] is not None else usual.no,
        lists=_text(said["lists"], usual.lists) or usual.lists,
    )
    findings += _pattern(scalar(node, "dates"))
    findings += _contradictions(node, read)
    return read


def _text(node: Node | None, usual: str | None) -> str | None:
    return node.text if isinstance(node, Scalar) else usual


def _pattern(node: Scalar | None) -> Iterator[Finding]:
    if node is None:
        return
    try:
        read_pattern(node.text)
    except NoPattern as wrong:
        yield Finding(node.span, "CSP713", wrong.message, wrong.hint)


def _contradictions(node: Mapping, read: Format) -> Iterator[Finding]:
    """Only where this block says one of the two; what it inherits has been reported where it stands."""
    numbers = node.key("decimal") or node.key("thousands")
    if numbers is not None and read.decimal == read.thousands:
        fact = f"'{read.decimal}' cannot be both the decimal sign and the sign between thousands"
        yield Finding(numbers.span, "CSP715", fact, 'no sign between thousands is written `thousands: ""`')
    words = node.key("yes") or node.key("no")
    both = set(read.yes or ()) & set(read.no or ())
    if words is not None and both:
        yield Finding(words.span, "CSP715", f"'{min(both)}' means both yes and no", "keep it on one side")
    blank = node.key("empty") or words
    either = set(read.empty) & {*(read.yes or ()), *(read.no or ())}
    if blank is not None and either:
        fact = f"'{min(either)}' is both empty and a word for yes or no"
        yield Finding(blank.span, "CSP715", fact, "an empty yes/no field is no; keep the word on one side")


# --- tables ---


def _tables(
    root: Mapping, contract: Contract, usual: Format, findings: list[Finding]
) -> Iterator[TableSource]:
    tables = block(root, "tables")
    for name, node in tables.entries if tables else ():
        table = contract.table(name.text)
        if table is None:
            names = [one.name for one in contract.tables]
            hint = did_you_mean(name.text, names) or f"it has: {', '.join(names)}"
            findings.append(Finding(name.span, "CSP711", f"the contract has no table '{name.text}'", hint))
        elif isinstance(node, Mapping):
            yield _table(table, name, node, usual, findings)


def _table(table: Table, name: Scalar, node: Mapping, usual: Format, findings: list[Finding]) -> TableSource:
    fields = tuple(_fields(table, name, node, usual, findings))
    file, encoding, separator = (scalar(node, key) for key in ("file", "encoding", "separator"))
    findings += _file(file)
    findings += _encoding(encoding)
    findings += _separator(separator)
    return TableSource(
        table.name,
        file.text if file else "",
        fields,
        file.span if file else name.span,
        encoding.text if encoding else "utf-8",
        separator.text if separator else ",",
    )


def _file(node: Scalar | None) -> Iterator[Finding]:
    if node is not None and (_ABSOLUTE.match(node.text) or ".." in re.split(r"[/\\]", node.text)):
        fact = f"'{node.text}' leads out of the folder of the exports"
        yield Finding(
            node.span, "CSP718", fact, "`folder:` or --from says where they are; the file stands below it"
        )


def _encoding(node: Scalar | None) -> Iterator[Finding]:
    if node is not None and codec_of(node.text) is None:
        known = is_of_python(node.text)
        fact = f"'{node.text}' is no encoding of text" if known else f"there is no encoding '{node.text}'"
        yield Finding(
            node.span, "CSP718", fact, did_you_mean(node.text, USUAL) or "e.g. utf-8, cp1252, utf-16"
        )


def _separator(node: Scalar | None) -> Iterator[Finding]:
    if node is not None and (len(node.text) != 1 or node.text in '"\r\n'):
        hint = 'one letter: "," ";" "|", or "\\t" in double quotes for a tab'
        yield Finding(node.span, "CSP718", f"'{node.text}' cannot separate cells", hint)


# --- fields ---


def _fields(
    table: Table, name: Scalar, node: Mapping, usual: Format, findings: list[Finding]
) -> Iterator[FieldSource]:
    fields = block(node, "fields")
    entries = fields.entries if fields else ()
    mapped = {key.text for key, _ in entries}
    for key, value in entries:
        field = table.field(key.text)
        if field is None:
            names = [one.name for one in table.fields]
            hint = did_you_mean(key.text, names) or f"it has: {', '.join(names)}"
            findings.append(
                Finding(key.span, "CSP711", f"{table.name} has no field '{key.text}' in the contract", hint)
            )
        else:
            yield _field(table, field, key, value, usual, findings)
    for field in table.fields:
        if field.name not in mapped:
            hint = f"write `{field.name}: <column>`, or `{field.name}: null` if you do not have it"
            fact = f"nothing says where {table.name}.{field.name} comes from"
            findings.append(Finding(name.span, "CSP712", fact, hint))


def _field(
    table: Table, field: Field, key: Scalar, value: Node, usual: Format, findings: list[Finding]
) -> FieldSource:
    match value:
        case Mapping():
            source = _long(field, key, value, usual, findings)
        case Scalar(value=None, quoted=False):
            source = FieldSource(field.name, key.span, usual)
        case Scalar():
            source = FieldSource(field.name, value.span, usual, column=value.text)
        case _:
            source = FieldSource(field.name, key.span, usual)
    if source.column is None and source.constant is None:
        findings += _needed(table, field, key)
    return source


def _long(field: Field, key: Scalar, node: Mapping, usual: Format, findings: list[Finding]) -> FieldSource:
    own = _format(node, usual, findings)
    column, constant = scalar(node, "column"), scalar(node, "is")
    if (column is None) == (constant is None):
        both = "neither a column nor" if column is None else "both a column and"
        fact = f"{field.name} says {both} a constant"
        findings.append(Finding(key.span, "CSP716", fact, "`column: <name>`, or `is: <text>` for every row"))
        return FieldSource(field.name, key.span, own, column=column.text if column else None)
    if column is not None:
        return FieldSource(field.name, column.span, own, column=column.text)
    assert constant is not None
    if constant.value is None and not constant.quoted:
        hint = f"a field you do not have is written `{field.name}: null`"
        findings.append(Finding(constant.span, "CSP716", f"the constant of {field.name} is nothing", hint))
    else:
        findings += _constant(field, constant, own)
    return FieldSource(field.name, constant.span, own, constant=constant.text)


def _constant(field: Field, constant: Scalar, own: Format) -> Iterator[Finding]:
    try:
        cell_reader(field, own)(constant.text)
    except BadCell as wrong:
        yield Finding(constant.span, "CSP717", wrong.message, wrong.hint)
    except NoPattern:
        return  # `dates:` has been reported where it stands


def _needed(table: Table, field: Field, key: Scalar) -> Iterator[Finding]:
    by = table.through.by if table.through else table.account
    if field.name in (table.key, by, table.day):
        use = {table.key: "the key", table.day: "the day of its rows"}.get(
            field.name, "whom its rows belong to"
        )
        yield Finding(key.span, "CSP716", f"{field.name} is {use} of {table.name}: it needs a column", "")


def _undeclared_dates(
    root: Mapping, contract: Contract, tables: tuple[TableSource, ...]
) -> Iterator[Finding]:
    """One warning for the file, at its first date."""
    for source in tables:
        table = cast(Table, contract.table(source.table))
        for field in source.fields:
            if (
                field.column
                and field.format.dates is None
                and cast(Field, table.field(field.field)).type in _DATES
            ):
                fact = f"nothing says how the dates of '{field.column}' are written: only {ISO} will be read"
                yield warning(
                    field.span, "CSP714", fact, f"write `dates: {ISO}`, or the way they are written"
                )
                return
