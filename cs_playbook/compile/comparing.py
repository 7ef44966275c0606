"""Who fits a rule, and where accounts stand by a fact, in order of account: what two texts are compared by."""

from __future__ import annotations

from cs_playbook.compile.sql import quoted

# Parameter: the place of the rule. (subject, account, row, holds) of who fits, in order of subject.
FITTING = "select subject, account, row, holds from temp.fitting where rule = ? order by subject"


def standing_by(fact: str) -> str:
    """(key of the account, its segment, band or tag; "" where there is none), of active accounts, in order of the key."""
    said = f"case {quoted(fact)} when 1 then 'yes' when 0 then 'no' else coalesce({quoted(fact)}, '') end"
    return f"select _id, {said} from temp.facts_keyed where _active order by _id"


def named(columns: frozenset[str]) -> str:
    """Parameter: the key of an account. Its name and its ARR, null where the contract has no such field."""
    name, arr = (quoted(column) if column in columns else "null" for column in ("name", "arr"))
    return f"select {name}, {arr} from temp.facts_keyed where _id = ?"
