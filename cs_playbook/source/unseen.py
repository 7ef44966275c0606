"""A text in double quotes → the first letter in it that nobody can see, made by an escape, and where that escape stands."""

from __future__ import annotations

import re
from typing import NamedTuple

# Controls, zero width, line and paragraph ends, bidirectional, halves of letters. No tab, no line end: see below.
_UNSEEN = "\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
_IN_LINES = re.compile(f"[{_UNSEEN}]")
_IN_ONE_LINE = re.compile(f"[\t\n{_UNSEEN}]")
_ESCAPE = re.compile(r"\\(?:x(?P<two>..)|u(?P<four>.{4})|U(?P<eight>.{8})|(?P<one>.))")
_ONE = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b", "N": "\x85",
    "L": "\u2028", "P": "\u2029",
}  # fmt: skip


class Unseen(NamedTuple):
    """`line`: from that of the opening quote, which is 0. `column`: from 1 on its own line."""

    letter: str
    line: int
    column: int
    length: int


def unseen(text: str, written: list[str], column: int, *, one_line: bool) -> Unseen | None:
    """`text`: the value. `written`: the lines from that of its opening quote on, which stands in `column` (from 1).

    A tab alone is what separates the cells of an export. Line ends and tabs may stand in a text of several lines.
    """
    found = None if text == "\t" else (_IN_ONE_LINE if one_line else _IN_LINES).search(text)
    if found is None:
        return None
    letter = found.group()
    for number, line in enumerate(written):
        start = 0 if number else column
        for escape in _ESCAPE.finditer(line, start):
            if _letter(escape) == letter:
                return Unseen(letter, number, escape.start() + 1, len(escape.group()))
    return Unseen(letter, 0, column, 1)


def _letter(escape: re.Match[str]) -> str:
    if escape["one"] is not None:
        return _ONE.get(escape["one"], escape["one"])
    try:
        return chr(int(escape["two"] or escape["four"] or escape["eight"], 16))
    except ValueError:
        return ""
