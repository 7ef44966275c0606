"""The node of the table `answers` without `account:` → what people answered to tasks in the CRM, as a table of its own."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.model.data import ANSWERS, Field, Table
from cs_playbook.model.value import FieldType
from cs_playbook.parse.nodes import block, scalar
from cs_playbook.source.finding import Finding, Span, did_you_mean
from cs_playbook.source.tree import Mapping, Scalar

NEEDED = ("task", "outcome")
# What an answer says, with the types that can hold it.
FIELDS = {
    "task": (FieldType.TEXT,),
    "outcome": (FieldType.TEXT,),
    "by": (FieldType.TEXT, FieldType.EMAIL),
    "on": (FieldType.DATE,),
    "note": (FieldType.TEXT,),
    "answers": (FieldType.TEXT,),
}
_OF_ROWS = ("key", "day", "parent", "expect")  # keys of tables whose rows belong to accounts

Named = tuple[Scalar, Mapping]


def read_answers_table(nodes: list[Named], findings: list[Finding]) -> tuple[Table | None, list[Named]]:
    """It, and the other tables. One that says `account:` is a table like any other: of a survey, perhaps."""
    for name, node in nodes:
        if name.text == ANSWERS and node.get("account") is None:
            fields = tuple(_fields(node))
            findings += _wrong(name, node, fields)
            return Table(ANSWERS, fields, name.span), [pair for pair in nodes if pair[0] is not name]
    return None, nodes


def _fields(node: Mapping) -> Iterator[Field]:
    known = {one.value: one for one in FieldType}
    fields = block(node, "fields")
    for key, value in fields.entries if fields else ():
        kind = scalar(value, "type") if isinstance(value, Mapping) else value
        if isinstance(kind, Scalar) and key.text in FIELDS:
            yield Field(key.text, known.get(kind.text, FieldType.TEXT), key.span)


def _wrong(name: Scalar, node: Mapping, fields: tuple[Field, ...]) -> Iterator[Finding]:
    for key in (node.key(word) for word in _OF_ROWS):
        if key is not None:
            fact = f"the table {ANSWERS} has no `{key.text}:`: its rows belong to tasks"
            yield _finding(key.span, fact, "with `account: <field>` it is a table like the others")
    inside = block(node, "fields")
    for key, value in inside.entries if inside else ():
        yield from _wrong_field(key, scalar(value, "type") if isinstance(value, Mapping) else value)
    for needed in NEEDED:
        if all(field.name != needed for field in fields):
            hint = (
                "task: text, the key that stands in tasks.csv; outcome: text; besides by, on, note, answers"
            )
            yield _finding(name.span, f"the table {ANSWERS} has no field `{needed}`", hint)


def _wrong_field(key: Scalar, kind: object) -> Iterator[Finding]:
    if key.text not in FIELDS:
        hint = did_you_mean(key.text, FIELDS) or f"there are: {', '.join(FIELDS)}"
        hint += "; a table of accounts says `account: <field>`"
        yield _finding(key.span, f"no answer has a field '{key.text}'", hint)
    elif isinstance(kind, Scalar) and kind.text not in [one.value for one in FIELDS[key.text]]:
        usual = " or ".join(one.value for one in FIELDS[key.text])
        yield _finding(
            kind.span, f"`{key.text}` of an answer is no {kind.text}", f"write {key.text}: {usual}"
        )


def _finding(span: Span, fact: str, hint: str) -> Finding:
    return Finding(span, "CSP700", fact, hint)
