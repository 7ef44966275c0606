"""The text of a template and its tokens → where each word stands, since Jinja itself tells only the line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from msgspec import Struct

from cs_playbook.source.finding import Span

# Jinja's token: line, kind, text.
Token = tuple[int, str, str]
# Line (from 1), offset on it (from 0) and length inside a template → the place in the file.
Place = Callable[[int, int, int], Span]


class Word(Struct, frozen=True):
    """A word of a tag; names keep their dots: `contact.first_name` is one word, however it was spaced."""

    text: str
    line: int
    offset: int
    length: int


class Places:
    """Holds how far the words of one template have been found: the reader asks for them in their order."""

    def __init__(self, source: str, tokens: Iterable[Token], place: Place) -> None:
        self._words = tuple(_dotted(tuple(_placed(source, tokens))))
        self._place = place
        self._next = 0

    def of(self, line: int, text: str) -> Span:
        """The next `text` on or after `line`; the first word of the line where it cannot be told."""
        for at in chain(range(self._next, len(self._words)), range(self._next)):
            word = self._words[at]
            if word.text == text and word.line >= line:
                self._next = at + 1
                return self._place(word.line, word.offset, word.length)
        return self._line(line)

    def quoted(self, line: int, text: str) -> Span:
        """The next text in quotation marks on or after `line`, without the marks."""
        for word in self._words[self._next :]:
            if word.line >= line and word.text[:1] in ("'", '"') and word.text[1:-1] == text:
                return self._place(word.line, word.offset + 1, len(text))
        return self._line(line)

    def raw(self) -> Iterator[Span]:
        """Every `{% raw %}`, which leaves nothing in Jinja's tree."""
        return (self._place(word.line, word.offset, word.length) for word in self._words if word.text == _RAW)

    def _line(self, line: int) -> Span:
        first = next((word for word in self._words if word.line == line), Word("", line, 0, 1))
        return self._place(line, first.offset, first.length)


def _placed(source: str, tokens: Iterable[Token]) -> Iterator[Word]:
    """The words of the tags. Between two tokens Jinja drops white space only: their texts suffice."""
    position, line, start = 0, 1, 0
    for _, kind, text in tokens:
        found = source.index(text, position)
        line += source.count("\n", position, found)
        start = source.rfind("\n", 0, found) + 1
        if kind not in ("data", "whitespace"):
            yield Word(_RAW if kind == "raw_begin" else text, line, found - start, len(text.rstrip()))
        line += text.count("\n")
        position = found + len(text)


_RAW = "{% raw"  # no name looks like it


def _dotted(words: Sequence[Word]) -> Iterator[Word]:
    """`contact`, `.`, `first_name` become one word."""
    at = 0
    while at < len(words):
        first = last = words[at]
        text = first.text
        while _is_name(last.text) and _follows(words, at + 1, first.line):
            last = words[at + 2]
            text, at = f"{text}.{last.text}", at + 2
        yield Word(text, first.line, first.offset, last.offset + last.length - first.offset)
        at += 1


def _follows(words: Sequence[Word], at: int, line: int) -> bool:
    return (
        at + 1 < len(words)
        and words[at].text == "."
        and _is_name(words[at + 1].text)
        and words[at + 1].line == line
    )


def _is_name(text: str) -> bool:
    return text.isidentifier()
