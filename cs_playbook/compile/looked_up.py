"""A lookup of `sources:` → the SQL of the temporary table that holds its columns by key."""

from __future__ import annotations

from msgspec import Struct

from cs_playbook.compile.placing import quoted


class LookupTable(Struct, frozen=True):
    """`cells`: JSON. `moment`: how new the row is. `line`: where it stands; `other`: where one stands that says
    something else for the same key."""

    create: str
    add: str  # key, cells, moment, line; nothing where the key is there
    there: str  # key → cells, moment
    replace: str  # key, cells, moment, line
    mark_repeated: str  # other line, key
    repeated: str  # how many → key, line, other line, how many there are in all
    find: str  # key → cells


def table(of: str, name: str) -> LookupTable:
    """`of`: the table whose rows look up; `name`: of the lookup."""
    here = f"temp.{quoted(f'lookup_{of}_{name}')}"
    columns = "key TEXT PRIMARY KEY, cells TEXT, moment INTEGER, line INTEGER, other INTEGER"
    return LookupTable(
        create=f"CREATE TABLE {here}({columns}) WITHOUT ROWID",
        add=f"INSERT OR IGNORE INTO {here} VALUES (?, ?, ?, ?, NULL)",
        there=f"SELECT cells, moment FROM {here} WHERE key = ?",
        replace=f"REPLACE INTO {here} VALUES (?, ?, ?, ?, NULL)",
        mark_repeated=f"UPDATE {here} SET other = ? WHERE key = ?",
        repeated=f"SELECT key, line, other, count(*) OVER () FROM {here} WHERE other IS NOT NULL ORDER BY line LIMIT ?",
        find=f"SELECT cells FROM {here} WHERE key = ?",
    )
