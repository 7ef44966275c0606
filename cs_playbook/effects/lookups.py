"""A lookup of a table, and where exports are → a finder of its columns, kept in a temporary table; and findings."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct, field

from cs_playbook.compile import looked_up
from cs_playbook.effects.chosen_rows import Choice
from cs_playbook.effects.columns import header_findings, never_seen
from cs_playbook.effects.newest import how_new
from cs_playbook.effects.origins import Origins, Place
from cs_playbook.effects.snapshot_rows import LINES
from cs_playbook.model.mapping import Lookup
from cs_playbook.parse.cell import BadCell, shown
from cs_playbook.source.cells import BadRecord, Cell, Items, Nested, Plain, Reading, Unreadable, one_by_one
from cs_playbook.source.finding import Finding, Span, warning
from cs_playbook.source.manifest import SourceFile

SHOWN = 10
_EXAMPLES = 3

Find = Callable[[str], tuple[Cell, ...] | None]


class Finder(Struct):
    """A lookup that was read: its columns by key. `at`: where `by` stands in a row, lookups before it included."""

    lookup: Lookup
    columns: tuple[str, ...]
    find: Find
    at: int = 0
    _unmatched: int = 0
    _examples: dict[str, None] = field(default_factory=dict)

    def of(self, row: Sequence[Cell]) -> tuple[Cell, ...]:
        """Raises BadCell where the row it names is not there, and it may not be missing."""
        key = row[self.at]
        if not isinstance(key, str):
            hint = f"name what is meant in it, as in `by: {self.lookup.by}.id`"
            raise BadCell("CSP731", "a list or a record cannot be looked up", hint)
        if key in self.lookup.empty:
            return self.nothing
        found = self.find(key)
        return self._missing(key) if found is None else found

    def of_all(self, keys: Sequence[Cell]) -> tuple[list[tuple[Cell, ...]], list[str]] | None:
        """The same for many keys, with those that are not there and may be missing; None where one is refused."""
        texts = [key for key in keys if isinstance(key, str)]
        empty, nothing = self.lookup.empty, self.nothing
        found = [nothing if key in empty else self.find(key) for key in texts]
        missing = [key for key, row in zip(texts, found, strict=True) if row is None]
        if len(texts) < len(keys) or (missing and self.lookup.unmatched == "refuse"):
            return None
        return [nothing if row is None else row for row in found], missing

    def not_there(self, keys: Sequence[str]) -> None:
        """They will be told: how many, and the first three."""
        self._unmatched += len(keys)
        for key in keys:
            if len(self._examples) < _EXAMPLES:
                self._examples[key] = None

    @property
    def nothing(self) -> tuple[Cell, ...]:
        return ("",) * len(self.columns)

    def findings(self) -> Iterator[Finding]:
        """A warning about those that were not there."""
        if self._unmatched:
            rows = "1 row names" if self._unmatched == 1 else f"{self._unmatched} rows name"
            fact = (
                f"{rows} what is not among {self.lookup.name}, e.g. {', '.join(map(shown, self._examples))}"
            )
            yield warning(self.lookup.span, "CSP773", fact, "its columns are empty there")

    def _missing(self, key: str) -> tuple[Cell, ...]:
        if self.lookup.unmatched == "refuse":
            fact = f"{shown(key)} is not among {self.lookup.name}"
            hint = "export it too, or write `unmatched: empty` if it may be missing there"
            raise BadCell("CSP773", fact, hint)
        self.not_there([key])
        return self.nothing


class LookedUp(Struct, frozen=True):
    """A lookup after all of it was read."""

    finder: Finder
    files: tuple[SourceFile, ...]
    findings: tuple[Finding, ...]


def load_lookup(
    connection: sqlite3.Connection, origins: Origins, table: str, lookup: Lookup, columns: Mapping[str, Span]
) -> LookedUp:
    """`columns`: those that are asked for, and where. Findings with an error forbid the build."""
    reader = _Reader(connection, origins, table, lookup, columns)
    return reader.read()


class _Reader:
    """Reads the files of a lookup into its table."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        origins: Origins,
        table: str,
        lookup: Lookup,
        columns: Mapping[str, Span],
    ) -> None:
        self._connection = connection
        self._origins = origins
        self._lookup = lookup
        self._columns = tuple(columns)
        self._asked = columns
        self._sql = looked_up.table(table, lookup.name)
        self._places, self._findings = origins.places(lookup.origin, f"{table}.{lookup.name}")
        self._choice = Choice(lookup.origin)
        self._bad = 0
        connection.execute(self._sql.create)

    def read(self) -> LookedUp:
        files = [file for n, place in enumerate(self._places) if (file := self._file(n, place))]
        self._findings += [*self._choice.findings(), *self._repeated()]
        finder = Finder(self._lookup, self._columns, self._finder())
        return LookedUp(finder, tuple(files), tuple(self._findings))

    def _file(self, number: int, place: Place) -> SourceFile | None:
        origin, wanted = self._lookup.origin, self._wanted()
        try:
            with self._origins.reading(origin, place, tuple(wanted)) as reading:
                wrong = header_findings(wanted, origin, reading)
                self._findings += wrong
                if wrong:
                    return None
                self._keep(reading, number * LINES)
                self._findings += never_seen(wanted, reading)
                return SourceFile(place.name, reading.sha256, reading.rows_read)
        except Unreadable as unreadable:
            self._findings.append(unreadable.finding)
            return None

    def _wanted(self) -> dict[str, Span]:
        origin, span = self._lookup.origin, self._lookup.span
        wanted = {self._lookup.key: span, **self._asked}
        if origin.newest_by:
            wanted[origin.newest_by.column] = origin.newest_by.span
        return wanted | {one.column: one.span for one in origin.where}

    def _keep(self, reading: Reading, before: int) -> None:
        header = reading.header
        key_at = header.index(self._lookup.key)
        at = [header.index(column) for column in self._columns]
        newest = self._lookup.origin.newest_by
        moment_at = header.index(newest.column) if newest else 0
        moment_of = how_new(newest, self._origins.exports.zone) if newest else None
        for line, row in one_by_one(self._choice.of(reading.parts(), header)):
            try:
                cells = _cut(row, len(header))
                moment = moment_of(cells[moment_at]) if moment_of else None
            except BadCell as bad:
                self._report(bad, reading.place(line, None))
                continue
            key = cells[key_at]
            if isinstance(key, str) and key not in self._lookup.empty:  # whom nobody can name, nobody finds
                self._store(key, _written([cells[n] for n in at]), moment, before + line)

    def _report(self, bad: BadCell, place: Span) -> None:
        self._bad += 1
        if self._bad <= SHOWN:
            self._findings.append(Finding(place, bad.code, bad.message, bad.hint))

    def _store(self, key: str, cells: str, moment: int | None, line: int) -> None:
        row = (key, cells, moment, line)
        if self._connection.execute(self._sql.add, row).rowcount:
            return
        other_cells, other_moment = self._connection.execute(self._sql.there, (key,)).fetchone()
        if moment is not None and moment != other_moment:
            if moment > other_moment:
                self._connection.execute(self._sql.replace, row)
        elif cells != other_cells:
            self._connection.execute(self._sql.mark_repeated, (line, key))

    def _repeated(self) -> Iterator[Finding]:
        """A key with two rows that do not say the same: which is right nobody can know."""
        for key, line, other, total in self._connection.execute(self._sql.repeated, (SHOWN,)):
            first, second = self._span(line), self._span(other)
            of = "" if first.file == second.file else f" of {first.file}"
            more = f" ({total} such keys; the first {SHOWN} are listed)" if total > SHOWN else ""
            fact = f"{self._lookup.name}: the {self._lookup.key} {shown(key)} is also on line {first.line}{of}, and says something else{more}"
            hint = "a key names one row; `newest_by:` or `where:` chooses among several"
            yield Finding(second, "CSP772", fact, hint)

    def _span(self, line: int) -> Span:
        return Span(self._places[line // LINES].shown, line % LINES)

    def _finder(self) -> Find:
        cursor, query = self._connection.cursor(), self._sql.find

        @lru_cache(maxsize=4096)  # rows that belong together often name the same one after the other
        def find(key: str) -> tuple[Cell, ...] | None:
            found = cursor.execute(query, (key,)).fetchone()
            return None if found is None else tuple(map(_read_back, json.loads(found[0])))

        return find


def _cut(row: Sequence[Cell] | BadRecord, width: int) -> Sequence[Cell]:
    if isinstance(row, BadRecord):
        raise BadCell(row.code, row.message, row.hint)
    if len(row) != width:
        raise BadCell("CSP736", f"{len(row)} cells where the header has {width}", "")
    return row


def _written(cells: Sequence[Cell]) -> str:
    return json.dumps([_told(cell) for cell in cells])


def _told(cell: Cell) -> object:
    match cell:
        case Plain():
            return {"plain": str(cell)}
        case str():
            return cell
        case Items():
            return {"items": cell.texts}
        case Nested():
            return {"what": cell.what, "example": cell.example}


def _read_back(told: str | dict[str, object]) -> Cell:
    match told:
        case str():
            return told
        case {"plain": str(text)}:
            return Plain(text)
        case {"items": list(items)}:
            return Items(tuple(map(str, items)))
        case _:
            return Nested(str(told.get("what")), str(told.get("example")))
