"""The filters that a letter may use, and what may stand in their brackets."""

from __future__ import annotations

from babel.numbers import list_currencies

from cs_playbook.letters.pieces import Filter
from cs_playbook.letters.plural import is_plural

# Name → an example that a hint can show.
FILTERS: dict[str, str] = {
    "date": "{{ account.renewal_date | date('short') }}: full, long, medium or short",
    "lower": "{{ account.name | lower }}",
    "money": "{{ account.arr | money('EUR') }}: the code of a currency",
    "number": "{{ account.seats | number(1) }}: 0 to 6 decimals",
    "percent": "{{ account.usage_change | percent(1) }}: 0 to 6 decimals",
    "plural": "{{ account.seats }} {{ account.seats | plural(one='seat', other='seats') }}",
    "title": "{{ account.name | title }}",
    "upper": "{{ account.name | upper }}",
}


def wrong_arguments(used: Filter) -> str:
    """How to write the filter, if it is written in another way; else ""."""
    return "" if _fits(used) else f"write {FILTERS[used.name]}"


def _fits(used: Filter) -> bool:
    match used:
        case Filter("date", () | ("full" | "long" | "medium" | "short",)):
            return True
        case Filter("money", (str(currency),)):
            return currency in list_currencies()
        case Filter("number" | "percent", (int(decimals),)):
            return not isinstance(decimals, bool) and 0 <= decimals <= 6
        case Filter("plural", arguments):
            return is_plural(arguments)
        case Filter("number" | "percent" | "lower" | "upper" | "title", ()):
            return True
        case _:
            return False
