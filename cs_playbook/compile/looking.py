"""What people look at → its queries: one account with its contacts and rows, who is near, who must last."""

from __future__ import annotations

from cs_playbook.compile.rows import seen
from cs_playbook.compile.scan import Rule, near_accounts
from cs_playbook.compile.sql import quoted
from cs_playbook.model.data import Contract, Table

# Parameter: the place of the rule in temp.fitting. (account, row) of who fits, but not for as long as asked.
IMPATIENT = "select account, row from temp.fitting where rule = ? and holds = 0"
# Parameter: the key of an account. (its key, all its facts …)
ONE_ACCOUNT = "select f._id, f.* from temp.facts_keyed f where f._id = ?"


def contacts_of_one(table: Table) -> str:
    """Parameter: the key of an account. The fields of its contacts, in order."""
    return f"{_of_one(table)} order by r._row"


def rows_of_one(table: Table) -> str:
    """Parameter: the key of an account. The fields of its rows, in order of their key."""
    return f"{_of_one(table)} order by r.{quoted(table.key or '')}"


def seen_rows_of_one(table: Table, contract: Contract) -> str:
    """Parameter: the key of an account. All that is seen of its rows, in order of day and key."""
    names = [field.name for field in table.fields]
    parent = contract.table(table.through.table) if table.through else None
    names += (
        [f"{table.through.prefix}.{field.name}" for field in parent.fields]
        if table.through and parent
        else []
    )
    fields = ", ".join(f"r.{quoted(name)}" for name in names)
    order = ", ".join(f"r.{quoted(name)}" for name in (table.day, table.key) if name)
    rows = f"temp.{seen(table.name)} r join temp.facts_keyed f on f._n = r._account"
    return f"select {fields} from {rows} where f._id = ? order by {order}{', ' if order else ''}r._row"


def _of_one(table: Table) -> str:
    fields = ", ".join(f"r.{quoted(field.name)}" for field in table.fields)
    rows = f"temp.{seen(table.name)} r join temp.facts_keyed f on f._n = r._account"
    return f"select {fields} from {rows} where f._id = ?"


def since_of(series: str) -> str:
    """Parameter: a subject. Since when a remembered condition has said yes, if it does."""
    return f"select since from temp.{quoted(series)} where subject = ? and value = 1"


def near_facts(rule: Rule) -> str:
    """(key, all facts …) of the accounts to which all parts of a rule but one say yes, in order."""
    return (
        f"select f._id, f.* from ({near_accounts(rule)}) n "
        "join temp.facts_keyed f on f._id = n.id order by f._n"
    )
