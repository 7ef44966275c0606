"""What one cell of an export may be, and what every kind of export gives: its columns and its rows, once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from cs_playbook.source.finding import Finding, Span


class Plain(str):
    """A value that its source has typed, in the one plain way: 1234.5, true, 2026-03-02, 2026-03-02T10:00:00+01:00."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A list of single values."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nested:
    """A record inside the record, or a list of such. `example`: a key of it, "" where it has none."""

    what: str
    example: str = ""


Cell = str | Items | Nested
Counted = Literal["line", "record", "row"]


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A row that cannot be cut into cells; the rows after it can be read all the same."""

    code: str
    message: str
    hint: str = ""


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

    def rows(self) -> Iterator[tuple[int, Sequence[Cell] | BadRecord]]:
        """Each row once, with the number of its line, record or row, from 1. May raise Unreadable."""

    def place(self, column: int | None) -> Span:
        """Where a cell of the row read last stands."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All that have been seen: more than `header` where only what is wanted is read."""

    @property
    def sha256(self) -> str:
        """Of what was read; of all of it once the rows have come to their end."""

    @property
    def share(self) -> float | None:
        """How much of it has been read, 0 to 1; None where nobody knows."""
