"""A KPI and the facts of a snapshot → the query that gives what it is reckoned from: counted, value by value, or by account."""

from __future__ import annotations

from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.facts import ACTIVE
from cs_playbook.compile.sql import quoted, sql, sql_of_condition
from cs_playbook.model.expression import Expression
from cs_playbook.model.kpi import Kpi, Retention, Share, Taken

KEYS_AMONG = "select {key} from main.accounts where {key} in (select value from json_each(?))"


def counted(kpi: Kpi, share: Share, by: str | None) -> str:
    """(group, says yes: 1, 0 or null, accounts) of the accounts it is about; says is null too where that is unknown."""
    of, says = _of(kpi), sql_of_condition(share.condition, account_columns("f"))
    asked = f"case when {of} then {says} end"
    return f"select {_group(by)}, {asked}, count(*) from temp.facts_keyed f where {of} is not 0 group by 1, 2"


def values(kpi: Kpi, taken: Taken, by: str | None) -> str:
    """(group, value or null) of the accounts it is about; the value is null too where that is unknown."""
    of = _of(kpi)
    value = f"case when {of} then {_number(taken.value)} end"
    return f"select {_group(by)}, {value} from temp.facts_keyed f where {of} is not 0"


def worth(kpi: Kpi, retention: Retention, by: str | None) -> str:
    """(key, group, whether it is a customer: 1, 0 or null, hundredths of what it is worth or null), in order of key."""
    of, value = _of(kpi), f"cast(round({_number(retention.value)} * 100) as integer)"
    return f"select f._id, {_group(by)}, {of}, {value} from temp.facts_keyed f order by f._id"


def among(key: str) -> str:
    """Parameter: keys, as JSON. Those of them that the snapshot has."""
    return KEYS_AMONG.format(key=quoted(key))


def _of(kpi: Kpi) -> str:
    if kpi.of is None:
        return f"f.{quoted(ACTIVE)}"
    return f"({sql_of_condition(kpi.of, account_columns('f'))})"


def _number(value: Expression) -> str:
    return f"({sql(value, account_columns('f'))})"


def _group(by: str | None) -> str:
    return "null" if by is None else f"f.{quoted(by)}"
