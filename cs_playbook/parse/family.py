"""Accounts above and below: `parent.x` and `children` in a condition → the names they stand for, or why there are none."""

from __future__ import annotations

from cs_playbook.model.data import ACCOUNTS, CHILDREN, PARENT_DOT, Field, Table
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import NOWHERE, did_you_mean

NO_PARENT = "no account stands above another here"
SAY_PARENT = "data.yaml says which field names the parent: accounts: {parent: parent_id, …}"


def children_of(scope: Scope) -> Table | None:
    """The accounts directly below, as if they were rows: their fields are all facts. None: there are no families."""
    accounts = scope.contract.accounts
    if accounts.parent is None:
        return None
    fields = tuple(
        Field(name, kind, NOWHERE) for name, kind in scope.facts.items() if name not in scope.unread
    )
    return Table(CHILDREN, fields, NOWHERE, key=accounts.key)


def book_of(scope: Scope) -> Table:
    """The accounts of a person, as if they were rows: their fields are all facts."""
    fields = (Field(name, kind, NOWHERE) for name, kind in scope.facts.items() if name not in scope.unread)
    return Table(ACCOUNTS, tuple(fields), NOWHERE, key=scope.contract.accounts.key)


def unknown_relative(first: str, rest: str, scope: Scope) -> tuple[str, str]:
    """`parent.…` or `children.…` that mean nothing."""
    if scope.contract.accounts.parent is None:
        return NO_PARENT, SAY_PARENT
    if first == CHILDREN:
        return (
            "an account has many accounts below it",
            "ask has(children, …), number_of(children, …) or total(children.arr)",
        )
    known = f"parent.x is any fact of the account above, e.g. {PARENT_DOT}{next(iter(scope.facts), 'arr')}"
    return f"there is no fact '{rest}' that a parent could have", did_you_mean(rest, scope.facts) or known
