"""An expression with free names + a scope → the same expression bound and typed, and every finding on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import repeat

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
    Rank,
    Related,
    to_day,
)
from cs_playbook.model.functions import SIGNATURES, Signature
from cs_playbook.parse.advice import KIND_WORDS, unknown_name, unlike, wanted_here
from cs_playbook.parse.rank import may_be_ranked
from cs_playbook.parse.related import bind_memory, bind_related
from cs_playbook.parse.scope import Scope
from cs_playbook.parse.untold import is_untold
from cs_playbook.source.finding import Finding, Span, did_you_mean, warning
from cs_playbook.values import replace

Kind = FieldType | None  # None: could be anything (null, or already reported)
Place = Callable[[At], Span]
MOST_ARGUMENTS = 50  # SQLite takes 127, other builds of it 100


class Binder:
    """Holds the scope of one condition and the findings met while binding it."""

    def __init__(self, scope: Scope, place: Place) -> None:
        self.scope = scope
        self.place = place
        self.findings: list[Finding] = []

    def report(self, at: At, code: str, message: str, hint: str = "") -> None:
        self.findings.append(Finding(self.place(at), code, message, hint))

    def within(self, scope: Scope) -> Binder:
        """Another scope, the same text and findings."""
        other = Binder(scope, self.place)
        other.findings = self.findings
        return other

    def yes_or_no(self, expression: Expression) -> Expression:
        bound, kind = self.bind(expression)
        if kind not in (FieldType.BOOLEAN, None):
            self.report(
                expression.at,
                "CSP212",
                f"this is {KIND_WORDS[kind]}, not a question that says yes or no",
                "compare it with something: =, >=, is not null …",
            )
        return bound

    def bind(self, expression: Expression) -> tuple[Expression, Kind]:
        match expression:
            case Literal():
                return expression, expression.type
            case Name():
                return self._name(expression)
            case Both(items=items):
                return Both(
                    expression.operator, tuple(self.yes_or_no(item) for item in items), expression.at
                ), FieldType.BOOLEAN
            case Not(item=item):
                return Not(self.yes_or_no(item), expression.at), FieldType.BOOLEAN
            case IsEmpty(item=item):
                return self._is_empty(self.bind(item)[0], expression.at), FieldType.BOOLEAN
            case Comparison() | Among() | Holds() | Between() | Like():
                return self._question(expression), FieldType.BOOLEAN
            case Arithmetic() | Negative():
                return self._arithmetic(expression)
            case Case():
                return self._case(expression)
            case Call():
                return self._call(expression)
            case Related():
                return bind_related(self, expression)
            case Memory():
                return bind_memory(self, expression)
            case Aggregate() | Rank():
                return self._of_many(expression)

    def _name(self, name: Name) -> tuple[Expression, Kind]:
        found = self.scope.find(name)
        if found is not None:
            return found, found.type
        self.report(name.at, *unknown_name(name.name, self.scope))
        return name, None

    # --- questions ---

    def _is_empty(self, item: Expression, at: At) -> Expression:
        return IsEmpty(item, at, not is_untold(item, self.scope))

    def _question(self, question: Comparison | Among | Holds | Between | Like) -> Expression:
        match question:
            case Comparison(operator=operator, left=left, right=right):
                left, right = self._alike(question.at, left, right, ordered=operator not in ("=", "<>"))
                return Comparison(operator, left, right, question.at)
            case Among(item=item, choices=choices):
                pairs = [self._alike(choice.at, item, choice, ordered=False) for choice in choices]
                return replace(question, item=pairs[0][0], choices=tuple(choice for _, choice in pairs))
            case Between(item=item, low=low, high=high):
                bound, low = self._alike(question.at, item, low, ordered=True)
                return replace(
                    question, item=bound, low=low, high=self._alike(question.at, item, high, ordered=True)[1]
                )
            case Holds(item=item, list=inside):
                return replace(
                    question, item=self._must(item, FieldType.TEXT), list=self._must(inside, FieldType.LIST)
                )
            case Like(item=item, pattern=pattern):
                return replace(
                    question,
                    item=self._must(item, FieldType.TEXT),
                    pattern=self._must(pattern, FieldType.TEXT),
                )

    def _alike(
        self, at: At, left: Expression, right: Expression, *, ordered: bool
    ) -> tuple[Expression, Expression]:
        """Both sides bound; a text beside a date becomes that date; two kinds that cannot be compared are a finding."""
        before = len(self.findings)
        left, one = self.bind(left)
        right, other = self.bind(right)
        if len(self.findings) > before or one is None or other is None:
            return left, right
        left, one = self._as_date(left, one, other)
        right, other = self._as_date(right, other, one)
        if one is not other and not (one.is_number and other.is_number):
            self.report(at, "CSP211", *unlike(left, one, right, other))
        else:
            self._has_order(at, one, ordered)
        self._possible(left, right)
        self._possible(right, left)
        return left, right

    def _as_date(self, side: Expression, kind: FieldType, other: FieldType) -> tuple[Expression, FieldType]:
        if other is not FieldType.DATE or not isinstance(side, Literal) or not isinstance(side.value, str):
            return side, kind
        try:
            return replace(
                side, value=to_day(date.fromisoformat(side.value)), type=FieldType.DATE
            ), FieldType.DATE
        except ValueError:
            self.report(
                side.at,
                "CSP211",
                f"'{side.value}' is not a day of the calendar",
                "year, month, day: '2026-03-31'",
            )
            return side, FieldType.DATE

    def _has_order(self, at: At, kind: FieldType, ordered: bool) -> None:
        if kind is FieldType.LIST:
            self.report(at, "CSP211", "a list is not compared", "ask what it holds: 'champion' in roles")
        elif ordered and kind in (FieldType.TEXT, FieldType.BOOLEAN):
            self.report(at, "CSP211", f"{KIND_WORDS[kind]} has no order", "compare with = or in")

    def _possible(self, side: Expression, other: Expression) -> None:
        """A fact with declared values compared with something it can never be."""
        if isinstance(side, Memory) and side.function in ("was", "ago", "at_start"):
            side = Name(side.subject)
        if (
            not isinstance(side, Name)
            or not isinstance(other, Literal)
            or side.scope.value not in ("account", "owner", "enrollment")
        ):
            return
        values = self.scope.values_of(side)
        if values and isinstance(other.value, str) and other.value not in values:
            near = did_you_mean(other.value, values)
            self.findings.append(
                warning(
                    self.place(other.at),
                    "CSP217",
                    f"'{side.name}' is never '{other.value}'",
                    near or f"it can be: {', '.join(values)}",
                )
            )

    def _must(self, expression: Expression, wanted: FieldType) -> Expression:
        bound, kind = self.bind(expression)
        if kind is not None and kind is not wanted and not (kind.is_number and wanted.is_number):
            self.report(
                expression.at,
                "CSP211",
                f"this is {KIND_WORDS[kind]}, and {KIND_WORDS[wanted]} is needed here",
                wanted_here(expression, wanted, self.scope),
            )
        return bound

    # --- values ---

    def _arithmetic(self, expression: Arithmetic | Negative) -> tuple[Expression, Kind]:
        sides = [expression.item] if isinstance(expression, Negative) else [expression.left, expression.right]
        before = len(self.findings)
        bound = [self.bind(side) for side in sides]
        kinds = [kind for _, kind in bound if kind is not None]
        if FieldType.DATE in kinds:
            self.report(
                expression.at,
                "CSP205",
                "dates are not added to or subtracted from here",
                "ask for the distance: days_until(d) <= 90, days_since(d) > 30; a date some days later: days_after(d, 30)",
            )
        elif any(not kind.is_number for kind in kinds) and len(self.findings) == before:
            odd = next(kind for kind in kinds if not kind.is_number)
            self.report(
                expression.at, "CSP211", f"one cannot reckon with {KIND_WORDS[odd]}", "only with numbers"
            )
        whole = all(kind is FieldType.INTEGER for kind in kinds)
        if isinstance(expression, Negative):
            return replace(expression, item=bound[0][0]), FieldType.INTEGER if whole else FieldType.NUMBER
        result = FieldType.INTEGER if whole and expression.operator != "/" else FieldType.NUMBER
        return replace(expression, left=bound[0][0], right=bound[1][0]), result

    def _case(self, case: Case) -> tuple[Expression, Kind]:
        branches = tuple((self.yes_or_no(when), self.bind(then)) for when, then in case.branches)
        otherwise, last = (None, None) if case.otherwise is None else self.bind(case.otherwise)
        kinds = {kind for _, (_, kind) in branches if kind} | ({last} if last else set())
        if len(kinds) > 1 and all(kind.is_number for kind in kinds):
            kinds = {FieldType.NUMBER}
        if len(kinds) > 1:
            self.report(
                case.at,
                "CSP211",
                "the branches of this case give different kinds of values",
                "give all of them the same kind",
            )
        bound = replace(
            case, branches=tuple((when, then) for when, (then, _) in branches), otherwise=otherwise
        )
        return bound, next(iter(kinds)) if len(kinds) == 1 else None

    def _call(self, call: Call) -> tuple[Expression, Kind]:
        signature = SIGNATURES[call.function]
        count = len(call.arguments)
        if signature.most is None and count > MOST_ARGUMENTS:
            fact = f"{call.function}() takes {MOST_ARGUMENTS} at most in its brackets, not {count}"
            self.report(call.at, "CSP214", fact, "split it into signals")
        elif count < signature.least or (signature.most is not None and count > signature.most):
            self.report(
                call.at,
                "CSP214",
                f"{call.function}() takes {signature.least}{'' if signature.most else ' or more'} in its brackets, not {count}",
                f"e.g. {_example(call.function, signature)}",
            )
        kinds = (signature.takes, *repeat(signature.then or signature.takes, count))
        arguments = tuple(self._argument(*pair) for pair in zip(call.arguments, kinds, strict=False))
        return replace(call, arguments=arguments), signature.gives

    def _argument(self, argument: Expression, wanted: FieldType) -> Expression:
        if wanted is FieldType.DATE and isinstance(argument, Literal) and isinstance(argument.value, str):
            return self._as_date(argument, FieldType.TEXT, FieldType.DATE)[0]
        return self._must(argument, wanted)

    def _of_many(self, expression: Aggregate | Rank) -> tuple[Expression, Kind]:
        return self._rank(expression) if isinstance(expression, Rank) else self._aggregate(expression)

    def _aggregate(self, aggregate: Aggregate) -> tuple[Expression, Kind]:
        if self.scope.related is None:
            self.report(
                aggregate.at,
                "CSP218",
                f"{aggregate.function}() belongs into a signal with `from:`",
                "or ask number_of(tickets, …), total(invoices.amount, …)",
            )
            return aggregate, None
        if aggregate.argument is None:
            return aggregate, FieldType.INTEGER
        argument, kind = self.bind(aggregate.argument)
        if aggregate.function in ("sum", "avg") and kind is not None and not kind.is_number:
            self.report(
                aggregate.at, "CSP211", f"{aggregate.function}() needs a number, this is {KIND_WORDS[kind]}"
            )
        gives = {"count": FieldType.INTEGER, "avg": FieldType.NUMBER}.get(aggregate.function, kind)
        return replace(aggregate, argument=argument), gives

    def _rank(self, rank: Rank) -> tuple[Expression, Kind]:
        if not self.scope.ranks:
            fact = "a rank is asked of the whole portfolio, not of one account"
            self.report(rank.at, "CSP234", fact, "define a signal, and name it here: signals.yaml")
        by = tuple((self._ranked(value), way) for value, way in rank.by)
        among = tuple(self.bind(item)[0] for item in rank.among)
        return replace(rank, by=by, among=among), FieldType.INTEGER

    def _ranked(self, value: Expression) -> Expression:
        bound, kind = self.bind(value)
        if kind is not None and not may_be_ranked(kind):
            fact = f"{KIND_WORDS[kind]} has no order: accounts are ranked by a number or a date"
            self.report(value.at, "CSP211", fact, "e.g. order by arr desc")
        return bound


def _example(function: str, signature: Signature) -> str:
    one = {FieldType.DATE: "renewal_date", FieldType.TEXT: "sector"}.get(signature.takes, "arr")
    other = "contract_start" if signature.then is None else "30"
    return f"{function}({', '.join([one, other][: signature.least])})"
