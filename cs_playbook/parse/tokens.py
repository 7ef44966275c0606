"""The text of a condition → its words, each with its place; what SQL allows and we do not is refused here, by name."""

from __future__ import annotations

import re
from math import isinf
from typing import NamedTuple

from cs_playbook.model.expression import At


class Token(NamedTuple):
    """One word of a condition. `word`: key words and functions in lower case, "" for anything else."""

    kind: str  # number text name symbol end
    text: str
    at: At
    word: str = ""


class Refusal(Exception):
    """A condition that cannot be read: where, the finding's code, the sentence, what to write instead."""

    def __init__(self, at: At, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.code = code
        self.message = message
        self.hint = hint


_TOKEN = re.compile(
    r"""(?P<space>\s*)
    (?: (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+)(?P<tail>[A-Za-z_%]\w*|%)?
      | '(?P<text>(?:[^']|'')*)'
      | "(?P<double>[^"]*)"
      | (?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
      | (?P<symbol><>|!=|<=|>=|==|=>|=<|&&|\|\||[-+*/(),=<>;\[\]])
    )""",
    re.VERBOSE,
)
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.000")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # a text may go over lines and hold tabs
_SPELLING = {
    "==": ("=", "'==' is not SQL"),
    "=>": (">=", "'=>' is not SQL"),
    "=<": ("<=", "'=<' is not SQL"),
    "&&": ("and", "'&&' is not SQL"),
    "||": ("or", "'||' joins texts in SQL"),
}
# What word processors and other languages put in the place of what is meant here.
_INSTEAD = {
    "≥": "write '>='", "≤": "write '<='", "≠": "write '<>'", "!": "write 'not', or '<>' for 'is not'",
    "&": "write 'and'", "|": "write 'or'", "×": "write '*'", "÷": "write '/'", "−": "write a plain '-'",
    "–": "write a plain '-'", "%": "a share is a plain number: 0.4; a text stands in single quotes: '%health%'",
    "€": "write the bare number: 50000", "$": "write the bare number: 50000", "£": "write the bare number: 50000",
    "‘": "a text takes straight single quotes: 'high'", "’": "a text takes straight single quotes: 'high'",
    "“": "a text takes straight single quotes: 'high'", "”": "a text takes straight single quotes: 'high'",
    "`": "a text takes straight single quotes: 'high'; a name takes none", "{": "blanks {{ }} belong to titles and letters: write the bare name",
    "}": "blanks {{ }} belong to titles and letters: write the bare name", ".": "a name and its part stand together: account.arr",
}  # fmt: skip
_OPERATORS = "there are = <> < <= > >= + - * / ( ) and or not in between like is null"


def tokens(text: str) -> tuple[Token, ...]:
    """All words of a condition and an `end`. Raises Refusal at the first letter that cannot stand there."""
    found: list[Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise _strange(text, end - len(text[position:end].lstrip()))
        found.append(_token(match))
        position = match.end()
    found.append(Token("end", "", (len(text), 1)))
    return tuple(found)


def _token(match: re.Match[str]) -> Token:
    start = match.end("space")
    at = (start, match.end() - start)
    match match.lastgroup:
        case "name":
            return Token("name", match["name"], at, match["name"].lower())
        case "number" | "tail":
            return _number(match, at)
        case "text":
            return _text(match, at)
        case "double":
            raise Refusal(
                at,
                "CSP202",
                f'"{match["double"]}" stands in double quotes, which do not make a text here',
                f"a text takes single quotes: '{match['double']}'",
            )
        case _:
            return _symbol(match["symbol"], at)


def _text(match: re.Match[str], at: At) -> Token:
    control = _CONTROL.search(match["text"])
    if control is not None:
        place = (match.start("text") + control.start(), 1)
        fact = f"a text holds a letter that cannot be seen (U+{ord(control.group()):04X})"
        raise Refusal(place, "CSP201", fact, "delete it and type the text anew")
    return Token("text", match["text"].replace("''", "'"), at)


def _symbol(symbol: str, at: At) -> Token:
    if symbol in _SPELLING:
        right, why = _SPELLING[symbol]
        raise Refusal(at, "CSP201", why, f"write '{right}'")
    if symbol == ";":
        raise Refusal(
            at,
            "CSP207",
            "';' would begin a second statement",
            "one condition a line; join them with `and`, or write a list",
        )
    if symbol in "[]":
        raise Refusal(
            at,
            "CSP201",
            f"'{symbol}' has no place in a condition",
            "a list of choices takes round brackets: tier in ('high', 'low')",
        )
    return Token("symbol", "<>" if symbol == "!=" else symbol, at)


def _number(match: re.Match[str], at: At) -> Token:
    tail = match["tail"]
    if tail is None and _THOUSANDS.fullmatch(match["number"]):
        whole = match["number"]
        raise Refusal(
            at,
            "CSP203",
            f"'{whole}' is {float(whole):g} here: the point is the decimal point",
            f"write {whole.replace('.', '')}, or {float(whole):g}",
        )
    if isinf(float(match["number"])):
        fact = f"'{match['number'][:20]}' is larger than any number one can reckon with"
        raise Refusal(at, "CSP203", fact, "write the plain number")
    if tail is None:
        return Token("number", match["number"], at)
    whole = match["number"] + tail
    if re.fullmatch(r"[0-9]+(_[0-9]+)+", whole):
        raise Refusal(
            at,
            "CSP203",
            f"'{whole}' is not a number here: SQL would read it as {match['number']}",
            f"write {whole.replace('_', '')}",
        )
    if tail == "%":
        raise Refusal(
            at, "CSP203", f"'{whole}' is not a number here", f"write {float(match['number']) / 100:g}"
        )
    if tail.lower() in ("k", "m"):
        factor = 1000 if tail.lower() == "k" else 1_000_000
        raise Refusal(
            at, "CSP203", f"'{whole}' is not a number here", f"write {float(match['number']) * factor:.0f}"
        )
    raise Refusal(
        at, "CSP203", f"'{whole}' is neither a number nor a name", "put a space or an operator between them"
    )


def _strange(text: str, position: int) -> Refusal:
    letter = text[position]
    if letter.isdigit():
        fact = f"'{letter}' (U+{ord(letter):04X}) is not a digit one can reckon with"
        return Refusal((position, 1), "CSP203", fact, "write it with 0 to 9")
    if not letter.isprintable():
        fact = f"a letter that cannot be seen (U+{ord(letter):04X})"
        return Refusal((position, 1), "CSP201", fact, "delete it and type the word anew")
    thousands = re.match(r"'\d{3}\b", text[position:])
    if thousands and text[:position][-1:].isdigit():
        figure = re.split(r"\D", text[:position])[-1] + text[position + 1 : position + 4]
        return Refusal(
            (position, 4), "CSP203", "a number has no quote between its thousands", f"write {figure}"
        )
    if letter == "'":
        return Refusal(
            (position, len(text) - position),
            "CSP201",
            "this text is never closed",
            "add the missing single quote; a quote inside a text is written twice: 'l''Oréal'",
        )
    if letter == '"':
        return Refusal(
            (position, 1), "CSP202", "a double quote that is never closed", "a text takes single quotes"
        )
    return Refusal(
        (position, 1), "CSP201", f"'{letter}' has no place in a condition", _INSTEAD.get(letter, _OPERATORS)
    )
