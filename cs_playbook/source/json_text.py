"""The text of a JSON file, read piece by piece → its values where they stand, and lines; what is not JSON is Unreadable.

Never more than a few millions of letters are held, whatever the size of the file.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn, TextIO

from cs_playbook.source.cells import Plain, Unreadable
from cs_playbook.source.finding import Finding, Span

LONGEST_VALUE = 1_000_000  # letters of one record: more is no record of a customer
_PIECE = 1 << 21

_BLANK = re.compile(r"[ \t\n\r]*")
_COMMA = re.compile(r"[ \t\n\r]*,")
_MARK = re.compile(r'["{}\[\]]')
_TORN = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


class NotJson(ValueError):
    """A value that JSON does not allow, or that could be read in two ways."""


def decoder() -> json.JSONDecoder:
    """Numbers stay as they are written; a key that stands twice in a record is refused."""
    return json.JSONDecoder(
        object_pairs_hook=_record, parse_float=Plain, parse_int=Plain, parse_constant=_no_constant
    )


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise NotJson(f"the key '{twice}' stands twice in a record")
    return record


def _no_constant(word: str) -> NoReturn:
    raise NotJson(f"{word} is no number of JSON")


def may_be_torn(written: str) -> bool:
    """Whether a text in it may hold half a letter, or a NUL: both are written by their number (\\ud83d) alone."""
    return "\\u" in written and _TORN.search(written) is not None


class JsonText:
    """A place in a JSON text that moves on. `line`: of the place, 1-based."""

    def __init__(self, file: TextIO, shown: str) -> None:
        self.shown = shown
        self.line = 1
        self._file = file
        self._text = ""
        self._at = 0
        self._ended = False
        self._decoder = decoder()

    def next_letter(self) -> str:
        """The next letter that is not blank, which stays where it is; "" at the end."""
        letter = self._text[self._at : self._at + 1]
        if letter > " ":  # nearly always
            return letter
        while True:
            self._fill()
            found = _BLANK.match(self._text, self._at)
            assert found is not None
            self._move(found.end())
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]

    def take(self, letter: str) -> bool:
        """Passes the letter, if it is the next one."""
        if self.next_letter() != letter:
            return False
        self._move(self._at + 1)
        return True

    def value(self) -> tuple[Any, str]:
        """The next value, and how it is written."""
        self.next_letter()
        self._fill()
        try:
            value, end = self._decoder.raw_decode(self._text, self._at)
        except RecursionError as error:
            raise self.fault("records stand in records too deep to be read", "") from error
        except json.JSONDecodeError as error:
            raise self._malformed(error) from error
        except NotJson as error:
            raise self.fault(str(error), "it cannot be known what is meant: export it again") from error
        piece = self._text[self._at : end]
        self._move(end)
        return value, piece

    def members(self) -> Iterator[str]:
        """The keys of the record that begins here; whoever asks for the next has passed the value of this one."""
        self._expect("{", "a record")
        if self.take("}"):
            return
        while True:
            if self.next_letter() != '"':
                raise self.fault("a key in quotes is missing here", "is the file cut off?")
            key, _ = self.value()
            self._expect(":", "a colon")
            yield str(key)
            if self.take("}"):
                return
            self._expect(",", "a comma or the end of the record")

    def items(self) -> Iterator[None]:
        """As many times as the list that begins here has items; whoever asks for the next has passed this one."""
        self._expect("[", "a list")
        if self.take("]"):
            return
        while True:
            yield
            comma = _COMMA.match(self._text, self._at)
            if comma is not None and comma.end() < len(self._text):  # nearly always
                self._move(comma.end())
                continue
            if self.take("]"):
                return
            self._expect(",", "a comma or the end of the list")

    def skip(self) -> None:
        """Passes the next value without holding it, however long it is."""
        if self.next_letter() not in ("{", "["):
            self.value()
            return
        depth = 0
        while True:
            self._fill()
            found = _MARK.search(self._text, self._at)
            if found is None:
                self._move(len(self._text))
                if self._ended:
                    raise self.fault(
                        "the file ends in the middle of a record", "export it again: it is cut off"
                    )
            elif found[0] == '"':
                self._move(found.start())
                self._skip_string()
            else:
                depth += 1 if found[0] in "{[" else -1
                self._move(found.end())
                if depth == 0:
                    return

    def fault(self, message: str, hint: str) -> Unreadable:
        return Unreadable(Finding(Span(self.shown, self.line), "CSP728", message, hint))

    def _skip_string(self) -> None:
        self._fill()
        found = _STRING.match(self._text, self._at)
        if found is None:
            fact = "the file ends in the middle of a text" if self._ended else _too_long("text")
            raise self.fault(fact, "export it again: it is cut off" if self._ended else "")
        self._move(found.end())

    def _expect(self, letter: str, called: str) -> None:
        if self.take(letter):
            return
        there = self.next_letter()
        if not there:
            raise self.fault(f"the file ends where {called} is expected", "export it again: it is cut off")
        raise self.fault(f"{there!r} stands where {called} is expected", "this is not JSON")

    def _malformed(self, error: json.JSONDecodeError) -> Unreadable:
        if not self._ended and (error.msg.startswith("Unterminated") or error.pos + 16 > len(self._text)):
            return self.fault(
                _too_long("record"), "is `rows:` the list of records, and each of them one row?"
            )
        self._move(min(error.pos, len(self._text)))
        if self._ended and self._at >= len(self._text.rstrip()):
            return self.fault("the file ends in the middle of a record", "export it again: it is cut off")
        return self.fault(f"this is not JSON: {error.msg}", "export it again, or mend it at the source")

    def _fill(self) -> None:
        """At least the longest value lies ahead, or the file has ended."""
        while not self._ended and len(self._text) - self._at < LONGEST_VALUE:
            piece = self._file.read(_PIECE)
            self._text = self._text[self._at :] + piece
            self._at = 0
            self._ended = not piece

    def _move(self, to: int) -> None:
        self.line += self._text.count("\n", self._at, to)
        self._at = to


def _too_long(what: str) -> str:
    return f"a {what} of more than {LONGEST_VALUE:,} letters"
