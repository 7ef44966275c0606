"""The text of a condition or of a signal's value → an expression whose names are not yet bound to facts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from cs_playbook.model.duration import LONGEST
from cs_playbook.model.expression import (
    OF_PLAYBOOKS,
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
from cs_playbook.parse.cursor import Cursor
from cs_playbook.parse.depth import MOST_PLACES, places_of
from cs_playbook.parse.rank import read_rank
from cs_playbook.parse.refused import (
    AGGREGATES,
    CALLS,
    CLOCKS,
    COMPARISONS,
    EXAMPLES,
    MEMORY,
    NOT_YET,
    OVER_DAYS,
    RANK,
    RELATED,
    clock,
    date_sum,
    sub_query,
    unknown_function,
)
from cs_playbook.parse.tokens import Refusal, Token

TOO_DEEP = "the condition is nested too deeply"
_DURATION = re.compile(r"([0-9]+) (day|week)s?\Z")


# The same few conditions stand in many playbooks, and in the pinned texts of old ones.
@lru_cache(maxsize=4096)
def read_condition(text: str) -> Expression:
    """The expression of `text`. Raises Refusal at the first place that cannot be read."""
    wrong = date_sum(text)
    if wrong is not None:
        raise wrong
    expression = _Reader(text).whole()
    if places_of(expression) > MOST_PLACES:
        raise Refusal(expression.at, "CSP201", TOO_DEEP, "split it into signals")
    return expression


class _Reader(Cursor):
    """Reads from the weakest tie to the strongest."""

    def whole(self) -> Expression:
        if self.here.kind == "end":
            raise Refusal(
                self.here.at, "CSP201", "the condition is empty", "write what must hold, e.g. arr >= 20000"
            )
        expression = self._either()
        if self.here.kind != "end":
            raise self.left_over()
        return expression

    # --- from the weakest to the strongest tie ---

    def _either(self) -> Expression:
        return self._chain("or", self._every)

    def _every(self) -> Expression:
        return self._chain("and", self._negation)

    def _chain(self, word: str, inner: Callable[[], Expression]) -> Expression:
        self.deeper()
        start = self.here.at
        items = [inner()]
        while self.skip_word(word):
            items.append(inner())
        self.depth -= 1
        return items[0] if len(items) == 1 else Both(word, tuple(items), self.since(start))

    def _negation(self) -> Expression:
        start = self.here.at
        if not self.skip_word("not"):
            return self._comparison()
        self.deeper()
        item = self._negation()
        self.depth -= 1
        return Not(item, self.since(start))

    def _comparison(self) -> Expression:
        start = self.here.at
        left = self._sum()
        if self.here.kind == "symbol" and self.here.text in COMPARISONS:
            operator = self.next().text
            return self._compared(operator, left, self._sum(), start)
        if self.skip_word("is"):
            return self._emptiness(left, start)
        if self.here.word == "not" and self.after.word in ("in", "between", "like"):
            self.next()
            return Not(self._question(left, start), self.since(start))
        return self._question(left, start)

    def _compared(self, operator: str, left: Expression, right: Expression, start: At) -> Expression:
        at = self.since(start)
        for side in (left, right):
            if isinstance(side, Literal) and side.value is None and side.type is None:
                word = "is null" if operator == "=" else "is not null"
                raise Refusal(
                    at, "CSP201", "nothing ever equals null: this would always be unknown", f"write `{word}`"
                )
        if self.here.kind == "symbol" and self.here.text in COMPARISONS:
            raise Refusal(
                self.here.at,
                "CSP201",
                "two comparisons in a row",
                "write `between 1 and 5`, or join two comparisons with `and`",
            )
        return Comparison(operator, left, right, at)

    def _emptiness(self, left: Expression, start: At) -> Expression:
        negated = self.skip_word("not")
        token = self.next()
        if token.word == "null":
            test: Expression = IsEmpty(left, self.since(start))
            return Not(test, self.since(start)) if negated else test
        raise Refusal(
            token.at,
            "CSP201",
            f"after 'is' comes 'null' or 'not null', not '{token.text}'",
            "compare with = for anything else",
        )

    def _question(self, left: Expression, start: At) -> Expression:
        if self.skip_word("in"):
            return self._among(left, start)
        if self.skip_word("between"):
            low = self._sum()
            if not self.skip_word("and"):
                raise Refusal(self.here.at, "CSP201", "'between' needs two ends", "write `x between 1 and 5`")
            return Between(left, low, self._sum(), self.since(start))
        if self.skip_word("like"):
            return Like(left, self._sum(), self.since(start))
        return left

    def _among(self, left: Expression, start: At) -> Expression:
        if not self.skip("("):
            return Holds(left, self._primary(), self.since(start))
        if self.here.word == "select":
            raise sub_query(self.here)
        choices = [self._sum()]
        while self.skip(","):
            choices.append(self._sum())
        self.close("(")
        return Among(left, tuple(choices), self.since(start))

    def _sum(self) -> Expression:
        return self._arithmetic(("+", "-"), self._product)

    def _product(self) -> Expression:
        return self._arithmetic(("*", "/"), self._sign)

    def _arithmetic(self, operators: tuple[str, ...], inner: Callable[[], Expression]) -> Expression:
        start = self.here.at
        left: Expression = inner()
        while self.here.kind == "symbol" and self.here.text in operators:
            operator = self.next().text
            self.one_more_reckoned()
            right: Expression = inner()
            left = Arithmetic(operator, left, right, self.since(start))
        return left

    def _sign(self) -> Expression:
        start = self.here.at
        if self.skip("-"):
            self.deeper()
            item = self._sign()
            self.depth -= 1
            if isinstance(item, Literal) and item.type is not None and item.type.is_number:
                assert isinstance(item.value, int | float)
                return Literal(-item.value, item.type, self.since(start))
            return Negative(item, self.since(start))
        self.skip("+")
        return self._primary()

    def _primary(self) -> Expression:
        token = self.next()
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
            raise self.unexpected(opened)
        if self.here.word == "select":
            raise sub_query(self.here)
        self.deeper()
        expression = self._either()
        self.depth -= 1
        self.close("(", opened)
        return expression

    def _number(self, token: Token) -> Expression:
        if self.here.word in ("day", "days", "week", "weeks", "month", "months", "year", "years"):
            raise Refusal(
                token.at,
                "CSP205",
                f"'{token.text} {self.here.text}' cannot stand here: dates are not added up",
                f"of a date ask for the distance: days_until(d) <= 90; a plain number has no unit: write {token.text}",
            )
        whole = token.text.isdecimal() and len(token.text) <= 15
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
        if self.here.text == "(" and self.here.kind == "symbol":
            return self._function(token)
        if token.word in CLOCKS[:7]:
            raise clock(token)
        if token.word in ("and", "or", "in", "between", "like", "is", "if", "when", "then", "else", "end"):
            raise self.unexpected(token)
        return Name(token.text, at=token.at)

    # --- case ---

    def _case(self, start: Token) -> Expression:
        self.deeper()
        subject = None if self.here.word == "when" else self._sum()
        branches: list[tuple[Expression, Expression]] = []
        while self.skip_word("when"):
            when = (
                self._either()
                if subject is None
                else Comparison("=", subject, self._sum(), self.since(start.at))
            )
            self.expect_word("then")
            branches.append((when, self._either()))
        otherwise = self._either() if self.skip_word("else") else None
        self.expect_word("end")
        self.depth -= 1
        return Case(tuple(branches), otherwise, self.since(start.at))

    # --- functions ---

    def _function(self, token: Token) -> Expression:
        self.next()
        word = token.word
        if word in RELATED:
            return self._related(token)
        if word in MEMORY:
            return self._memory(token)
        if word in (*AGGREGATES, RANK):
            return read_rank(self, token, self._sum) if word == RANK else self._aggregate(token)
        if word in NOT_YET:
            raise Refusal(token.at, "CSP215", f"{token.text}() is not yet part of the language", "")
        if word in CLOCKS:
            raise clock(token)
        if word not in CALLS:
            raise unknown_function(token)
        arguments = [] if self.here.text == ")" else [self._either()]
        while self.skip(","):
            arguments.append(self._either())
        self.close("(", token)
        return Call(word, tuple(arguments), self.since(token.at))

    def _related(self, token: Token) -> Expression:
        everybody = self.here.word == "all" and self.after.kind == "name" and bool(self.next())
        first = self.next()
        if first.kind != "name":
            raise Refusal(
                first.at, "CSP214", f"{token.text}() begins with a table", f"e.g. {EXAMPLES[token.word]}"
            )
        table, _, column = first.text.partition(".")
        where = self._either() if self.skip(",") else None
        self.close("(", token)
        at = self.since(token.at)
        return Related(token.word, table, column or None, where, None, at, everybody=everybody)

    def _memory(self, token: Token) -> Expression:
        first = self.next()
        wants = "text" if token.word in OF_PLAYBOOKS else "name"
        if first.kind != wants:
            raise Refusal(
                first.at,
                "CSP214",
                f"{token.text}() asks about {'a playbook, in quotes' if wants == 'text' else 'one fact'}",
                f"e.g. {EXAMPLES[token.word]}",
            )
        if self.here.text not in (",", ")"):
            raise Refusal(
                first.at,
                "CSP214",
                f"{token.text}() asks about one fact, not about something reckoned",
                f"define a signal and name it: e.g. {EXAMPLES[token.word]}",
            )
        days = self._duration(token) if self.skip(",") else None
        if days is None and token.word in OVER_DAYS:
            raise Refusal(
                self.since(token.at),
                "CSP214",
                f"{token.text}() needs a duration",
                f"e.g. {EXAMPLES[token.word]}",
            )
        if days is not None and token.word not in OVER_DAYS:
            raise Refusal(
                self.since(token.at),
                "CSP214",
                f"{token.text}() takes no duration",
                f"e.g. {EXAMPLES[token.word]}",
            )
        self.close("(", token)
        return Memory(token.word, first.text, days, None, self.since(token.at))

    def _duration(self, function: Token) -> int:
        token = self.next()
        match = _DURATION.match(token.text) if token.kind == "text" else None
        if match is None:
            fact = f"'{token.text[:40]}' is not a duration: a number of days or weeks, in single quotes"
            raise Refusal(token.at, "CSP213", fact, f"e.g. {EXAMPLES[function.word]}")
        # Python refuses to read a number of more than 4 300 digits
        count = int(match[1]) if len(match[1]) <= 6 else LONGEST + 1
        days = count * (7 if match[2] == "week" else 1)
        if days > LONGEST:
            fact = f"'{token.text[:40]}' is longer than a hundred years"
            raise Refusal(token.at, "CSP213", fact, "write a shorter one")
        return days

    def _aggregate(self, token: Token) -> Expression:
        if self.skip("*"):
            if token.word != "count":
                raise Refusal(
                    token.at, "CSP214", f"{token.text}(*) has no meaning", "name the field: sum(amount)"
                )
            argument, distinct = None, False
        else:
            distinct = self.skip_word("distinct")
            argument = self._either()
        self.close("(", token)
        if self.here.word == "over":
            raise Refusal(
                self.here.at, "CSP215", "sums over the portfolio are not yet part of the language", ""
            )
        return Aggregate(token.word, argument, distinct, self.since(token.at))
