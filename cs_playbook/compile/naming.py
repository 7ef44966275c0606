"""Rules that are about values of facts → the queries that give whoever fits the name of what it is about."""

from __future__ import annotations

from collections.abc import Sequence

from cs_playbook.compile.sql import quoted
from cs_playbook.model.playbook import PerValue

NAMED = "create temp table if not exists named (account text, row text, holds integer, over integer, n integer) strict"
EMPTY_NAMED = "delete from temp.named"
ADD_NAMED = "insert into temp.named values (?, ?, ?, ?, ?)"
# Parameter: rule.
FORGET_FITTING = "delete from temp.fitting where rule = ?"
FITTING_AGAIN = (
    "insert into temp.fitting (rule, subject, account, row, holds, over, n) "
    "select ?, account || char(31) || row, account, row, holds, over, n from temp.named"
)
# Parameters: rule, account.
FITTING_OF = "select row from temp.fitting where rule = ? and account = ? order by subject"
GONE = "select subject from temp.gone order by subject"
ADD_GONE = "insert or ignore into temp.gone values (?)"


def fitting_with(values: Sequence[PerValue]) -> str:
    """Parameter: rule. (account, key of the table's row, holds, over, number of the account, the values …) of all that fit, in order."""
    facts = ", ".join(f"f.{quoted(item.fact)}" for item in values)
    source = "temp.fitting t join temp.facts f on f._n = t.n"
    return f"select t.account, t.row, t.holds, t.over, t.n, {facts} from {source} where t.rule = ? order by t.account, t.row"


def values_of(values: Sequence[PerValue]) -> str:
    """Parameter: the key of an account. Its values, as they stand today."""
    facts = ", ".join(quoted(item.fact) for item in values)
    return f"select {facts} from temp.facts_keyed where _id = ?"


def fitted_of(past: str) -> str:
    """Parameter: account keys, as JSON. Those subjects of theirs that fitted at the last run, in order."""
    ranged = "p.subject >= s.value || char(31) and p.subject < s.value || char(32)"
    source = f"json_each(?) s cross join temp.{quoted(past)} p on {ranged}"
    return f"select p.subject from {source} where p.value = 1 order by p.subject"
