"""A condition answers itself from a row of values: yes, no or unknown, with evidence. The reader for the few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache
from typing import Final, TypeVar, assert_never

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
    match expression:
        case Literal(value=value):
            return value
        case Name(name="today"):
            return reckoning.today
        case Name():
            return values.get(expression.key)
        case Related() | Memory():
            return values.get(column_of(expression))
        case Both(operator=operator, items=items):
            answers = (truth(evaluate(item, values, reckoning)) for item in items)
            return _all(answers) if operator == "and" else _any(answers)
        case Not(item=item):
            said = truth(evaluate(item, values, reckoning))
            return None if said is None else not said
        case Case(branches=branches, otherwise=otherwise):
            return _case(branches, otherwise, values, reckoning)
        case Arithmetic(operator=operator, left=left, right=right):
            return reckon(operator, evaluate(left, values, reckoning), evaluate(right, values, reckoning))
        case Negative(item=item):
            return reckon("-", 0, evaluate(item, values, reckoning))
        case Call(function=function, arguments=arguments):
            given = [evaluate(argument, values, reckoning) for argument in arguments]
            return call(function, given, reckoning)
        case Comparison() | Among() | Holds() | Between() | Like() | IsEmpty():
            return _question(expression, values, reckoning)
        case Aggregate() | Rank():
            raise AssertionError("it has no value on one account: a signal that holds it is read")
        case _:
            assert_never(expression)


def _case(
    branches: tuple[tuple[Expression, Expression], ...],
    otherwise: Expression | None,
    values: Values,
    reckoning: Reckoning,
) -> Value:
    for when, then in branches:
        if truth(evaluate(when, values, reckoning)):
            return evaluate(then, values, reckoning)
    return None if otherwise is None else evaluate(otherwise, values, reckoning)


def _question(
    question: Comparison | Among | Holds | Between | Like | IsEmpty, values: Values, reckoning: Reckoning
) -> Answer:
    def value(expression: Expression) -> Value:
        return evaluate(expression, values, reckoning)

    match question:
        case Comparison(operator=operator, left=left, right=right):
            return _compare(operator, value(left), value(right))
        case Among(item=item, choices=choices):
            here = value(item)
            return _any(_compare("=", here, value(choice)) for choice in choices)
        case Holds(item=item, list=inside):
            wanted, cell = value(item), value(inside)
            # A list that was never recorded is unknown; an empty one holds nothing.
            return None if wanted is None or cell is None else wanted in to_list(cell)
        case Between(item=item, low=low, high=high):
            here = value(item)
            return _all((_compare(">=", here, value(low)), _compare("<=", here, value(high))))
        case Like(item=item, pattern=pattern):
            return like(value(item), value(pattern))
        case IsEmpty():
            return _is_empty(question, values, reckoning)


def _is_empty(question: IsEmpty, values: Values, reckoning: Reckoning) -> Answer:
    """What was never recorded, and what nobody exports, is unknown, even to `is null`."""
    for part in walk(question.item):
        if isinstance(part, Memory) and not values.get(known_column(part)):
            return None
    empty = evaluate(question.item, values, reckoning) is None
    return empty if question.told or not empty else None


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
