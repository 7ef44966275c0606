"""Small words of every screen and list: days, counts, cleaned and escaped texts."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")  # fmt: skip
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")


def day_in_words(day: date) -> str:
    """`Monday 2 March`; with the year where it is not obvious, use day_with_year."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def day_with_year(day: date) -> str:
    return f"{day_in_words(day)} {day.year}"


def short_day(day: date) -> str:
    """`Tue 3`."""
    return f"{_DAYS[day.weekday()][:3]} {day.day}"


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 day`, `2 days`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def clean(text: str) -> str:
    """One line without letters that steer a terminal, turn the reading order or cannot be seen."""
    visible = (" " if letter in "\r\n\t" else letter for letter in text)
    return "".join(letter for letter in visible if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))


def markdown(text: str) -> str:
    """Data inside Markdown: nothing in it means anything; `@name` calls nobody."""
    return _MARKDOWN.sub(r"\\\1", clean(text)).replace("@", "@\u200b")
