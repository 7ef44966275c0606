"""The node of `points:` → how many units each value of a fact is worth: cases, straight lines, or a list of values."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from msgspec import Struct

from cs_playbook.model.condition import Cases
from cs_playbook.model.expression import FieldType, Name, Value
from cs_playbook.model.scorecard import POINT, ByValue, Line, Points
from cs_playbook.parse.advice import KIND_WORDS
from cs_playbook.parse.conditions import read_cases
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import Finding, did_you_mean, warning
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence

_WAYS = "write [{when: …, is: 50}], [{at: 0, is: 0}, {at: 1, is: 100}], or {good: 100, bad: 0}"
_YES_NO = {"true": 1, "yes": 1, "false": 0, "no": 0}


class Scale(Struct, frozen=True):
    """Both ends, in points."""

    low: int
    high: int


def read_points(
    node: Node | None, fact: Name, scale: Scale, scope: Scope
) -> tuple[Points | None, list[Finding]]:
    """None where anything of it cannot be read."""
    match node:
        case Sequence(items=items) if items and all(_has(item, "at") for item in items):
            return _line(node, fact, scale)
        case Sequence(items=items) if items and not any(_has(item, "at") for item in items):
            return _cases(node, scale, scope)
        case Sequence():
            wrong = "points by cases (`when`) and on a line (`at`) are not mixed"
            return None, [Finding(node.span, "CSP512", wrong, _WAYS)]
        case Mapping():
            return _by_value(node, fact, scale, scope)
        case _:
            return None, []  # the schema has said so


def _has(item: Node, key: str) -> bool:
    return isinstance(item, Mapping) and item.get(key) is not None


def _units(node: Node | None, scale: Scale) -> tuple[int | None, list[Finding]]:
    """Above the lower end of the scale."""
    if not isinstance(node, Scalar) or not _is_number(node):
        return None, []  # the schema has said so
    points = Fraction(str(node.value))
    units = (points - scale.low) * POINT
    if not scale.low <= points <= scale.high:
        wrong = f"{node.text} points are not on the scale from {scale.low} to {scale.high}"
        return None, [Finding(node.span, "CSP512", wrong, "`scale:` says from where to where points go")]
    if units.denominator != 1:
        wrong = f"{node.text} points: four decimals at most"
        return None, [Finding(node.span, "CSP512", wrong, "whole points are enough")]
    return int(units), []


def _is_number(node: Scalar) -> bool:
    return isinstance(node.value, int | float) and not isinstance(node.value, bool)


# --- cases ---


def _cases(node: Sequence, scale: Scale, scope: Scope) -> tuple[Cases[int] | None, list[Finding]]:
    read, findings = read_cases(node, scope, lambda item: _units(item, scale))
    if read is not None and all(fit.when is not None for fit in read.fits):
        fact = "an account that fits none of these has no points here: the measure is missing"
        findings.append(warning(node.span, "CSP518", fact, "end the list with {when: otherwise, is: …}"))
    return read, findings


# --- straight lines ---


def _line(node: Sequence, fact: Name, scale: Scale) -> tuple[Line | None, list[Finding]]:
    corners: list[tuple[float, int]] = []
    findings: list[Finding] = []
    for item in node.items:
        at = item.get("at") if isinstance(item, Mapping) else None
        units, wrong = _units(item.get("is") if isinstance(item, Mapping) else None, scale)
        findings += wrong
        if isinstance(at, Scalar) and _is_number(at) and units is not None:
            corners.append((float(at.value), units))  # type: ignore[arg-type]
    findings += _about_line(node, fact, corners) if len(corners) == len(node.items) else []
    return (Line(tuple(corners)) if not findings and len(corners) == len(node.items) else None), findings


def _about_line(node: Sequence, fact: Name, corners: list[tuple[float, int]]) -> list[Finding]:
    if fact.type is not None and not fact.type.is_number:
        wrong = f"'{fact.name}' is {KIND_WORDS[fact.type]}: no line goes through it"
        hint = "a signal with days_since(…) is a number" if fact.type is FieldType.DATE else _WAYS
        return [Finding(node.span, "CSP512", wrong, hint)]
    if len(corners) < 2:
        return [
            Finding(
                node.span, "CSP512", "a line has two corners at least", "[{at: 0, is: 0}, {at: 1, is: 100}]"
            )
        ]
    falls = next((n for n, (one, two) in enumerate(pairwise(corners), 1) if two[0] <= one[0]), None)
    if falls is None:
        return []
    wrong = f"the corner at {corners[falls][0]:g} stands after the one at {corners[falls - 1][0]:g}"
    return [
        Finding(node.items[falls].span, "CSP512", wrong, "corners go from the smallest value to the largest")
    ]


# --- by value ---


def _by_value(node: Mapping, fact: Name, scale: Scale, scope: Scope) -> tuple[ByValue | None, list[Finding]]:
    if fact.type not in (FieldType.TEXT, FieldType.BOOLEAN, None):
        said = f"'{fact.name}' is {KIND_WORDS[fact.type]}, and has no values that could be listed"
        hint = "write [{when: …, is: 50}] or [{at: 0, is: 0}, {at: 1, is: 100}]"
        return None, [Finding(node.span, "CSP512", said, hint)]
    found: dict[Value, int] = {}
    findings: list[Finding] = []
    allowed = ("true", "false") if fact.type is FieldType.BOOLEAN else scope.values_of(fact)
    for key, value in node.entries:
        units, wrong = _units(value, scale)
        findings += wrong or _never(key, fact, allowed)
        if units is not None:
            found[_said(key, fact)] = units
    left = [one for one in allowed if _said_word(one, fact) not in found]
    if left and not findings:
        says = f"'{fact.name}' has no points where it is {' or '.join(left)}: the measure is missing then"
        findings.append(warning(node.span, "CSP518", says, f"say {left[0]}: … too"))
    return (ByValue(tuple(found.items())) if not any(f.is_error for f in findings) else None), findings


def _never(key: Scalar, fact: Name, allowed: tuple[str, ...]) -> list[Finding]:
    if not allowed or key.text in allowed or (fact.type is FieldType.BOOLEAN and key.text in _YES_NO):
        return []
    hint = did_you_mean(key.text, allowed) or f"it can be: {', '.join(allowed)}"
    return [Finding(key.span, "CSP512", f"'{fact.name}' is never '{key.text}'", hint)]


def _said(key: Scalar, fact: Name) -> Value:
    return _said_word(key.text, fact)


def _said_word(word: str, fact: Name) -> Value:
    return _YES_NO.get(word, word) if fact.type is FieldType.BOOLEAN else word
