"""The headers of exports → the ready mappings that were made for such exports."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cs_playbook.commands.ready_mappings import all_mappings
from cs_playbook.source.tree import plain, read_tree


def fitting(headers: Collection[Collection[str]]) -> tuple[str, ...]:
    """The mappings for which these are exports: of each table some header has all columns; at most one may be absent."""
    return tuple(
        mapping.name for mapping in all_mappings() if _fits(dict(mapping.texts)["sources.yaml"], headers)
    )


def _fits(sources: str, headers: Collection[Collection[str]]) -> bool:
    root = read_tree(sources, "sources.yaml").root
    tables = plain(root)["tables"] if root is not None else {}
    found = sum(any(_columns(table) <= set(header) for header in headers) for table in tables.values())
    return found >= max(len(tables) - 1, 1)


def _columns(table: Mapping[str, object]) -> set[str]:
    """Those read straight from its file: not by a lookup, no constants."""
    fields = table["fields"]
    assert isinstance(fields, Mapping)
    said = (cell.get("column") if isinstance(cell, Mapping) else cell for cell in fields.values())
    return {column for column in said if isinstance(column, str) and "." not in column}
