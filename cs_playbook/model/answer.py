"""A condition answers itself from a row of values: yes, no or unknown, with evidence. The reader for the few."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, Final, TypeVar

from cs_playbook.model.columns import column_of, known_column
from cs_playbook.model.condition import Answer, Cases, Condition, Evidence, Group, Leaf
from cs_playbook.model.expression import (
    Aggregate,
    Among,
    Arithmetic,
    Between,
    Both,
    Call,
    Case,
    Comparison,
    Expression,
    Holds,
    IsEmpty,
    Like,
    Literal,
    Memory,
    Name,
    Negative,
    Not,
    Rank,
    Related,
    Value,
    to_list,
    walk,
)
from cs_playbook.model.functions import Reckoning, call, like, reckon
from cs_playbook.model.lasting import held_days, holds_for, series_of
from cs_playbook.model.wording import write

Values = Mapping[str, Value]
T = TypeVar("T")


class Unfit(Enum):
    """What a list of cases gives when none fits, or an earlier one is unknown."""

    UNFIT = "unfit"


UNFIT: Final = Unfit.UNFIT


def answer(condition: Condition, values: Values, reckoning: Reckoning) -> Answer:
    """Yes (True), no (False) or unknown (None)."""
    match condition:
        case Leaf(expression=expression):
            now = truth(evaluate(expression, values, reckoning))
        case Group(kind=kind, items=items):
            now = _combine(kind, (answer(item, values, reckoning) for item in items))
    return _patient(condition, now, values, reckoning)


def explain(condition: Condition, values: Values, reckoning: Reckoning) -> Evidence:
    """The same answer, with every part's answer and the values it saw."""
    held = _held(condition, values, reckoning)
    match condition:
        case Leaf(expression=expression):
            now = truth(evaluate(expression, values, reckoning))
            return Evidence(
                condition,
                _patient(condition, now, values, reckoning),
                seen(expression, values),
                (),
                held if now else None,
            )
        case Group(kind=kind, items=items):
            inside = tuple(explain(item, values, reckoning) for item in items)
            now = _combine(kind, (item.answer for item in inside))
            return Evidence(
                condition, _patient(condition, now, values, reckoning), (), inside, held if now else None
            )


def choose(cases: Cases[T], values: Values, reckoning: Reckoning) -> T | Unfit:
    """The value of the first case that fits; UNFIT where none does or an earlier one is unknown."""
    for fit in cases.fits:
        said = True if fit.when is None else answer(fit.when, values, reckoning)
        if said is None:
            return UNFIT
        if said:
            return fit.value
    return UNFIT


def truth(value: Value) -> Answer:
    return None if value is None else bool(value)


def seen(expression: Expression, values: Values) -> tuple[tuple[str, Value, str], ...]:
    """The facts an expression names, each once, with its value and type."""
    return tuple([(words, values.get(key), kind) for key, words, kind in _named(expression)])


# The same for each account: written once, not once for each.
@lru_cache(maxsize=4096)
def _named(expression: Expression) -> tuple[tuple[str, str, str], ...]:
    """(key of the value, how it is written, type) of each fact named."""
    found: dict[str, tuple[str, str, str]] = {}
    for part in walk(expression):
        if isinstance(part, Name) and part.name != "today":
            found.setdefault(part.key, (part.key, write(part), part.type or ""))
        elif isinstance(part, Related | Memory):
            column = column_of(part)
            found.setdefault(column, (column, write(part), part.type or ""))
    return tuple(found.values())


def _combine(kind: str, answers: Iterable[Answer]) -> Answer:
    if kind == "all":
        return _all(answers)
    any_of = _any(answers)
    return any_of if kind == "any" or any_of is None else not any_of


def _all(answers: Iterable[Answer]) -> Answer:
    given = list(answers)
    if False in given:
        return False
    return None if None in given else True


def _any(answers: Iterable[Answer]) -> Answer:
    given = list(answers)
    if True in given:
        return True
    return None if None in given else False


def _patient(condition: Condition, now: Answer, values: Values, reckoning: Reckoning) -> Answer:
    """With `for`: yes only once it has held long enough."""
    if condition.lasting is None or not now:
        return now
    return holds_for(condition.lasting, _since(condition, values), reckoning)


def _held(condition: Condition, values: Values, reckoning: Reckoning) -> tuple[int, int] | None:
    if condition.lasting is None:
        return None
    return held_days(condition.lasting, _since(condition, values), reckoning), condition.lasting


def _since(condition: Condition, values: Values) -> int | None:
    since = values.get(series_of(condition))
    return since if isinstance(since, int) else None


