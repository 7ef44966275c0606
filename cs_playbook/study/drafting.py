"""Exports seen, and today → a draft of a contract and its sources, every doubt a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from cs_playbook.model.data import ACCOUNTS
from cs_playbook.model.value import FieldType
from cs_playbook.parse.cell import shown
from cs_playbook.study.column_profile import ColumnProfile
from cs_playbook.study.draft import Draft, DraftField, DraftTable, Question
from cs_playbook.study.draft_dates import order_that_values_decide
from cs_playbook.study.draft_keys import Pointer, accounts_of, key_of, newest_of, pointers
from cs_playbook.study.draft_names import (
    account_likeness,
    called_by_name,
    can_be_written,
    fields_of,
    has_word,
    is_of_the_loader,
    is_personal,
    tables_of,
)
from cs_playbook.study.draft_types import guess_type, share
from cs_playbook.study.draft_usual import with_usual
from cs_playbook.study.export_seen import SeenExport
from cs_playbook.values import replace

_NEARLY_EMPTY = 0.95
_DAYS = ("created", "opened", "submitted", "occurred", "happened", "date", "day", "timestamp", "start", "started", "issued", "activity")  # fmt: skip
_FALSE_ALARM = frozenset(("updated", "modified", "synced", "last"))


class _Found(Struct, frozen=True):
    """All files, side by side: names, keys, which is that of the accounts, and who belongs to whom."""

    exports: tuple[SeenExport, ...]
    tables: tuple[str, ...]
    keys: tuple[ColumnProfile | None, ...]
    accounts: int
    owners: Mapping[int, Pointer]
    orders: Mapping[str, str]
    today: date


def draft_pair(name: str, folder: str, exports: Sequence[SeenExport], today: date) -> Draft:
    """`exports`: at least one. `folder`: as `folder:` would name it."""
    tables = tables_of([export.table or export.file for export in exports])
    keys = tuple(key_of(export, table) for export, table in zip(exports, tables, strict=True))
    accounts = accounts_of(exports, tables, keys)
    if accounts is None:
        reason = "no file looks like a list of accounts: one row each, with a column that names it"
        return Draft(name, folder, (), questions=(Question(reason, stops=True),))
    named = tuple(ACCOUNTS if n == accounts else _not_accounts(table) for n, table in enumerate(tables))
    ways = {n: pointers(n, exports, tables, keys, accounts) for n in range(len(exports)) if n != accounts}
    owners = _owners(ways, accounts, keys)
    found = _Found(tuple(exports), named, keys, accounts, owners, orders_of(exports), today)
    drafted = [_table(n, found) for n in (accounts, *sorted(owners))]
    reached = {accounts, *owners}
    missed = {
        n: way
        for n in ways
        if n not in owners and (way := next((w for w in ways[n] if w.to in reached), None))
    }
    left = tuple((exports[n].called, _near_miss(found, way)) for n, way in missed.items())
    strangers = tuple(exports[n].called for n in ways if n not in owners and n not in missed)
    sure = account_likeness(tables[accounts]) > 0
    asked = [*asked_of_zones(exports)]
    if not sure:
        asked.insert(0, Question(f"is {exports[accounts].called} the list of your accounts?"))
    draft = Draft(name, folder, tuple(drafted), left_out=left, strangers=strangers, questions=tuple(asked))
    return with_usual(replace(draft, decided=deciding_cells(exports)))


def orders_of(exports: Sequence[SeenExport]) -> dict[str, str]:
    """Sign → order of day and month, where the values of any column decide it, and none the other way."""
    decided: dict[str, set[str]] = {}
    for export in exports:
        for column in export.columns:
            for sign, order in order_that_values_decide(column).items():
                decided.setdefault(sign, set()).add(order)
    return {sign: next(iter(orders)) for sign, orders in decided.items() if len(orders) == 1}


def asked_of_zones(exports: Sequence[SeenExport]) -> list[Question]:
    """Whose clock it is, where times of day say no zone."""
    for export in exports:
        for column in export.columns:
            for form, seen in column.forms("date").items():
                if (
                    ":" in form
                    and not form.endswith(("Z", "UTC"))
                    and "0" not in form
                    and not is_of_the_loader(column.name)
                ):
                    said = f"times say no zone, e.g. {shown(seen.example)} in {export.called}"
                    return [
                        Question(f"{said}: on your clock (then delete this), or on another, e.g. zone: UTC?")
                    ]
    return []


def deciding_cells(exports: Sequence[SeenExport]) -> tuple[tuple[str, str], ...]:
    """Sign of dates → a cell in which one of the two parts is above 12."""
    found: dict[str, str] = {}
    for form, seen in (
        pair for export in exports for column in export.columns for pair in column.forms("date").items()
    ):
        if form.startswith("xxy") and max(seen.first, seen.second) > 12:
            found.setdefault(form[3:4], seen.first_example if seen.first > 12 else seen.second_example)
    return tuple(found.items())


def _not_accounts(table: str) -> str:
    return "account_rows" if table == ACCOUNTS else table


def _owners(
    ways: Mapping[int, Sequence[Pointer]], accounts: int, keys: Sequence[ColumnProfile | None]
) -> dict[int, Pointer]:
    """Each file with the one pointer by which its rows reach an account, directly or through a file that does."""
    owners: dict[int, Pointer] = {}
    reached = {accounts}
    while True:
        new = {
            n: pointer
            for n, those in ways.items()
            if n not in owners
            and (pointer := next((p for p in those if p.to in reached and p.found), None)) is not None
        }
        if not new:
            return owners
        owners |= new
        reached |= set(new)


def _near_miss(found: _Found, way: Pointer) -> Question:
    like = f", e.g. {shown(way.example)}" if way.example else ""
    fact = f"{way.column} looks like the key of {found.exports[way.to].called}"
    return Question(
        f"{fact}, but none of its {way.found + way.lost} values is there{like}: left out. Does the export lack rows?"
    )


# --- a table ---


def _table(n: int, found: _Found) -> DraftTable:
    export, key, owner = found.exports[n], found.keys[n], found.owners.get(n)
    names = dict(
        zip(
            (column.name for column in export.columns),
            fields_of([c.name for c in export.columns]),
            strict=False,
        )
    )
    is_accounts = n == found.accounts
    if key is not None and (is_accounts or names[key.name] != (names[owner.column] if owner else "")):
        names = {column: _free("id", names) if column == key.name else name for column, name in names.items()}
    if is_accounts:
        names = called_by_name(names)
    fields, not_taken = _fields(
        export, names, found, {key.name if key else "", owner.column if owner else ""}
    )
    if key is not None and owner is not None and key.name == owner.column and key.values.sharing:
        key = None  # several rows of one account: it is whose they are, not what they are
    newest, asked = asked_of_repeats(export, key)
    has_key = key is not None and (newest is not None or not key.values.sharing or is_accounts or asked)
    where, more = _deleted(export)
    if where is not None:
        fields = tuple(field for field in fields if field.column != where[0])
        not_taken = (("it tells which rows count", (where[0],)), *not_taken)
    day = None if is_accounts else _day(fields, export)
    through = found.tables[owner.to] if owner and owner.to != found.accounts else None
    return DraftTable(
        found.tables[n], export.file, export.rows, export.encoding, export.separator, fields,
        key=names[key.name] if key and has_key else None,
        belongs=names[owner.column] if owner else None,
        through=through, day=day, newest_by=newest, where=where, not_taken=not_taken,
        questions=(*asked_of_file(export), *asked, *more, *_orphans(owner, found), *_personal(fields)), said=export.said,
    )  # fmt: skip


def _free(name: str, names: Mapping[str, str]) -> str:
    """The key is called `id`, unless another column is."""
    return name if names.get("id", name) == name or name not in names.values() else f"{name}_"


def asked_of_file(export: SeenExport) -> list[Question]:
    """What does not fit before any column is looked at."""
    asked = [Question(doubt) for doubt in export.doubts]
    if export.other_width:
        fact = f"{export.other_width} rows have more or fewer cells than the header, first on line {export.other_width_line}"
        asked.append(
            Question(f"{fact}: each is a bad row. Mend the export, or bad_rows: set_aside", stops=True)
        )
    return asked


def asked_of_repeats(
    export: SeenExport, key: ColumnProfile | None
) -> tuple[tuple[str, str] | None, tuple[Question, ...]]:
    """Rows that share their key: a history of which the newest counts, or a mistake."""
    if key is None or not key.values.sharing:
        return None, ()
    rows = min(key.values.sharing, export.rows)
    fact = f"{share(rows, export.rows)} rows share their {key.name} with another, e.g. {shown(key.values.example_of_repeat)}"
    newest = newest_of(export)
    if newest is not None:
        asked = Question(f"{fact}: a history? The newest by {newest.name} counts")
        return (newest.name, "timestamp"), (asked,)
    return None, (
        Question(f"{fact}: each is a bad row. Mend the export, or bad_rows: set_aside", stops=True),
    )


def _deleted(export: SeenExport) -> tuple[tuple[str, str] | None, tuple[Question, ...]]:
    """Rows that say themselves that they are no more."""
    for column in export.columns:
        name = column.name.lower().strip("_")
        wrong = "true" if name.endswith("deleted") else "false" if name == "fivetran_active" else ""
        cells = (
            {cell.lower(): (cell, rows) for cell, rows in column.values.counted().items()} if wrong else {}
        )
        if wrong in cells and len(cells) <= 2:
            cell, rows = cells[wrong]
            return (column.name, cell), (
                Question(f"{share(rows, export.rows)} rows say {column.name} {cell}: left out. Right?"),
            )
    return None, ()


def _personal(fields: Sequence[DraftField]) -> list[Question]:
    names = [field.name for field in fields if field.aside]
    if not names:
        return []
    many = ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
    return [
        Question(
            f"{many}: about people. Left out; where a playbook needs one, take its # away, in both files"
        )
    ]


def _orphans(owner: Pointer | None, found: _Found) -> list[Question]:
    if owner is None or not owner.lost:
        return []
    to, like = found.exports[owner.to].called, f", e.g. {shown(owner.example)}" if owner.example else ""
    fact = f"{share(owner.lost, owner.found + owner.lost)} rows name a {owner.column} that {to} does not have{like}"
    return [Question(f"{fact}: each is a bad row. Complete the export, or bad_rows: set_aside", stops=True)]


def _day(fields: Sequence[DraftField], export: SeenExport) -> str | None:
    """The date field on which windows count: called so, and never empty."""
    never_empty = {column.name for column in export.columns if column.filled == column.rows}
    for field in fields:
        is_date = field.type in (FieldType.DATE, FieldType.HAPPENED) and field.column in never_empty
        if is_date and has_word(field.name, _DAYS) and not has_word(field.name, _FALSE_ALARM):
            return field.name
    return None


# --- fields ---


def _fields(
    export: SeenExport, names: Mapping[str, str], found: _Found, keys: set[str]
) -> tuple[tuple[DraftField, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """The fields, and which columns none was made of, by reason."""
    header = [column.name for column in export.columns]
    twice = tuple(
        dict.fromkeys(name for name in header if header.count(name) > 1 or not can_be_written(name))
    )
    empty = tuple(c.name for c in export.columns if not c.filled and c.name not in twice)
    loader = tuple(
        c.name for c in export.columns if is_of_the_loader(c.name) and c.name not in (*twice, *empty)
    )
    taken = [c for c in export.columns if c.name not in (*twice, *empty, *loader)]
    fields = tuple(_field(column, names[column.name], found, is_key=column.name in keys) for column in taken)
    reasons = (
        ("empty in every row", empty),
        ("of the tool that copies", loader),
        ("whose name stands twice, or cannot be written", twice),
    )
    return fields, tuple((why, columns) for why, columns in reasons if columns)


def _field(column: ColumnProfile, name: str, found: _Found, *, is_key: bool) -> DraftField:
    if is_key:
        return DraftField(name, column.name, FieldType.TEXT)
    guess = guess_type(column, found.today, found.orders)
    field = DraftField(name, column.name, guess.type, guess.said, guess.values, guess.questions)
    if is_personal(column.name) and guess.type is not FieldType.BOOLEAN:
        return replace(field, questions=(), aside="personal")
    empty = column.empty + (
        sum(rows for _, rows in column.nothing) if guess.type is not FieldType.TEXT else 0
    )
    if guess.type is not FieldType.BOOLEAN and empty > _NEARLY_EMPTY * column.rows:
        asked = Question(f"{share(empty, column.rows)} are empty: is it worth keeping?", about="type")
        return replace(field, questions=(*field.questions, asked))
    return field
