"""Facts of the accounts below and above → the relation in which they stand beside an account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cs_playbook.compile.sql import quoted
from cs_playbook.model.data import CHILDREN, PARENT_DOT, Contract
from cs_playbook.model.expression import Expression, Name, Related, ScopeName, walk


def facts_of_children(related: Related) -> Iterator[str]:
    """The facts that a question to `children` asks of each of them."""
    if related.table == CHILDREN:
        yield from (related.column,) if related.column else ()
        yield from (part.name for part in _walked(related.where) if part.scope is ScopeName.RELATED)


def facts_of_books(related: Related) -> Iterator[str]:
    """The facts that a question to the accounts of a person asks of each of them."""
    if related.of:
        yield from (related.column,) if related.column else ()
        yield from (part.name for part in _walked(related.where) if part.scope is ScopeName.RELATED)


def _walked(where: Expression | None) -> Iterator[Name]:
    yield from (part for part in walk(where) if isinstance(part, Name)) if where is not None else ()


def children_rows(relation: str, contract: Contract) -> str:
    """The facts of each child, with `_account`: its parent's number. Nobody is a child of itself."""
    return f"(select p._n as _account, c.* from ({relation}) c {_beside(contract, 'main.accounts')})"


def own_fact(name: str) -> str:
    """`parent.arr` → arr, as the parent itself calls it; nothing for a fact of the account's own."""
    return name.removeprefix(PARENT_DOT) if name.startswith(PARENT_DOT) else ""


def parents_table(table: str, relation: str, names: Sequence[str], contract: Contract) -> tuple[str, str]:
    """A table of the parent's facts, by the number of the child. `names` are written parent.x."""
    facts = ", ".join(f"p.{quoted(name.removeprefix(PARENT_DOT))}" for name in names)
    columns = ", ".join(quoted(name) for name in names)
    above = f"select c._n, {facts} from ({relation}) c {_beside(contract, f'({relation})')}"
    return (
        f"create temp table if not exists {table} (_n integer primary key, {columns})",
        f"insert into temp.{table} {above}",
    )


def _beside(contract: Contract, source: str) -> str:
    accounts = contract.accounts
    key, parent = quoted(accounts.key or "id"), quoted(accounts.parent or "")
    return f"join {source} p on p.{key} = c.{parent} and p._n <> c._n"
