"""How dates are written (`DD-MM-YYYY HH:MM`) → a reader; a time of day is checked and dropped."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from cs_playbook.model.expression import to_day

ISO = "YYYY-MM-DD"

_TOKEN = re.compile(r"YYYY|MM|DD|HH|SS")
_WIDTHS = {
    "YYYY": "[0-9]{4}",
    "MM": "[0-9]{2}",
    "DD": "[0-9]{2}",
    "HH": "[01][0-9]|2[0-3]",
    "mm": "[0-5][0-9]",
    "SS": "[0-5][0-9]|60",
}
_LITERALS = "TZ"  # the only letters that stand for themselves, as in 2026-03-02T06:00:00Z
_ONLY = "it is made of YYYY, MM, DD, HH, MM, SS and separators, e.g. DD-MM-YYYY HH:MM"


@dataclass(frozen=True, slots=True)
class DatePattern:
    """One way of writing dates."""

    text: str
    expression: re.Pattern[str]

    def day(self, cell: str) -> int | None:
        """Days since 1970-01-01; None when the cell is not written so, or is no day of the calendar."""
        found = self.expression.fullmatch(cell)
        if found is None:
            return None
        try:
            return to_day(date(int(found["YYYY"]), int(found["MM"]), int(found["DD"])))
        except ValueError:
            return None

    def other_order(self) -> DatePattern:
        """The same with day and month in each other's place: what it would be if somebody mixed them up."""
        swap = {"MM": "DD", "DD": "MM"}
        text = "".join(swap.get(piece, piece) if piece != "mm" else "MM" for piece in _pieces(self.text))
        return read_pattern(text)


class NoPattern(Exception):
    """A text that says no way of writing dates: why, and what to write."""

    def __init__(self, message: str, hint: str = _ONLY) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def read_pattern(text: str) -> DatePattern:
    """Raises NoPattern. `MM` after `HH` means minutes."""
    pieces = _pieces(text)
    missing = next((needed for needed in ("YYYY", "MM", "DD") if needed not in pieces), None)
    if missing is not None:
        raise NoPattern(f"'{text}' has no {missing}")
    twice = next((piece for piece in _WIDTHS if pieces.count(piece) > 1), None)
    if twice is not None:
        raise NoPattern(f"'{text}' has {twice.upper()} twice")
    strange = next(
        (piece for piece in pieces if piece.isalpha() and piece not in _WIDTHS and piece not in _LITERALS),
        None,
    )
    if strange is not None:
        raise NoPattern(f"'{strange}' in '{text}' means nothing")
    return DatePattern(text, re.compile("".join(map(_written, pieces))))


def written(pattern: DatePattern, day: date) -> str:
    """A day written by the pattern, at midnight."""
    values = {
        "YYYY": f"{day.year:04}",
        "MM": f"{day.month:02}",
        "DD": f"{day.day:02}",
        "HH": "00",
        "mm": "00",
        "SS": "00",
    }
    return "".join(values.get(piece, piece) for piece in _pieces(pattern.text))


def day_reader(pattern: DatePattern) -> Callable[[str], int | None]:
    """`pattern.day` that remembers what it has read: a column holds the same few days again and again."""
    return lru_cache(maxsize=4096)(pattern.day)


def _pieces(text: str) -> list[str]:
    """Tokens and single letters; minutes are told from months by the hours before them: `mm`."""
    pieces: list[str] = []
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        piece = token[0] if token else text[position]
        position += len(piece)
        pieces.append("mm" if piece == "MM" and _just_before(pieces) == "HH" else piece)
    return pieces


def _just_before(pieces: list[str]) -> str:
    return next((piece for piece in reversed(pieces) if piece in _WIDTHS), "")


def _written(piece: str) -> str:
    if piece not in _WIDTHS:
        return re.escape(piece)
    return f"(?P<{piece}>{_WIDTHS[piece]})"
