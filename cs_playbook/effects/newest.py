"""`newest_by` → how new a row is, by its cell there; never guessed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from cs_playbook.model.mapping import Newest
from cs_playbook.parse.cell import BadCell, shown
from cs_playbook.parse.date_pattern import ISO
from cs_playbook.parse.moment import TIMESTAMP, Clocks, instant_reader
from cs_playbook.source.cells import Cell, Plain


def how_new(newest: Newest, zone: tzinfo) -> Callable[[Cell], int]:
    """A cell → microseconds since 1970. It raises BadCell."""
    clocks = Clocks.of(newest.format, zone)
    written, typed = instant_reader(newest.format.dates, clocks), instant_reader(TIMESTAMP, clocks)

    def read(cell: Cell) -> int:
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
