"""A condition and the facts it was asked of → the values behind its answer, and how far it is from another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from cs_playbook.model.answer import Values, evaluate
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.columns import column_of
from cs_playbook.model.condition import Condition, Evidence, Group, Leaf, leaves
from cs_playbook.model.expression import (
    Between,
    Call,
    Comparison,
    Expression,
    FieldType,
    Memory,
    Name,
    Related,
    ScopeName,
    Value,
    names_facts,
    parts,
    walk,
)
from cs_playbook.model.functions import SIGNATURES, Reckoning
from cs_playbook.model.lasting import meaning
from cs_playbook.model.signal import Signal
from cs_playbook.model.wording import write
from cs_playbook.values import replace

_UNITS = {
    "days_until": "days",
    "days_since": "days",
    "months_until": "months",
    "months_since": "months",
    "business_days_until": "business days",
    "business_days_since": "business days",
}
_OF_AN_ACCOUNT = (ScopeName.ACCOUNT, ScopeName.OWNER)


class Facts(Struct, frozen=True):
    """What a condition was asked of. `values`: facts by name, what the enrollment knows beside them."""

    values: Values
    reckoning: Reckoning
    catalog: Catalog


class Seen(Struct, frozen=True):
    """A value behind an answer. `unit`: ratio, money, days … or "". `inside`: what it was reckoned from.

    `earlier_of`: the fact that counts the same in a later window ("55, was 100"). `untold`: nobody exports it.
    """

    name: str
    value: Value
    type: FieldType | None
    unit: str = ""
    earlier_of: str = ""
    inside: tuple[Seen, ...] = ()
    untold: bool = False


class Limit(Struct, frozen=True):
    """What a value is held against. `gap` (0 or more): what is missing for a yes, or to spare before a no.

    `side`: "least" where more is better, "most" where less is. Dates: `gap` in days. `reckoned`: it is no
    constant of the condition, so nobody sees it there.
    """

    side: str
    value: int | float
    type: FieldType | None
    unit: str
    gap: int | float
    reckoned: bool = False


class Part(Struct, frozen=True):
    """A condition with its answer, the values behind it, its limit where it has one, and the parts inside."""

    evidence: Evidence
    seen: tuple[Seen, ...] = ()
    limit: Limit | None = None
    inside: tuple[Part, ...] = ()


class Reason(Struct, frozen=True):
    """Why something is so: a sentence (the author's, or the condition as written), the values behind it."""

    text: str
    seen: tuple[Seen, ...] = ()


def part_of(evidence: Evidence, facts: Facts) -> Part:
    """Everything a person wants to see of an answer."""
    match evidence.condition:
        case Leaf(expression=expression):
            limit = limit_of(expression, evidence.answer, facts)
            return Part(evidence, seen_in(expression, facts), limit)
        case Group():
            inside = tuple(part_of(item, facts) for item in evidence.items)
            seen = _once(seen for part in inside for seen in part.seen)
            return Part(evidence, seen, None, inside)


def reason_of(evidence: Iterable[Evidence], facts: Facts) -> Reason | None:
    """The one sentence for a line: of all that say yes, the author's `because` that matters most."""
    given = tuple(evidence)
    if not given:
        return None
    chosen = _main(given)
    seen = _once(seen for leaf in leaves(chosen.condition) for seen in seen_in(leaf.expression, facts))
    return Reason(words_of(chosen.condition), seen)


def words_of(condition: Condition) -> str:
    """The author's sentence, or the condition as it is written."""
    if condition.because:
        return condition.because
    match condition:
        case Leaf(text=text):
            return text
        case Group(kind="all", items=items):
            return " and ".join(words_of(item) for item in items)
        case Group(kind=kind, items=items):
            return f"{kind} of: {'; '.join(words_of(item) for item in items)}"


def _main(given: tuple[Evidence, ...]) -> Evidence:
    """People write the guards first and the sign of trouble last; what had to last is the sign itself."""
    reasons = [item for evidence in given for item in _reasons(evidence)]
    if not reasons:
        return given[-1]
    return next((item for item in reversed(reasons) if item.condition.lasting), reasons[-1])


def _reasons(evidence: Evidence) -> Iterator[Evidence]:
    if evidence.answer is not True:
        return
    if evidence.condition.because:
        yield evidence
        return
    for item in evidence.items:
        yield from _reasons(item)


# --- values ---


def seen_in(expression: Expression, facts: Facts) -> tuple[Seen, ...]:
    """Each fact that an expression names, once; reckoned ones with what they were reckoned from."""
    return _once(_seen(expression, facts, deep=True))


def _once(found: Iterable[Seen]) -> tuple[Seen, ...]:
    return tuple({seen.name: seen for seen in found}.values())


def _seen(expression: Expression, facts: Facts, *, deep: bool) -> Iterator[Seen]:
    match expression:
        case Name(name="today"):
            return
        case Name():
            yield _fact(expression, facts, deep=deep)
        case Related() | Memory():
            unit, value = _unit(expression, facts.catalog), facts.values.get(column_of(expression))
            untold = value is None and isinstance(expression, Related) and not expression.told
            yield Seen(write(expression), value, expression.type, unit, untold=untold)
        case Call(function=function, arguments=arguments) if function in _UNITS:
            value = evaluate(expression, facts.values, facts.reckoning)
            inside = tuple(seen for item in arguments for seen in _seen(item, facts, deep=False))
            yield Seen(write(expression), value, FieldType.INTEGER, _UNITS[function], inside=inside)
        case _:
            for part in parts(expression):
                yield from _seen(part, facts, deep=deep)


def _fact(name: Name, facts: Facts, *, deep: bool) -> Seen:
    value = facts.values.get(name.key)
    signal = _signal(name, facts.catalog)
    untold = value is None and is_untold_fact(name, facts.catalog)
    if signal is None:
        return Seen(write(name), value, name.type, untold=untold)
    inside: tuple[Seen, ...] = ()
    if deep and signal.table is None:
        inside = _with_windows(_once(_seen(signal.value, facts, deep=False)), facts.catalog.signals)
    return Seen(write(name), value, signal.type, signal.unit or "", inside=inside, untold=untold)


def _signal(name: Name, catalog: Catalog) -> Signal | None:
    return catalog.signals.get(name.name) if name.scope in _OF_AN_ACCOUNT else None


def _with_windows(found: tuple[Seen, ...], signals: Mapping[str, Signal]) -> tuple[Seen, ...]:
    """Where two facts count the same in two windows, the earlier one says whose past it is."""
    return tuple(replace(seen, earlier_of=_later(seen, found, signals)) for seen in found)


def _later(seen: Seen, found: tuple[Seen, ...], signals: Mapping[str, Signal]) -> str:
    mine = signals.get(seen.name)
    for other in found:
        theirs = signals.get(other.name)
        if mine and theirs and _counts(mine) == _counts(theirs) and mine.before > theirs.before:
            return other.name
    return ""


def _counts(signal: Signal) -> tuple[object, ...]:
    where = None if signal.where is None else meaning(signal.where)
    return signal.table, write(signal.value), where, signal.last, signal.table is not None


# --- limits ---


def limit_of(expression: Expression, answer: bool | None, facts: Facts) -> Limit | None:
    """For a comparison of numbers or dates: what the value is held against; None for everything else."""
    match expression:
        case Comparison(operator=operator, left=left, right=right) if operator in _SIDES:
            if not names_facts(left):
                left, right, operator = right, left, _TURNED[operator]
            limit = _limit(_SIDES[operator], left, right, facts)
            return _strictly(limit, answer) if limit and operator in ("<", ">") else limit
        case Between(item=item, low=low, high=high):
            both = [_limit("least", item, low, facts), _limit("most", item, high, facts)]
            known = [limit for limit in both if limit is not None]
            return min(known, key=lambda limit: limit.gap) if answer else _broken(known, item, facts)
        case _:
            return None


_SIDES = {">=": "least", ">": "least", "<=": "most", "<": "most"}
_TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}


