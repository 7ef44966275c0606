"""The exports of a table, by its mapping → its rows staged in a database, and what is wrong with the files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from msgspec import Struct, field

from cs_playbook.effects.chosen_rows import Choice
from cs_playbook.effects.columns import header_findings, never_seen
from cs_playbook.effects.lookups import Finder, load_lookup
from cs_playbook.effects.origins import Origins, Place
from cs_playbook.effects.part_reader import read_part
from cs_playbook.effects.recipe import recipe
from cs_playbook.effects.snapshot_rows import LINES, Batch, stage
from cs_playbook.model.data import Table
from cs_playbook.model.mapping import TableSource
from cs_playbook.parse.looking_up import lookup_of
from cs_playbook.source.cells import Counted, Part, Reading, Unreadable
from cs_playbook.source.finding import Finding, Span
from cs_playbook.source.manifest import SourceFile

_WATCHED = 4096  # rows between two looks at the progress


class Loaded(Struct):
    """A table after its files were read: they, what was found, and how many rows `where` left out."""

    table: Table
    source: TableSource
    places: list[Place]
    files: list[SourceFile] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    left_out: int = 0
    counted_in: Counted = "line"
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)  # file as shown: all it has

    @property
    def is_complete(self) -> bool:
        """Else a file could not be read, and nothing can be placed."""
        return not any(finding.is_error for finding in self.findings)

    @property
    def shown(self) -> str:
        return self.places[0].shown if self.places else self.source.span.file

    def span(self, line: int, start: int | None, letters: int | None) -> Span:
        """The place of a staged row."""
        return Span(self.places[line // LINES].shown, line % LINES, start or 1, letters or 1)


def load(connection: sqlite3.Connection, table: Table, source: TableSource, origins: Origins) -> Loaded:
    """Reads all files to their end into the staging of `table`. Streams. Raises UserError where it may not."""
    places, missing = origins.places(source.origin, table.name)
    loaded = Loaded(table, source, places, findings=missing)
    finders = list(_finders(connection, loaded, origins))
    if not loaded.is_complete:
        return loaded
    choice = Choice(source.origin)
    try:
        stage(connection, table, _rows(loaded, origins, choice, finders))
    except Unreadable as unreadable:
        loaded.findings.append(unreadable.finding)
    looked_up = [finding for finder in finders for finding in finder.findings()]
    loaded.findings += [*choice.findings(), *looked_up]
    loaded.left_out = choice.left_out
    return loaded


def columns_asked(source: TableSource) -> dict[str, Span]:
    """The columns of the table's own files: where each is asked for first. What a lookup gives is not among them."""
    origin = source.origin
    asked = [(one.column, one.span) for one in source.fields if one.column is not None]
    asked += [(one.column, one.span) for one in origin.where]
    asked += [(one.by, one.span) for one in source.lookups]
    asked += [(origin.newest_by.column, origin.newest_by.span)] if origin.newest_by else []
    names = {lookup.name for lookup in source.lookups}
    return dict(reversed([(column, span) for column, span in asked if lookup_of(column) not in names]))


def _finders(connection: sqlite3.Connection, loaded: Loaded, origins: Origins) -> Iterator[Finder]:
    source = loaded.source
    asked = [(one.column, one.span) for one in source.fields if one.column]
    asked += [(one.by, one.span) for one in source.lookups]
    for lookup in source.lookups:
        below = [
            (one.partition(".")[2], span) for one, span in reversed(asked) if lookup_of(one) == lookup.name
        ]
        read = load_lookup(connection, origins, source.table, lookup, dict(below))
        loaded.files += read.files
        loaded.findings += read.findings
        yield read.finder


def _rows(loaded: Loaded, origins: Origins, choice: Choice, finders: list[Finder]) -> Iterator[Batch]:
    """The rows of one file after the other; a file whose header is not right is left out, and said."""
    wanted = columns_asked(loaded.source)
    for number, place in enumerate(loaded.places):
        with origins.reading(loaded.source.origin, place, tuple(wanted)) as reading:
            wrong = header_findings(wanted, loaded.source.origin, reading)
            loaded.findings += wrong
            if wrong:
                continue
            loaded.counted_in = reading.counted_in
            how = recipe(loaded.table, loaded.source, reading, finders, origins.exports.zone)
            for part in choice.of(_watched(origins, reading), reading.header):
                yield from read_part(how, number * LINES, part)
            loaded.files.append(SourceFile(place.name, reading.sha256, reading.rows_read))
            loaded.columns[place.shown] = reading.columns
            loaded.findings += never_seen(wanted, reading)


def _watched(origins: Origins, reading: Reading) -> Iterator[Part]:
    """Its parts; whoever watches is told of the first, and then every few thousand rows."""
    told = -_WATCHED
    for part in reading.parts():
        if reading.rows_read - told >= _WATCHED:
            told = reading.rows_read
            origins.exports.watch(reading.shown, told, reading.share)
        yield part
