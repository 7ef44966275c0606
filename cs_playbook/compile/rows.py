"""Tables of rows → temporary views that hide the future, and aggregates of them per account."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from cs_playbook.compile.sql import (
    TODAY,
    Asked,
    Columns,
    constant,
    no_aggregate,
    quoted,
    sql,
    sql_of_condition,
)
from cs_playbook.model.columns import column_of
from cs_playbook.model.condition import Condition, leaves
from cs_playbook.model.data import Contract, Table
from cs_playbook.model.expression import (
    Aggregate,
    Expression,
    FieldType,
    Name,
    Related,
    ScopeName,
    Value,
    walk,
)
from cs_playbook.model.signal import Signal

_NUMBERS = 1 << 32


class Counted(Struct, frozen=True):
    """One column of an aggregate over rows: its SQL, and what it is for an account without any rows."""

    column: str
    value: str
    nothing: str
    needs_owner: bool
    needs_parent: bool = False


def view_of(table: Table, contract: Contract) -> str:
    """`temp.seen_<table>`: rows up to the logical day, with what has not happened yet empty, and the parent row's fields."""
    own, source = _own_fields(table), _own_source(table)
    if table.through is not None:
        parent = contract.table(table.through.table)
        assert parent is not None
        own += [
            f"{_seen(f'p.{quoted(field.name)}', field.type)} as {quoted(f'{table.through.prefix}.{field.name}')}"
            for field in parent.fields
        ]
        # A parent that has not come yet is not seen from its rows either.
        come = f" and p.{quoted(parent.day)} <= {TODAY}" if parent.day else ""
        source += f" left join main.{quoted(parent.name)} p on p._account = t._account and p._row = t._through{come}"
    return _view(seen(table.name), own, source, table)


def view_of_own(table: Table) -> list[str]:
    """The same without the parent row, where there is one: to find it takes as long as to count the row."""
    return (
        [_view(_seen_alone(table.name), _own_fields(table), _own_source(table), table)]
        if table.through
        else []
    )


def rows_for(counted: tuple[Counted, ...], table: Table) -> str:
    """The view that has all they ask."""
    return _rows(table, parent=any(item.needs_parent for item in counted))


def _rows(table: Table, *, parent: bool) -> str:
    return seen(table.name) if parent or table.through is None else _seen_alone(table.name)


def _own_fields(table: Table) -> list[str]:
    return [
        f"{_seen(f't.{quoted(field.name)}', field.type)} as {quoted(field.name)}" for field in table.fields
    ]


def _own_source(table: Table) -> str:
    if table.items is not None:
        return f"({_beside_everybody(table, table.items)}) t"
    return f"main.{quoted(table.name)} t"


def _view(name: str, fields: list[str], source: str, table: Table) -> str:
    day = f" where t.{quoted(table.day)} <= {TODAY}" if table.day else ""
    return f"create temp view if not exists {name} as select t._account, t._row, {', '.join(fields)} from {source}{day}"


def _beside_everybody(table: Table, items: tuple[tuple[Value, ...], ...]) -> str:
    """What the workspace itself says, beside every account: no table of the snapshot, and nothing to fill."""
    columns = ("_row", *(quoted(field.name) for field in table.fields))
    rows = [(number, *item) for number, item in enumerate(items, 1)]
    written = ", ".join(f"({', '.join(constant(value) for value in row)})" for row in rows)
    # Without any item: one empty row that is left out.
    values = written or f"({', '.join(['null'] * len(columns))})"
    named = ", ".join(f"column{number} as {column}" for number, column in enumerate(columns, 1))
    some = f"select {named} from (values {values}){'' if items else ' where 0'}"
    return f"select a._n as _account, i.* from main.accounts a cross join ({some}) i"


def seen(table: str) -> str:
    return quoted(f"seen_{table}")


def _seen_alone(table: str) -> str:
    return quoted(f"seen_alone_{table}")


def _seen(column: str, kind: FieldType) -> str:
    return f"iif({column} <= {TODAY}, {column}, null)" if kind is FieldType.HAPPENED else column


def visible_field(name: str, kind: FieldType) -> str:
    """A field of the account as it is known on the logical day."""
    return _seen(quoted(name), kind)


def row_columns() -> Columns:
    """Inside a question about rows: `r` is the row, `a` its account."""

    def asked(item: Asked) -> str:
        if isinstance(item, Name) and item.scope in (ScopeName.RELATED, ScopeName.PARENT):
            return f"r.{quoted(item.name)}"
        assert isinstance(item, Name), "memory and rows are not asked of rows"
        return f"a.{quoted(item.name)}"

    return Columns(asked, _never, _never, no_aggregate)


def _never(item: object) -> str:
    raise AssertionError("not asked of rows")


