"""A connection to a snapshot → the same, able to read it and to fill temporary tables, and nothing else.

Read-only is not enough: ATTACH and VACUUM INTO write other files from a read-only connection, and a PRAGMA
would take every other guard away.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Set

# What may be called. No clock, no chance, no file, no extension.
FUNCTIONS = frozenset(
    (
        "->", "->>", "abs", "avg", "ceil", "ceiling", "char", "coalesce", "concat", "count", "cume_dist",
        "dense_rank", "first_value", "floor", "format", "glob", "group_concat", "hex", "ifnull", "iif",
        "instr", "json", "json_array", "json_array_length", "json_extract", "json_group_array",
        "json_group_object", "json_object", "json_quote", "json_type", "json_valid", "lag", "last_value",
        "lead", "length", "like", "likelihood", "likely", "lower", "ltrim", "max", "min", "mod",
        "nth_value", "ntile", "nullif", "percent_rank", "printf", "quote", "rank", "replace", "round",
        "row_number", "rtrim", "sign", "string_agg", "substr", "substring", "sum", "total", "trim", "trunc",
        "typeof", "unicode", "unlikely", "upper",
    )
)  # fmt: skip
_SETTINGS = (
    "PRAGMA temp_store = FILE",  # a large portfolio takes 700 MB in memory
    "PRAGMA cache_size = -8000",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
)
_LIMITS = (
    (sqlite3.SQLITE_LIMIT_LENGTH, 10_000_000),
    (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 5_000_000),
    (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
    (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000),
    (sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 0),
    (sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0),
)
_READING = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE))
_BESIDE = frozenset((sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH))
_TRANSACTIONS = frozenset((sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT))
_ROWS = frozenset((sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE))
_TEMPORARY = frozenset(
    (
        sqlite3.SQLITE_CREATE_TEMP_TABLE, sqlite3.SQLITE_CREATE_TEMP_INDEX, sqlite3.SQLITE_CREATE_TEMP_VIEW,
        sqlite3.SQLITE_DROP_TEMP_TABLE, sqlite3.SQLITE_DROP_TEMP_INDEX, sqlite3.SQLITE_DROP_TEMP_VIEW,
        sqlite3.SQLITE_REINDEX, sqlite3.SQLITE_ANALYZE, sqlite3.SQLITE_CREATE_TABLE,
    )
)  # fmt: skip


def close_the_doors(
    connection: sqlite3.Connection,
    own_functions: Set[str],
    filled: Set[str],
    beside: Set[str] = frozenset(),
    made: str = "temp",
) -> None:
    """From here on the connection refuses all but SELECT, known functions, those of `own_functions`, changed rows
    in the schemas of `filled`, files and schemas of `beside` to look into and away from (all asked at each statement), and tables in TEMP and in the
    schema `made`."""
    for setting in _SETTINGS:
        connection.execute(setting)
    # json_each makes its table when it is first used, which would look like writing.
    connection.execute("SELECT count(*) FROM json_each('[]')").fetchone()
    for limit, value in _LIMITS:
        connection.setlimit(limit, value)

    def allows(
        action: int, first: str | None, second: str | None, schema: str | None, _inside: str | None
    ) -> int:
        if action in _READING or action in _TRANSACTIONS:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            name = (second or "").lower()
            return sqlite3.SQLITE_OK if name in FUNCTIONS or name in own_functions else sqlite3.SQLITE_DENY
        if action in _ROWS:
            return sqlite3.SQLITE_OK if schema in filled else sqlite3.SQLITE_DENY
        if action in _BESIDE:
            return sqlite3.SQLITE_OK if first in beside else sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK if action in _TEMPORARY and schema in ("temp", made) else sqlite3.SQLITE_DENY

    connection.set_authorizer(allows)
