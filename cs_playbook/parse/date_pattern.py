"""A pattern of dates (`DD-MM-YYYY HH:MM`) → a reader: text of a cell → the day and time it says."""

from __future__ import annotations

import re
from datetime import date, datetime

from msgspec import Struct

from cs_playbook.model.expression import to_day

ISO = "YYYY-MM-DD"

_TOKEN = re.compile(r"YYYY|MM|DD|HH|SS|M(?!M)|D(?!D)|H(?!H)")
_WIDTHS = {
    "YYYY": "[0-9]{4}",
    "MM": "[0-9]{2}",
    "DD": "[0-9]{2}",
    "HH": "[01][0-9]|2[0-3]",
    "mm": "[0-5][0-9]",
    "SS": "[0-5][0-9]|60",
    "M": "1[0-2]|0?[1-9]",
    "D": "3[01]|[12][0-9]|0?[1-9]",
    "H": "1[0-9]|2[0-3]|0?[0-9]",
}
_LONG = {"M": "MM", "D": "DD", "H": "HH"}  # one digit or two
_LITERALS = "TZ"  # the only letters that stand for themselves, as in 2026-03-02T06:00:00Z
_ONLY = "it is made of YYYY, MM, DD, HH, MM, SS and separators, e.g. DD-MM-YYYY HH:MM; or it is timestamp, epoch seconds, epoch milliseconds"


class DatePattern(Struct, frozen=True):
    """One way of writing dates."""

    text: str
    expression: re.Pattern[str]

    def day(self, cell: str) -> int | None:
        """Days since 1970-01-01; None when the cell is not written so, or is no day of the calendar."""
        at = self.moment(cell)
        return None if at is None else to_day(at.date())

    def moment(self, cell: str) -> datetime | None:
        """The same with its time of day, without a zone; midnight where the pattern has none."""
        found = self.expression.fullmatch(cell)
        if found is None:
            return None
        said = found.groupdict("0")
        try:
            return datetime(  # noqa: DTZ001 - whose clock it is, the caller knows
                int(said["YYYY"]),
                int(said["MM"]),
                int(said["DD"]),
                int(said.get("HH", 0)),
                int(said.get("mm", 0)),
                min(int(said.get("SS", 0)), 59),
            )
        except ValueError:
            return None

    def other_order(self) -> DatePattern:
        """The same with day and month in each other's place: what it would be if somebody mixed them up."""
        swap = {"MM": "DD", "DD": "MM", "M": "D", "D": "M"}
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
    said = [_LONG.get(piece, piece) for piece in pieces]
    missing = next((needed for needed in ("YYYY", "MM", "DD") if needed not in said), None)
    if missing is not None:
        raise NoPattern(f"'{text}' has no {missing}")
    twice = next((piece for piece in _WIDTHS if said.count(piece) > 1), None)
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
        "M": f"{day.month}",
        "D": f"{day.day}",
        "H": "0",
    }
    return "".join(values.get(piece, piece) for piece in _pieces(pattern.text))


def _pieces(text: str) -> list[str]:
    """Tokens and single letters; minutes are told from months by the hours before them: `mm`."""
    pieces: list[str] = []
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        piece = token[0] if token else text[position]
        position += len(piece)
        pieces.append("mm" if piece == "MM" and _just_before(pieces) in ("HH", "H") else piece)
    return pieces


def _just_before(pieces: list[str]) -> str:
    return next((piece for piece in reversed(pieces) if piece in _WIDTHS), "")


def _written(piece: str) -> str:
    if piece not in _WIDTHS:
        return re.escape(piece)
    return f"(?P<{_LONG.get(piece, piece)}>{_WIDTHS[piece]})"