def counted_signal(signal: Signal, table: Table) -> Counted:
    """A signal with `from:` as a column; its window and `where` choose the rows."""
    columns = row_columns()
    chosen = _window(signal, table)
    if signal.where is not None:
        chosen.append(sql_of_condition(signal.where, columns))
    where = " and ".join(chosen) or "1"
    value = _with_aggregates(signal.value, lambda part: _aggregate(part, where, columns))
    nothing = _with_aggregates(signal.value, _of_nothing) if table.exported else "null"
    value = value if signal.told else "null"
    owner, parent = names_owner(signal.value) or "a." in where, _names_parent(signal.value, signal.where)
    return Counted(signal.name, value, nothing, owner, parent)


def _window(signal: Signal, table: Table) -> list[str]:
    """`last: 28 days` ends today and includes it; `before:` moves its end back by so many days."""
    if signal.last is None or table.day is None:
        return []
    day, newest = f"r.{quoted(table.day)}", f"{TODAY} - {signal.before}"
    return [f"{day} > {newest} - {signal.last} and {day} <= {newest}"]


def _with_aggregates(value: Expression, aggregate: Callable[[Aggregate], str]) -> str:
    usual = row_columns()
    return sql(value, Columns(usual.asked, usual.known, usual.since, aggregate))


def _aggregate(part: Aggregate, where: str, columns: Columns) -> str:
    if part.argument is None:
        return f"count(case when {where} then 1 end)"
    value = f"case when {where} then {sql(part.argument, columns)} end"
    if part.function == "sum":
        return f"coalesce(sum({value}), 0)"
    return f"{part.function}({'distinct ' if part.distinct else ''}{value})"


def _of_nothing(part: Aggregate) -> str:
    return "0" if part.function in ("count", "sum") else "null"


def names_owner(value: Expression | None) -> bool:
    return value is not None and ScopeName.OWNER in _scopes(value)


def _names_parent(value: Expression | None, where: Condition | None = None) -> bool:
    asked = [] if value is None else [value]
    asked += [] if where is None else [leaf.expression for leaf in leaves(where)]
    return any(ScopeName.PARENT in _scopes(one) for one in asked)


def _of_parent(related: Related) -> bool:
    """A field of the parent row is written `subscription.product`; no other name has a dot."""
    return _names_parent(related.where) or "." in (related.column or "")


def _scopes(value: Expression) -> set[ScopeName]:
    return {part.scope for part in walk(value) if isinstance(part, Name)}


def counted_related(related: Related, *, exported: bool = True) -> Counted:
    """has, number_of, total as a column; a row that says unknown does not count. `exported`: whether its table is."""
    where = "1" if related.where is None else sql(related.where, row_columns())
    match related.function:
        case "has":
            value = f"(count(case when {where} then 1 end) > 0)"
        case "number_of":
            value = f"count(case when {where} then 1 end)"
        case _:
            value = f"coalesce(sum(case when {where} then r.{quoted(related.column or '')} end), 0)"
    return Counted(
        column_of(related), as_told(related, value), "0" if exported else "null",
        names_owner(related.where), _of_parent(related),
    )  # fmt: skip


def is_its_day(related: Related, table: Table) -> bool:
    """newest(usage.day): the day of the newest row is the latest of all days, and needs no row to be found."""
    return related.column == table.day


def counted_day(related: Related, table: Table) -> Counted:
    """newest, oldest of the day of the table itself, as a column beside all else that is counted."""
    where = "1" if related.where is None else sql(related.where, row_columns())
    end = "max" if related.function == "newest" else "min"
    value = f"{end}(case when {where} then r.{quoted(table.day or '')} end)" if related.told else "null"
    return Counted(column_of(related), value, "null", names_owner(related.where), _of_parent(related))


def as_told(related: Related, value: str) -> str:
    """Where nobody exports what is asked for, one row that says yes is a yes, and all else is unknown."""
    if related.told:
        return value
    return f"nullif({value}, 0)" if related.function == "has" else "null"


def edge_row(related: Related, table: Table, relation: str | None, whose: str = "1") -> str:
    """newest, oldest: (account, value) of the first row in order of the table's day. `whose`: chooses among the rows."""
    where = "1" if related.where is None else sql(related.where, row_columns())
    end = "max" if related.function == "newest" else "min"
    day, column = quoted(table.day or ""), quoted(related.column or "")
    owner = f" join ({relation}) a on a._n = r._account" if relation else ""
    value, rows = f"r.{column}" if related.told else "null", _rows(table, parent=_of_parent(related))
    # Beside the one max() or min() of a select SQLite gives the other columns of the row where it is: a quarter of what
    # row_number() takes. Rows of one day go by their number, of which there are less than _NUMBERS.
    place = f"{end}(r.{day} * {_NUMBERS} + r._row)"
    inside = f"select r._account, {value} as value, {place} from temp.{rows} r{owner} where ({where}) and r.{day} is not null and {whose} group by r._account"
    return f"select _account, value from ({inside})"


def columns_named(counted: tuple[Counted, ...]) -> str:
    return ", ".join(f"{item.value} as {quoted(item.column)}" for item in counted)
