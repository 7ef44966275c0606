"""What cannot be bound in a condition, and where it stands → the sentence that says so, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cs_playbook.model.data import ACCOUNTS, CHILDREN, Table
from cs_playbook.model.expression import Arithmetic, Expression, FieldType, Literal, Name, Not
from cs_playbook.model.success_plan import FACTS
from cs_playbook.model.wording import write
from cs_playbook.parse.family import unknown_relative
from cs_playbook.parse.scope import Scope
from cs_playbook.source.finding import did_you_mean, did_you_mean_part

_FOR_OTHERWISE = ("other", "others", "else", "default", "rest")

Advice = tuple[str, str, str]  # code, sentence, hint

KIND_WORDS = {
    FieldType.TEXT: "text", FieldType.NUMBER: "a number", FieldType.INTEGER: "a number", FieldType.BOOLEAN: "yes or no",
    FieldType.DATE: "a date", FieldType.LIST: "a list",
}  # fmt: skip
_SHOWN = 12  # names listed when none is near
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


# --- names ---


def unknown_name(written: str, scope: Scope) -> Advice:
    """A name that means nothing here."""
    first, _, rest = written.partition(".")
    if scope.related is not None:
        return _in_rows(written, first, rest, scope.related, scope)
    if rest and first == "plan" and scope.contract.table("plan") is None:
        return ("CSP210", *_of_plans(written))
    if first == "steps":
        return _of_steps(rest, scope)
    if first == "given":
        return _of_given(rest, scope)
    if scope.person is not None:
        return _of_person(written, first, scope)
    if first in scope.kpis:
        fact = f"'{first}' is a KPI: a figure of the portfolio, that no single account has"
        return "CSP210", fact, "ask what it is made of; cs-playbook kpis shows where it stands"
    return ("CSP210", *_of_others(written, first, rest, scope))


def _of_plans(written: str) -> tuple[str, str]:
    """How a success plan stands; where there is no plan, or while one is read, that is no fact."""
    if written in FACTS:
        hint = "no plan stands on its own state"
        return f"'{written}' cannot be asked here", hint
    hint = did_you_mean(written, FACTS) or f"of a success plan one may ask: {', '.join(FACTS)}"
    return f"there is no '{written}'", hint


def _of_person(written: str, first: str, scope: Scope) -> Advice:
    """Names of an account, asked of somebody who has many."""
    if first in scope.facts or first in ("account", "parent", "row", "contact"):
        fact = f"'{written}' is known of an account, and this is asked of a person ('{scope.person}')"
        return (
            "CSP210",
            fact,
            "ask about their accounts: has(accounts, …), number_of(accounts, …), total(accounts.arr)",
        )
    near = did_you_mean(written, scope.facts)
    return (
        "CSP210",
        f"there is no '{written}' here",
        near or "of a person one may ask: has(accounts, …), number_of(accounts, …)",
    )


def _of_others(written: str, first: str, rest: str, scope: Scope) -> tuple[str, str]:
    if first in ("row", "contact") and rest:
        return _of_row(rest, scope) if first == "row" else _of_contact(rest, scope)
    if first in ("parent", CHILDREN) and (rest or first == CHILDREN) and first not in scope.facts:
        return unknown_relative(first, rest, scope)
    if first in ("account", ACCOUNTS) and rest in scope.facts:
        return f"the facts of the account stand here without '{first}.'", f"write {rest}"
    if written == "started_on":
        return (
            "there is no enrollment yet when this is asked",
            "started_on can be asked in exit, goal and steps",
        )
    table = scope.contract.table(first)
    if table is not None:
        return _of_table(table, rest)
    if first in scope.facts:
        return _of_fact(written, first, rest, scope)
    return f"there is no fact '{written}'", _fact_near(written, scope)


def _of_fact(written: str, first: str, rest: str, scope: Scope) -> tuple[str, str]:
    """A part of it: scorecards have some, and some segmentations."""
    parts = [fact for fact in scope.facts if fact.startswith(f"{first}.")]
    if parts and rest not in scope.values.get(first, ()):
        near = _part_near(written, first, rest, parts)
        what = "scorecard" if f"{first}.band" in parts else "segmentation"
        return f"the {what} '{first}' has no '{rest}'", near
    hint = f"write {first} = '{rest}'" if rest in scope.values.get(first, ()) else f"write {first}"
    return f"'{first}' has no parts", hint


def _part_near(written: str, first: str, rest: str, parts: Sequence[str]) -> str:
    there_are = _listed("there are", parts)
    if rest == "score" and first not in parts:
        return f"{first} itself is the number: {first} < 50; besides it {there_are}"
    return did_you_mean_part(written, parts) or there_are


def _of_row(rest: str, scope: Scope) -> tuple[str, str]:
    if scope.row is None:
        fact = "there is no row here: the playbook is about whole accounts"
        return fact, "`trigger: {one_per: <table>}` makes it one per row; has(<table>, …) asks all rows"
    return _field_of(scope.row, rest)


def _of_contact(rest: str, scope: Scope) -> tuple[str, str]:
    table = scope.contract.table("contacts")
    if scope.contact and table is not None:
        return _field_of(table, rest)
    return "there is no contact here", "`about:` on a step names one; elsewhere ask has(contacts, …)"


def _of_table(table: Table, rest: str) -> tuple[str, str]:
    if rest:
        fact = f"'{table.name}' is a table: an account has many of its rows"
        return (
            fact,
            f"ask has({table.name}, {rest} …), number_of({table.name}, …) or newest({table.name}.{rest})",
        )
    return f"'{table.name}' is a table, not a fact", f"ask has({table.name}, …) or number_of({table.name}, …)"


def _field_of(table: Table, wanted: str) -> tuple[str, str]:
    names = [field.name for field in table.fields]
    if table.name in (CHILDREN, ACCOUNTS):
        near = did_you_mean(wanted, names) or _listed("facts are", sorted(names))
        return f"there is no fact '{wanted}' that {table.name} could have", near
    return f"{table.name} has no field '{wanted}'", did_you_mean(wanted, names) or _listed("it has", names)


def _of_steps(rest: str, scope: Scope) -> Advice:
    step, _, what = rest.partition(".")
    if scope.steps is None:
        fact = "nothing has been done yet when this is asked"
        return "CSP210", fact, "steps.… can be asked in exit, goal and steps"
    if step not in scope.steps:
        return (
            "CSP210",
            f"there is no step '{step}'",
            did_you_mean(step, scope.steps) or _listed("there are", scope.steps),
        )
    known = ("outcome", "done_on", *scope.answers.get(step, ()))
    there_are = (
        f"there are {', '.join(f'steps.{step}.{name}' for name in known)}; `asks:` of a step adds more"
    )
    return "CSP210", f"step '{step}' has no '{what}'", did_you_mean(what, known) or there_are


def _of_given(rest: str, scope: Scope) -> Advice:
    if scope.given is None:
        fact = "nothing has been given yet when this is asked"
        return "CSP210", fact, "given.… can be asked in exit, goal and steps"
    if not scope.given:
        hint = "`asks: {meeting_date: date}` on the playbook makes it given.meeting_date"
        return "CSP210", f"'given.{rest}': this playbook asks nothing at its start", hint
    near = did_you_mean(rest, scope.given) or _listed("it asks", scope.given)
    return "CSP210", f"the playbook does not ask '{rest}' at its start", near


def _in_rows(written: str, first: str, rest: str, table: Table, scope: Scope) -> Advice:
    if rest and first == "row" and scope.about:
        fields = [column.name for known in scope.about for column in known.fields]
        hint = did_you_mean(rest, fields) or "row.x is a field of the table that a playbook is `one_per:` of"
        return "CSP210", f"no table whose rows a playbook may be about has a field '{rest}'", hint
    if rest and first == "row" and scope.row is not None:
        return ("CSP210", *_field_of(scope.row, rest))
    if rest and first in ("row", "contact", "steps", "given"):
        hint = "a condition on rows sees their fields, account.x, and row.x where the playbook is about a row"
        return "CSP210", f"'{written}' cannot be asked of the rows of {table.name}", hint
    if rest and first == "account" and scope.person is not None:
        return "CSP210", f"'{written}': these rows are the accounts themselves", f"write {rest}"
    if rest and first == "account":
        return "CSP210", f"there is no fact '{rest}'", _fact_near(rest, scope)
    through = scope.contract.table(table.through.table) if table.through else None
    if rest and through is not None and table.through is not None and first == table.through.prefix:
        return ("CSP210", *_field_of(through, rest))
    if written in scope.facts:
        return (
            "CSP210",
            f"{table.name} has no field '{written}'",
            f"the account's is written account.{written}",
        )
    return ("CSP210", *_field_of(table, written))


def _fact_near(written: str, scope: Scope) -> str:
    if written.lower() in _FOR_OTHERWISE or did_you_mean(written, ("otherwise",)):
        return "whoever is left, at the end of a list, is `when: otherwise`"
    near = did_you_mean(written, (*scope.facts, "today", *(() if scope.steps is None else ("started_on",))))
    if near:
        return near
    if any(written in values for values in scope.values.values()):
        return f"a text takes single quotes: '{written}'"
    inside = sorted(fact for fact in scope.facts if written.lower() in fact.lower())
    if len(inside) == 1:
        return f"did you mean '{inside[0]}'?"
    whole = sorted(fact for fact in scope.facts if "." not in fact)  # health, not each of its parts
    return _listed("did you mean one of", inside) if inside else _listed("facts are", whole)


def _listed(words: str, names: object) -> str:
    shown = sorted(names) if isinstance(names, frozenset) else list(names)  # type: ignore[call-overload]
    return f"{words}: {', '.join(shown[:_SHOWN])}{' …' if len(shown) > _SHOWN else ''}"


# --- kinds ---


def unlike(left: Expression, one: FieldType, right: Expression, other: FieldType) -> tuple[str, str]:
    """Two kinds of values that cannot be compared."""
    fact = f"{_short(left)} is {KIND_WORDS[one]}, {_short(right)} is {KIND_WORDS[other]}: they cannot be compared"
    literal, kind, beside = (right, one, left) if isinstance(right, Literal) else (left, other, right)
    if not isinstance(literal, Literal):
        return fact, _as_a_day(left if other is FieldType.DATE else right)
    return fact, _instead_of(literal, kind, beside)


def _as_a_day(reckoned: Expression) -> str:
    """A day without its quotes is a sum: 2026-03-31 is 1992."""
    match reckoned:
        case Arithmetic(
            "-", Arithmetic("-", Literal(int() as year), Literal(int() as month)), Literal(int() as day)
        ) if year > 1900:
            return f"a day takes single quotes: '{year}-{month:02}-{day:02}'"
        case _:
            return ""


def _instead_of(literal: Literal, wanted: FieldType, beside: Expression) -> str:
    figure = _NUMBER.match(str(literal.value))
    match wanted:
        case FieldType.BOOLEAN:
            inside = beside.item if isinstance(beside, Not) else beside
            return f"a yes or no stands alone: {_short(inside)}, or not {_short(inside)}"
        case FieldType.DATE:
            return "a date is written '2026-03-31'"
        case FieldType.NUMBER | FieldType.INTEGER if figure:
            return f"write {figure.group()}: a number stands without quotes and units"
        case FieldType.TEXT:
            return f"a text takes single quotes: '{literal.value}'"
        case FieldType.LIST:
            return f"ask what the list holds: '{literal.value}' in {_short(beside)}"
        case _:
            return "a number stands without quotes"


def wanted_here(expression: Expression, wanted: FieldType, scope: Scope) -> str:
    """What to write where another kind of value is needed."""
    if wanted is FieldType.TEXT and isinstance(expression, Literal):
        return f"a text takes single quotes: '{expression.value}'"
    if wanted.is_number and isinstance(expression, Literal):
        return _instead_of(expression, wanted, expression)
    table = scope.related or scope.contract.accounts
    fitting = [field.name for field in table.fields if field.type.reads_as is wanted]
    return f"e.g. {', '.join(fitting[:3])}" if fitting else ""


def _short(expression: Expression) -> str:
    text = expression.name if isinstance(expression, Name) else write(expression)
    return text if len(text) <= 40 else text[:39] + "…"
