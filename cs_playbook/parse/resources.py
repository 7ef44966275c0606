"""The nodes of `resources:` → tables whose rows stand beside every account, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cs_playbook.model.data import ACCOUNTS, CHILDREN, Contract, Field, Table
from cs_playbook.model.expression import FieldType, Value, to_day
from cs_playbook.parse.data import name_of_table, read_fields
from cs_playbook.parse.nodes import block, scalar, text
from cs_playbook.parse.story_value import DAYS, Kind, Wrong, read_timeless
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar, plain

_OF_ACCOUNTS = (CHILDREN, "contacts", ACCOUNTS)
KEY = "id"  # of every item: the word it stands under
MOST_ITEMS = 500  # a list that people keep by hand; more of them are an export


def read_resources(files: list[Mapping], contract: Contract) -> tuple[tuple[Table, ...], list[Finding]]:
    """In order of name. A table with an error in its items stays, without them: its name and fields are known."""
    findings: list[Finding] = []
    tables: dict[str, Table] = {}
    for file in files:
        name = scalar(file, "resources")
        if name is None:
            continue  # the schema has said so
        taken = _taken(name, contract, tables)
        findings += [*name_of_table(name), *taken]
        if not taken:
            tables[name.text] = _table(name, file, findings)
    return tuple(tables[name] for name in sorted(tables)), findings


def _taken(name: Scalar, contract: Contract, before: dict[str, Table]) -> list[Finding]:
    hint = "tables and resources share one namespace: choose another name"
    if name.text in before:
        there = before[name.text].span
        return [Finding(name.span, "CSP223", f"'{name.text}' is there already in {there.file}", hint)]
    if name.text in _OF_ACCOUNTS:
        fact = f"'{name.text}' are an account's own, not what we offer to all"
        return [Finding(name.span, "CSP223", fact, "choose another name")]
    if contract.table(name.text) is not None:
        return [Finding(name.span, "CSP223", f"'{name.text}' is already a table of data.yaml", hint)]
    return []


def _table(name: Scalar, file: Mapping, findings: list[Finding]) -> Table:
    declared = tuple(read_fields(file, False, findings))
    own = next((field for field in declared if field.name == KEY), None)
    if own is not None:
        hint = "take it out: row.id is the word that the item stands under"
        findings.append(Finding(own.span, "CSP710", f"every item has its '{KEY}' already", hint))
    fields = (Field(KEY, FieldType.TEXT, name.span), *(field for field in declared if field is not own))
    day = _day(file, fields, findings)
    items = block(file, "items")
    entries = sorted(items.entries if items else (), key=lambda entry: entry[0].text)
    if len(entries) > MOST_ITEMS:
        fact = f"{len(entries)} items: at most {MOST_ITEMS} are kept by hand"
        findings.append(Finding(name.span, "CSP710", fact, "bring a longer list in as a table of data.yaml"))
    read = [_item(key, node, fields, findings) for key, node in entries if isinstance(node, Mapping)]
    return Table(
        name.text,
        fields,
        name.span,
        key=KEY,
        day=day,
        items=tuple(read[:MOST_ITEMS]),
        title=text(file, "title"),
    )


def _day(file: Mapping, fields: tuple[Field, ...], findings: list[Finding]) -> str | None:
    """From when an item is seen."""
    written = scalar(file, "day")
    if written is None:
        return None
    if any(field.name == written.text and field.type in DAYS for field in fields):
        return written.text
    near = did_you_mean(written.text, (field.name for field in fields if field.type in DAYS))
    fact = f"`day:` names a field of type date, and '{written.text}' is none"
    findings.append(Finding(written.span, "CSP703", fact, near or "add it to the fields"))
    return None


def _item(
    key: Scalar, node: Mapping, fields: tuple[Field, ...], findings: list[Finding]
) -> tuple[Value, ...]:
    kinds = {field.name: Kind(field.type, field.values) for field in fields if field.name != KEY}
    findings += _unknown(node, kinds)
    values: dict[str, Value] = {KEY: key.text}
    for name, kind in kinds.items():
        written = node.get(name)
        value = None if written is None else _value(written, kind)
        if isinstance(value, Wrong):
            at = written.span if written is not None else node.span
            findings.append(Finding(at, "CSP710", f"{name}: {value.message}", value.hint))
            value = None
        values[name] = as_stored(value, kind.type)
    return tuple(values[field.name] for field in fields)


def _unknown(node: Mapping, kinds: dict[str, Kind]) -> Iterator[Finding]:
    for word, _ in node.entries:
        if word.text == KEY:
            fact = f"the '{KEY}' of an item is the word it stands under"
            yield Finding(word.span, "CSP710", fact, "take it out")
        elif word.text not in kinds:
            hint = did_you_mean(word.text, kinds) or f"fields are: {', '.join(kinds)}"
            yield Finding(word.span, "CSP710", f"there is no field '{word.text}'", hint)


def _value(written: Node, kind: Kind) -> Value | Wrong:
    value = plain(written)
    if kind.type not in DAYS or value is None:
        return read_timeless(value, kind)
    try:
        return to_day(date.fromisoformat(value if isinstance(value, str) else ""))
    except ValueError:
        shown = written.text if isinstance(written, Scalar) else "this"
        return Wrong(f"'{shown}' is not a day", "e.g. 2026-03-02")


def as_stored(value: Value, kind: FieldType) -> Value:
    """As a snapshot holds what is empty: a yes/no is no, a list has nothing in it."""
    if value is None and kind is FieldType.BOOLEAN:
        return False
    return () if value is None and kind is FieldType.LIST else value
