"""A text file of rows → how it seems to be written: encoding and separator, with what the bytes leave open."""

from __future__ import annotations

import codecs
import csv
from pathlib import Path

from msgspec import Struct

from cs_playbook.source.exports import SEPARATOR_LINE
from cs_playbook.source.opened import opened

SEPARATORS = (",", ";", "\t", "|")
_PIECE = 1 << 20
_LINES = 20  # of the beginning: they tell the separator
_START = 1 << 16
_NAMES = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}


class Sniffed(Struct, frozen=True):
    """`encoding` and `separator` as `sources:` writes them. `doubts`: sentences for a person."""

    encoding: str
    separator: str
    doubts: tuple[str, ...] = ()


def sniff(path: Path) -> Sniffed:
    """Reads the file once, in pieces. Raises UserError where it may not be read."""
    encoding, doubts = _encoding(path)
    with opened(path) as file:
        start = file.read(_START) or b""
    text = start.decode("utf-8-sig" if encoding == "utf-8" else encoding, "ignore")
    separator, more = _separator(text, path)
    return Sniffed(encoding, separator, (*doubts, *more))


def _encoding(path: Path) -> tuple[str, tuple[str, ...]]:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with opened(path) as file:
        start = file.read(4) or b""
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", ()
        if b"\0" in start:
            return ("utf-16-be" if start.startswith(b"\0") else "utf-16-le"), ()
        piece = start
        while piece:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                return "cp1252", (_not_utf8(error),)
            piece = file.read(_PIECE) or b""
    return "utf-8", ()


def _not_utf8(error: UnicodeDecodeError) -> str:
    """Of the cell only the letter is shown: it may be somebody's name, and a draft is sent around."""
    letter = bytes(error.object[error.start : error.start + 1]).decode("cp1252", "replace")
    return f"the file is not UTF-8. Read as cp1252 it has the letter {ascii_safe(letter)}: is that right? Else mac-roman, cp1250 …"


def ascii_safe(text: str) -> str:
    """In quotes, without letters that cannot be seen."""
    return "'" + "".join(letter if letter.isprintable() else "?" for letter in text) + "'"


def _separator(text: str, path: Path) -> tuple[str, tuple[str, ...]]:
    """The sign that cuts the first lines into the same number of cells, the most of them."""
    if path.suffix.lower() in (".tsv", ".tab"):
        return "\t", ()
    lines = text.splitlines(keepends=True)
    named = SEPARATOR_LINE.fullmatch(lines[0].rstrip("\r\n")) if lines else None
    if named is not None:
        return named[1], ()
    scores = sorted(
        ((_score(lines[:_LINES], sign), sign) for sign in SEPARATORS),
        key=lambda pair: (-pair[0], SEPARATORS.index(pair[1])),
    )
    (best, sign), (second, other) = scores[0], scores[1]
    if best <= 1:
        return ",", ()
    if second > 1 and second >= best / 2:
        return sign, (f"cells seem to be separated by {_NAMES[sign]}; {_NAMES[other]} would fit too. Right?",)
    return sign, ()


def _score(lines: list[str], sign: str) -> float:
    """Cells of the header, less what lines differ from it."""
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=sign) if row]
    except csv.Error:
        return 0
    if not widths:
        return 0
    same = sum(width == widths[0] for width in widths)
    return widths[0] * same / len(widths)
