"""A node that stands where a condition may stand → a condition, bound and typed: text, list, all/any/none, long form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal as OneOf
from typing import TypeVar

from cs_playbook.model.condition import Cases, Condition, Fit, Group, Leaf, leaves
from cs_playbook.model.expression import At, Expression, FieldType, Memory, Name, Related, ScopeName, walk
from cs_playbook.model.wording import write
from cs_playbook.parse.bind import Binder
from cs_playbook.parse.condition import TOO_DEEP, read_condition
from cs_playbook.parse.depth import MOST_CONDITIONS, MOST_PLACES, places
from cs_playbook.parse.duration import read_days
from cs_playbook.parse.scope import Scope
from cs_playbook.parse.tokens import Refusal
from cs_playbook.source.finding import Finding, Span
from cs_playbook.source.tree import Mapping, Node, Scalar, Sequence
from cs_playbook.values import replace

T = TypeVar("T")
KINDS: tuple[OneOf["all", "any", "none"], ...] = ("all", "any", "none")
OTHERWISE = "otherwise"


def read_conditions(node: Node, scope: Scope) -> tuple[Condition | None, list[Finding]]:
    """The condition of a node and all its findings; None where any part cannot be read."""
    condition, findings = _read(node, scope)
    if not isinstance(condition, Group):
        return condition, findings  # a single line has been measured when it was read
    wrong = _too_much(condition)
    return (None if wrong else condition), [*findings, *wrong]


def _read(node: Node, scope: Scope) -> tuple[Condition | None, list[Finding]]:
    match node:
        case Scalar():
            return _leaf(node, scope)
        case Sequence(items=items):
            return _group("all", items, node.span, scope)
        case Mapping():
            return _mapping(node, scope)


def read_expression(node: Scalar, scope: Scope) -> tuple[Expression | None, FieldType | None, list[Finding]]:
    """A value rather than a question: the expression of a signal."""
    binder = Binder(scope, _places(node))
    try:
        bound, kind = binder.bind(read_condition(node.text))
    except Refusal as refusal:
        return None, None, [_finding(refusal, node)]
    return (None if _errors(binder.findings) else bound), kind, binder.findings


def read_date(text: str, offset: int, node: Scalar, scope: Scope) -> tuple[Expression | None, list[Finding]]:
    """The name of a date inside a longer text, e.g. `renewal_date` in `60 days before renewal_date`."""

    def place(at: At) -> Span:
        return node.place(at[0] + offset, at[1])

    binder = Binder(scope, place)
    try:
        bound, kind = binder.bind(read_condition(text))
    except Refusal as refusal:
        return None, [Finding(place(refusal.at), refusal.code, refusal.message, refusal.hint)]
    if kind not in (FieldType.DATE, None):
        binder.report(
            (0, len(text)), "CSP211", f"'{text}' is not a date", "name a date field, or steps.<step>.done_on"
        )
    return (None if _errors(binder.findings) else bound), binder.findings


def read_cases(
    node: Node, scope: Scope, read: Callable[[Node], tuple[T | None, list[Finding]]]
) -> tuple[Cases[T] | None, list[Finding]]:
    """One value, or `[{when: …, is: …}, {when: otherwise, is: …}]`."""
    if not _is_cases(node):
        value, findings = read(node)
        return (None if value is None else Cases((Fit(None, value),))), findings
    assert isinstance(node, Sequence)
    fits: list[Fit[T]] = []
    findings = []
    for item in node.items:
        fit, wrong = _fit(item, scope, read)
        findings += wrong
        fits += [fit] if fit else []
    return (Cases(tuple(fits)) if len(fits) == len(node.items) else None), findings


def _is_cases(node: Node) -> bool:
    return (
        isinstance(node, Sequence)
        and bool(node.items)
        and all(isinstance(item, Mapping) and item.get("is") for item in node.items)
    )


def _fit(
    item: Node, scope: Scope, read: Callable[[Node], tuple[T | None, list[Finding]]]
) -> tuple[Fit[T] | None, list[Finding]]:
    assert isinstance(item, Mapping)
    value_node, when_node = item.get("is"), item.get("when")
    assert value_node is not None
    value, findings = read(value_node)
    if when_node is None:
        return None, findings  # the schema has said so
    if isinstance(when_node, Scalar) and when_node.text == OTHERWISE:
        return (None if value is None else Fit(None, value)), findings
    when, wrong = read_conditions(when_node, scope)
    return (None if value is None or when is None else Fit(when, value)), [*findings, *wrong]


def _too_much(condition: Condition) -> list[Finding]:
    """SQLite reads only so deep, and a rule of a thousand lines is read by nobody."""
    if sum(1 for _ in leaves(condition)) > MOST_CONDITIONS:
        fact = f"more than {MOST_CONDITIONS} conditions in one"
        return [Finding(condition.span, "CSP201", fact, "split it into signals")]
    deep = places(condition) > MOST_PLACES
    return [Finding(condition.span, "CSP201", TOO_DEEP, "split it into signals")] if deep else []


def _places(node: Scalar) -> Callable[[At], Span]:
    return lambda at: node.place(*at)


def _leaf(node: Scalar, scope: Scope) -> tuple[Condition | None, list[Finding]]:
    binder = Binder(scope, _places(node))
    try:
        bound = binder.yes_or_no(read_condition(node.text))
    except Refusal as refusal:
        return None, [_finding(refusal, node)]
    return (None if _errors(binder.findings) else Leaf(node.text, bound, node.span)), binder.findings


def _group(
    kind: OneOf["all", "any", "none"], items: tuple[Node, ...], span: Span, scope: Scope
) -> tuple[Condition | None, list[Finding]]:
    read = [_read(item, scope) for item in items]
    findings = [finding for _, wrong in read for finding in wrong]
    if not items:
        findings.append(Finding(span, "CSP221", f"'{kind}' of nothing", "write at least one condition"))
    inside = tuple(condition for condition, _ in read if condition is not None)
    if len(inside) < len(items) or not items:
        return None, findings
    return (inside[0] if len(inside) == 1 and kind != "none" else Group(kind, inside, span)), findings


def _mapping(node: Mapping, scope: Scope) -> tuple[Condition | None, list[Finding]]:
    when = node.get("when")
    if when is not None:
        return _long_form(node, when, scope)
    groups: list[Condition] = []
    findings: list[Finding] = []
    for key, value in node.entries:
        kind = next((kind for kind in KINDS if kind == key.text), None)
        if kind is None:
            continue  # the schema has said so
        items = value.items if isinstance(value, Sequence) else (value,)
        group, wrong = _group(kind, items, key.span, scope)
        findings += wrong
        groups += [group] if group else []
    if len(groups) != len(node.entries) or not groups:
        return None, findings
    return (groups[0] if len(groups) == 1 else Group("all", tuple(groups), node.span)), findings


def _long_form(node: Mapping, when: Node, scope: Scope) -> tuple[Condition | None, list[Finding]]:
    condition, findings = _read(when, scope)
    because, lasting = node.get("because"), node.get("for")
    days: int | None = None
    if isinstance(lasting, Scalar):
        days, wrong = read_days(lasting)
        findings += wrong
        if days is None:
            return None, findings
    if condition is None:
        return None, findings
    if isinstance(lasting, Scalar):
        findings += _remembered(condition, lasting, scope)
    says = because.text if isinstance(because, Scalar) else condition.because
    if condition.lasting is not None and days is not None:
        condition = Group("all", (condition,), node.span)
    return replace(condition, because=says, lasting=days if days is not None else condition.lasting), findings


def _remembered(condition: Condition, lasting: Scalar, scope: Scope) -> list[Finding]:
    """`for` lives on daily answers, which are kept for accounts, and in a trigger for its rows."""
    kept = (ScopeName.ACCOUNT, ScopeName.OWNER, *((ScopeName.ROW,) if scope.steps is None else ()))
    for leaf in leaves(condition):
        for part in walk(leaf.expression):
            at_start = isinstance(part, Memory) and part.function == "at_start"
            of_row = isinstance(part, Related) and part.row and ScopeName.ROW not in kept
            if at_start or of_row or (isinstance(part, Name) and part.scope not in kept):
                fact = f"`for` with '{write(part)}' is not yet part of the language"
                return [
                    Finding(lasting.span, "CSP109", fact, "here it can ask about facts of the account only")
                ]
    return []


def _finding(refusal: Refusal, node: Scalar) -> Finding:
    offset, length = refusal.at
    return Finding(
        node.place(min(offset, max(len(node.text) - 1, 0)), length),
        refusal.code,
        refusal.message,
        refusal.hint,
    )


def _errors(findings: list[Finding]) -> bool:
    return any(finding.is_error for finding in findings)
