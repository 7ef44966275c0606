"""Two conditions, one asked before the other → whether whoever fits the later one has been taken by the earlier."""

from __future__ import annotations

from cs_playbook.model.condition import Condition, Group, Leaf
from cs_playbook.model.expression import Comparison, Expression, Literal, Negative
from cs_playbook.source.finding import Finding, Severity, Span

_UP, _DOWN = (">", ">="), ("<", "<=")


def covers(above: Condition | None, below: Condition | None) -> str:
    """How, in words; "" where somebody may come to `below`. None is `otherwise`."""
    if above is None:
        return "takes every account"
    if above.lasting is not None or below is None:
        return ""
    if isinstance(above, Leaf) and isinstance(below, Leaf) and above.expression == below.expression:
        return "asks the same"
    return "takes all of these" if _takes(above, below) else ""


def never_reached(span: Span, code: str, fact: str, how: str, hint: str) -> Finding:
    """What is asked for less than it seems to be is told, and stops nothing."""
    severity = Severity.WARNING if how == "takes all of these" else Severity.ERROR
    return Finding(span, code, fact, hint, severity)


def _takes(above: Condition, below: Condition) -> bool:
    """Surely: a yes of `below` is a yes of `above`, whatever else holds."""
    match above, below:
        case _, Group(kind="all", items=items) if any(_takes(above, item) for item in items):
            return True
        case Group(kind="any", items=items), _:
            return any(item.lasting is None and _takes(item, below) for item in items)
        case Leaf(expression=Comparison() as one, lasting=None), Leaf(expression=Comparison() as other):
            return one == other or (one.left == other.left and _is_wider(one, other))
        case Leaf(expression=one, lasting=None), Leaf(expression=other):
            return one == other
        case _:
            return False


def _is_wider(one: Comparison, other: Comparison) -> bool:
    """`arr >= 2000` beside `arr >= 80000`."""
    bound, narrower = _number(one.right), _number(other.right)
    if bound is None or narrower is None:
        return False
    if narrower == bound:
        return one.operator in (">=", "<=") and other.operator in (one.operator, one.operator[0], "=")
    return (
        (narrower > bound and one.operator in _UP and other.operator in (*_UP, "="))
        or (narrower < bound and one.operator in _DOWN and other.operator in (*_DOWN, "="))
    )  # fmt: skip


def _number(side: Expression) -> float | None:
    match side:
        case Literal(value=bool()):
            return None
        case Literal(value=int() | float() as value):
            return float(value)
        case Negative(item=item):
            inside = _number(item)
            return None if inside is None else -inside
        case _:
            return None
