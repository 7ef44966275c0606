"""A fact → the expression of the day it is of: the day a trait was set on, the newest day of the rows of a signal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cs_playbook.model.condition import Condition, Group, Leaf
from cs_playbook.model.expression import Both, Call, Expression, FieldType, Memory, Name, Not, Related, walk
from cs_playbook.model.signal import Signal
from cs_playbook.parse.scope import Scope


def day_of(fact: Name, scope: Scope, signals: Mapping[str, Signal]) -> Expression | None:
    """None where it has no day. A signal that stands on several is as old as the oldest of them."""
    days = tuple(dict.fromkeys(_days(fact.name, scope, signals)))
    if not days:
        return None
    return days[0] if len(days) == 1 else Call("earliest", days)


def _days(fact: str, scope: Scope, signals: Mapping[str, Signal]) -> Iterator[Expression]:
    if fact in scope.traits:
        yield Memory("set_on", fact, None, FieldType.DATE)
    signal = signals.get(fact)
    if signal is None:
        return
    if signal.table is not None:
        where = None if signal.where is None else _expression(signal.where)
        yield from _newest(signal.table, where, scope)
        return
    for part in walk(signal.value):
        match part:
            case Name(name=name):
                yield from _days(name, scope, signals)
            case Related(table=table, where=where):
                yield from _newest(table, where, scope)
            case _:
                pass


def _newest(table: str, where: Expression | None, scope: Scope) -> Iterator[Expression]:
    known = scope.contract.table(table)
    if known is not None and known.day is not None:
        yield Related("newest", table, known.day, where, FieldType.DATE)


def _expression(condition: Condition) -> Expression:
    """What is asked of rows has no patience: it is one expression."""
    match condition:
        case Leaf(expression=expression):
            return expression
        case Group(kind=kind, items=items):
            parts = tuple(_expression(item) for item in items)
            joined = Both("and" if kind == "all" else "or", parts) if len(parts) > 1 else parts[0]
            return Not(joined) if kind == "none" else joined
