"""The pieces of a letter and its values → its text with marks, and the words that go where the marks are."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, assert_never

from msgspec import Struct

from cs_playbook.letters.pieces import (
    Blank,
    Choice,
    Compared,
    Either,
    Every,
    Filled,
    Fixed,
    Loop,
    Operand,
    Opposite,
    Piece,
    Rows,
    Shown,
    Test,
    Words,
)
from cs_playbook.letters.said import one_line, said

LARGEST = 256_000  # letters of a mail
# Two letters of Unicode's private area hold the number of a word: they mean nothing in Markdown or HTML.
OPENS, CLOSES = "\ue000", "\ue001"
MARK = re.compile(f"{OPENS}([0-9]+){CLOSES}")


class FilledText(Struct, frozen=True):
    """`shape`: the text with a mark where each of `words` goes. Words never meet a parser: they are data."""

    shape: str
    words: tuple[str, ...]

    @property
    def plain(self) -> str:
        """The text with its words in place."""
        return MARK.sub(lambda mark: self.words[int(mark[1])], self.shape)


class MissingBlanks(Struct, frozen=True):
    """The letter is held back: these blanks are empty, and would be shown or compared."""

    blanks: tuple[str, ...]


class TooLarge(Struct, frozen=True):
    """The letter is held back: with its values it has more than `limit` letters."""

    limit: int = LARGEST


def fill(
    pieces: tuple[Piece, ...], values: Mapping[str, Any], language: str, instead: str = ""
) -> FilledText | MissingBlanks | TooLarge:
    """`values`: nested dicts by the parts of a name: {"contact": {"first_name": "Claire"}, "today": …}.

    `instead`: what is shown for an empty blank, {} in it is its name; where there is nothing of the kind the text is held back.
    """
    writer = _Writer(values, language, instead)
    writer.write(pieces)
    if writer.missing and not instead:
        return MissingBlanks(tuple(writer.missing))
    if writer.room < 0:
        return TooLarge()
    return FilledText("".join(writer.text), tuple(word for _, word in writer.words))


def look_up(values: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """The value of ("contact", "first_name"); None when nothing is there. Text comes on one line.

    A fact may have a dot in its name: account, health.band.
    """
    found: Any = values
    last = len(path) - 1
    for at, part in enumerate(path):
        if not isinstance(found, Mapping):
            return None
        if at < last and (rest := ".".join(path[at:])) in found:
            found = found[rest]
            break
        found = found.get(part)
    return one_line(found) if isinstance(found, str) else found


class _Writer:
    """Holds what has been written of one letter, and which blanks were empty on the way."""

    def __init__(self, values: Mapping[str, Any], language: str, instead: str) -> None:
        self._values = values
        self._language = language
        self._instead = instead
        self._item: Any = None
        self.room = LARGEST
        self.text: list[str] = []
        self.words: dict[tuple[str, str], int] = {}
        self.missing: dict[str, None] = {}

    def write(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            match piece:
                case Words():
                    self._add(piece.text, len(piece.text))
                case Shown():
                    self._show(piece)
                case Choice():
                    self._choose(piece)
                case Loop():
                    self._repeat(piece)
                case _:
                    assert_never(piece)

    def _add(self, text: str, letters: int) -> None:
        self.room -= letters
        if self.room >= 0:  # what is over the limit is not even kept: the whole letter is refused
            self.text.append(text)

    def _show(self, piece: Shown) -> None:
        word = said(self._value(piece.blank), piece.filters, self._language)
        if not word:
            self.missing[piece.blank.name] = None
            word = self._instead.replace("{}", piece.blank.name)
        if not word:
            return
        # The same blank with the same words keeps its number: letters to a thousand people have few shapes.
        number = self.words.setdefault((piece.mark, word), len(self.words))
        self._add(f"{OPENS}{number}{CLOSES}", len(word))

    def _choose(self, piece: Choice) -> None:
        for test, inside in piece.branches:
            if self._holds(test):
                return self.write(inside)
        return self.write(piece.otherwise)

    def _repeat(self, piece: Loop) -> None:
        items = self._items(piece.over)
        if not isinstance(items, tuple | list):
            name = piece.over.name if isinstance(piece.over, Blank) else "rows"
            self.missing[name] = None
            instead = self._instead.replace("{}", name)
            return self._add(instead, len(instead))
        for item in items:
            self._item = one_line(item) if isinstance(item, str) else item
            self.write(piece.body)
        if not items:
            self.write(piece.otherwise)
        return None

    def _items(self, over: Blank | Rows) -> Any:
        if isinstance(over, Blank):
            return self._value(over)
        rows = self._values.get("rows")
        return rows(over.table, over.condition) if callable(rows) else None

    def _value(self, blank: Blank) -> Any:
        if not blank.inside:
            return look_up(self._values, blank.path)
        return look_up(self._item, blank.path[1:]) if len(blank.path) > 1 else self._item

    # --- if ---

    def _holds(self, test: Test) -> bool:
        match test:
            case Filled():
                return bool(self._value(test.blank))
            case Every():
                return all(self._holds(item) for item in test.items)
            case Either():
                return any(self._holds(item) for item in test.items)
            case Opposite():
                return not self._holds(test.item)
            case Compared():
                return self._compare(test)
            case _:
                assert_never(test)

    def _compare(self, test: Compared) -> bool:
        left, right = self._side(test.left), self._side(test.right)
        if not _can_be_compared(left, right, test.operator):
            # Unknown is neither yes nor no: neither branch may be sent.
            self.missing.update(
                dict.fromkeys(side.name for side in (test.left, test.right) if isinstance(side, Blank))
            )
            return False
        return _COMPARE[test.operator](left, right)

    def _side(self, side: Operand) -> Any:
        return side.value if isinstance(side, Fixed) else self._value(side)


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda item, items: item in items,
    "not in": lambda item, items: item not in items,
}


def _can_be_compared(left: Any, right: Any, sign: str) -> bool:
    if sign.endswith("in"):
        return not _is_empty(left) and isinstance(right, tuple | list)
    kinds = ((int, float), (str,), (date,))
    return (
        not _is_empty(left)
        and not _is_empty(right)
        and any(isinstance(left, k) and isinstance(right, k) for k in kinds)
    )


def _is_empty(value: Any) -> bool:
    return value is None or value == ""
