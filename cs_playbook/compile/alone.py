"""`hands_off:` → the SQL that finds, of all who fit a rule, whom no playbook touches today."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cs_playbook.compile.account_columns import account_columns
from cs_playbook.compile.books import OF_ACCOUNTS
from cs_playbook.compile.sql import sql_of_condition
from cs_playbook.model.condition import Condition

TABLE = "create temp table if not exists left_alone (account text primary key, why text, until integer) strict, without rowid"
# The first reason counts: a person's word is added before the rules.
ADD = "insert or ignore into temp.left_alone values (?, ?, ?)"
# Parameter: accounts, as `listed` writes them.
OF_THESE = "select account, why, until from temp.left_alone where account in (select value from json_each(?))"


def add_all(when: Condition) -> str:
    """Parameters: why, why where it is unknown, until. Who says unknown is left alone too."""
    said = sql_of_condition(when, account_columns("f"))
    inside = f"select f._id as id, {said} as said from temp.facts_keyed f where {OF_ACCOUNTS} and f._id in (select account from temp.fitting)"
    return (
        "insert or ignore into temp.left_alone select id, iif(said = 1, ?, ?), ? "
        f"from ({inside} limit -1 offset 0) where said is not 0"
    )


def listed(accounts: Sequence[str]) -> str:
    return json.dumps(list(accounts))
