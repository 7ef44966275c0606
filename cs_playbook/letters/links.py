"""A letter that links to `{{ row.path }}` of a list kept by hand → the items that have no such address to go to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cs_playbook.letters.pieces import Blank, Choice, Loop, Piece, Rows, Shown, Words
from cs_playbook.letters.template import Template
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import Table
from cs_playbook.model.value import Value
from cs_playbook.source.finding import Finding, Severity, warning

ROW = "row"
_SHOWN = 3


def items_without_address(template: Template, about: str | None, catalog: Catalog) -> list[Finding]:
    """CSP413, also where an address has a slash. `about`: the table of whose rows its playbook is. A list that the letter goes through holds back the
    letter to everybody, so that is a warning; the item that it is about holds back only its own: a note."""
    lists = {table.name: table for table in catalog.contract.resources}
    found: list[Finding] = []
    for blank, over in _addresses(template.body, None):
        table = lists.get(about or "" if over is None else over.table)
        if table is None or len(blank.path) != 2 or (over is None and blank.path[0] != ROW):
            continue
        name = blank.path[1]
        empty = _items(table, name, lambda value: value is None)
        if empty and (over is None or f"{name} is not null" not in over.condition):
            found.append(_finding(blank, over, table, empty))
        slashed = _items(table, name, lambda value: "/" in str(value))
        if slashed:
            found.append(_with_slash(blank, table, slashed))
    return found


def _addresses(pieces: tuple[Piece, ...], over: Rows | None) -> Iterator[tuple[Blank, Rows | None]]:
    """The blanks that stand in the address of a link, each with the rows that are gone through there."""
    open_link = False
    for piece in pieces:
        match piece:
            case Words(text=text):
                open_link = (
                    ")" not in text[text.rfind("](") :] if "](" in text else open_link and ")" not in text
                )
            case Shown(blank=blank):
                if open_link:
                    yield blank, over
            case Choice():
                for _, inside in piece.branches:
                    yield from _addresses(inside, over)
                yield from _addresses(piece.otherwise, over)
            case Loop(over=gone):
                yield from _addresses(piece.body, gone if isinstance(gone, Rows) else over)
                yield from _addresses(piece.otherwise, over)


def _items(table: Table, name: str, are: Callable[[Value], bool]) -> list[str]:
    """The names of those whose field is so. A field that is not there has a finding of its own."""
    names = [field.name for field in table.fields]
    if name not in names:
        return []
    key, place = names.index(table.key or "id"), names.index(name)
    return [str(item[key]) for item in table.items or () if are(item[place])]


def _finding(blank: Blank, over: Rows | None, table: Table, empty: list[str]) -> Finding:
    field = blank.path[1]
    file = table.span.file
    fact = f"this link goes to the '{field}' of an item, and in {file} there is none for {_some(empty)}"
    if over is None:
        return Finding(blank.span, "CSP413", fact, "such a letter is held back until there is", Severity.NOTE)
    hint = f"write it there, or leave such items out: … and {field} is not null"
    return warning(blank.span, "CSP413", fact, hint)


def _with_slash(blank: Blank, table: Table, slashed: list[str]) -> Finding:
    fact = f"a slash in the '{blank.path[1]}' of {_some(slashed)} ({table.span.file}) would be written %2F in this link"
    return warning(
        blank.span, "CSP413", fact, "write it in one word: what comes before it belongs into the letter"
    )


def _some(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
