"""What a YAML parser says of a broken text → the same for people: where it went wrong, and what to write there."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_QUOTES = ("'", '"')
# List marks and a key: what stands before the value of a line.
_BEFORE = re.compile(r"\s*(?:- +)*(?:[^\s\"'\[{#][^:#]*: +)?")
_NO_SPACE = re.compile(r"\s*(?:- +)?[A-Za-z_]\w*:[^\s]")


class Told(NamedTuple):
    """Line and column from 1."""

    line: int
    column: int
    message: str
    hint: str


def told(error: Any, text: str) -> Told:
    """`error`: of ruamel's parser, with problem, problem_mark, context and context_mark, or less."""
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "").strip()
    context = str(getattr(error, "context", None) or "")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    lines = text.removeprefix("\ufeff").splitlines()
    if mark is None:
        words = problem or str(error).splitlines()[0]
        return Told(1, 1, f"this is not YAML: {words}", "look at indents, quotes and colons")
    began = getattr(error, "context_mark", None) or mark
    message, hint, at = _in_words(problem, context, lines, mark, began)
    return Told(at.line + 1, at.column + 1, message, hint)


def _in_words(problem: str, context: str, lines: list[str], mark: Any, began: Any) -> tuple[str, str, Any]:
    line, letter = _line(lines, mark), _letter(lines, mark)
    if letter == "\t" or "tab character" in problem:
        return "a tab: YAML is indented with spaces", "replace each tab by spaces", mark
    if "quoted scalar" in context:
        return *_quoted(problem), began
    if "cannot start any token" in problem:
        return f"a text cannot begin with {letter}", _all_in_quotes(line), mark
    if "comment or line break" in problem or "alphabetic or numeric" in problem:
        return f"a text cannot begin with {_letter(lines, began)}", _all_in_quotes(_line(lines, began)), began
    if "flow" in context or "unexpected ':'" in problem:
        return _in_brackets(problem, line, lines, mark, began)
    return *_in_block(problem, line, lines, mark, began), began if "simple key" in context else mark


def _line(lines: list[str], mark: Any) -> str:
    """The end of the text may be marked behind its last line."""
    return lines[mark.line] if mark.line < len(lines) else ""


def _letter(lines: list[str], mark: Any) -> str:
    return _line(lines, mark)[mark.column : mark.column + 1]


def _quoted(problem: str) -> tuple[str, str]:
    if "escape" in problem:
        fact = "in double quotes a backslash begins a code, and this is none"
        return fact, "write it twice, or put the text in single quotes"
    return "this quote is never closed", "add the same quote at the end of the text"


def _in_brackets(problem: str, line: str, lines: list[str], mark: Any, began: Any) -> tuple[str, str, Any]:
    if "unexpected ':'" in problem:
        return (
            "a colon inside [ ] or { } is read as the end of a key",
            "put this text in double quotes",
            began,
        )
    opened = _letter(lines, began)
    if mark.line != began.line:
        closed = {"[": "]", "{": "}"}.get(opened, "")
        return f"the {opened} that is opened here is never closed", f"add {closed}", began
    if line[mark.column : mark.column + 1] == "?":
        return "a text with ? inside [ ] or { } stands in double quotes", "", mark
    if line[: mark.column].rstrip().endswith(_QUOTES):
        fact = "a text that begins with a quote ends with the next one: what follows is too much"
        return fact, "put the whole text in double quotes", mark
    return f"inside {opened} a comma or the closing bracket is missing before this", "", mark


def _in_block(problem: str, line: str, lines: list[str], mark: Any, began: Any) -> tuple[str, str]:
    above = lines[mark.line - 1] if mark.line else ""
    if "mapping values are not allowed" in problem and _NO_SPACE.match(above):
        return "the line above has no space behind its colon", f"write `{_spaced(above)}`"
    if "mapping values are not allowed" in problem:
        return "a second colon: YAML takes what stands before it for a key", _all_in_quotes(line)
    if "expected ':'" in problem:
        return "this line has no colon behind its key", "write `key: value`, with a space behind the colon"
    if "block sequence entries" in problem:
        return "a list cannot begin here", "begin it on the next line, each item with its own dash"
    if line[: mark.column].rstrip().endswith(_QUOTES) and line[mark.column :].strip():
        fact = "a text that begins with a quote ends with the next one: what follows is too much"
        return fact, _all_in_quotes(line)
    if "expected" in problem:
        fact = "the indent of this line fits none of the lines above"
        return fact, "items of one list, and keys of one block, begin in the same column"
    return (
        f"this is not YAML: {problem}",
        "look at the indent, the quotes and the colon on this line and the one above",
    )


def _all_in_quotes(line: str) -> str:
    """The hint with the value of the line as it would be right."""
    before = _BEFORE.match(line)
    value = line[before.end() if before else 0 :].strip()
    if '"' in value or not value:
        return "put the whole text in double quotes"
    return f'put the whole text in double quotes: "{value}"'


def _spaced(line: str) -> str:
    return re.sub(r":(?=\S)", ": ", line.strip(), count=1)
