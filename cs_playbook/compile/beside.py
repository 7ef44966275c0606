"""Questions that a playbook's row asks of other rows (`feature = row.feature`) → their answers, beside the rows of its table.

They are worked out once for each combination of values that the question names, after `temp.facts` is filled.
"""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.compile.asked import Asked
from cs_playbook.compile.rows import as_told, counted_related, row_columns, seen
from cs_playbook.compile.sql import Asked as Item
from cs_playbook.compile.sql import Columns, quoted, sql
from cs_playbook.model.columns import column_of
from cs_playbook.model.data import Contract, Table
from cs_playbook.model.expression import Name, Related, ScopeName, walk
from cs_playbook.model.pairing import pairs_with_row
from cs_playbook.values import replace

_ACCOUNT = "_account"
_OWN = "row."


def rows_of(table: str) -> str:
    """The view in which the rows of a table stand with all that is asked of them."""
    return quoted(f"asked_{table}")


def columns_beside(table: Table, asked: Asked) -> tuple[str, ...]:
    """The answers that stand beside the rows of a table, by the name of their column."""
    return tuple(_column(question) for question in asked.related if question.row == table.name)


def beside_row(question: Related) -> str:
    """The column of `rows_of` in which its answer stands."""
    return quoted(_column(question))


def rows_beside(asked: Asked, contract: Contract) -> Iterator[str]:
    """Run after `temp.facts` is filled: for each table with a key a view of its rows, and what they ask."""
    for table in contract.of_rows:
        if table.key is None:
            continue
        questions = [question for question in asked.related if question.row == table.name]
        for question in questions:
            yield from _answers(question, table, contract)
        yield _view(table, questions)


def _view(table: Table, questions: list[Related]) -> str:
    joins, columns = "", ["r.*"]
    for at, question in enumerate(questions):
        own = " and ".join(
            f"b{at}.{quoted(f'{_OWN}{name}')} is r.{quoted(name)}" for name in _names(question)
        )
        joins += f" left join temp.{quoted(_column(question))} b{at} on {own}"
        columns.append(f"{_answer(question, f'b{at}.value')} as {quoted(_column(question))}")
    source = f"temp.{seen(table.name)} r{joins}"
    return (
        f"create temp view if not exists {rows_of(table.name)} as select {', '.join(columns)} from {source}"
    )


def _answer(question: Related, value: str) -> str:
    """Nothing there is 0; a row that does not say what it belongs to knows nothing."""
    found = as_told(question, value if question.function in ("newest", "oldest") else f"coalesce({value}, 0)")
    named = [f"r.{quoted(name)} is null" for name in pairs_with_row(question.where)]
    return f"iif({' or '.join(named)}, null, {found})" if named else found


def _answers(question: Related, table: Table, contract: Contract) -> Iterator[str]:
    """(what the row says of itself …, the answer), one for each combination that there is."""
    place, names = quoted(_column(question)), _names(question)
    keys = [quoted(f"{_OWN}{name}") for name in names]
    own, mine = ", ".join(keys), ", ".join(f"k.{key}" for key in keys)
    yield f"create temp table if not exists {place} ({own}, value)"
    yield f"create index if not exists temp.{quoted(f'{_column(question)}_by')} on {place} ({own})"
    source = _source(question, table, names)
    if question.function in ("newest", "oldest"):
        asked = contract.table(question.table)
        day = quoted(asked.day or "") if asked is not None else ""
        yield f"insert into temp.{place} {_first(question, day, (mine, own), source)}"
    else:
        # The condition has chosen the rows already.
        value = counted_related(replace(question, where=None, told=True)).value
        yield f"insert into temp.{place} select {mine}, {value} from {source} group by {mine}"


def _source(question: Related, table: Table, names: tuple[str, ...]) -> str:
    """Each combination (k) beside the rows that fit it (r), and their accounts (a)."""
    said = ", ".join(f"{quoted(name)} as {quoted(f'{_OWN}{name}')}" for name in names)
    combinations = f"(select distinct {said} from temp.{seen(table.name)})"
    # A table of its own, on which SQLite builds an index: otherwise each combination reads all rows.
    others = f"(select * from temp.{seen(question.table)} limit -1 offset 0)"
    where = [] if question.where is None else [sql(question.where, _columns())]
    where += [] if question.everybody else [f"r._account = k.{quoted(f'{_OWN}{_ACCOUNT}')}"]
    return (
        f"{combinations} k join {others} r join temp.facts a on a._n = r._account where {' and '.join(where)}"
    )


def _first(question: Related, day: str, keys: tuple[str, str], source: str) -> str:
    """newest, oldest: the field on the first row, for each combination. `keys`: inside, and as they are stored."""
    mine, own = keys
    direction = "desc" if question.function == "newest" else "asc"
    ranked = f"row_number() over (partition by {mine} order by r.{day} {direction}, r._account, r._row {direction})"
    inside = f"select {mine}, r.{quoted(question.column or '')} as value, {ranked} as place from {source} and r.{day} is not null"
    return f"select {own}, value from ({inside}) where place = 1"


def _names(question: Related) -> tuple[str, ...]:
    """What its answer depends on: the fields of the playbook's row that it names, and its account unless all are asked."""
    parts = () if question.where is None else walk(question.where)
    named = (part.name for part in parts if isinstance(part, Name) and part.scope is ScopeName.ROW)
    return tuple(dict.fromkeys((*(() if question.everybody else (_ACCOUNT,)), *named)))


def _columns() -> Columns:
    rows = row_columns()

    def asked(item: Item) -> str:
        if isinstance(item, Name) and item.scope is ScopeName.ROW:
            return f"k.{quoted(f'{_OWN}{item.name}')}"
        return rows.asked(item)

    return replace(rows, asked=asked)


def _column(question: Related) -> str:
    return column_of(question).removeprefix(_OWN)
