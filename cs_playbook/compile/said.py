"""What a scan says of the accounts → a table of it, and from there who fits which rule: SQLite takes the numbers apart."""

from __future__ import annotations

from cs_playbook.compile.masks import MOST, Scan


def said_of_some(schema: str, number: int, scan: Scan) -> tuple[str, ...]:
    """Scan `number` of all into a table of its own. Takes FIRST and LAST."""
    table = f"{schema}.{_table(number, scan)}"
    names = _names(scan)
    return (
        f"create table if not exists {table} (n integer primary key, id, {', '.join(names)})",
        f"delete from {table}",
        f"insert into {table} {scan.of_some}",
    )


def add_fitting(schema: str, number: int, scan: Scan, places: tuple[int, ...]) -> tuple[str, ...]:
    """Into `temp.fitting`, a statement for each number of the scan. `places`: of its rules."""
    return tuple(
        "insert into temp.fitting (rule, subject, account, holds, n) "
        f"select r.column1, id, id, ({name} >> (r.column2 + {MOST})) & 1, n "
        f"from {schema}.{_table(number, scan)} cross join (values {_bits(places[at * MOST : (at + 1) * MOST])}) r "
        f"where {name} <> 0 and ({name} >> r.column2) & 1"
        for at, name in enumerate(_names(scan))
    )


def _bits(places: tuple[int, ...]) -> str:
    return ", ".join(f"({place}, {bit})" for bit, place in enumerate(places))


def _table(number: int, scan: Scan) -> str:
    return f"said_{number}_{len(_names(scan))}"  # on another day of a story the rules may be put together otherwise


def _names(scan: Scan) -> list[str]:
    return [f"said_{at}" for at in range(-(-len(scan.places) // MOST))]
