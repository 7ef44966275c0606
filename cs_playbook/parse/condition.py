"""The text of a condition or of a signal's value → an expression whose names are not yet bound to facts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from cs_playbook.model.expression import (
    Aggregate,
    Among,
    Arithmetic,
    At,
    Between,
    Both,
    Call,
    Case,
    Comparison,
    Expression,
    FieldType,
    Holds,
    IsEmpty,
    Like,
    Literal,
    Memory,
    Name,
    Negative,
    Not,
    Related,
)
from cs_playbook.parse.refused import (
    AGGREGATES,
    CALLS,
    CLOCKS,
    COMPARISONS,
    EXAMPLES,
    MEMORY,
    NOT_YET,
    RELATED,
    clock,
    date_sum,
    sub_query,
    unknown_function,
)
from cs_playbook.parse.tokens import Refusal, Token, tokens

DEEPEST = 60
_DURATION = re.compile(r"(\d+) (day|week)s?\Z")


# The same few conditions stand in many playbooks, and in the pinned texts of old ones.
@lru_cache(maxsize=4096)
def read_condition(text: str) -> Expression:
    """The expression of `text`. Raises Refusal at the first place that cannot be read."""
    wrong = date_sum(text)
    if wrong is not None:
        raise wrong
    return _Reader(text).whole()


class _Reader:
    """Holds the place reached in one text."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = 0
        self._here = self._tokens[0]
        self._depth = 0

    def whole(self) -> Expression:
        if self._here.kind == "end":
            raise Refusal(self._here.at, "CSP201", "the condition is empty", "write what must hold, e.g. arr >= 20000")
        expression = self._either()
        if self._here.kind != "end":
            raise self._left_over()
        return expression

    # --- from the weakest to the strongest tie ---

    def _either(self) -> Expression:
        return self._chain("or", self._every)

    def _every(self) -> Expression:
        return self._chain("and", self._negation)

    def _chain(self, word: str, inner: Callable[[], Expression]) -> Expression:
        self._deeper()
        start = self._here.at
        items = [inner()]
        while self._skip_word(word):
            items.append(inner())
        self._depth -= 1
        return items[0] if len(items) == 1 else Both(word, tuple(items), self._since(start))

    def _negation(self) -> Expression:
        start = self._here.at
        if not self._skip_word("not"):
            return self._comparison()
        self._deeper()
        item = self._negation()
        self._depth -= 1
        return Not(item, self._since(start))

    def _comparison(self) -> Expression:
        start = self._here.at
        left = self._sum()
        if self._here.kind == "symbol" and self._here.text in COMPARISONS:
            operator = self._next().text
            return self._compared(operator, left, self._sum(), start)
        if self._skip_word("is"):
            return self._emptiness(left, start)
        if self._here.word == "not" and self._after.word in ("in", "between", "like"):
            self._next()
            return Not(self._question(left, start), self._since(start))
        return self._question(left, start)

    def _compared(self, operator: str, left: Expression, right: Expression, start: At) -> Expression:
        at = self._since(start)
        for side in (left, right):
            if isinstance(side, Literal) and side.value is None and side.type is None:
                word = "is null" if operator == "=" else "is not null"
                raise Refusal(at, "CSP201", "nothing ever equals null: this would always be unknown", f"write `{word}`")
        if self._here.kind == "symbol" and self._here.text in COMPARISONS:
            raise Refusal(self._here.at, "CSP201", "two comparisons in a row", "write `between 1 and 5`, or join two comparisons with `and`")
        return Comparison(operator, left, right, at)

    def _emptiness(self, left: Expression, start: At) -> Expression:
        negated = self._skip_word("not")
        token = self._next()
        if token.word == "null":
            test: Expression = IsEmpty(left, self._since(start))
            return Not(test, self._since(start)) if negated else test
        raise Refusal(token.at, "CSP201", f"after 'is' comes 'null' or 'not null', not '{token.text}'", "compare with = for anything else")

    def _question(self, left: Expression, start: At) -> Expression:
        if self._skip_word("in"):
            return self._among(left, start)
        if self._skip_word("between"):
            low = self._sum()
            if not self._skip_word("and"):
                raise Refusal(self._here.at, "CSP201", "'between' needs two ends", "write `x between 1 and 5`")
            return Between(left, low, self._sum(), self._since(start))
        if self._skip_word("like"):
            return Like(left, self._sum(), self._since(start))
        return left

    def _among(self, left: Expression, start: At) -> Expression:
        if not self._skip("("):
            return Holds(left, self._primary(), self._since(start))
        if self._here.word == "select":
            raise sub_query(self._here)
        choices = [self._sum()]
        while self._skip(","):
            choices.append(self._sum())
        self._close("(")
        return Among(left, tuple(choices), self._since(start))

    def _sum(self) -> Expression:
        return self._arithmetic(("+", "-"), self._product)

    def _product(self) -> Expression:
        return self._arithmetic(("*", "/"), self._sign)

    def _arithmetic(self, operators: tuple[str, ...], inner: Callable[[], Expression]) -> Expression:
        start = self._here.at
        left: Expression = inner()
        while self._here.kind == "symbol" and self._here.text in operators:
            operator = self._next().text
            right: Expression = inner()
            left = Arithmetic(operator, left, right, self._since(start))
        return left

    def _sign(self) -> Expression:
        start = self._here.at
        if self._skip("-"):
            item = self._sign()
            if isinstance(item, Literal) and isinstance(item.value, int | float):
                return Literal(-item.value, item.type, self._since(start))
            return Negative(item, self._since(start))
        self._skip("+")
        return self._primary()

    def _primary(self) -> Expression:
        token = self._next()
        match token.kind:
            case "number":
                return self._number(token)
            case "text":
                return Literal(token.text, FieldType.TEXT, token.at)
            case "name":
                return self._named(token)
            case _:
                return self._bracket(token)

    def _bracket(self, opened: Token) -> Expression:
        if opened.text != "(":
            raise self._unexpected(opened)
        if self._here.word == "select":
            raise sub_query(self._here)
        self._deeper()
        expression = self._either()
        self._depth -= 1
        self._close("(", opened)
        return expression

    def _number(self, token: Token) -> Expression:
        if self._here.word in ("day", "days", "week", "weeks", "month", "months", "year", "years"):
            raise Refusal(token.at, "CSP205", f"'{token.text} {self._here.text}' cannot stand here: dates are not added up", "ask for the distance: days_until(d) <= 90, days_since(d) > 30")
        whole = re.fullmatch(r"\d+", token.text) is not None and len(token.text) <= 15
        value: int | float = int(token.text) if whole else float(token.text)
        return Literal(value, FieldType.INTEGER if whole else FieldType.NUMBER, token.at)

    def _named(self, token: Token) -> Expression:
        if token.word in ("true", "false"):
            return Literal(token.word == "true", FieldType.BOOLEAN, token.at)
        if token.word == "null":
            return Literal(None, None, token.at)
        if token.word == "case":
            return self._case(token)
        if token.word in ("select", "exists", "with"):
            raise sub_query(token)
        if self._here.text == "(" and self._here.kind == "symbol":
            return self._function(token)
        if token.word in CLOCKS[:7]:
            raise clock(token)
        if token.word in ("and", "or", "in", "between", "like", "is", "if", "when", "then", "else", "end"):
            raise self._unexpected(token)
        return Name(token.text, at=token.at)

    # --- case ---

    def _case(self, start: Token) -> Expression:
        subject = None if self._here.word == "when" else self._sum()
        branches: list[tuple[Expression, Expression]] = []
        while self._skip_word("when"):
            when = self._either() if subject is None else Comparison("=", subject, self._sum(), self._since(start.at))
            self._expect_word("then")
            branches.append((when, self._either()))
        otherwise = self._either() if self._skip_word("else") else None
        self._expect_word("end")
        return Case(tuple(branches), otherwise, self._since(start.at))

    # --- functions ---

    def _function(self, token: Token) -> Expression:
        self._next()
        word = token.word
        if word in RELATED:
            return self._related(token)
        if word in MEMORY:
            return self._memory(token)
        if word in AGGREGATES:
            return self._aggregate(token)
        if word in NOT_YET:
            raise Refusal(token.at, "CSP215", f"{token.text}() is not yet part of the language", "")
        if word in CLOCKS:
            raise clock(token)
        if word not in CALLS:
            raise unknown_function(token)
        arguments = [] if self._here.text == ")" else [self._either()]
        while self._skip(","):
            arguments.append(self._either())
        self._close("(", token)
        return Call(word, tuple(arguments), self._since(token.at))

    def _related(self, token: Token) -> Expression:
        first = self._next()
        if first.kind != "name":
            raise Refusal(first.at, "CSP214", f"{token.text}() begins with a table", f"e.g. {EXAMPLES[token.word]}")
        table, _, column = first.text.partition(".")
        where = self._either() if self._skip(",") else None
        self._close("(", token)
        return Related(token.word, table, column or None, where, None, self._since(token.at))

    def _memory(self, token: Token) -> Expression:
        first = self._next()
        wants = "text" if token.word in ("running", "finished") else "name"
        if first.kind != wants:
            raise Refusal(first.at, "CSP214", f"{token.text}() asks about {'a playbook, in quotes' if wants == 'text' else 'one fact'}", f"e.g. {EXAMPLES[token.word]}")
        if self._here.text not in (",", ")"):
            raise Refusal(first.at, "CSP214", f"{token.text}() asks about one fact, not about something reckoned", f"define a signal and name it: e.g. {EXAMPLES[token.word]}")
        days = self._duration(token) if self._skip(",") else None
        if days is None and token.word in ("ago", "finished"):
            raise Refusal(self._since(token.at), "CSP214", f"{token.text}() needs a duration", f"e.g. {EXAMPLES[token.word]}")
        if days is not None and token.word not in ("ago", "finished"):
            raise Refusal(self._since(token.at), "CSP214", f"{token.text}() takes no duration", f"e.g. {EXAMPLES[token.word]}")
        self._close("(", token)
        return Memory(token.word, first.text, days, None, self._since(token.at))

    def _duration(self, function: Token) -> int:
        token = self._next()
        match = _DURATION.match(token.text) if token.kind == "text" else None
        if match is None:
            fact = f"'{token.text}' is not a duration: a number of days or weeks, in single quotes"
            raise Refusal(token.at, "CSP213", fact, f"e.g. {EXAMPLES[function.word]}")
        return int(match[1]) * (7 if match[2] == "week" else 1)

    def _aggregate(self, token: Token) -> Expression:
        if self._skip("*"):
            if token.word != "count":
                raise Refusal(token.at, "CSP214", f"{token.text}(*) has no meaning", "name the field: sum(amount)")
            argument, distinct = None, False
        else:
            distinct = self._skip_word("distinct")
            argument = self._either()
        self._close("(", token)
        if self._here.word == "over":
            raise Refusal(self._here.at, "CSP215", "ranks over the portfolio are not yet part of the language", "")
        return Aggregate(token.word, argument, distinct, self._since(token.at))

    # --- words ---

    @property
    def _after(self) -> Token:
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def _next(self) -> Token:
        token = self._here
        if token.kind != "end":
            self._at += 1
            self._here = self._tokens[self._at]
        return token

    def _skip(self, symbol: str) -> bool:
        found = self._here.kind == "symbol" and self._here.text == symbol
        if found:
            self._next()
        return found

    def _skip_word(self, word: str) -> bool:
        found = self._here.word == word
        if found:
            self._next()
        return found

    def _expect_word(self, word: str) -> None:
        if not self._skip_word(word):
            raise Refusal(self._here.at, "CSP201", f"'{word}' is missing here", "case when <condition> then <value> else <value> end")

    def _close(self, _opened: str, at: Token | None = None) -> None:
        if not self._skip(")"):
            if self._here.kind == "end":
                raise Refusal(at.at if at else self._here.at, "CSP201", "a bracket that is opened here is never closed", "add ')'")
            raise self._left_over()

    def _since(self, start: At) -> At:
        last = self._tokens[max(self._at - 1, 0)].at
        return (start[0], max(last[0] + last[1] - start[0], 1))

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Refusal(self._here.at, "CSP201", "the condition is nested too deeply", "split it into signals")

    # --- refusals ---

    def _unexpected(self, token: Token) -> Refusal:
        if token.kind == "end":
            return Refusal(token.at, "CSP201", "the condition ends too early", "something is missing after the last word")
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
        return "a value is missing before it" if token.text in COMPARISONS or token.word in ("and", "or") else ""

    def _left_over(self) -> Refusal:
        token = self._here
        before = self._tokens[self._at - 1]
        if token.kind == before.kind == "number":
            return Refusal(token.at, "CSP203", f"'{before.text} {token.text}' is two numbers", f"write {before.text}{token.text}")
        if token.kind == "symbol":
            return self._unexpected(token)
        if token.word == "as":
            return Refusal(token.at, "CSP209", "nothing gets another name in a condition", "define a signal, and name it here")
        return Refusal(token.at, "CSP209", f"'{token.text}' follows without an operator", "put one between them: =, <>, in, and, or …")