def evaluate(expression: Expression, values: Values, reckoning: Reckoning) -> Value:
    """The value of an expression; None where something it needs is empty. The same as SQL would give."""
    return _READERS[type(expression)](expression, values, reckoning)


def _literal(one: Literal, values: Values, reckoning: Reckoning) -> Value:
    return one.value


def _name(one: Name, values: Values, reckoning: Reckoning) -> Value:
    return reckoning.today if one.name == "today" else values.get(one.key)


def _remembered(one: Related | Memory, values: Values, reckoning: Reckoning) -> Value:
    return values.get(column_of(one))


def _both(one: Both, values: Values, reckoning: Reckoning) -> Answer:
    answers = [truth(evaluate(item, values, reckoning)) for item in one.items]
    return _all(answers) if one.operator == "and" else _any(answers)


def _not(one: Not, values: Values, reckoning: Reckoning) -> Answer:
    said = truth(evaluate(one.item, values, reckoning))
    return None if said is None else not said


def _case(one: Case, values: Values, reckoning: Reckoning) -> Value:
    for when, then in one.branches:
        if truth(evaluate(when, values, reckoning)):
            return evaluate(then, values, reckoning)
    return None if one.otherwise is None else evaluate(one.otherwise, values, reckoning)


def _arithmetic(one: Arithmetic, values: Values, reckoning: Reckoning) -> Value:
    return reckon(one.operator, evaluate(one.left, values, reckoning), evaluate(one.right, values, reckoning))


def _negative(one: Negative, values: Values, reckoning: Reckoning) -> Value:
    return reckon("-", 0, evaluate(one.item, values, reckoning))


def _call(one: Call, values: Values, reckoning: Reckoning) -> Value:
    return call(one.function, [evaluate(given, values, reckoning) for given in one.arguments], reckoning)


def _comparison(one: Comparison, values: Values, reckoning: Reckoning) -> Answer:
    left, right = evaluate(one.left, values, reckoning), evaluate(one.right, values, reckoning)
    return _compare(one.operator, left, right)


def _among(one: Among, values: Values, reckoning: Reckoning) -> Answer:
    here = evaluate(one.item, values, reckoning)
    return _any([_compare("=", here, evaluate(choice, values, reckoning)) for choice in one.choices])


def _holds(one: Holds, values: Values, reckoning: Reckoning) -> Answer:
    """A list that was never recorded is unknown; an empty one holds nothing."""
    wanted, cell = evaluate(one.item, values, reckoning), evaluate(one.list, values, reckoning)
    return None if wanted is None or cell is None else wanted in to_list(cell)


def _between(one: Between, values: Values, reckoning: Reckoning) -> Answer:
    here = evaluate(one.item, values, reckoning)
    low, high = evaluate(one.low, values, reckoning), evaluate(one.high, values, reckoning)
    return _all([_compare(">=", here, low), _compare("<=", here, high)])


def _like(one: Like, values: Values, reckoning: Reckoning) -> Answer:
    return like(evaluate(one.item, values, reckoning), evaluate(one.pattern, values, reckoning))


def _is_empty(one: IsEmpty, values: Values, reckoning: Reckoning) -> Answer:
    """What was never recorded, and what nobody exports, is unknown, even to `is null`."""
    for part in walk(one.item):
        if isinstance(part, Memory) and not values.get(known_column(part)):
            return None
    empty = evaluate(one.item, values, reckoning) is None
    return empty if one.told or not empty else None


def _of_a_signal(one: Aggregate | Rank, values: Values, reckoning: Reckoning) -> Value:
    raise AssertionError("it has no value on one account: a signal that holds it is read")


# By its kind at once: asked a hundred times an account, a match of twenty kinds is half of the time.
_READERS: Mapping[type[Expression], Callable[[Any, Values, Reckoning], Value]] = {
    Literal: _literal, Name: _name, Related: _remembered, Memory: _remembered, Both: _both, Not: _not, Case: _case,
    Arithmetic: _arithmetic, Negative: _negative, Call: _call, Comparison: _comparison, Among: _among, Holds: _holds,
    Between: _between, Like: _like, IsEmpty: _is_empty, Aggregate: _of_a_signal, Rank: _of_a_signal,
}  # fmt: skip


def _compare(operator: str, left: Value, right: Value) -> Answer:
    if left is None or right is None:
        return None
    match operator:
        case "=":
            return left == right
        case "<>":
            return left != right
        case "<":
            return left < right  # type: ignore[operator]
        case "<=":
            return left <= right  # type: ignore[operator]
        case ">":
            return left > right  # type: ignore[operator]
        case _:
            return left >= right  # type: ignore[operator]
