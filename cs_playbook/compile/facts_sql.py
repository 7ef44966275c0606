"""The SQL of the facts of a day, in the order in which it is run."""

from __future__ import annotations

from msgspec import Struct

from cs_playbook.compile.filled import Past
from cs_playbook.compile.plans import PlansTable
from cs_playbook.compile.settled import facts_table
from cs_playbook.compile.some import some_of
from cs_playbook.model.expression import FieldType


class FactsSql(Struct, frozen=True):
    """First create each of `past` and fill it; then `statements`, `facts()`; then `of_all`, asked of everybody's facts.

    `statements` and `facts()` take the numbers of the first and the last account (compile/some.py). `columns` of the
    facts, in order, with types. `reckoned`: those that may come out too large. `apart`: no account's facts need those of another.
    """

    past: tuple[Past, ...]
    statements: tuple[str | PlansTable, ...]
    relation: str
    columns: tuple[tuple[str, FieldType], ...]
    of_all: tuple[str, ...]
    apart: bool
    reckoned: frozenset[str]

    def facts(self, schema: str) -> tuple[str, str]:
        """The table of the facts, and how it is filled."""
        return facts_table(schema, self.columns, self.reckoned, some_of(self.relation))
