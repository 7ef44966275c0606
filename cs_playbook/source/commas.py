"""YAML text → findings about texts in [ ] and { } that a comma cuts in two, because they stand without quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_playbook.source.finding import Finding, Span

# What stands before a value on its line: list marks and a key.
_BEFORE = re.compile(r"\s*(?:- +)*(?:[^\s\"'\[{#][^:#]*: +)?")
_SUSPECT = re.compile(r"^.*\([^()\n]*,.*$", re.MULTILINE)  # a comma in round brackets: few lines have one
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"?|'(?:''|[^'])*'?")


CODE = "CSP116"


def cut_by_commas(text: str, file: str) -> Iterator[Finding]:
    """CSP116, at each text that is cut. Knows as much of YAML as that takes."""
    number, counted, brackets = 1, 0, _Brackets(text)
    for match in _SUSPECT.finditer(text):
        line = match.group()
        number, counted = number + text.count("\n", counted, match.start()), match.start()
        start, depth = _opening(line), 0
        # Neither an item nor a key: it may go on with a list that was opened above.
        if start is None and _BEFORE.match(line).group().isspace():  # type: ignore[union-attr]
            depth = brackets.before(match.start())
            start = 0 if depth else None
        if start is not None:
            found, _ = _in_line(line, start, depth)
            yield from (_cut(Span(file, number, at + 1, len(said)), said) for at, said in found)


class _Brackets:
    """Holds how far a text has been read for its brackets: each line is read once, however many ask."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._read = 0
        self._depth = 0

    def before(self, start: int) -> int:
        """In how many brackets the line that begins at `start` stands: a list may go over several lines."""
        for line in self._text[self._read : start].splitlines():
            opened = 0 if self._depth else _opening(line)
            if opened is not None:
                _, self._depth = _in_line(line, opened, self._depth)
        self._read = start
        return self._depth


def _cut(span: Span, said: str) -> Finding:
    fact = "a comma cuts this in two: inside [ ] and { } it begins the next item"
    hint = "put the whole of it in double quotes" + ("" if '"' in said else f': "{said}"')
    return Finding(span, CODE, fact, hint)


def _opening(line: str) -> int | None:
    before = _BEFORE.match(line)
    at = before.end() if before else 0
    return at if line[at : at + 1] in ("[", "{") else None


def _in_line(line: str, at: int, depth: int) -> tuple[list[tuple[int, str]], int]:
    """The cut conditions of a line, and how deep in brackets its end stands."""
    found: list[tuple[int, str]] = []
    while at < len(line):
        letter = line[at]
        if letter == "#" and line[at - 1 : at].isspace():
            break
        if letter in "[{":
            depth += 1
        elif letter in "]}":
            depth = max(depth - 1, 0)
        elif letter in "\"'":
            at += len(_QUOTED.match(line, at).group()) - 1  # type: ignore[union-attr]
        elif letter not in ", \t:":
            end, comma = _end_of_plain(line, at)
            if comma:
                found.append((at, line[at:end].strip()))
            at = end - 1
        at += 1
    return found, depth


def _end_of_plain(line: str, start: int) -> tuple[int, bool]:
    """Where a value without quotes was meant to end, and whether a comma stands in its round brackets."""
    depth, comma, at = 0, False, start
    while at < len(line):
        letter = line[at]
        if letter == "'" and depth:
            at += len(_QUOTED.match(line, at).group()) - 1  # type: ignore[union-attr]
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif depth <= 0 and (letter in ",]}" or line[at : at + 2] == ": "):
            break
        elif letter == "," and depth > 0:
            comma = True
        at += 1
    return at, comma
