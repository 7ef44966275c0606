"""Cells and a width → lines of styled pieces: shortened, wrapped and aligned, so that no table breaks.

A style is a word that cli knows how to colour ("" for plain text); the text reads the same without it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

Piece = tuple[str, str]  # style, text
Line = tuple[Piece, ...]
BLANK: Line = ()
TIED = "\u00a0"  # holds words together as long as there is room
GAP = 2  # between two columns
LONGEST = 600  # columns of one text; what goes on beyond them, nobody reads on a screen


class Cell(Struct, frozen=True):
    """`tail` is kept whole as long as there is room for it, even where `text` must be shortened."""

    text: str = ""
    style: str = ""
    tail: str = ""

    @property
    def whole(self) -> str:
        return f"{self.text} {self.tail}".strip() if self.tail else self.text


class Column(Struct, frozen=True):
    """`least`: how narrow it may get; None: it is never narrowed."""

    least: int | None = None
    right: bool = False


def plain(lines: Iterable[Line]) -> str:
    """The text alone, each line with its end."""
    return "".join("".join(text for _, text in line).rstrip() + "\n" for line in lines)


def line(*pieces: Piece | str) -> Line:
    """Non-breaking spaces have done their work."""
    styled = (("", piece) if isinstance(piece, str) else piece for piece in pieces)
    return tuple((style, text.replace("\u00a0", " ")) for style, text in styled if text)


def wide(text: str) -> int:
    """How many columns a text takes: letters of East Asia take two, marks on a letter none."""
    if text.isascii():
        return len(text)
    return sum(_wide(letter) for letter in text)


def _wide(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def shorten(text: str, width: int) -> str:
    """The text, or its beginning and `…`."""
    kept = _beginning(text, width)
    return text if kept == len(text) else text[: _beginning(text, max(width, 1) - 1)].rstrip() + "…"


def _beginning(text: str, width: int) -> int:
    """How many letters of it there is room for; what stands far beyond is not looked at."""
    if text.isascii():
        return min(len(text), width)
    room = width
    for place, letter in enumerate(text):
        room -= _wide(letter)
        if room < 0:
            return place
    return len(text)


def fit(cell: Cell, width: int) -> str:
    """On one line: the text gives way before its tail does."""
    if wide(cell.whole) <= width:
        return cell.whole
    room = width - wide(cell.tail) - 1
    if not cell.tail or room < 8:
        return shorten(cell.whole, width)
    return f"{shorten(cell.text, room)} {cell.tail}"


def padded(text: str, width: int, *, right: bool = False) -> str:
    space = " " * max(width - wide(text), 0)
    return space + text if right else text + space


def wrap(text: str, width: int) -> list[str]:
    """Lines of whole words; a word longer than a line is cut into several, and a text too long to read is cut short."""
    lines: list[str] = []
    here = ""
    for word in _no_longer(shorten(text, LONGEST).split(" "), width):
        longer = f"{here} {word}" if here else word
        if wide(longer) <= width:
            here = longer
        else:
            lines += [here] if here else []
            here = word
    return [*lines, here]


def wrapped(style: str, text: str, width: int, indent: str = "") -> Iterator[Line]:
    """A sentence on as many lines as it takes."""
    for part in wrap(text, width - len(indent)):
        yield line(indent, (style, part))


def _no_longer(words: Iterable[str], width: int) -> Iterator[str]:
    for word in words:
        rest = word
        while width > 0 and (cut := max(_beginning(rest, width), 1)) < len(rest):
            cut = _better(rest, cut)
            yield rest[:cut].rstrip(TIED)
            rest = rest[cut:].lstrip(TIED)
        yield rest


def _better(word: str, cut: int) -> int:
    """Where a reader would break it: between what was tied together, else behind a sign inside of a name."""
    tied = word.rfind(TIED, 1, cut + 1)
    if tied > 0:
        return tied
    sign = max(word.rfind(sign, 0, cut) for sign in "_@(./-")
    return sign + 1 if sign + 1 >= cut // 2 > 0 else cut


def table(
    rows: Sequence[Sequence[Cell]], columns: Sequence[Column], width: int, indent: str = "  "
) -> Iterator[Line]:
    """Aligned rows; a cell that is too long for its column goes on below."""
    widths = _widths(rows, columns, width - len(indent))
    for row in rows:
        wrapped = [wrap(cell.whole, room) for cell, room in zip(row, widths, strict=True)]
        for height in range(max(map(len, wrapped))):
            pieces: list[Piece] = [("", indent)]
            for cell, texts, room, column in zip(row, wrapped, widths, columns, strict=True):
                text = texts[height] if height < len(texts) else ""
                pieces += [(cell.style, padded(text, room, right=column.right)), ("", " " * GAP)]
            yield _trimmed(pieces)


def _widths(rows: Sequence[Sequence[Cell]], columns: Sequence[Column], width: int) -> list[int]:
    """As wide as their widest cell; where that is too much, the widest columns that may give way do."""
    # None is wider than the screen: the widths are then taken back column by column, one at a time.
    widths = [min(max((wide(row[n].whole) for row in rows), default=0), width) for n in range(len(columns))]
    over = sum(widths) + GAP * (len(columns) - 1) - width
    while over > 0:
        may = [n for n, column in enumerate(columns) if column.least is not None and widths[n] > column.least]
        if not may:
            break
        widths[max(may, key=lambda n: widths[n])] -= 1
        over -= 1
    return widths


def _trimmed(pieces: list[Piece]) -> Line:
    """Without the spaces at its end."""
    while pieces and not pieces[-1][1].strip():
        pieces.pop()
    if pieces:
        pieces[-1] = (pieces[-1][0], pieces[-1][1].rstrip())
    return line(*pieces)
