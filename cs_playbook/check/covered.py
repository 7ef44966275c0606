"""A list of cases → what it chooses by, where it names every value that this can hold: only something empty fits none of them."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.rule import Asked
from cs_playbook.model.condition import Cases, Condition, Group, Leaf
from cs_playbook.model.expression import (
    Among,
    Both,
    Comparison,
    Expression,
    FieldType,
    Literal,
    Name,
    Not,
    ScopeName,
    Value,
)

Held = tuple[Name, Value]  # a name, and one value it is compared with


def covered_by(asked: Asked, cases: Cases[object]) -> Name | None:
    """None where more is asked than one name, or a value of it is left out, or it may hold anything."""
    found: list[Held] = []
    for fit in cases.fits:
        held = None if fit.when is None else _named(fit.when)
        if held is None:
            return None
        found += held
    names = {name.key: name for name, _ in found}
    if len(names) != 1:
        return None
    name = next(iter(names.values()))
    every = _every_value(asked, name)
    return name if every and set(every) <= {value for _, value in found} else None


def _named(condition: Condition) -> list[Held] | None:
    """What makes the condition true; None where it is anything but these values."""
    if condition.lasting is not None:
        return None
    match condition:
        case Leaf(expression=expression):
            return _held(expression)
        case Group(kind="any", items=items):
            return _together(_named(item) for item in items)
        case _:
            return None


def _held(expression: Expression) -> list[Held] | None:
    match expression:
        case Name(type=FieldType.BOOLEAN) as name:
            return [(name, True)]
        case Not(item=Name(type=FieldType.BOOLEAN) as name):
            return [(name, False)]
        case Comparison(operator="=", left=Name() as name, right=Literal(value=value)):
            return [(name, value)]
        case Comparison(operator="=", left=Literal(value=value), right=Name() as name):
            return [(name, value)]
        case Among(item=Name() as name, choices=choices):
            values = [choice.value for choice in choices if isinstance(choice, Literal)]
            return [(name, value) for value in values] if len(values) == len(choices) else None
        case Both(operator="or", items=items):
            return _together(_held(item) for item in items)
        case _:
            return None


def _together(some: Iterator[list[Held] | None]) -> list[Held] | None:
    every = list(some)
    return None if None in every else [held for one in every if one for held in one]


def _every_value(asked: Asked, name: Name) -> tuple[Value, ...]:
    """All it can hold besides nothing; empty where it may hold anything."""
    if name.type is FieldType.BOOLEAN:
        return (True, False)
    match name.scope:
        case ScopeName.ACCOUNT:
            return asked.catalog.fact_values.get(name.name, ())
        case ScopeName.PARENT:
            return asked.catalog.fact_values.get(name.name.partition(".")[2], ())
        case ScopeName.ROW | ScopeName.CONTACT:
            return _of_a_field(asked, name)
        case ScopeName.ENROLLMENT:
            return _of_an_answer(asked, name.name)
        case _:
            return ()


def _of_a_field(asked: Asked, name: Name) -> tuple[Value, ...]:
    table = asked.catalog.contract.table(name.table or "contacts")
    field = None if table is None else table.field(name.name)
    return () if field is None else field.values


def _of_an_answer(asked: Asked, written: str) -> tuple[Value, ...]:
    """`given.mode`, `steps.call.reason`, `steps.call.outcome`."""
    first, _, rest = written.partition(".")
    if first == "given":
        return next((ask.choices for ask in asked.playbook.asks if ask.name == rest), ())
    step_id, _, what = rest.partition(".")
    step = asked.ways.steps.get(step_id)
    if step is None:
        return ()
    if what == "outcome":
        return () if step.repeats is not None else asked.ways.outcomes.get(step_id, ())
    return next((ask.choices for ask in step.asks if ask.name == what), ())
