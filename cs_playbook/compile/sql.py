"""An expression or condition → SQLite text with the same three answers as model/answer.py gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import assert_never

from msgspec import Struct

from cs_playbook.model.condition import Condition, Group, Leaf
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
    walk,
)

Asked = Name | Related | Memory
AT_ONCE = 32
# No day stands in our SQL: what was prepared for one day serves the next.
TODAY = "cs_today()"
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Columns(Struct, frozen=True):
    """Where the answers stand: the SQL of a name, a question about rows or memory, an aggregate, a `known` flag, a `since`."""

    asked: Callable[[Asked], str]
    known: Callable[[Memory], str]
    since: Callable[[Condition], str]
    aggregate: Callable[[Aggregate], str]
    active: str = "1"  # whom playbooks see: only they are ranked


def no_aggregate(aggregate: Aggregate) -> str:
    raise AssertionError(f"{aggregate.function}() outside a signal")


def quoted(name: str) -> str:
    """An identifier of SQL, whatever letters it holds."""
    return '"' + name.replace('"', '""') + '"'


def constant(value: Value) -> str:
    """A value as a literal of SQL."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, tuple):
        return constant(json.dumps(list(value), ensure_ascii=False, separators=(",", ":")))
    if isinstance(value, int) and abs(value) >= 2**63:
        value = float(value)
    return f"({value!r})" if value < 0 else repr(value)


def sql_of_condition(condition: Condition, columns: Columns) -> str:
    """1, 0 or null. With `for`: 1 only once it has held long enough."""
    match condition:
        case Leaf(expression=expression):
            now = sql(expression, columns)
        case Group(kind=kind, items=items):
            parts = [sql_of_condition(item, columns) for item in items]
            joined = balanced(" and " if kind == "all" else " or ", parts)
            now = f"(not {joined})" if kind == "none" else joined
    if condition.lasting is None:
        return now
    return f"(case {now} when 1 then {_held(condition, columns)} when 0 then 0 end)"


def _held(condition: Condition, columns: Columns) -> str:
    days = condition.lasting or 1
    return "1" if days <= 1 else f"coalesce({columns.since(condition)} <= cs_held_since({days}), 0)"


def balanced(joint: str, parts: list[str]) -> str:
    """Parts joined, at most AT_ONCE in one bracket: SQLite refuses chains of 1000, and brackets deeper than its stack."""
    if len(parts) == 1:
        return parts[0]
    if len(parts) > AT_ONCE:
        some = (parts[start : start + AT_ONCE] for start in range(0, len(parts), AT_ONCE))
        return balanced(joint, [balanced(joint, few) for few in some])
    return f"({joint.join(parts)})"


def sql(expression: Expression, columns: Columns) -> str:
    """The value of the expression; null where something it needs is empty."""

    def of(inner: Expression) -> str:
        return sql(inner, columns)

    match expression:
        case Literal(value=value):
            return constant(value)
        case Name(name="today"):
            return TODAY
        case Name() | Related() | Memory():
            return columns.asked(expression)
        case Aggregate():
            return columns.aggregate(expression)
        case Rank():
            return _rank(expression, of, columns.active)
        case Both(operator=operator, items=items):
            return balanced(f" {operator} ", [of(item) for item in items])
        case Not(item=item):
            return f"(not {of(item)})"
        case Comparison(operator=operator, left=Call() as call, right=Literal(value=days)) if (
            day := _day_apart(call)
        ) is not None and _is_number(days):
            sooner = operator if call.function == "days_until" else _MIRRORED.get(operator, operator)
            return f"({of(day)} {sooner} {_bound(call, days)})"
        case Between(item=Call() as call, low=Literal(value=low), high=Literal(value=high)) if (
            (day := _day_apart(call)) is not None and _is_number(low) and _is_number(high)
        ):
            first, last = (low, high) if call.function == "days_until" else (high, low)
            return f"({of(day)} between {_bound(call, first)} and {_bound(call, last)})"
        case Comparison(operator=operator, left=left, right=right):
            return f"({of(left)} {operator} {of(right)})"
        case Between(item=item, low=low, high=high):
            return f"({of(item)} between {of(low)} and {of(high)})"
        case Among(item=item, choices=choices):
            return f"({of(item)} in ({', '.join(of(choice) for choice in choices)}))"
        case Like(item=item, pattern=pattern):
            return f"cs_like({of(item)}, {of(pattern)})"
        case Holds(item=item, list=inside):
            return _holds(item, of(item), of(inside))
        case IsEmpty(item=item):
            return _is_empty(expression, of(item), columns)
        case Arithmetic():
            return f"({_reckoned(expression, of)})"
        case Negative(item=item):
            return f"(0 - {of(item)})"
        case Case(branches=branches, otherwise=otherwise):
            arms = " ".join(f"when {of(when)} then {of(then)}" for when, then in branches)
            return f"(case {arms} else {'null' if otherwise is None else of(otherwise)} end)"
        case Call(function=function, arguments=arguments):
            return _call(function, [of(argument) for argument in arguments])
        case _:
            assert_never(expression)


