"""What the functions of conditions compute: one definition, used by both readers of a condition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from math import floor, isnan

from msgspec import Struct

from cs_playbook.model.expression import FieldType, Value, from_day, to_day
from cs_playbook.model.time import Calendar, add_months, months_between

LARGEST_INTEGER = 2**63


EVERY_WEEK = Calendar()


class Reckoning(Struct, frozen=True):
    """The logical day, the working calendar, and the days before it on which a fresh snapshot was run.

    Not `fresh`: today's snapshot is made of the same exports as the one before it, and is no new observation.
    """

    today: int
    calendar: Calendar = EVERY_WEEK
    observed: tuple[int, ...] = ()
    fresh: bool = True


class Signature(Struct, frozen=True):
    """What a function takes and gives; `least` arguments, `most` None: any number. `then`: what comes after the first
    argument, where that is another kind."""

    takes: FieldType
    gives: FieldType
    least: int = 1
    most: int | None = 1
    then: FieldType | None = None


_DATE, _WHOLE, _TEXT = FieldType.DATE, FieldType.INTEGER, FieldType.TEXT
SIGNATURES = {
    "days_until": Signature(_DATE, _WHOLE),
    "days_since": Signature(_DATE, _WHOLE),
    "months_until": Signature(_DATE, _WHOLE),
    "months_since": Signature(_DATE, _WHOLE),
    "calendar_months_since": Signature(_DATE, _WHOLE),
    "business_days_until": Signature(_DATE, _WHOLE),
    "business_days_since": Signature(_DATE, _WHOLE),
    "fiscal_quarter": Signature(_DATE, _TEXT),
    "earliest": Signature(_DATE, _DATE, 2, None),
    "latest": Signature(_DATE, _DATE, 2, None),
    "days_after": Signature(_DATE, _DATE, 2, 2, FieldType.NUMBER),
    "months_after": Signature(_DATE, _DATE, 2, 2, FieldType.NUMBER),
    "lower": Signature(_TEXT, _TEXT),
}


def call(function: str, values: Sequence[Value], reckoning: Reckoning) -> Value:
    """What a function gives; empty where any of the values is."""
    return None if None in values else _FUNCTIONS[function](reckoning, *values)


def functions(reckoning: Reckoning) -> dict[str, Callable[..., Value]]:
    """Each function of values, for SQL."""
    return {name: partial(_called, name, reckoning) for name in _FUNCTIONS}


def _called(function: str, reckoning: Reckoning, *values: Value) -> Value:
    return call(function, values, reckoning)


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "days_until": lambda now, day: day - now.today,
    "days_since": lambda now, day: now.today - day,
    "months_until": lambda now, day: months_between(from_day(now.today), from_day(day)),
    "months_since": lambda now, day: months_between(from_day(day), from_day(now.today)),
    "calendar_months_since": lambda now, day: _month(from_day(now.today)) - _month(from_day(day)),
    "business_days_until": lambda now, day: now.calendar.worked_between(from_day(now.today), from_day(day)),
    "business_days_since": lambda now, day: now.calendar.worked_between(from_day(day), from_day(now.today)),
    "fiscal_quarter": lambda now, day: now.calendar.fiscal_quarter(from_day(day)),
    "earliest": lambda _now, *days: min(days),
    "latest": lambda _now, *days: max(days),
    "days_after": lambda _now, day, count: _later(day, count),
    "months_after": lambda _now, day, count: _months_later(day, count),
    "lower": lambda _now, text: text.lower(),
}


def _month(day: date) -> int:
    """Counted from the year 0: this month less another is 0 this month, 1 last month, whatever the day."""
    return day.year * 12 + day.month


def _later(day: int, count: float) -> int | None:
    """Whole days, the last one begun not counted: 30.9 days of credit end after 30. None beyond the calendar."""
    last, first = to_day(date.max), to_day(date.min)
    return day + floor(count) if first <= day + count <= last else None


def _months_later(day: int, count: float) -> int | None:
    """Whole months, to the last day of a shorter one; None beyond the calendar."""
    start = from_day(day)
    reached = start.year + (start.month - 1 + count) / 12
    return to_day(add_months(start, floor(count))) if date.min.year <= reached < date.max.year + 1 else None


def like(item: Value, pattern: Value) -> bool | None:
    """`%` any letters, `_` one letter; letters compare exactly (SQL engines differ here: this one does not)."""
    if item is None or pattern is None:
        return None
    return _fits(str(item), str(pattern))


def _fits(text: str, pattern: str) -> bool:
    """Two pointers: after a mismatch only the last `%` takes one letter more, so no text can make it slow."""
    at = place = 0
    last_percent, taken = -1, 0
    while at < len(text):
        if place < len(pattern) and pattern[place] == "%":
            last_percent, taken = place, at
            place += 1
        elif place < len(pattern) and pattern[place] in ("_", text[at]):
            at, place = at + 1, place + 1
        elif last_percent >= 0:
            taken += 1
            at, place = taken, last_percent + 1
        else:
            return False
    return not pattern[place:].strip("%")


def reckon(operator: str, left: Value, right: Value) -> Value:
    """+ - * / like a spreadsheet: 55 / 100 is 0.55, by zero is unknown; beyond 64 bits it goes on as a decimal number."""
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return None
    result = _reckon(operator, left, right)
    if result is None or isnan(result):
        return None
    if isinstance(result, int) and not -LARGEST_INTEGER <= result < LARGEST_INTEGER:
        return _reckon(operator, float(left), float(right))
    return result


def _reckon(operator: str, left: int | float, right: int | float) -> int | float | None:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return None if right == 0 else float(left) / float(right)
