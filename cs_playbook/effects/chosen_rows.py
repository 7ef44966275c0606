"""The rows of a reading, and `where:` → the rows that count; how many do not; words of `where:` nobody wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress

from msgspec import Struct, field

from cs_playbook.model.mapping import Filter, Origin
from cs_playbook.parse.cell import shown
from cs_playbook.source.cells import BadRecord, Part, Row
from cs_playbook.source.finding import Finding, warning

_EXAMPLES = 8
_KNOWN = 4096


class Chosen(Struct):
    """One filter at work on one column; it counts what it lets through."""

    filter: Filter
    column: int = 0
    let_through: int = 0
    near: dict[str, str] = field(default_factory=dict)  # a cell that differs in blanks or capitals: the word
    others: dict[str, None] = field(default_factory=dict)
    known: set[str] = field(
        default_factory=set
    )  # cells that have been looked at: there are few different ones

    def lets(self, rows: Sequence[Row]) -> list[bool]:
        """What cannot be cut into cells, or has too few, counts: it is reported."""
        at, words = self.column, self.filter.cells
        cut = [not isinstance(row, BadRecord) and at < len(row) for row in rows]
        cells = [row[at] for row in compress(rows, cut)]  # type: ignore[index]
        texts = [cell if isinstance(cell, str) else "" for cell in cells]
        told = [text in words for text in texts]
        for text in dict.fromkeys(texts):
            if text not in words:
                self._remember(text)
        through = [one is not self.filter.negated for one in told]
        self.let_through += sum(through)
        each = iter(through)
        return [next(each) if one else True for one in cut]

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

    def of(self, parts: Iterator[Part], columns: Sequence[str]) -> Iterator[Part]:
        """The rows that count."""
        for one in self._chosen:
            one.column = columns.index(one.filter.column)  # another one in each file
        return map(self._those_that_count, parts) if self._chosen else parts

    def _those_that_count(self, part: Part) -> Part:
        # Each filter looks at each row: what it has seen must not depend on the filter before it.
        answers = zip(*[one.lets(part.rows) for one in self._chosen], strict=True)
        counts = list(map(all, answers))
        self._rows += len(counts)
        self.left_out += counts.count(False)
        return Part(list(compress(part.lines, counts)), list(compress(part.rows, counts)))

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
