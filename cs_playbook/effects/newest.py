"""`newest_by` and the columns of a file → how new each row is; never guessed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo

from cs_playbook.model.mapping import Newest
from cs_playbook.parse.cell import BadCell, shown
from cs_playbook.parse.date_pattern import ISO
from cs_playbook.parse.moment import TIMESTAMP, Clocks, instant_reader
from cs_playbook.source.cells import Cell, Plain

HowNew = Callable[[Sequence[Cell]], int | None]  # microseconds since 1970; raises BadCell


def how_new(newest: Newest | None, columns: Sequence[str], zone: tzinfo) -> HowNew:
    """None for every row where nobody asks."""
    if newest is None:
        return lambda _row: None
    clocks = Clocks.of(newest.format, zone)
    written, typed = instant_reader(newest.format.dates, clocks), instant_reader(TIMESTAMP, clocks)
    at = columns.index(newest.column)

    def read(row: Sequence[Cell]) -> int:
        cell = row[at]
        moment = written(cell) if isinstance(cell, str) else None
        if moment is None and isinstance(cell, Plain):
            moment = typed(cell)
        if moment is None:
            raise _no_moment(newest, cell)
        return moment

    return read


def _no_moment(newest: Newest, cell: Cell) -> BadCell:
    told = shown(cell) if isinstance(cell, str) else "what stands there"
    way = newest.format.dates or ISO
    fact = f"{newest.column}: {told} is no moment written {way}, by which the newest row is found"
    return BadCell("CSP731", fact, "`newest_by: {column: …, dates: timestamp}` says how it is written")
