"""What a relation knows of the accounts that have a success plan → the table of how their plans stand.

SQL only fetches them: there are few, and each plan asks something else. Whoever runs the statements fills the table in
between (commands/plan_stage.py), with the words of model/plan_state.py.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from cs_playbook.compile.sql import constant, quoted
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Condition
from cs_playbook.model.expression import Expression
from cs_playbook.model.success_plan import FACTS, MISSING, PROGRESS, STATUS, conditions_of, expressions_in

COLUMNS = {STATUS: "status", PROGRESS: "progress", MISSING: "missing"}
assert COLUMNS.keys() == FACTS.keys()


class PlansTable(Struct, frozen=True):
    """`fetch` gives (_n, key, then the `columns`) of each account with a plan; `create` and `add` make its row."""

    create: str
    fetch: str
    add: str
    columns: tuple[str, ...]


def plans_ready(
    catalog: Catalog, condition_ready: Callable[[Condition], bool], ready: Callable[[Expression], bool]
) -> bool:
    """Whether all that any plan asks has its column."""
    plans = [plan for plan in catalog.plans if plan.counts]
    conditions = (condition for plan in plans for condition in conditions_of(plan))
    expressions = (expression for plan in plans for expression in expressions_in(plan))
    return all(map(condition_ready, conditions)) and all(map(ready, expressions))


def plans_table(table: str, relation: str, columns: tuple[str, ...], catalog: Catalog) -> PlansTable:
    """`columns`: all that stands in the relation by now."""
    key = quoted(catalog.contract.accounts.key or "id")
    accounts = ", ".join(constant(plan.account) for plan in catalog.plans if plan.counts)
    named = "".join(f", {quoted(column)}" for column in columns)
    return PlansTable(
        f"create temp table if not exists {table} (_n integer primary key, status text, progress real, missing integer) strict",
        f"select _n, {key}{named} from ({relation}) where cast({key} as text) in ({accounts})",
        f"insert into temp.{table} values (?, ?, ?, ?)",
        columns,
    )
