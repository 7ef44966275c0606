"""An expression → its canonical text: the same meaning written the same way, for names, hashes and screens."""

from __future__ import annotations

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
    FieldType,
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
    ScopeName,
    Value,
    from_day,
)

_WEIGHT = {
    "or": 1,
    "and": 2,
    "not": 3,
    "compare": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "negative": 7,
    "atom": 8,
}


def write(expression: Expression) -> str:
    """The canonical text; reading it again gives the same expression."""
    return _write(expression, 0)


def _write(expression: Expression, above: int) -> str:
    text, weight = _text(expression)
    return f"({text})" if weight < above else text


def _text(expression: Expression) -> tuple[str, int]:
    match expression:
        case Literal() | Name() | Call() | Related() | Memory() | Aggregate() | Case() | Rank():
            return _atom(expression), _WEIGHT["atom"]
        case Both(operator=operator, items=items):
            weight = _WEIGHT[operator]
            return f" {operator} ".join(_write(item, weight + 1) for item in items), weight
        case Not(item=Among() | Between() | Like() | IsEmpty() | Holds() as item):
            return _question(item, " not"), _WEIGHT["compare"]
        case Not(item=item):
            return f"not {_write(item, _WEIGHT['not'])}", _WEIGHT["not"]
        case Arithmetic(operator=operator, left=left, right=right):
            weight = _WEIGHT[operator]
            return f"{_write(left, weight)} {operator} {_write(right, weight + 1)}", weight
        case Negative(item=item):
            return f"-{_write(item, _WEIGHT['atom'])}", _WEIGHT["negative"]
        case Comparison(operator=operator, left=left, right=right):
            return f"{_operand(left)} {operator} {_operand(right)}", _WEIGHT["compare"]
        case Among() | Between() | Like() | IsEmpty() | Holds():
            return _question(expression, ""), _WEIGHT["compare"]


def _operand(expression: Expression) -> str:
    return _write(expression, _WEIGHT["compare"] + 1)


def _question(expression: Among | Between | Like | IsEmpty | Holds, negation: str) -> str:
    item = _operand(expression.item)
    match expression:
        case Among(choices=choices):
            return f"{item}{negation} in ({', '.join(write(choice) for choice in choices)})"
        case Between(low=low, high=high):
            return f"{item}{negation} between {_operand(low)} and {_operand(high)}"
        case Like(pattern=pattern):
            return f"{item}{negation} like {_operand(pattern)}"
        case Holds(list=inside):
            return f"{item}{negation} in {_operand(inside)}"
        case IsEmpty():
            return f"{item} is{negation} null"


def _atom(expression: Literal | Name | Call | Related | Memory | Aggregate | Case | Rank) -> str:
    match expression:
        case Literal(value=value, type=kind):
            return literal(value, kind)
        case Name(name=name, scope=scope):
            return f"{_PREFIX.get(scope, '')}{name}"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(write(argument) for argument in arguments)})"
        case Related(function=function, table=table, column=column, where=where, everybody=everybody):
            first = f"{'all ' if everybody else ''}{table}{'' if column is None else f'.{column}'}"
            return f"{function}({first})" if where is None else f"{function}({first}, {write(where)})"
        case Memory(function=function, subject=subject, days=days):
            first = f"'{subject}'" if function in ("running", "finished", "last_outcome") else subject
            return f"{function}({first})" if days is None else f"{function}({first}, '{days} days')"
        case Aggregate(function=function, argument=argument, distinct=distinct):
            inside = "*" if argument is None else write(argument)
            return f"{function}({'distinct ' if distinct else ''}{inside})"
        case Rank(by=by, among=among):
            each = f"partition by {', '.join(map(write, among))} " if among else ""
            order = ", ".join(f"{write(value)}{' desc' if way == 'desc' else ''}" for value, way in by)
            return f"rank() over ({each}order by {order})"
        case Case(branches=branches, otherwise=otherwise):
            arms = "".join(f" when {write(when)} then {write(then)}" for when, then in branches)
            return f"case{arms}{'' if otherwise is None else f' else {write(otherwise)}'} end"


_PREFIX = {ScopeName.OWNER: "account.", ScopeName.ROW: "row.", ScopeName.CONTACT: "contact."}


def literal(value: Value, kind: FieldType | None) -> str:
    """A value as one writes it in a condition."""
    if value is None:
        return "null"
    if kind is FieldType.DATE and isinstance(value, int):
        return f"'{from_day(value).isoformat()}'"
    if isinstance(value, bool) or kind is FieldType.BOOLEAN:
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, tuple):
        return ", ".join(value)
    return repr(value)
