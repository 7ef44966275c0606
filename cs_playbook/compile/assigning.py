"""The rules of an `assign:` → the query that says of each account which of them takes it."""

from __future__ import annotations

from collections.abc import Sequence

from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.facts import ACTIVE
from cs_playbook.compile.sql import quoted, sql_of_condition
from cs_playbook.model.assignment import Assignment


def ruled(assignment: Assignment, facts: Sequence[str]) -> str:
    """(key, place of the rule, facts …) of all active accounts, in order of key.

    The place is null where none fits; where a rule before is unknown it is −1 less its place.
    """
    columns = "".join(f", f.{quoted(fact)}" for fact in facts)
    where = f"where f.{quoted(ACTIVE)} order by f._id"
    return f"select f._id, {_place(assignment)}{columns} from temp.facts_keyed f {where}"


def _place(assignment: Assignment) -> str:
    arms = ""
    for place, rule in enumerate(assignment.rules):
        if rule.when is None:
            return f"(case{arms} else {place} end)" if arms else str(place)
        when = sql_of_condition(rule.when, account_columns("f"))
        arms += f" when {when} then {place} when ({when}) is null then {-1 - place}"
    return f"(case{arms} else null end)" if arms else "null"
