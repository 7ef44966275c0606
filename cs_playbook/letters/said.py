"""A value, its filters and a language → the words a reader sees: dates and numbers in the reader's way."""

from __future__ import annotations

import math
import re
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import NumberPattern, format_currency, format_decimal, format_percent, parse_pattern

from cs_playbook.letters.pieces import Filter
from cs_playbook.letters.plural import plural_of

# What may be given for a blank. None: empty.
Given = str | int | float | date | tuple[str, ...] | list[str] | None

# Controls, line separators, letters that turn the reading order, halves of letters: nobody reads them.
UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# What only machines read: signs of dead rules of writing, and a whole second alphabet in which nobody sees a word.
_HIDDEN = re.compile("[\u180e\u2061-\u2064\u206a-\u206f\ufff9-\ufffb\U000e0000-\U000e007f]")


def said(value: Given, filters: tuple[Filter, ...], language: str) -> str:
    """The words; "" when the value is empty or not of the kind a filter asks for. Text comes on one line."""
    for used in filters:
        value = _filtered(value, used, language)
    match value:
        case str():
            return value
        case None | bool():  # a yes or no has no words of its own: a letter asks for it with `if`
            return ""
        case int() | float():
            return _number(value + 0, None, language) if math.isfinite(value) else ""  # minus zero is zero
        case date():
            return _date(value, "long", language)
        case tuple() | list():
            return format_list([one_line(item) for item in value], locale=_locale(language)) if value else ""
        case _:  # whole records are not words
            return ""


def one_line(text: str) -> str:
    """As typed, but on one line and without what cannot be seen."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(_HIDDEN.sub("", UNREADABLE.sub("", " ".join(text.split()))).split())


def is_language(language: str) -> bool:
    """Whether dates and numbers can be written in it: en, fr, pt-BR."""
    try:
        _locale(language)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def locale_of(language: str) -> Locale:
    """Of one that is a language."""
    return _locale(language)


def reads_from(language: str) -> str:
    """ "ltr" or "rtl"."""
    return _locale(language).text_direction


def _filtered(value: Given, used: Filter, language: str) -> Given:
    match value:
        case bool():
            return None
        case str():
            return _text(value, used.name)
        case int() | float() if math.isfinite(value):
            return _amount(value + 0, used, language)
        case date() if used.name == "date":
            return _date(value, str(used.arguments[0]) if used.arguments else "long", language)
        case _:
            return None


def _text(text: str, form: str) -> str | None:
    match form:
        case "lower":
            return text.lower()
        case "upper":
            return text.upper()
        case "title":
            return text.title()
        case _:
            return None


def _amount(number: float, used: Filter, language: str) -> str | None:
    match used.name:
        case "money":
            return _money(number, str(used.arguments[0]), language)
        case "number":
            return _number(number, _decimals(used), language)
        case "percent":
            return _percent(number, _decimals(used) or 0, language)
        case "plural":
            return plural_of(number, used, _locale(language))
        case _:
            return None


def _decimals(used: Filter) -> int | None:
    return int(used.arguments[0]) if used.arguments else None


# A day's letters hold few dates and many numbers that repeat; babel takes 20 to 50 µs for each.
@lru_cache(maxsize=4096)
def _date(day: date, width: str, language: str) -> str:
    return format_date(day, width, locale=_locale(language))


@lru_cache(maxsize=4096)
def _number(number: float, decimals: int | None, language: str) -> str:
    return format_decimal(number, _decimal_pattern(decimals, language), locale=_locale(language))


@lru_cache(maxsize=4096)
def _percent(share: float, decimals: int, language: str) -> str:
    return format_percent(share, _percent_pattern(decimals, language), locale=_locale(language))


@lru_cache(maxsize=4096)
def _money(amount: float, currency: str, language: str) -> str:
    # Whole amounts without ",00": letters speak of 48 000 €, not of 48 000,00 €.
    pattern = _money_pattern("" if float(amount).is_integer() else ".00", language)
    return format_currency(amount, currency, pattern, locale=_locale(language), currency_digits=False)


@lru_cache(maxsize=64)
def _decimal_pattern(decimals: int | None, language: str) -> NumberPattern:
    formats = _locale(language).decimal_formats
    return formats[None] if decimals is None else parse_pattern("#,##0" + _places(decimals))


@lru_cache(maxsize=64)
def _percent_pattern(decimals: int, language: str) -> NumberPattern:
    return parse_pattern(
        _locale(language).percent_formats[None].pattern.replace("0", "0" + _places(decimals))
    )


@lru_cache(maxsize=64)
def _money_pattern(decimals: str, language: str) -> NumberPattern:
    return parse_pattern(_locale(language).currency_formats["standard"].pattern.replace(".00", decimals))


def _places(decimals: int) -> str:
    return "." + "0" * decimals if decimals else ""


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")
