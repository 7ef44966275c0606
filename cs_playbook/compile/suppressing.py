"""`suppress_when:` → the SQL that finds, in rows of the snapshot, the addresses that nobody writes to."""

from __future__ import annotations

from cs_playbook.compile.rows import row_columns, seen, view_of
from cs_playbook.compile.sql import quoted, sql_of_condition
from cs_playbook.model.data import Contract
from cs_playbook.model.mail_policy import Suppressing


def view(rule: Suppressing, contract: Contract) -> str:
    """The rows as they are seen on the day; it may stand there already."""
    table = contract.table(rule.table)
    assert table is not None, "the parser has looked"
    return view_of(table, contract)


def addresses(rule: Suppressing) -> str:
    """One row for each address. A row that says unknown suppresses nobody: it does not say that anything came back."""
    field, said = f"r.{quoted(rule.address)}", sql_of_condition(rule.when, row_columns())
    return f"select distinct {field} from temp.{seen(rule.table)} r where ({said}) and {field} is not null"
