"""Values behind an answer → words of a screen: percent, days, amounts without a currency, dates, lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from cs_playbook.model.expression import FieldType, Value, from_day, to_list
from cs_playbook.report.words import clean, count, day_in_words
from cs_playbook.study.behind import Limit, Reason, Seen

TIE = "\u00a0"  # keeps a number and its unit on one line; pieces.py makes it a plain space at the end
LONGEST_TEXT = 40  # letters of a value on a screen; the whole stands in the JSON
TEXTS = (FieldType.TEXT, FieldType.EMAIL, FieldType.LIST)
_DATES = (FieldType.DATE, FieldType.HAPPENED)
_MEMORY = re.compile(r"(?P<how>at_start|was|ago)\((?P<fact>[\w.]+)(, '(?P<days>[^']+)')?\)")
_SIZES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def reason_words(reason: Reason) -> tuple[str, str]:
    """The sentence, and in brackets the values behind it ("" where there are none)."""
    values = seen_words(reason.seen)
    return clean(reason.text), f"({values})" if values else ""


def seen_words(seen: Sequence[Seen]) -> str:
    """`55, was 100` · `arr 9 600 · contract_status active`: one value alone needs no name."""
    return _told(seen[0]) if len(seen) == 1 else named_words(seen)


def named_words(seen: Sequence[Seen]) -> str:
    """`licensed_seats 8`: with names, for who does not see the condition itself."""
    return " · ".join(_named(one) for one in seen)


def _named(seen: Seen) -> str:
    if seen.type is FieldType.BOOLEAN and seen.inside:
        return _told(seen)
    if len(seen.inside) == 1 and seen.inside[0].type in _DATES:
        return f"{_named(seen.inside[0])}, {value_words(seen.value, seen.type, seen.unit)}"
    return f"{_spoken(clean(seen.name))}{TIE}{_told(seen)}"


def _spoken(name: str) -> str:
    """`active_users at the start` for at_start(active_users): as one would say it."""
    remembered = _MEMORY.fullmatch(name)
    if remembered is None:
        return name
    when = {"at_start": "at the start", "was": "the day before", "ago": f"{remembered['days']} ago"}
    return f"{remembered['fact']} {when[remembered['how']]}"


def _told(seen: Seen) -> str:
    """A value with what it was reckoned from, as briefly as a person would say it."""
    value = "not exported" if seen.untold else value_words(seen.value, seen.type, seen.unit)
    if not seen.inside or seen.untold:
        return value
    if seen.type is FieldType.BOOLEAN:
        return named_words(seen.inside)
    if len(seen.inside) == 2 and any(part.earlier_of for part in seen.inside):
        earlier = next(part for part in seen.inside if part.earlier_of)
        now = next(part for part in seen.inside if part is not earlier)
        return f"{value}: {_told(now)}, was {_told(earlier)}"
    if len(seen.inside) == 1 and seen.inside[0].type in _DATES:
        return f"{value}, {_told(seen.inside[0])}"
    return f"{value}: {seen_words(seen.inside)}"


def value_words(value: Value, kind: FieldType | None, unit: str = "") -> str:
    """One value as people write it: `−45 %`, `9 600`, `14 May 2026`, `yes`."""
    if value is None:
        return "empty"
    if isinstance(value, int | float) and kind in _DATES:
        return date_words(from_day(int(value)))
    if isinstance(value, bool) or kind is FieldType.BOOLEAN:
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return amount_words(value, unit)
    if kind is FieldType.LIST or isinstance(value, tuple):
        return _cut(", ".join(clean(item) for item in to_list(value)) or "nothing")
    return _cut(clean(value))


def date_words(day: date) -> str:
    """`14 May 2026`."""
    return f"{day.day}{TIE}{month_of(day)}{TIE}{day.year}"


def month_of(day: date) -> str:
    """`May`, `Sep`."""
    return day_in_words(day).rpartition(" ")[2][:3]


def amount_words(value: int | float, unit: str = "") -> str:
    """A number with its unit: a ratio in percent, money short, the rest with its thousands apart."""
    match unit:
        case "ratio":
            return f"{_minus(_plain(round(value * 100, 1)))}{TIE}%"
        case "money":
            return short_amount(value)
        case "":
            return _minus(_plain(_rounded(value)))
        case _:
            number = _minus(_plain(_rounded(value)))
            return number + TIE + (unit.removesuffix("s") if abs(value) == 1 else unit)


def short_amount(value: float) -> str:
    """`418 k`, `1.2 M`: no currency is invented."""
    for size, letter in _SIZES:
        if abs(value) >= size * 0.9995:
            scaled = value / size
            return f"{_minus(_plain(round(scaled, 0 if abs(scaled) >= 100 else 1)))}{TIE}{letter}"
    return _minus(_plain(round(value)))


def limit_words(limit: Limit, answer: bool | None, *, value_is_hidden: bool) -> str:
    """`2 short`, `limit −40 %`: what a value is held against, and how far it is from flipping the answer."""
    said = []
    if value_is_hidden or limit.reckoned:
        said.append(f"limit{TIE}{value_words(limit.value, limit.type, limit.unit)}")
    if answer is False:
        said.append(_missing(limit))
    elif answer and not value_is_hidden:
        said.append(f"{_gap(limit)} to spare")
    return ", ".join(said)


def _missing(limit: Limit) -> str:
    if limit.gap == 0:
        return "just at it"
    if limit.type in _DATES:
        return f"{_gap(limit)} too {'early' if limit.side == 'least' else 'late'}"
    return f"{_gap(limit)} {'short' if limit.side == 'least' else 'over'}"


def _gap(limit: Limit) -> str:
    if limit.type in _DATES:
        return count(int(limit.gap), "day").replace(" ", TIE)
    if limit.unit == "ratio":
        points = round(limit.gap * 100, 1)
        return f"{_plain(points)}{TIE}point{'' if points == 1 else 's'}"
    return amount_words(limit.gap, limit.unit)


def _rounded(value: int | float) -> int | float:
    """Two decimals, or three digits of what is smaller than one."""
    if isinstance(value, int):
        return value
    return float(f"{value:.3g}") if abs(value) < 1 else round(value, 2)


def _plain(value: int | float) -> str:
    """Thousands apart, no decimals that say nothing."""
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.10f}".rstrip("0").rstrip(".")
    return text.replace(",", TIE)


def _minus(text: str) -> str:
    return "0" if text in ("-0", "") else text.replace("-", "−")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def share(part: float, whole: float | None) -> str:
    """In percent; nothing of nothing."""
    return f"{part / whole * 100:.0f}{TIE}%" if whole else ""
