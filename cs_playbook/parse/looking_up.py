"""The lookups of a table → findings where one cannot find, is never read, or is asked for what it cannot say."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.model.mapping import TableSource
from cs_playbook.source.finding import Finding, Span


def looked_up_wrongly(source: TableSource) -> Iterator[Finding]:
    """Where each lookup, or what asks for it, stands."""
    names = [lookup.name for lookup in source.lookups]
    for n, lookup in enumerate(source.lookups):
        other = lookup_of(lookup.by)
        if other == lookup.name:
            fact = f"{lookup.name} is found by {lookup.by}, and it cannot find itself"
            yield Finding(lookup.span, "CSP719", fact, "`by:` is a column of this table's export")
        elif other in names[n:]:
            fact = f"{lookup.name} is found by {lookup.by}, and {other} stands below it"
            yield Finding(lookup.span, "CSP719", fact, f"move {other} above {lookup.name}")
    yield from _never_read(source)
    yield from _chosen_by(source, names)


def _never_read(source: TableSource) -> Iterator[Finding]:
    read = [lookup_of(one.column) for one in source.fields if one.column]
    read += [lookup_of(lookup.by) for lookup in source.lookups]
    for lookup in source.lookups:
        if lookup.name not in read:
            hint = f"a field is read from it as `{lookup.name}.<column>`; else leave it out"
            yield Finding(lookup.span, "CSP719", f"nothing is read from the lookup {lookup.name}", hint)


def _chosen_by(source: TableSource, names: list[str]) -> Iterator[Finding]:
    """Rows are chosen before anything is looked up."""
    origin = source.origin
    asked: list[tuple[str, str, Span]] = [("where", one.column, one.span) for one in origin.where]
    asked += [("newest_by", origin.newest_by.column, origin.newest_by.span)] if origin.newest_by else []
    for key, column, span in asked:
        if lookup_of(column) in names:
            fact = f"`{key}:` asks for {column}, which is looked up"
            yield Finding(
                span, "CSP719", fact, "only columns of this table's own export can be asked for here"
            )


def lookup_of(column: str) -> str:
    """The name before the dot: `o` of `o.email`; "" where there is none."""
    name, dot, _ = column.partition(".")
    return name if dot else ""