def _day_apart(call: Call) -> Expression | None:
    """The day whose distance from today is asked. Held against a number it is the day itself that is compared, with a
    day that SQLite works out once: 100 playbooks that ask how old a contract is subtract nothing a million times."""
    return call.arguments[0] if call.function in ("days_until", "days_since") else None


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bound(call: Call, days: Value) -> str:
    return f"{TODAY} {'+' if call.function == 'days_until' else '-'} {constant(days)}"


def _rank(rank: Rank, of: Callable[[Expression], str], active: str) -> str:
    """Who is not active, has nothing to be ranked by or belongs to nobody has no rank, and takes none away."""
    by, among = [(of(value), way) for value, way in rank.by], [of(item) for item in rank.among]
    known = (f"{value} is not null" for value in (*(value for value, _ in by), *among))
    ranked = " and ".join([active, *known])
    each = ", ".join([f"({ranked})", *among])
    order = ", ".join(f"{value} {way}" for value, way in by)
    return f"(case when {ranked} then rank() over (partition by {each} order by {order}) end)"


def _reckoned(expression: Arithmetic, of: Callable[[Expression], str]) -> str:
    """Without brackets around what stands left and binds as tightly: a chain of any length takes no stack of SQLite."""
    left, right = expression.left, of(expression.right)
    is_chain = isinstance(left, Arithmetic) and (expression.operator in "+-" or left.operator in "*/")
    before = _reckoned(left, of) if is_chain and isinstance(left, Arithmetic) else of(left)
    if expression.operator == "/":
        return f"{before} * 1.0 / nullif({right}, 0)"  # never a division of whole numbers
    return f"{before} {expression.operator} {right}"


def _call(function: str, arguments: list[str]) -> str:
    match function:
        case "days_until":
            return f"({arguments[0]} - {TODAY})"
        case "days_since":
            return f"({TODAY} - {arguments[0]})"
        case "earliest":
            return f"min({', '.join(arguments)})"
        case "latest":
            return f"max({', '.join(arguments)})"
        case _:
            # Months and working days differ between engines: these are ours, registered with the connection.
            return f"cs_{function}({', '.join(arguments)})"


def _holds(item: Expression, wanted: str, inside: str) -> str:
    """A text in a JSON list. A literal is looked for as it is written in JSON: no parsing of each row."""
    if isinstance(item, Literal) and item.value is None:
        return "null"
    if isinstance(item, Literal):
        written = json.dumps(item.value, ensure_ascii=False)
        first, later = constant(f"[{written}"), constant(f",{written}")
        return f"(instr({inside}, {first}) = 1 or instr({inside}, {later}) > 0)"
    known = f"{wanted} is not null and {inside} is not null"
    return f"(case when {known} then exists(select 1 from json_each({inside}) where value = {wanted}) end)"


def _is_empty(question: IsEmpty, value: str, columns: Columns) -> str:
    """What was never recorded, and what nobody exports, is unknown, even to `is null`."""
    empty = f"({value} is null)" if question.told else f"nullif({value} is null, 1)"
    memories = [part for part in walk(question.item) if isinstance(part, Memory)]
    if not memories:
        return empty
    recorded = balanced(" and ", [columns.known(memory) for memory in memories])
    return f"(case when {recorded} then {empty} end)"
