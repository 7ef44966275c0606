"""Markdown of the language's own pages → lines for a terminal: headings, paragraphs to its width, examples as they are."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

Line = list[tuple[str, str]]  # pieces of (style, text)

_BROADEST = 100
_ITEM = re.compile(r" *(?:-|[0-9]+\.) ")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_SOFT = re.compile(r"(?<!\S)\*([^*\s][^*]*)\*(?=[\s;,.:])")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def as_lines(markdown: str, columns: int) -> list[Line]:
    """What a person reads; `columns`: how broad the terminal is."""
    return list(_lines(markdown.splitlines(), min(columns, _BROADEST)))


def _lines(lines: list[str], columns: int) -> Iterator[Line]:
    is_example = False
    paragraph: list[str] = []
    for line in [*lines, ""]:
        is_fence = line.startswith("```")
        ends = is_fence or is_example or not line or line.startswith("#") or _ITEM.match(line)
        if ends and paragraph:
            yield from _paragraph(paragraph, columns)
            paragraph = []
        if is_fence:
            is_example = not is_example
        elif is_example:
            yield [("", f"    {line}" if line else "")]
        elif line.startswith("#"):
            yield [("head", _plain(line.lstrip("# ")).replace("`", ""))]
        elif line:
            paragraph.append(line)
        else:
            yield [("", "")]


def _paragraph(lines: list[str], columns: int) -> Iterator[Line]:
    """One that is all in asterisks is a fact about the word above it."""
    item = _ITEM.match(lines[0])
    whole = " ".join([lines[0], *(line.strip() for line in lines[1:])])
    is_fact = re.fullmatch(r"\*[^*].*[^*]\*", whole) is not None
    wrapped = textwrap.wrap(
        _plain(whole.strip("*") if is_fact else whole), columns, break_on_hyphens=False, break_long_words=False,
        subsequent_indent=" " * item.end() if item else "",
    )  # fmt: skip
    yield from ([("soft" if is_fact else "", line)] for line in wrapped)


def _plain(text: str) -> str:
    """Without what only a browser shows."""
    return _SOFT.sub(r"\1", _BOLD.sub(r"\1", _LINK.sub(r"\1", text.replace("\\<", "<"))))
