"""A cell of an export → what it looks like: a day in some order, a number with some signs, an address, a word."""

from __future__ import annotations

import re
from typing import Literal as OneOf
from typing import NamedTuple

Kind = OneOf["date", "number", "integer", "email", "text"]

_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?"
_LOOKS = re.compile(
    rf"(?P<ymd>(?P<y>\d{{4}})(?P<s1>[-/.])(?P<m>\d{{1,2}})(?P=s1)(?P<d>\d{{1,2}})(?P<t1>{_TIME}))"
    rf"|(?P<xxy>(?P<a>\d{{1,2}})(?P<s2>[-/.])(?P<b>\d{{1,2}})(?P=s2)(?P<c>\d{{4}}|\d{{2}})(?P<t2>{_TIME}))"
    r"|(?P<integer>[+-]?\d+)"
    r"|(?P<plain>[+-]?\d+(?P<sign>[.,])\d+(?:[eE][+-]?\d+)?)"
    r"|(?P<grouped>[+-]?\d{1,3}(?P<group>[ \u00a0\u202f.,'’])\d{3}(?:(?P=group)\d{3})*(?:(?P<last>[.,])\d+)?)"
    r"|(?P<email>[^@\s,;<>]+@[^@\s,;<>]+\.[A-Za-z]{2,24})"
)
_DIGITS = re.compile(r"\d+")
_AS_CODE = re.compile(
    r"[+-]?0\d|[+-]?\d{16,}"
)  # what a number would lose: leading zeros, and digits beyond 15
_SPACES = "\u00a0\u202f"
_THREE = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")  # 1.234 or 1,234: a fraction or thousands, nobody can tell


class Look(NamedTuple):
    """`form`: for a date its order, sign and time (`xxy/ HH:MM`); for a number its decimal and thousands signs.

    `first` and `second`: of a date with the year at its end, the two parts before it; else 0.
    """

    kind: Kind
    form: str = ""
    first: int = 0
    second: int = 0


TEXT = Look("text")
INTEGER = Look("integer")
CODE = Look("text", "code")  # digits that are a name: 007, or too many for a number
EMAIL = Look("email")
UNSURE_POINT, UNSURE_COMMA = "?.", "?,"


def look_at(cell: str) -> Look:
    """What a cell that is not empty looks like. A form is not checked against the calendar."""
    found = _LOOKS.fullmatch(cell)
    if found is None:
        return TEXT
    match found.lastgroup:
        case "integer":
            return CODE if _AS_CODE.match(cell) else INTEGER
        case "ymd":
            return Look("date", f"ymd{found['s1']}{_time(found['t1'])}{_unpadded(found['m'], found['d'])}")
        case "xxy":
            return _day_and_month(found)
        case "plain":
            return Look("number", _unsure(cell, found["sign"]))
        case "grouped":
            return Look("number", f"{found['last'] or ''}|{_group(found['group'])}")
        case _:
            return EMAIL


def _day_and_month(found: re.Match[str]) -> Look:
    year = "y" if len(found["c"]) == 4 else "yy"
    form = f"xx{year}{found['s2']}{_time(found['t2'])}{_unpadded(found['a'], found['b'])}"
    return Look("date", form, int(found["a"]), int(found["b"]))


def _unsure(cell: str, sign: str) -> str:
    return f"?{sign}" if _THREE.fullmatch(cell) else f"{sign}|"


def _group(sign: str) -> str:
    return " " if sign in _SPACES else "'" if sign == "’" else sign


def _time(written: str) -> str:
    """` 03:00:12.5` → ` HH:MM:SS.f`; an hour of one digit is `H`, a zone stays as it is written."""
    if not written:
        return ""
    clock, fraction, rest = _parts(written[1:])
    hour, *others = clock.split(":")
    names = ["HH" if len(hour) == 2 else "H", *("MM", "SS")[: len(others)]]
    return f"{written[0]}{':'.join(names)}{'.f' if fraction else ''}{_DIGITS.sub('0', rest)}"


def _parts(written: str) -> tuple[str, str, str]:
    found = re.match(r"([\d:]+)([.,]\d+)?(.*)", written)
    assert found is not None
    return found[1], found[2] or "", found[3]


def _unpadded(*parts: str) -> str:
    return " unpadded" if any(len(part) == 1 for part in parts) else ""
