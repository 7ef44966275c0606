"""A CSV file and how it is written → its header and its rows of cells by line; or what cannot be read.

Rows stream; the hash of the bytes is reckoned on the way. What the cells mean is not known here.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import cast

from cs_playbook.source.cells import Cell, Counted, Part, Unreadable, gathered, one_by_one
from cs_playbook.source.encodings import codec_of
from cs_playbook.source.finding import Finding, Span
from cs_playbook.source.opened import Hashed, codec, line_of_first_fault, opened

SEPARATOR_LINE = re.compile(r"sep=([,;|\t])", re.IGNORECASE)  # what Excel is told above the header
LONGEST_LINE = 1_000_000  # letters: a file without line ends must not fill the memory

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BYTE_ORDER_MARK = "\ufeff"


class Export:
    """An open file of an export: its header, its rows once, then its hash and how many rows it had.

    `shown` is how findings name the file. `encoding`: one of text (encodings.py); utf-8 drops a byte-order mark.
    Every reading raises Unreadable at the first place where the bytes are not what was declared.
    """

    def __init__(self, path: Path, shown: str, encoding: str, separator: str) -> None:
        self.shown = shown
        self.counted_in: Counted = "line"
        self.rows_read = 0
        self._encoding = encoding
        self._separator = separator
        self._path = path
        self._raw = ""  # the line read last
        self._held: dict[int, str] = {}  # the lines of the part read last that are a row each
        self._started_on = 1  # where the row that is being read begins
        if codec_of(encoding) is None:
            fact = f"{shown} cannot be read: there is no encoding '{encoding}' of text"
            raise self._fault("CSP724", 1, fact, "declare the one the file has, e.g. utf-8, cp1252, utf-16")
        self._file: Hashed = opened(path)
        self._text = io.TextIOWrapper(io.BufferedReader(self._file), codec(encoding), "strict", newline="")
        self._reader = csv.reader(self._lines(), delimiter=separator, strict=True)
        try:
            self.header = self._header()
        except Unreadable:
            self._text.close()
            raise

    def __enter__(self) -> Export:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._text.close()

    @property
    def sha256(self) -> str:
        """Of all bytes read: of the whole file once its rows have come to their end."""
        return self._file.sha256.hexdigest()

    @property
    def share(self) -> float | None:
        """How much of the file has been read: 0 to 1."""
        return self._file.share

    @property
    def columns(self) -> tuple[str, ...]:
        """All there are."""
        return self.header

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        return cast(Iterator[tuple[int, Sequence[Cell]]], one_by_one(self.parts()))  # none is a BadRecord

    def parts(self) -> Iterator[Part]:
        """Each row has the number of its first line (the header's is 1); lines with nothing at all are no rows."""
        for rows in gathered(self._numbered()):
            self.rows_read += len(rows)
            yield Part(*zip(*rows, strict=True))
            self._held.clear()

    def place(self, line: int, column: int | None) -> Span:
        """The line alone without a column, or where its row goes over several."""
        raw = self._held.get(line)
        if column is None or raw is None:
            return Span(self.shown, line)
        offset, length = _cell(raw, self._separator, column)
        return Span(self.shown, line, offset + 1, max(length, 1))

    def _numbered(self) -> Iterator[tuple[int, tuple[int, Sequence[Cell]]]]:
        """How many letters a row holds; its first line, its cells."""
        reader = self._reader
        self._started_on = reader.line_num + 1
        with self._faults_told():
            for cells in reader:
                line = self._started_on
                self._started_on = reader.line_num + 1
                if not cells:
                    continue
                if reader.line_num == line:
                    self._held[line] = self._raw
                    yield len(self._raw), (line, cells)
                else:
                    yield sum(map(len, cells)), (line, cells)

    def _header(self) -> tuple[str, ...]:
        self._refuse_other_mark()
        cells = self._next()
        if cells is None:
            raise self._fault(
                "CSP726", 1, f"{self.shown} is empty: it has not even a header", "export it again"
            )
        said = SEPARATOR_LINE.fullmatch(self._raw.rstrip("\r\n").removeprefix(_BYTE_ORDER_MARK))
        if said is not None and said[1] == self._separator:
            return self._header_below()
        if said is not None:
            fact = f"{self.shown} says itself that its separator is {said[1]!r}, and is declared {self._separator!r}"
            raise self._fault("CSP725", 1, fact, f"write `separator: {said[1]!r}`")
        return (cells[0].removeprefix(_BYTE_ORDER_MARK), *cells[1:]) if cells else ()

    def _header_below(self) -> tuple[str, ...]:
        """The line that tells Excel the separator stands above the header."""
        cells = self._next()
        if cells is None:
            fact = f"{self.shown} has no header below its line `sep=`"
            raise self._fault("CSP726", 1, fact, "export it again")
        return tuple(cells)

    def _refuse_other_mark(self) -> None:
        with self._path.open("rb") as file:
            start = file.read(3)
        for mark, encoding in _MARKS:
            if start.startswith(mark) and not codec(self._encoding).startswith((encoding, "utf-32")):
                fact = f"{self.shown} begins with the mark of {encoding}, but is declared {self._encoding}"
                raise self._fault("CSP724", 1, fact, f"write `encoding: {encoding}`")

    def _next(self) -> Sequence[str] | None:
        with self._faults_told():
            return next(self._reader, None)

    @contextmanager
    def _faults_told(self) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as error:
            raise self._undecodable(error) from error
        except (
            UnicodeError
        ) as error:  # utf-16 and utf-32 say nothing of a byte: what is missing is their mark
            fact = f"{self.shown} does not begin with the mark of {self._encoding}"
            raise self._fault("CSP724", 1, fact, _without_mark(self._path, self._encoding)) from error
        except csv.Error as error:
            hint = "a quote inside a quoted cell is written twice; one that is never closed swallows the rest"
            fact = f"this is not CSV with the separator {self._separator!r}: {error}"
            raise self._fault("CSP725", self._started_on, fact, hint) from error

    def _lines(self) -> Iterator[str]:
        for text in iter(partial(self._text.readline, LONGEST_LINE), ""):
            self._raw = text
            if len(text) == LONGEST_LINE:
                raise self._fault(
                    "CSP725",
                    self._started_on,
                    f"a line of more than {LONGEST_LINE} letters",
                    "is this a CSV file?",
                )
            if "\0" in text:
                line = self._reader.line_num + 1
                raise self._fault(
                    "CSP724",
                    line,
                    "a NUL letter: this is not text",
                    "export it again, or declare its encoding",
                )
            yield text

    def _undecodable(self, error: UnicodeDecodeError) -> Unreadable:
        byte = error.object[error.start]
        hint = (
            "a file from an older spreadsheet is often cp1252: write `encoding: cp1252`"
            if codec(self._encoding) == "utf-8-sig"
            else "declare the encoding the file has"
        )
        line = line_of_first_fault(self._path, codec(self._encoding))
        return self._fault("CSP724", line, f"the byte {byte:#04x} cannot be read as {self._encoding}", hint)

    def _fault(self, code: str, line: int, message: str, hint: str) -> Unreadable:
        return Unreadable(Finding(Span(self.shown, line), code, message, hint))


def _without_mark(path: Path, encoding: str) -> str:
    """The first letters of a header are plain: on which side of them the zeros stand tells the order."""
    with path.open("rb") as file:
        start = file.read(4)
    family = (codec_of(encoding) or encoding)[:6]
    if b"\0" not in start:
        return "it looks like no such file: declare the encoding it has, e.g. `encoding: utf-8` or cp1252"
    return f"write `encoding: {family}-{'be' if start.startswith(bytes(1)) else 'le'}`"


def _cell(raw: str, separator: str, column: int) -> tuple[int, int]:
    """Offset and length of a cell in its line, quotes included."""
    cell = re.compile(rf'"(?:[^"]|"")*"|[^{re.escape(separator)}\r\n]*')
    start = 0
    for _ in range(column):
        found = cell.match(raw, start)
        start = (found.end() if found else start) + 1
    found = cell.match(raw, start)
    return (start, found.end() - start) if found else (0, 1)
