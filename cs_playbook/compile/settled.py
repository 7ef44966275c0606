"""Facts that have been worked out → the tables in which they stand from then on, and the view that reads them from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from cs_playbook.compile.account_columns import stored
from cs_playbook.compile.sql import quoted
from cs_playbook.model.expression import FieldType

ACCOUNTS = "main.accounts"


def copied(table: str, columns: Sequence[str], relation: str) -> tuple[str, str]:
    """These facts of everybody, by the number of the account."""
    named = ", ".join(map(quoted, columns))
    listed = f", {named}" if columns else ""
    return (
        f"create temp table if not exists {table} (_n integer primary key{listed})",
        f"insert into temp.{table} (_n{listed}) select _n{listed} from ({relation})",
    )


def beside_accounts(columns: Iterable[str], stands: Mapping[str, str]) -> str:
    """`stands`: column → its table, ACCOUNTS itself or one that `copied` has made."""
    tables = [table for table in dict.fromkeys(stands.values()) if table != ACCOUNTS]
    alias = {ACCOUNTS: "a"} | {table: table for table in tables}
    selected = "".join(
        f", {alias[stands[column]]}.{quoted(column)} as {quoted(column)}" for column in columns
    )
    # `left`: what nobody asks for is not even looked up.
    joins = "".join(f" left join temp.{table} on {table}._n = a._n" for table in tables)
    return f"select a._n{selected} from {ACCOUNTS} a{joins}"


def facts_table(
    schema: str, columns: Sequence[tuple[str, FieldType]], reckoned: Set[str], relation: str
) -> tuple[str, str]:
    """The facts themselves, typed. A whole number that has come out `reckoned` beyond 64 bits goes on as a decimal one;
    one that has no end is not known: it can be written nowhere."""
    any_number = {name for name, kind in columns if kind is FieldType.INTEGER} & reckoned
    endless = {name for name, kind in columns if kind is FieldType.NUMBER} & reckoned
    typed = ", ".join(
        f"{quoted(name)} {'any' if name in any_number else stored(kind)}" for name, kind in columns
    )
    names = ", ".join(
        f"nullif(nullif({quoted(name)}, 9e999), -9e999)" if name in endless else quoted(name)
        for name, _ in columns
    )
    return (
        f"create table if not exists {schema}.facts (_n integer primary key, {typed}) strict",
        f"insert into {schema}.facts select _n, {names} from ({relation}) order by _n",
    )
