"""`times`, `divided_by` and `words` of a field → what its cells mean, held against the type of the field."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.model.data import Field
from cs_playbook.model.expression import FieldType
from cs_playbook.model.mapping import FieldSource, Format
from cs_playbook.parse.cell import BadCell, cell_reader
from cs_playbook.parse.nodes import block, scalar
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Mapping, Scalar
from cs_playbook.values import replace

OTHERWISE = "otherwise"

_NUMBERS = (FieldType.NUMBER, FieldType.INTEGER)


def read_meaning(field: Field, node: Mapping, source: FieldSource, findings: list[Finding]) -> FieldSource:
    """`source` with what `node` says of its cells."""
    times, divided_by = scalar(node, "times"), scalar(node, "divided_by")
    findings += _units(field, times, divided_by)
    words = block(node, "words")
    entries = [(word, means) for word, means in (words.entries if words else ()) if isinstance(means, Scalar)]
    findings += [finding for _, means in entries for finding in _meant(field, means)]
    if words is not None and (times or divided_by):
        place = (node.key("times") or node.key("divided_by") or words.entries[0][0]).span
        fact = f"{field.name} has words and a unit: which comes first?"
        findings.append(Finding(place, "CSP771", fact, "write the numbers themselves under `words:`"))
    others = next((_value(means) for word, means in entries if _is_otherwise(word)), ())
    return replace(
        source,
        times=times.text if times else None,
        divided_by=divided_by.text if divided_by else None,
        words=tuple((word.text, _value(means)[0]) for word, means in entries if not _is_otherwise(word)),
        otherwise=others or None,
    )


def _is_otherwise(word: Scalar) -> bool:
    """In quotes it is a word of the export."""
    return word.text == OTHERWISE and not word.quoted


def _value(means: Scalar) -> tuple[str | None]:
    return (None if means.value is None and not means.quoted else means.text,)


def _units(field: Field, times: Scalar | None, divided_by: Scalar | None) -> Iterator[Finding]:
    for node in filter(None, (times, divided_by)):
        if field.type not in _NUMBERS:
            fact = f"{field.name} is of type {field.type.value}: only numbers can be multiplied or divided"
            yield Finding(node.span, "CSP771", fact, "correct its type in the contract, or leave this out")
        elif not node.value:
            yield Finding(node.span, "CSP771", f"{node.text} would make every {field.name} the same", "")
    if times is not None and divided_by is not None:
        hint = "one number says both: `times: 0.01` is `divided_by: 100`"
        yield Finding(divided_by.span, "CSP771", f"{field.name} is multiplied and divided", hint)


def _meant(field: Field, means: Scalar) -> Iterator[Finding]:
    """What words mean is written in the one plain way: 2026-03-02, 1234.5, true."""
    value = _value(means)[0]
    if value is None:
        return
    try:
        cell_reader(field, Format())(value)
    except BadCell as wrong:
        yield Finding(means.span, "CSP717", wrong.message, wrong.hint)
