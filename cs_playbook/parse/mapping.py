"""The node of `sources:` → Sources, held against the contract: each field has a source, all declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from cs_playbook.model.data import ACCOUNTS, Contract, Field, Table
from cs_playbook.model.expression import FieldType
from cs_playbook.model.mapping import FieldSource, Format, Lookup, Sources, TableSource
from cs_playbook.parse.cell import BadCell, cell_reader
from cs_playbook.parse.date_pattern import ISO, NoPattern
from cs_playbook.parse.exported import needed, says_nothing
from cs_playbook.parse.formats import read_format
from cs_playbook.parse.looking_up import looked_up_wrongly
from cs_playbook.parse.meaning import read_meaning
from cs_playbook.parse.nodes import block, scalar, text
from cs_playbook.parse.origin import read_origin
from cs_playbook.source.finding import Finding, Span, did_you_mean, warning
from cs_playbook.source.tree import Mapping, Node, Scalar

FOLDER = "exports"

_DATES = (FieldType.DATE, FieldType.HAPPENED)


def read_sources(root: Mapping, contract: Contract) -> tuple[Sources | None, list[Finding]]:
    """The mapping, as far as it can be read: with errors among the findings nothing may be built from it."""
    findings: list[Finding] = []
    usual = read_format(root, Format(), findings)
    tables = tuple(_tables(root, contract, usual, findings))
    mapped = {table.table for table in tables}
    for table in contract.exported:
        if table.name not in mapped and table.exported:
            findings.append(_without_source(root, table))
    findings += _belong_to_nobody(root, contract)
    if usual.dates is None:
        findings += _undeclared_dates(root, contract, tables)
    sources = Sources(
        text(root, "sources"),
        text(root, "folder", FOLDER),
        tables,
        root.span,
        "set_aside" if text(root, "bad_rows") == "set_aside" else "refuse",
        _share(text(root, "at_most")),
        tuple(_absent(root, contract)),
    )
    return sources, findings


def _absent(root: Mapping, contract: Contract) -> Iterator[tuple[str, Span]]:
    """Where each of `contract.not_exported` is said."""
    tables = block(root, "tables")
    for name in contract.not_exported if tables is not None else ():
        table, _, field = name.partition(".")
        node = tables.get(table) if tables is not None else None
        fields = block(node, "fields") if field and isinstance(node, Mapping) else None
        key = fields.key(field) if fields is not None else tables.key(table) if tables is not None else None
        yield name, key.span if key is not None else root.span


def _without_source(root: Mapping, table: Table) -> Finding:
    where = root.key("tables") or root.entries[0][0]
    tables = block(root, "tables")
    if table.name == ACCOUNTS and tables is not None and says_nothing(tables.get(ACCOUNTS)):
        where, fact = cast(Scalar, tables.key(ACCOUNTS)), "accounts is the one table that must be exported"
        return Finding(where.span, "CSP716", fact, "give it a file and fields")
    hint = f"add {table.name}: with its file and fields, or `{table.name}: null` if nobody exports it"
    return Finding(where.span, "CSP712", f"the table {table.name} of the contract has no source", hint)


def _belong_to_nobody(root: Mapping, contract: Contract) -> Iterator[Finding]:
    """Rows that belong through a table which nobody exports."""
    tables = block(root, "tables")
    for table in contract.tables:
        parent = contract.table(table.through.table) if table.through else None
        if parent is None or parent.exported or not table.exported or tables is None:
            continue
        where = tables.key(table.name) or root.entries[0][0]
        fact = f"{table.name} belong to an account through {parent.name}, which nobody exports"
        hint = f"write `{table.name}: null` too, or say in data.yaml by which field they belong to an account"
        yield Finding(where.span, "CSP716", fact, hint)


def _share(written: str) -> float:
    usual = Sources("", "", (), Span("")).at_most
    try:
        return float(written.removesuffix("%").strip()) / 100 if written else usual
    except ValueError:
        return usual


# --- tables ---


def _tables(
    root: Mapping, contract: Contract, usual: Format, findings: list[Finding]
) -> Iterator[TableSource]:
    tables = block(root, "tables")
    for name, node in tables.entries if tables else ():
        table = next((one for one in contract.exported if one.name == name.text), None)
        if table is None:
            names = [one.name for one in contract.exported]
            hint = did_you_mean(name.text, names) or f"it has: {', '.join(names)}"
            findings.append(Finding(name.span, "CSP711", f"the contract has no table '{name.text}'", hint))
        elif isinstance(node, Mapping):
            yield _table(table, name, node, usual, findings)


def _table(table: Table, name: Scalar, node: Mapping, usual: Format, findings: list[Finding]) -> TableSource:
    origin = read_origin(node, name, usual, findings)
    if origin.newest_by is not None and table.key is None:
        fact = f"{table.name} has no key: `newest_by:` chooses among rows with the same key"
        hint = f"give {table.name} a `key:` in the contract, or choose its rows by `where:`"
        findings.append(Finding(origin.newest_by.span, "CSP719", fact, hint))
    fields = tuple(_fields(table, name, node, usual, findings))
    source = TableSource(table.name, origin, fields, origin.span, tuple(_lookups(node, usual, findings)))
    findings += looked_up_wrongly(source)
    return source


def _lookups(node: Mapping, usual: Format, findings: list[Finding]) -> Iterator[Lookup]:
    lookups = block(node, "lookups")
    for name, said in lookups.entries if lookups else ():
        if not isinstance(said, Mapping):
            continue
        key, by = scalar(said, "key"), scalar(said, "by")
        yield Lookup(
            name.text,
            key.text if key else "",
            by.text if by else "",
            read_origin(said, name, usual, findings),
            name.span,
            "empty" if text(said, "unmatched") == "empty" else "refuse",
            usual.empty,
        )


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
            known = (
                f"`{field.name}: {{is: false}}` if it is no for all, "
                if field.type is FieldType.BOOLEAN
                else ""
            )
            hint = f"write `{field.name}: <column>`, {known}or `{field.name}: null` if nobody exports it"
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
    own = read_format(node, usual, findings)
    column, constant = scalar(node, "column"), scalar(node, "is")
    if (column is None) == (constant is None):
        both = "neither a column nor" if column is None else "both a column and"
        fact = f"{field.name} says {both} a constant"
        findings.append(Finding(key.span, "CSP716", fact, "`column: <name>`, or `is: <text>` for every row"))
        return FieldSource(field.name, key.span, own, column=column.text if column else None)
    if column is not None:
        return read_meaning(field, node, FieldSource(field.name, column.span, own, column.text), findings)
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
    if field.name in needed(table):
        use = {table.key: "the key", table.day: "the day of its rows"}.get(
            field.name, "whom its rows belong to"
        )
        yield Finding(key.span, "CSP716", f"{field.name} is {use} of {table.name}: it needs a column", "")


def _undeclared_dates(
    root: Mapping, contract: Contract, tables: tuple[TableSource, ...]
) -> Iterator[Finding]:
    """One warning for the file, at its first date."""
    for source in tables:
        table = next(one for one in contract.exported if one.name == source.table)
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