def _limit(side: str, left: Expression, right: Expression, facts: Facts) -> Limit | None:
    value = evaluate(left, facts.values, facts.reckoning)
    limit = evaluate(right, facts.values, facts.reckoning)
    kind = _type(left) or _type(right)
    if not isinstance(limit, int | float) or kind in (FieldType.TEXT, FieldType.BOOLEAN):
        return None
    gap = abs(value - limit) if isinstance(value, int | float) else 0
    unit = _unit(left, facts.catalog) or _unit(right, facts.catalog)
    return Limit(side, limit, kind, unit, gap, names_facts(right))


def _strictly(limit: Limit, answer: bool | None) -> Limit:
    """More than 6 of what is counted is 7: one more is missing, one less is to spare."""
    if not isinstance(limit.gap, int) or limit.type not in (FieldType.INTEGER, FieldType.DATE):
        return limit
    return replace(limit, gap=limit.gap - 1 if answer else limit.gap + 1)


def _broken(limits: list[Limit], item: Expression, facts: Facts) -> Limit | None:
    """Of the two ends of a range, the one that says no."""
    value = evaluate(item, facts.values, facts.reckoning)
    if not isinstance(value, int | float):
        return None
    return next(
        (x for x in limits if (value < x.value if x.side == "least" else value > x.value)),
        None,
    )


def _type(expression: Expression) -> FieldType | None:
    match expression:
        case Name(type=kind) | Related(type=kind) | Memory(type=kind):
            return kind
        case Call(function=function):
            return SIGNATURES[function].gives
        case _:
            return None


def _unit(expression: Expression, catalog: Catalog) -> str:
    match expression:
        case Name():
            signal = _signal(expression, catalog)
        case Memory(subject=subject):
            signal = catalog.signals.get(subject)
        case Call(function=function):
            return _UNITS.get(function, "")
        case _:
            signal = None
    return (signal.unit or "") if signal else ""


# --- what is missing ---


def is_untold_fact(name: Name, catalog: Catalog) -> bool:
    """A field of accounts that nobody exports, or a signal that stands on one."""
    if name.scope not in _OF_AN_ACCOUNT:
        return False
    signal, field = catalog.signals.get(name.name), catalog.contract.accounts.field(name.name)
    return (signal is not None and not signal.told) or (field is not None and not field.exported)


def asks_untold(condition: Condition, catalog: Catalog) -> bool:
    """Whether it is unknown because nobody exports what it asks for."""
    asked = (part for leaf in leaves(condition) for part in walk(leaf.expression))
    return any(is_untold_fact(part, catalog) if isinstance(part, Name) else isinstance(part, Related) and not part.told for part in asked)  # fmt: skip


def unknown_words(condition: Condition, catalog: Catalog) -> str:
    """What to look at where it is often unknown: `licensed_seats is empty`, `seat_use cannot be reckoned`."""
    asked = {
        part.key: part
        for leaf in leaves(condition)
        for part in walk(leaf.expression)
        if isinstance(part, Name) and part.name != "today"
    }
    untold = asks_untold(condition, catalog)
    if len(asked) != 1:
        return f"'{words_of(condition)}' {'asks for what nobody exports' if untold else 'is unknown'}"
    only = next(iter(asked.values()))
    if untold:
        return (
            f"{write(only)} {'asks for what nobody exports' if _signal(only, catalog) else 'is not exported'}"
        )
    return f"{write(only)} {'cannot be reckoned' if _signal(only, catalog) else 'is empty'}"
