"""A condition → how many places of the stack of SQLite's parser its SQL takes (compile/sql.py): that stack has 100, for all.

What is deeper is refused when it is read, so that nobody ever meets `parser stack overflow`. A test builds the deepest
conditions of every shape and runs them.
"""

from __future__ import annotations

from typing import assert_never

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
    parts,
    walk,
)

MOST_PLACES = (
    60  # the rest is for what stands around a condition: the scan, a layer of facts, `for`, segments
)
MOST_CONDITIONS = 500  # in one list, those inside it included
_CHAIN = 3  # `(x and …`
_IN_ONE_BRACKET = 32


def places(condition: Condition) -> int:
    """What the SQL of a condition takes, its reasons and patience included."""
    match condition:
        case Leaf(expression=expression):
            taken = places_of(expression)
        case Group(kind=kind, items=items):
            taken = _chained(len(items)) + max(places(item) for item in items)
            taken += 2 if kind == "none" else 0
    return taken if condition.lasting is None else taken + 2


def places_of(expression: Expression) -> int:
    """What the SQL of an expression takes, counted from its first letter."""
    match expression:
        case Literal() | Name() | Memory():
            return 3
        case Related(where=where):
            return 3 if where is None else max(3, places_of(where))
        case Aggregate(argument=argument):
            return 3 if argument is None else max(3, places_of(argument))
        case Rank():
            return 9 + max(map(places_of, parts(expression)))
        case Both(items=items):
            return _chained(len(items)) + max(map(places_of, items))
        case Arithmetic():
            return 1 + _reckoned(expression)
        case Comparison() | Among() | Holds() | Between() | Like() | IsEmpty() | Not() | Negative():
            return _question(expression)
        case Case(branches=branches, otherwise=otherwise):
            arms = (max(5 + places_of(when), 7 + places_of(then)) for when, then in branches)
            return max(*arms, 0, 5 + (0 if otherwise is None else places_of(otherwise)))
        case Call(arguments=arguments):
            return 5 + max(map(places_of, arguments), default=0)
        case _:
            assert_never(expression)


def _question(
    question: Comparison | Among | Holds | Between | Like | IsEmpty | Not | Negative,
) -> int:
    match question:
        case Not(item=item):
            return 2 + places_of(item)
        case Negative(item=item):
            return 3 + places_of(item)
        case Comparison(left=left, right=right):
            return max(1 + places_of(left), 3 + places_of(right))
        case Among(item=item, choices=choices):
            return max(1 + places_of(item), *(6 + places_of(choice) for choice in choices))
        case Between(item=item, low=low, high=high):
            return max(1 + places_of(item), 3 + places_of(low), 5 + places_of(high))
        case Like(item=item, pattern=pattern):
            return max(3 + places_of(item), 5 + places_of(pattern))
        case Holds(item=item, list=inside):
            return (6 if isinstance(item, Literal) else 22) + max(places_of(item), places_of(inside))
        case IsEmpty(item=item):
            return (7 if any(isinstance(part, Memory) for part in walk(item)) else 1) + places_of(item)


def _reckoned(expression: Expression) -> int:
    """A chain stands in one bracket: what is left of an operator takes no place of its own."""
    if not isinstance(expression, Arithmetic):
        return places_of(expression)
    left, tight = expression.left, expression.operator in ("*", "/")
    is_chain = isinstance(left, Arithmetic) and (not tight or left.operator in ("*", "/"))
    before = _reckoned(left) if is_chain else places_of(left)
    return max(before, (5 if expression.operator == "/" else 2) + places_of(expression.right))


def _chained(count: int) -> int:
    """Brackets around parts joined by and, or."""
    taken = 0
    while count > 1:
        taken, count = taken + _CHAIN, -(-count // _IN_ONE_BRACKET)
    return taken
