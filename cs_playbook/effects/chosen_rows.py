"""The rows of a reading, and `where:` → the rows that count; how many do not; words of `where:` nobody wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cs_playbook.model.mapping import Filter, Origin
from cs_playbook.parse.cell import shown
from cs_playbook.source.cells import BadRecord, Cell
from cs_playbook.source.finding import Finding, warning

_EXAMPLES = 8
_KNOWN = 4096

Rows = Iterator[tuple[int, Sequence[Cell] | BadRecord]]


@dataclass(slots=True)
class Chosen:
    """One filter at work on one column; it counts what it lets through."""

    filter: Filter
    column: int = 0
    let_through: int = 0
    near: dict[str, str] = field(default_factory=dict)  # a cell that differs in blanks or capitals: the word
    others: dict[str, None] = field(default_factory=dict)
    known: set[str] = field(
        default_factory=set
    )  # cells that have been looked at: there are few different ones

    def lets(self, cell: Cell) -> bool:
        text = cell if isinstance(cell, str) else ""
        told = text in self.filter.cells
        if not told:
            self._remember(text)
        through = told is not self.filter.negated
        self.let_through += through
        return through

    def _remember(self, cell: str) -> None:
        if cell in self.known:
            return
        if len(self.known) < _KNOWN:
            self.known.add(cell)
        if len(self.others) < _EXAMPLES:
            self.others[cell] = None
        if len(self.near) < _EXAMPLES and cell not in self.near:
            plain = cell.strip().casefold()
            word = next((word for word in self.filter.cells if word.strip().casefold() == plain), None)
            if word is not None:
                self.near[cell] = word


class Choice:
    """All filters of an origin, over all its files."""

    def __init__(self, origin: Origin) -> None:
        self.left_out = 0
        self._rows = 0
        self._chosen = [Chosen(one) for one in origin.where]

    def of(self, rows: Rows, columns: Sequence[str]) -> Rows:
        """The rows that count. What cannot be cut into cells counts: it is reported."""
        for one in self._chosen:
            one.column = columns.index(one.filter.column)  # another one in each file
        return self._those_that_count(rows) if self._chosen else rows

    def _those_that_count(self, rows: Rows) -> Rows:
        for line, row in rows:
            self._rows += 1
            if not isinstance(row, BadRecord) and not self._counts(row):
                self.left_out += 1
                continue
            yield line, row

    def findings(self) -> Iterator[Finding]:
        """Where a word was perhaps not meant so: written in other capitals, or in no row at all."""
        for one in self._chosen:
            where = one.filter
            for cell, word in one.near.items():
                fact = f"{where.column}: {shown(word)} in `where:` is not the cell {shown(cell)}"
                hint = "cells are compared letter by letter; list both if both are meant"
                yield warning(where.span, "CSP774", fact, hint)
            if self._rows and not one.let_through and not one.near:
                yield _nothing_left(one)

    def _counts(self, row: Sequence[Cell]) -> bool:
        # Each filter looks at each row: what it has seen must not depend on the filter before it.
        answers = [one.lets(row[one.column]) for one in self._chosen if one.column < len(row)]
        return all(answers)


def _nothing_left(one: Chosen) -> Finding:
    where = one.filter
    words = " or ".join(map(shown, where.cells))
    fact = (
        f"every row has {words} in {where.column}"
        if where.negated
        else f"no row has {words} in {where.column}"
    )
    return warning(
        where.span,
        "CSP774",
        f"{fact}: none is left",
        f"it has: {', '.join(map(shown, one.others))}" if one.others else "",
    )
