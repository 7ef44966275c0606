"""Exports seen → which column of each is its key, which file holds the accounts, and who points at whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from cs_playbook.study.column_profile import ColumnProfile
from cs_playbook.study.draft_names import (
    account_likeness,
    can_be_written,
    has_word,
    is_of_the_loader,
    names_account,
    names_row_of,
    singular,
    snake,
)
from cs_playbook.study.export_seen import SeenExport

_NEWEST = ("updated_at", "last_updated_at", "modified", "last_modified_date", "system_modstamp", "_fivetran_start", "_fivetran_synced")  # fmt: skip
_SMALL_NUMBER = 5  # digits: 1, 2, 3 are keys of everything
_CALLED_SO = 1000  # a name that says accounts goes before all that only look like them
_POINTS = 0.5  # the share of rows that must find their row


class Pointer(Struct, frozen=True):
    """A column that names a row of another file. `lost`: of `looked_at` rows, those that find none, one in `example`."""

    column: str
    to: int
    found: int
    lost: int
    example: str

    @property
    def share(self) -> float:
        return self.found / (self.found + self.lost) if self.found else 0.0


def key_of(export: SeenExport, table: str) -> ColumnProfile | None:
    """The column that names a row: by its name first, then by having no value twice."""
    able = [column for column in _mapped(export) if _can_name(column)]
    named = [column for column in able if _is_named_key(column.name, table)]
    whole = [column for column in able if column.values.sharing == 0]
    for column in (*(one for one in named if one in whole), *named, *whole):
        if (
            column in named
            or snake(column.name).endswith(("id", "key", "number", "code"))
            or column is able[0]
        ):
            return column
    return None


def _mapped(export: SeenExport) -> list[ColumnProfile]:
    """Those that `fields:` can name: what stands twice, or cannot be written, is no key of anything."""
    times = Counter(column.name for column in export.columns)
    return [one for one in export.columns if times[one.name] == 1 and can_be_written(one.name)]


def _can_name(column: ColumnProfile) -> bool:
    never_empty = column.filled == column.rows > 0
    return never_empty and not column.of_kind("date", "number") and not is_of_the_loader(column.name)


def _is_named_key(name: str, table: str) -> bool:
    own = snake(name)
    return own in ("id", f"{singular(table)}_id", f"{singular(table.split('_', maxsplit=1)[0])}_id") or (
        own.endswith("_id") and own.removesuffix("_id") in table
    )


def newest_of(export: SeenExport) -> ColumnProfile | None:
    """The column that tells which of two rows with one key is the newer."""
    columns = {
        column.name.lower(): column for column in _mapped(export) if column.of_kind("date") == column.rows
    }
    return next((columns[name] for name in _NEWEST if name in columns), None)


def accounts_of(
    exports: Sequence[SeenExport], tables: Sequence[str], keys: Sequence[ColumnProfile | None]
) -> int | None:
    """Which file lists the accounts: it is called so, others name its key, each of its rows is one."""
    if len(exports) == 1:
        return 0 if keys[0] is not None else None
    scores = [0 if keys[n] is None else _score(n, exports, tables) for n in range(len(exports))]
    best = max(range(len(scores)), key=lambda n: (scores[n], -n))
    return best if scores[best] > 0 else None


def _score(n: int, exports: Sequence[SeenExport], tables: Sequence[str]) -> int:
    """How much it is called so, and how many others have a column called like its key."""
    table = singular(tables[n].removesuffix("_history"))
    words = table.split(
        "_"
    )  # of sf_account others say account_id: beside another tool's files sf_ is no word of all
    wanted = (table, *(f"{'_'.join(words[begin:])}_id" for begin in range(len(words))))
    pointing = sum(
        any(snake(column.name) in wanted for column in other.columns)
        for m, other in enumerate(exports)
        if m != n
    )
    likeness = account_likeness(tables[n])
    return _CALLED_SO + likeness + 2 * pointing if likeness else pointing


def pointers(
    n: int,
    exports: Sequence[SeenExport],
    tables: Sequence[str],
    keys: Sequence[ColumnProfile | None],
    accounts: int,
) -> list[Pointer]:
    """Columns of file `n` that name rows of others, surest first; those of accounts before all others."""
    own = keys[n]
    found = [
        pointer
        for column in _mapped(exports[n])
        if column is not own or own.values.sharing
        for m, key in enumerate(keys)
        if m != n
        and key is not None
        and (pointer := _pointer(column, m, tables[m], key, is_account=m == accounts))
    ]
    return sorted(
        found, key=lambda p: (p.to != accounts, -p.share, not names_row_of(p.column, tables[p.to], ""))
    )


def _pointer(
    column: ColumnProfile, to: int, table: str, key: ColumnProfile, *, is_account: bool
) -> Pointer | None:
    """Small numbers are keys of everything: there the name must say so too."""
    if column.of_kind("date", "number") or is_of_the_loader(column.name) or not column.filled:
        return None
    named = names_row_of(column.name, table, key.name) or (is_account and names_account(column.name, table))
    found, lost, example = column.values.found_in(key.values)
    cells = column.values.counted()
    telling = len(cells) > 1 and any(len(cell) >= _SMALL_NUMBER or not cell.isdigit() for cell in cells)
    if (found >= _POINTS * (found + lost) and (named or telling)) or (
        named and has_word(column.name, ("id", "key"))
    ):
        return Pointer(column.name, to, found, lost, example)
    return None
