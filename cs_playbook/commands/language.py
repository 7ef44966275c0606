"""A word of the language → its entries of the reference, as Markdown; without a word the language in ten minutes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from cs_playbook.errors import ChoiceError
from cs_playbook.source import shipped
from cs_playbook.source.finding import did_you_mean

_CODE = re.compile(r"`([^`]+)`")
_LINE_OF_A_KEY = re.compile(r"^ *- `([^`]+)` \(", re.MULTILINE)
_CHOICES = re.compile(r"One of: (.*)\.$", re.MULTILINE)


class Entry(Struct, frozen=True):
    """One entry of the reference. `words`: what it is about; `others`: keys and words that it tells of besides."""

    words: tuple[str, ...]
    others: tuple[str, ...]
    text: str


def ten_minutes() -> str:
    """The two pages, in Markdown."""
    return (shipped.language() / "ten-minutes.md").read_text(encoding="utf-8")


def entries_of(written: str) -> tuple[str, ...]:
    """Every entry about a word: a key (`every`, `trigger.every`), verb, function, outcome, status or unit. Else ChoiceError."""
    word = written.strip().removesuffix("()").removesuffix(":")
    entries = tuple(_entries((shipped.language() / "reference.md").read_text(encoding="utf-8")))
    above, _, last = word.rpartition(".")
    found = (
        [entry for entry in entries if word.casefold() in entry.words]
        or [
            entry
            for entry in entries
            if above and last in entry.words and f"`{above}" in entry.text.partition("\n")[0]
        ]
        or [entry for entry in entries if word.casefold() in entry.others]
    )
    if not found:
        known = sorted({one for entry in entries for one in (*entry.words, *entry.others)})
        hint = (
            did_you_mean(word, known)
            or "without a word, `cs-playbook language` shows how it all hangs together"
        )
        raise ChoiceError(f"the language has no word '{written}'", hint)
    return tuple(entry.text for entry in found)


def _entries(page: str) -> Iterator[Entry]:
    for text in _pieces(page):
        heading, _, body = text.partition("\n")
        about = _CODE.findall(heading.partition(" · ")[0])
        choices = [one for line in _CHOICES.findall(body) for one in _CODE.findall(line)]
        yield Entry(
            tuple(word.removesuffix(":").casefold() for word in about),
            tuple(word.casefold() for word in (*_LINE_OF_A_KEY.findall(body), *choices)),
            text,
        )


def _pieces(page: str) -> Iterator[str]:
    """The page cut at its headings, those of entries only; a heading in an example is none."""
    piece: list[str] = []
    is_example = False
    for line in page.splitlines(keepends=True):
        is_example ^= line.startswith("```")
        if line.startswith("##") and not is_example:
            yield from _entry_of(piece)
            piece = []
        piece.append(line)
    yield from _entry_of(piece)


def _entry_of(piece: list[str]) -> Iterator[str]:
    if piece and piece[0].startswith("### "):
        yield "".join(piece)
