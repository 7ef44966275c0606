"""What a table's `expect:` says → queries that count the rows it says no to, with examples."""

from __future__ import annotations

from cs_playbook.compile.rows import row_columns, seen, visible_field
from cs_playbook.compile.sql import Asked, Columns, no_aggregate, quoted, sql_of_condition
from cs_playbook.model.condition import Condition
from cs_playbook.model.data import ACCOUNTS, Contract, Table
from cs_playbook.model.expression import Name

EXAMPLES = 3


def says_no(condition: Condition, table: Table, contract: Contract) -> str:
    """(how many, the first few keys joined by commas) of the rows the condition says no to; unknown is not no."""
    shown = quoted(table.key) if table.key else "_row"
    if table.name == ACCOUNTS:
        fields = ", ".join(
            f"{visible_field(field.name, field.type)} as {quoted(field.name)}" for field in table.fields
        )
        source, columns = f"(select {fields} from main.accounts) r", _of_accounts()
    else:
        fields = ", ".join(
            f"{visible_field(field.name, field.type)} as {quoted(field.name)}"
            for field in contract.accounts.fields
        )
        source = (
            f"temp.{seen(table.name)} r join (select _n, {fields} from main.accounts) a on a._n = r._account"
        )
        columns = row_columns()
    wrong = f"select r.{shown} as shown from {source} where {sql_of_condition(condition, columns)} is 0"
    return f"select (select count(*) from ({wrong})), (select group_concat(shown, ', ') from (select shown from ({wrong}) order by shown limit {EXAMPLES}))"


def how_many(table: Table) -> str:
    return f"select count(*) from main.{quoted(table.name)}"


def _of_accounts() -> Columns:
    def asked(item: Asked) -> str:
        assert isinstance(item, Name), "an account's own fields only"
        return f"r.{quoted(item.name)}"

    def never(item: object) -> str:
        raise AssertionError("memory is not asked of a contract")

    return Columns(asked, never, never, no_aggregate)
