"""The text of a condition → its words, each with its place; what SQL allows and we do not is refused here, by name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cs_playbook.model.expression import At


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # number text name symbol end
    text: str
    at: At

    @property
    def word(self) -> str:
        """Key words and functions in lower case; "" for anything else."""
        return self.text.lower() if self.kind == "name" else ""


class Refusal(Exception):
    """A condition that cannot be read: where, the finding's code, the sentence, what to write instead."""

    def __init__(self, at: At, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.code = code
        self.message = message
        self.hint = hint


_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)(?P<tail>[A-Za-z_%]\w*|%)?
      | '(?P<text>(?:[^']|'')*)'
      | "(?P<double>[^"]*)"
      | (?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
      | (?P<symbol><>|!=|<=|>=|==|&&|\|\||[-+*/(),=<>;\[\]])
    """,
    re.VERBOSE,
)
_SPELLING = {
    "==": ("=", "'==' is not SQL"),
    "&&": ("and", "'&&' is not SQL"),
    "||": ("or", "'||' joins texts in SQL"),
}


def tokens(text: str) -> tuple[Token, ...]:
    """All words of a condition and an `end`. Raises Refusal at the first letter that cannot stand there."""
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _strange(text, position)
        if match.lastgroup != "space":
            found.append(_token(match))
        position = match.end()
    return (*found, Token("end", "", (len(text), 1)))


def _token(match: re.Match[str]) -> Token:
    at = (match.start(), match.end() - match.start())
    if match["number"] is not None:
        return _number(match, at)
    if match["double"] is not None:
        raise Refusal(at, "CSP202", f'"{match["double"]}" stands in double quotes: SQL reads that as the name of a column', f"a text takes single quotes: '{match['double']}'")
    if match["text"] is not None:
        return Token("text", match["text"].replace("''", "'"), at)
    if match["name"] is not None:
        return Token("name", match["name"], at)
    symbol = match["symbol"]
    if symbol in _SPELLING:
        right, why = _SPELLING[symbol]
        raise Refusal(at, "CSP201", why, f"write '{right}'")
    if symbol == ";":
        raise Refusal(at, "CSP207", "';' would begin a second statement", "one condition a line; join them with `and`, or write a list")
    if symbol in "[]":
        raise Refusal(at, "CSP201", f"'{symbol}' has no place in a condition", "a list of choices takes round brackets: tier in ('high', 'low')")
    return Token("symbol", "<>" if symbol == "!=" else symbol, at)


def _number(match: re.Match[str], at: At) -> Token:
    tail = match["tail"]
    if tail is None:
        return Token("number", match["number"], at)
    whole = match["number"] + tail
    if re.fullmatch(r"\d+(_\d+)+", whole):
        raise Refusal(at, "CSP203", f"'{whole}' would be read as {match['number']} with another name", f"write {whole.replace('_', '')}")
    if tail == "%":
        raise Refusal(at, "CSP203", f"'{whole}' is not a number here", f"write {float(match['number']) / 100:g}")
    if tail.lower() in ("k", "m"):
        factor = 1000 if tail.lower() == "k" else 1_000_000
        raise Refusal(at, "CSP203", f"'{whole}' is not a number here", f"write {float(match['number']) * factor:.0f}")
    raise Refusal(at, "CSP203", f"'{whole}' is neither a number nor a name", "put a space or an operator between them")


def _strange(text: str, position: int) -> Refusal:
    letter = text[position]
    if letter == "'":
        return Refusal((position, len(text) - position), "CSP201", "this text is never closed", "add the missing single quote; a quote inside a text is written twice: 'l''Oréal'")
    if letter == '"':
        return Refusal((position, 1), "CSP202", "a double quote that is never closed", "a text takes single quotes")
    return Refusal((position, 1), "CSP201", f"'{letter}' has no place in a condition", "see cs-playbook rule CSP201 for all operators")
