"""Lines that a story expects and lines that there are → which of them fit each other, and how each is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from cs_playbook.parse.story_value import Days, read_day
from cs_playbook.report.words import day_in_words

Wanted = Mapping[str, Any]
Item = dict[str, Any]
_NAMING = ("step", "email", "account", "row")  # said first, and without their word
_DATES = ("due", "until")


class Telling(Struct, frozen=True):
    """How lines are told: whether an account must be named, and from where dates count."""

    several: bool
    days: Days


def matched(wanted: Sequence[Wanted], there: Sequence[Item], days: Days) -> tuple[list[Wanted], list[Item]]:
    """What is wanted and not there; what is there and not wanted. Each line serves once."""
    taken: dict[int, int] = {}  # line there → line wanted

    def serve(number: int, tried: set[int]) -> bool:
        for at, item in enumerate(there):
            if at not in tried and fits(wanted[number], item, days):
                tried.add(at)
                if at not in taken or serve(taken[at], tried):
                    taken[at] = number
                    return True
        return False

    missing = [item for number, item in enumerate(wanted) if not serve(number, set())]
    return missing, [item for at, item in enumerate(there) if at not in taken]


def fits(wanted: Wanted, item: Item, days: Days) -> bool:
    return all(_same(key, value, item, days) for key, value in wanted.items())


def _same(key: str, wanted: Any, item: Item, days: Days) -> bool:
    there = item.get(key)
    if key == "account":
        return wanted in (there, f"{there}/{item.get('row')}")
    if isinstance(there, date):
        return read_day(wanted, days) == there
    return bool(wanted == there)


def item_words(item: Item | Wanted, like: Wanted, told: Telling) -> str:
    """`call of acme (owner lea@vendor.example, due Thursday 5 March)`, with the details that `like` speaks of."""
    name = item.get("email") if "email" in like or "step" not in item else item.get("step")
    subject = "/".join(str(item[key]) for key in ("account", "row") if item.get(key))
    whose = f" of {subject}" if subject and told.several else ""
    details = [
        f"{key} {_shown(item[key], key, told.days)}" for key in like if key in item and key not in _NAMING
    ]
    return f"{name}{whose}" + (f" ({', '.join(details)})" if details else "")


def _shown(value: Any, key: str, days: Days) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in (None, []):
        return "empty"
    day = read_day(value, days) if key in _DATES and isinstance(value, str) else value
    return day_in_words(day) if isinstance(day, date) else str(value)


def wanted_closed(closed: Mapping[str, Any]) -> list[tuple[str | None, str, str]]:
    """`{step: outcome}` or `{account: {step: outcome}}` → (subject or anybody, step, outcome)."""
    wanted: list[tuple[str | None, str, str]] = []
    for key, value in closed.items():
        if isinstance(value, Mapping):
            wanted += [(key, step, str(outcome)) for step, outcome in value.items()]
        else:
            wanted.append((None, key, str(value)))
    return wanted
