"""A place in the words of a condition: what stands here, what comes next, and why something cannot stand here."""

from __future__ import annotations

from cs_playbook.model.expression import At
from cs_playbook.parse.refused import COMPARISONS
from cs_playbook.parse.tokens import Refusal, Token, tokens
from cs_playbook.source.finding import did_you_mean

DEEPEST = 60  # brackets, `not`, signs, cases inside each other, each level of ties counted
MOST_RECKONED = 100  # + - * / in one condition: SQLite and Python read them one inside the other
_BETWEEN_VALUES = ("and", "between", "in", "is", "like", "not", "or")


class Cursor:
    """Holds the place reached in one text."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = 0
        self.here = self._tokens[0]
        self.depth = 0
        self.reckoned = 0

    @property
    def after(self) -> Token:
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def next(self) -> Token:
        token = self.here
        if token.kind != "end":
            self._at += 1
            self.here = self._tokens[self._at]
        return token

    def skip(self, symbol: str) -> bool:
        found = self.here.kind == "symbol" and self.here.text == symbol
        if found:
            self.next()
        return found

    def skip_word(self, word: str) -> bool:
        found = self.here.word == word
        if found:
            self.next()
        return found

    def expect_word(self, word: str) -> None:
        if not self.skip_word(word):
            raise Refusal(
                self.here.at,
                "CSP201",
                f"'{word}' is missing here",
                "case when <condition> then <value> else <value> end",
            )

    def close(self, _opened: str, at: Token | None = None) -> None:
        if not self.skip(")"):
            if self.here.kind == "end":
                raise Refusal(
                    at.at if at else self.here.at,
                    "CSP201",
                    "a bracket that is opened here is never closed",
                    "add ')'",
                )
            raise self.left_over()

    def since(self, start: At) -> At:
        last = self._tokens[max(self._at - 1, 0)].at
        return (start[0], max(last[0] + last[1] - start[0], 1))

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Refusal(
                self.here.at, "CSP201", "the condition is nested too deeply", "split it into signals"
            )

    def one_more_reckoned(self) -> None:
        self.reckoned += 1
        if self.reckoned > MOST_RECKONED:
            fact = f"more than {MOST_RECKONED} times + - * / in one condition"
            raise Refusal(self.here.at, "CSP201", fact, "split it into signals")

    # --- refusals ---

    def unexpected(self, token: Token) -> Refusal:
        if token.kind == "end":
            return Refusal(
                token.at, "CSP201", "the condition ends too early", "something is missing after the last word"
            )
        return Refusal(token.at, "CSP201", f"'{token.text}' cannot stand here", self._why(token))

    def _why(self, token: Token) -> str:
        before = self._tokens[max(self._tokens.index(token) - 1, 0)]
        if token.text == "," and before.kind == "number":
            return "a number has a decimal point, no comma: 1.5"
        if token.text == ",":
            return "two conditions are two lines, or joined by `and`"
        if token.text == ")":
            return "it closes a bracket that was never opened"
        if token.word == "if":
            return "write only what must hold; to choose a value: case when … then … else … end"
        return (
            "a value is missing before it" if token.text in COMPARISONS or token.word in ("and", "or") else ""
        )

    def left_over(self) -> Refusal:
        token = self.here
        before = self._tokens[self._at - 1]
        if token.kind == before.kind == "number":
            return Refusal(
                token.at,
                "CSP203",
                f"'{before.text} {token.text}' is two numbers",
                f"write {before.text}{token.text}",
            )
        if token.kind == "symbol":
            return self.unexpected(token)
        if token.word == "as":
            return Refusal(
                token.at,
                "CSP209",
                "nothing gets another name in a condition",
                "define a signal, and name it here",
            )
        return Refusal(
            token.at,
            "CSP209",
            f"'{token.text}' follows without an operator",
            did_you_mean(token.word, _BETWEEN_VALUES) or "put one between them: =, <>, in, and, or …",
        )
