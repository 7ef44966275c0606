"""A contract, and the `sources:` beside it → the contract that knows which of its tables and fields nobody exports."""

from __future__ import annotations

from cs_playbook.model.data import ACCOUNTS, Contract, Table
from cs_playbook.parse.nodes import block
from cs_playbook.source.tree import Mapping, Node, Scalar
from cs_playbook.values import replace


def as_exported(contract: Contract, sources: Mapping | None) -> Contract:
    """`sources` None: nothing says so, and all of it counts as exported. Findings are told by `read_sources`."""
    tables = block(sources, "tables") if sources is not None else None
    if tables is None:
        return contract
    said = {name.text: node for name, node in tables.entries}
    answers = contract.answers
    return replace(
        contract,
        tables=tuple(_table(table, said.get(table.name)) for table in contract.tables),
        answers=None if answers is None else _table(answers, said.get(answers.name)),
    )


def says_nothing(node: Node | None) -> bool:
    """`null`, or nothing at all behind the colon: we do not have it."""
    return isinstance(node, Scalar) and node.value is None and not node.quoted


def needed(table: Table) -> frozenset[str | None]:
    """The fields without which no row can be placed."""
    return frozenset((table.key, table.through.by if table.through else table.account, table.day))


def _table(table: Table, node: Node | None) -> Table:
    if table.name != ACCOUNTS and says_nothing(node):
        return replace(table, exported=False, fields=tuple(replace(one, exported=False) for one in table.fields))  # fmt: skip
    fields = block(node, "fields") if isinstance(node, Mapping) else None
    missing = {key.text for key, value in fields.entries if says_nothing(value)} if fields else set()
    missing -= needed(table)
    if not missing:
        return table
    return replace(table, fields=tuple(replace(one, exported=one.name not in missing) for one in table.fields))  # fmt: skip
