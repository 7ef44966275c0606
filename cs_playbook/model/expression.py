"""The expressions of conditions and signals as a tree: what may be asked of an account, a row, a contact, an enrollment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from cs_playbook.model.value import FieldType, Value, from_day, to_day
from cs_playbook.values import Placed

__all__ = ["FieldType", "Value", "from_day", "to_day"]  # what an expression is made of, known here too

OF_PLAYBOOKS = ("running", "finished", "last_outcome")  # memories that name a playbook in quotes, not a fact
# Where a piece of text stands inside its condition: offset and length in letters.
At = tuple[int, int]


class ScopeName(StrEnum):
    """Whose a name is. Bare names are the account's; inside a question about rows they are the row's (RELATED),
    the account's are written `account.x` (OWNER), those of the row it belongs through `subscription.x` (PARENT).
    PARENT and ENROLLMENT names hold their whole text."""

    ACCOUNT = "account"
    OWNER = "owner"
    RELATED = "related"
    PARENT = "parent"
    ROW = "row"
    CONTACT = "contact"
    ENROLLMENT = "enrollment"


_OTHERS = frozenset((ScopeName.ROW, ScopeName.CONTACT, ScopeName.RELATED))


class Literal(Placed, frozen=True):
    """`10`, `'high'`, `true`, `null`; a date as days since 1970-01-01."""

    value: Value
    type: FieldType | None
    at: At = (0, 0)


class Name(Placed, frozen=True):
    """A fact of the account (`arr`), or with a scope: `row.amount`, `contact.language`, `steps.call.outcome`.

    `table`: of a row.
    """

    name: str
    scope: ScopeName = ScopeName.ACCOUNT
    type: FieldType | None = None
    at: At = (0, 0)
    table: str = ""

    @property
    def key(self) -> str:
        """Under which its value stands in a row of values."""
        return f"{self.scope}.{self.name}" if self.scope in _OTHERS else self.name


class Comparison(Placed, frozen=True):
    """`arr >= 20000`."""

    operator: str  # = <> < <= > >=
    left: Expression
    right: Expression
    at: At = (0, 0)


class Both(Placed, frozen=True):
    """All of them (`and`) or one of them (`or`)."""

    operator: str
    items: tuple[Expression, ...]
    at: At = (0, 0)


class Not(Placed, frozen=True):
    """`not paying`."""

    item: Expression
    at: At = (0, 0)


class Among(Placed, frozen=True):
    """`tier in ('high', 'low')`."""

    item: Expression
    choices: tuple[Expression, ...]
    at: At = (0, 0)


class Holds(Placed, frozen=True):
    """`'champion' in roles`: a list holds a text."""

    item: Expression
    list: Expression
    at: At = (0, 0)


class Between(Placed, frozen=True):
    """`seats between 5 and 9`, both ends included."""

    item: Expression
    low: Expression
    high: Expression
    at: At = (0, 0)


class Like(Placed, frozen=True):
    """`name like 'A%'`: `%` stands for any letters, `_` for one."""

    item: Expression
    pattern: Expression
    at: At = (0, 0)


class IsEmpty(Placed, frozen=True):
    """`closed_on is null`. Not `told`: it stands on something that nobody exports, and emptiness there means nothing."""

    item: Expression
    at: At = (0, 0)
    told: bool = True


class Arithmetic(Placed, frozen=True):
    """`active_users / licensed_seats`."""

    operator: str  # + - * /
    left: Expression
    right: Expression
    at: At = (0, 0)


class Negative(Placed, frozen=True):
    """`-arr`."""

    item: Expression
    at: At = (0, 0)


class Case(Placed, frozen=True):
    """`case when … then … else … end`; without `else` what fits nothing is empty."""

    branches: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression | None
    at: At = (0, 0)


class Call(Placed, frozen=True):
    """A function of values: days_until, months_since, fiscal_quarter, earliest, lower …"""

    function: str
    arguments: tuple[Expression, ...]
    at: At = (0, 0)


class Related(Placed, frozen=True):
    """A question to the account's rows in another table: has, number_of, total, newest, oldest.

    `everybody`: the rows of all accounts are asked (`all promises`). `row`: the table of the row that the playbook is
    about, where the condition names it (`feature = row.feature`): then the answer is one of that row, not of the account.
    Not `told`: nobody exports the table, or a field that is asked for.
    """

    function: str
    table: str
    column: str | None
    where: Expression | None
    type: FieldType | None = None
    at: At = (0, 0)
    of: str = ""  # of the accounts of a person: the role by which they are theirs
    everybody: bool = False
    row: str = ""
    told: bool = True


class Memory(Placed, frozen=True):
    """What was: `was(x)`, `ago(x, '30 days')`, `at_start(x)`, `changed(x, '14 days')`, `running('p')`, `last_outcome('p')` …"""

    function: str
    subject: str  # a fact, a field of the row, or a playbook
    days: int | None = None
    type: FieldType | None = None
    at: At = (0, 0)

    @property
    def name(self) -> Name:
        """What it remembers, where that is no playbook."""
        scope, _, column = self.subject.partition(".")
        return Name(column, ScopeName.ROW) if scope == ScopeName.ROW else Name(self.subject)


class Aggregate(Placed, frozen=True):
    """In signals only: count(*), count(distinct x), sum, avg, min, max over the rows of a table."""

    function: str
    argument: Expression | None
    distinct: bool = False
    at: At = (0, 0)


class Rank(Placed, frozen=True):
    """In signals only: `rank() over (partition by csm_email order by arr desc)`, the place of an account among the active ones."""

    by: tuple[
        tuple[Expression, str], ...
    ]  # each asc or desc, the first that tells two accounts apart decides
    among: tuple[Expression, ...] = ()  # those that share all of these
    at: At = (0, 0)

    @property
    def function(self) -> str:
        return "rank"


Expression = (
    Literal | Name | Comparison | Both | Not | Among | Holds | Between | Like | IsEmpty | Arithmetic | Negative
    | Case | Call | Related | Memory | Aggregate | Rank
)  # fmt: skip


Asked = TypeVar("Asked", "Name", "Memory")


def parts(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside this one; the `where` of related rows is a world of its own and is left out."""
    match expression:
        case Comparison() | Arithmetic():
            return (expression.left, expression.right)
        case Both():
            return expression.items
        case Not() | Negative() | IsEmpty():
            return (expression.item,)
        case Among():
            return (expression.item, *expression.choices)
        case Holds():
            return (expression.item, expression.list)
        case Between():
            return (expression.item, expression.low, expression.high)
        case Like():
            return (expression.item, expression.pattern)
        case Case():
            inside = tuple(part for branch in expression.branches for part in branch)
            return inside if expression.otherwise is None else (*inside, expression.otherwise)
        case Call():
            return expression.arguments
        case Aggregate():
            return () if expression.argument is None else (expression.argument,)
        case Rank():
            return (*(value for value, _ in expression.by), *expression.among)
        case Literal() | Name() | Related() | Memory():
            return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and all that is inside it, from the left."""
    yield expression
    for part in parts(expression):
        yield from walk(part)


def names_facts(expression: Expression) -> bool:
    """Whether it asks anything of an account, its rows or its past."""
    return any(isinstance(part, Name | Related | Memory) for part in walk(expression))


def beside_literals(expression: Expression, kind: type[Asked]) -> Iterator[tuple[Asked, Literal]]:
    """What is compared with a written value, on either side or in a list of choices, with that value."""
    match expression:
        case (
            Comparison(left=asked, right=Literal() as said) | Comparison(left=Literal() as said, right=asked)
        ):
            if isinstance(asked, kind):
                yield asked, said
        case Among(item=asked, choices=choices) if isinstance(asked, kind):
            yield from ((asked, choice) for choice in choices if isinstance(choice, Literal))
        case _:
            pass


def to_list(cell: Value) -> tuple[str, ...]:
    """A list as it stands in a snapshot (JSON text) or already read."""
    if isinstance(cell, tuple):
        return cell
    return _read_list(str(cell)) if cell else ()


@lru_cache(maxsize=4096)
def _read_list(text: str) -> tuple[str, ...]:
    """A column holds the same few lists again and again."""
    return tuple(str(item) for item in json.loads(text))
