"""A condition as people write it: leaves of SQL combined by all, any, none, each with its reason and its patience."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar
from typing import Literal as OneOf

from msgspec import Struct

from cs_playbook.model.expression import Expression, Value
from cs_playbook.source.finding import Span
from cs_playbook.values import replace

T = TypeVar("T")


class Leaf(Struct, frozen=True):
    """One line of SQL that says yes, no or unknown. `lasting`: it must have held for so many days."""

    text: str
    expression: Expression
    span: Span
    because: str | None = None
    lasting: int | None = None


class Group(Struct, frozen=True):
    """all, any or none of the items; `because` and `lasting` speak of the whole."""

    kind: OneOf["all", "any", "none"]
    items: tuple[Condition, ...]
    span: Span
    because: str | None = None
    lasting: int | None = None


Condition = Leaf | Group


def leaves(condition: Condition) -> Iterator[Leaf]:
    """All leaves, from the first line."""
    match condition:
        case Leaf():
            yield condition
        case Group(items=items):
            for item in items:
                yield from leaves(item)


def conditions(condition: Condition) -> Iterator[Condition]:
    """The condition and all conditions inside it."""
    yield condition
    if isinstance(condition, Group):
        for item in condition.items:
            yield from conditions(item)


class Fit(Struct, Generic[T], frozen=True):
    """One case of a list of cases: its value where the condition says yes; `when` None is `otherwise`."""

    when: Condition | None
    value: T


class Cases(Struct, Generic[T], frozen=True):
    """Wherever one value stands, a list of cases may stand: the first that fits; one plain value is one `otherwise`."""

    fits: tuple[Fit[T], ...]


def plain(value: T) -> Cases[T]:
    return Cases((Fit(None, value),))


Answer = bool | None  # yes, no, unknown


class Evidence(Struct, frozen=True):
    """A condition with its answer and the values it was given, for explain: one per leaf or group, nested."""

    condition: Condition
    answer: Answer
    values: tuple[tuple[str, Value, str], ...] = ()  # (name as written, value, type)
    items: tuple[Evidence, ...] = ()
    lasting: tuple[int, int] | None = None  # held for so many of so many days


def impatient(condition: Condition) -> Condition:
    """The same condition, `for` aside."""
    if isinstance(condition, Group):
        return replace(condition, lasting=None, items=tuple(impatient(item) for item in condition.items))
    return condition if condition.lasting is None else replace(condition, lasting=None)
