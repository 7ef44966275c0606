"""What one cell of an export may be, and what every kind of export gives: its columns and its rows, once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, Protocol, TypeVar

from msgspec import Struct

from cs_playbook.source.finding import Finding, Span


class Plain(str):
    """A value that its source has typed, in the one plain way: 1234.5, true, 2026-03-02, 2026-03-02T10:00:00+01:00."""

    __slots__ = ()


class Items(NamedTuple):
    """A list of single values. A NamedTuple: half a million are made, and looked up, where a column holds lists."""

    texts: tuple[str, ...]


class Nested(Struct, frozen=True):
    """A record inside the record, or a list of such. `example`: a key of it, "" where it has none."""

    what: str
    example: str = ""


Cell = str | Items | Nested
Counted = Literal["line", "record", "row"]


class BadRecord(Struct, frozen=True):
    """A row that cannot be cut into cells; the rows after it can be read all the same."""

    code: str
    message: str
    hint: str = ""


Row = Sequence[Cell] | BadRecord


class Part(NamedTuple):
    """Rows that follow each other, a hundred or so. `lines`: the number of the line, record or row of each, from 1."""

    lines: Sequence[int]
    rows: Sequence[Row]


class Unreadable(Exception):
    """The rest of an export cannot be read: what is wrong with it, and where."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


class Reading(Protocol):
    """An open export. `shown`: how findings name it. `header`: the columns of its rows, in their order.
    `counted_in`: lines, or where a row has none of its own, records or rows."""

    shown: str
    counted_in: Counted
    header: tuple[str, ...]
    rows_read: int

    def parts(self) -> Iterator[Part]:
        """All rows, once. May raise Unreadable, after the rows before it were given."""

    def rows(self) -> Iterator[tuple[int, Row]]:
        """The same one by one, with their numbers."""

    def place(self, line: int, column: int | None) -> Span:
        """Where a cell stands: of the row with that number, of the part read last."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All that have been seen: more than `header` where only what is wanted is read."""

    @property
    def sha256(self) -> str:
        """Of what was read; of all of it once the rows have come to their end."""

    @property
    def share(self) -> float | None:
        """How much of it has been read, 0 to 1; None where nobody knows."""


Read = TypeVar("Read")

# Of a part: enough that what is done once for each of them costs little; four times as many records of JSON take a
# quarter longer, because they outgrow the processor's own memory.
_ROWS = 128
_LETTERS = 1 << 18  # of a part: a row may hold a million, and a part is held whole


def one_by_one(parts: Iterable[Part]) -> Iterator[tuple[int, Row]]:
    """The rows with their numbers, for whoever looks at each alone."""
    for part in parts:
        yield from zip(part.lines, part.rows, strict=True)


def gathered(weighed: Iterator[tuple[int, Read]]) -> Iterator[list[Read]]:
    """What is read, with how many letters it holds → the same, as many at once as make a part. Where reading
    breaks off, what came before is given first."""
    some: list[Read] = []
    letters = 0
    try:
        for more, one in weighed:
            some.append(one)
            letters += more
            if len(some) == _ROWS or letters >= _LETTERS:
                whole, some, letters = some, [], 0
                yield whole
    except Unreadable:
        if some:
            yield some
        raise
    if some:
        yield some
