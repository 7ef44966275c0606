"""A value as written in a story, and its kind → the value as a snapshot holds it, or what is wrong."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, assert_never

from msgspec import Struct

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.data import Table
from cs_playbook.model.duration import Duration
from cs_playbook.model.expression import FieldType, Value, to_day
from cs_playbook.model.time import Calendar
from cs_playbook.parse.duration import read_duration
from cs_playbook.source.finding import NOWHERE, did_you_mean
from cs_playbook.source.tree import Scalar

_FROM_TODAY = re.compile(r"([-+]) *(\d+ .+)\Z")
DAYS = (FieldType.DATE, FieldType.HAPPENED)
# Screens say yes and no, and so did older YAML.
_YES_OR_NO = {
    **dict.fromkeys(("yes", "y", "on", "ja", "oui"), "write true"),
    **dict.fromkeys(("no", "n", "off", "nein", "non"), "write false"),
}
_DATES = "e.g. 2026-03-02, today, -30 days, +120 days"


class Kind(Struct, frozen=True):
    """What a field may hold; `values`: the only texts, where there are such."""

    type: FieldType
    values: tuple[str, ...] = ()


class Wrong(Struct, frozen=True):
    """A value that is not of its kind."""

    message: str
    hint: str = ""


class Days(Struct, frozen=True):
    """From where dates count: `today` is day 0 of the stories."""

    today: date
    calendar: Calendar


def kinds_of_account(catalog: Catalog) -> dict[str, Kind]:
    """All that a story may say of an account: its fields, and any other fact outright."""
    facts = {name: Kind(type_, catalog.fact_values.get(name, ())) for name, type_ in catalog.facts.items()}
    return {**facts, **kinds_of_rows(catalog.contract.accounts)}


def kinds_of_rows(table: Table) -> dict[str, Kind]:
    return {field.name: Kind(field.type, field.values) for field in table.fields}


def field_named(word: str, table: Table) -> str:
    """The field that a word of a story means: `account` is whatever field names the account of a row, and a
    row that belongs through another may name it as conditions do (`subscription`)."""
    if table.field(word) is not None:
        return word
    if word == "account" and table.account is not None:
        return table.account
    if table.through is not None and word == table.through.prefix:
        return table.through.by
    return word


def read_value(written: Any, kind: Kind, days: Days) -> Value | Wrong:
    """Dates are text: a day, or so much before or after the story's today. Nothing written is empty."""
    if kind.type in DAYS and written is not None:
        day = read_day(written, days)
        return day if isinstance(day, Wrong) else to_day(day)
    return read_timeless(written, kind)


def read_timeless(written: Any, kind: Kind) -> Value | Wrong:
    """A value of any kind but the days."""
    if written is None:
        return None
    match kind.type:
        case FieldType.TEXT | FieldType.EMAIL:
            return _text(written, kind)
        case FieldType.BOOLEAN:
            return _one_of(bool, written, "neither true nor false", _YES_OR_NO.get(str(written).lower(), ""))
        case FieldType.INTEGER:
            return _one_of(int, written, "not a whole number")
        case FieldType.NUMBER:
            return _one_of(int | float, written, "not a number")
        case FieldType.DATE | FieldType.HAPPENED:
            raise AssertionError("days are read beside the day they count from")
        case FieldType.LIST:
            return _list(written, kind)
        case _:
            assert_never(kind.type)


def read_day(written: Any, days: Days) -> date | Wrong:
    """`2026-03-02`, `today`, `-30 days`, `+2 weeks`, `+3 business days`."""
    text = written.strip() if isinstance(written, str) else ""
    if text == "today":
        return days.today
    duration = _from_today(text)
    if duration is not None:
        return days.calendar.add(days.today, duration)
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Wrong(f"{_shown(written)} is not a day", _DATES)


def _from_today(text: str) -> Duration | None:
    signed = _FROM_TODAY.match(text)
    if signed is None:
        return None
    duration, _ = read_duration(Scalar(signed[2], signed[2], NOWHERE))
    if duration is None:
        return None
    return Duration(-duration.count, duration.unit) if signed[1] == "-" else duration


def _one_of(types: Any, written: Any, otherwise: str, hint: str = "") -> Value | Wrong:
    """Yes and no are numbers to Python, and to nobody else."""
    fits = isinstance(written, types) and isinstance(written, bool) == (types is bool)
    value: Value = written
    return value if fits else Wrong(f"{_shown(written)} is {otherwise}", hint)


def _text(written: Any, kind: Kind) -> Value | Wrong:
    if not isinstance(written, str):
        return Wrong(f"{_shown(written)} is not text", f'put it in quotes: "{_plain(written)}"')
    if kind.values and written not in kind.values:
        hint = did_you_mean(written, kind.values) or f"one of: {', '.join(kind.values)}"
        return Wrong(f"'{written}' is none of the values of this field", hint)
    return written


def _list(written: Any, kind: Kind) -> Value | Wrong:
    if not isinstance(written, list):
        return Wrong(f"{_shown(written)} is not a list", f"write [{_plain(written)}]")
    items = [_text(item, kind) for item in written]
    wrong = next((item for item in items if isinstance(item, Wrong)), None)
    return wrong or tuple(str(item) for item in items)


def _shown(written: Any) -> str:
    if isinstance(written, dict):
        return "a block of keys"
    return "a list" if isinstance(written, list) else f"'{_plain(written)}'"


def _plain(written: Any) -> str:
    return str(written).lower() if isinstance(written, bool) else str(written)
