"""A bound expression and its scope → whether it stands on a table or a field that nobody exports."""

from __future__ import annotations

from collections.abc import Iterable

from cs_playbook.model.data import ACCOUNTS, CHILDREN, PARENT_DOT, Contract, Table
from cs_playbook.model.expression import Expression, Name, Related, ScopeName, walk
from cs_playbook.model.signal import Signal
from cs_playbook.parse.scope import Scope

_CONTACTS = "contacts"


def is_untold(expression: Expression, scope: Scope) -> bool:
    """Then what is empty there says nothing. What memory holds was told once."""
    return any(_part(part, scope) for part in walk(expression))


def asks_untold(related: Related, table: Table, scope: Scope) -> bool:
    """`related`: with its condition bound; `scope`: outside of it."""
    inside = scope.inside(table)
    column = related.column is not None and _of(table, related.column, scope)
    where = related.where is not None and is_untold(related.where, inside)
    return not _is_exported(table, scope.contract) or column or where


def untold_facts(contract: Contract, signals: Iterable[Signal] = ()) -> frozenset[str]:
    """The facts of an account of which nobody exports what they stand on."""
    fields = (field.name for field in contract.accounts.fields if not field.exported)
    return frozenset((*fields, *(signal.name for signal in signals if not signal.told)))


def _part(part: Expression, scope: Scope) -> bool:
    match part:
        case Name():
            return _name(part, scope)
        case Related(told=told):
            return not told
        case _:
            return False


def _name(name: Name, scope: Scope) -> bool:
    match name.scope:
        case ScopeName.ACCOUNT | ScopeName.OWNER:
            above = name.name.startswith(PARENT_DOT)
            own = name.name.removeprefix(PARENT_DOT)
            return own in scope.untold or (above and not scope.contract.knows_parents)
        case ScopeName.RELATED:
            return scope.related is not None and _of(scope.related, name.name, scope)
        case ScopeName.PARENT:
            through = scope.related.through if scope.related is not None else None
            parent = None if through is None else scope.contract.table(through.table)
            return parent is not None and _of(parent, name.name.partition(".")[2], scope)
        case ScopeName.ROW:
            about = (scope.row,) if scope.row is not None else scope.about
            return any(_of(table, name.name, scope) for table in about)
        case ScopeName.CONTACT:
            contacts = scope.contract.table(_CONTACTS)
            return contacts is not None and _of(contacts, name.name, scope)
        case ScopeName.ENROLLMENT:
            return False


def _of(table: Table, column: str, scope: Scope) -> bool:
    if table.name in (CHILDREN, ACCOUNTS):
        return column in scope.untold
    field = table.field(column)
    return field is not None and not field.exported


def _is_exported(table: Table, contract: Contract) -> bool:
    return contract.knows_parents if table.name == CHILDREN else table.exported
