"""Contacts that a letter may go to, and the fields it prints → a query that counts the accounts where nobody has one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cs_playbook.compile.rows import row_columns, seen, visible_field
from cs_playbook.compile.sql import Asked, Columns, balanced, no_aggregate, quoted, sql, sql_of_condition
from cs_playbook.model.condition import Condition, Group, leaves
from cs_playbook.model.data import Contract, Table
from cs_playbook.model.expression import Expression, FieldType, Memory, Name, Related, ScopeName, walk

_NOT_WRITTEN_TO = ("has_left", "opted_out")
_TABLE = "contacts"


def without(
    fields: Sequence[str],
    chosen: Sequence[Expression],
    seen_by: Sequence[Condition],
    contract: Contract,
) -> str | None:
    """One row: how many accounts have somebody to write to, then for each field in how many of them it is empty for all.

    `chosen`: what makes somebody a recipient. `seen_by`: what an account must say yes to, as far as its own fields
    can tell. None where the recipients depend on what is worked out only in a run.
    """
    table = contract.table(_TABLE)
    if table is None or not all(_of_fields(where, contract) for where in chosen):
        return None
    empty = ", ".join(f"max({_is_there(name, table)}) as {quoted(name)}" for name in fields)
    accounts = [sql_of_condition(part, _own()) for part in _answerable(seen_by, contract)]
    someone = balanced(" or ", [sql(where, row_columns()) for where in chosen])
    where = " and ".join([f"({someone})", *accounts, *_written_to(table)])
    inside = f"select {empty} from temp.{seen(_TABLE)} r join ({_accounts(contract)}) a on a._n = r._account where {where} group by r._account"
    return f"select count(*), {', '.join(f'total({quoted(name)} = 0)' for name in fields)} from ({inside})"


def _is_there(name: str, table: Table) -> str:
    field = table.field(name)
    column = f"r.{quoted(name)}"
    return (
        f"{column} <> '[]'" if field is not None and field.type is FieldType.LIST else f"{column} is not null"
    )


def _written_to(table: Table) -> list[str]:
    """Who has left or opted out gets nothing, whatever is known of them; nor does who has no address."""
    closed = [name for name in _NOT_WRITTEN_TO if table.field(name) is not None]
    address = ["r.email is not null"] if table.field("email") is not None else []
    return [*(f"not coalesce(r.{quoted(name)}, 0)" for name in closed), *address]


def _accounts(contract: Contract) -> str:
    fields = (
        f"{visible_field(field.name, field.type)} as {quoted(field.name)}"
        for field in contract.accounts.fields
    )
    return f"select _n, {', '.join(fields)} from main.accounts"


def _own() -> Columns:
    def asked(item: Asked) -> str:
        assert isinstance(item, Name), "only what stands in the fields of an account"
        return f"a.{quoted(item.name)}"

    def never(item: object) -> str:
        raise AssertionError("memory is asked in a run")

    return Columns(asked, never, never, no_aggregate)


def _answerable(conditions: Iterable[Condition], contract: Contract) -> list[Condition]:
    """Those that an account answers by its own fields; of an `all:` each part by itself."""
    found: list[Condition] = []
    for condition in conditions:
        if isinstance(condition, Group) and condition.kind == "all" and condition.lasting is None:
            found += _answerable(condition.items, contract)
        elif condition.lasting is None and all(
            _of_fields(leaf.expression, contract) and leaf.lasting is None for leaf in leaves(condition)
        ):
            found.append(condition)
    return found


def _of_fields(expression: Expression, contract: Contract) -> bool:
    return all(_is_field(part, contract) for part in walk(expression))


def _is_field(part: Expression, contract: Contract) -> bool:
    match part:
        case Name(name="today") | Name(scope=ScopeName.RELATED):
            return True
        case Name(scope=ScopeName.ACCOUNT | ScopeName.OWNER, name=name):
            return contract.accounts.field(name) is not None
        case Name() | Related() | Memory():
            return False
        case _:
            return True
