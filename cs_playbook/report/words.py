"""Small words of every screen and list: days, counts, cleaned and escaped texts."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")  # fmt: skip
# Why something is held (plan.decision.HeldBy), where its own word is too short for a screen.
HELD = {
    "limit": "over the limit",
    "resting": "resting since the last time",
    "nobody": "nobody to do it",
    "draft": "a draft now",
    "not together": "never together with another",
}
# Of notes to channels.
POSTS = "cs-playbook send   posts them, where project.yaml says an address"
_OF_CI_LOGS = re.compile(r":(?=:)|##(?=\[)")
# Those below the space are escaped by JSON itself.
_UNSEEN = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_NO_LETTERS = "\ufffe\uffff"  # XML does not allow them, and nobody sees them
# The colon and the dot: hosts make a link of what begins with https:// or www. as well.
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
# An item, a rule, a heading of the line above.
_BEGINS = re.compile(r"\A(\s*\d*)([-+=](?=[-=\s]|\Z)|(?<=\d)[.)](?=\s|\Z))")


def day_in_words(day: date) -> str:
    """`Monday 2 March`; with the year where it is not obvious, use day_with_year."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def day_with_year(day: date) -> str:
    return f"{day_in_words(day)} {day.year}"


def short_day(day: date) -> str:
    """`Tue 3`."""
    return f"{_DAYS[day.weekday()][:3]} {day.day}"


FAR = 3650  # days: a wait as long as that has no end, and a date of the next century tells nobody anything


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 day`, `2 days`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def clean(text: str) -> str:
    """One line without letters that steer a terminal, turn the reading order or cannot be seen.

    Nor may a line become a command of a CI log: those begin with `::`, or with `##[` anywhere.
    """
    if text.isprintable() and "::" not in text and "##[" not in text:
        return text
    return _OF_CI_LOGS.sub(r"\g<0> ", _visible(text))


def _visible(text: str) -> str:
    visible = (" " if letter in "\r\n\t" else letter for letter in text)
    return "".join(
        letter
        for letter in visible
        if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter not in _NO_LETTERS
    )


def unseen_escaped(json: str) -> str:
    """JSON in which letters that steer a terminal or a CI log, or hide, are written as \\u…: the same values, safe to look at."""
    return _UNSEEN.sub(_spelt, json).replace("##[", "##\\u005b")


def _spelt(found: re.Match[str]) -> str:
    """Beyond U+FFFF JSON spells a letter in two halves."""
    halves = found[0].encode("utf-16-be")
    return "".join(f"\\u{halves[n : n + 2].hex()}" for n in range(0, len(halves), 2))


def markdown(text: str) -> str:
    """Data inside Markdown: nothing in it means anything, at the beginning of a line or of an item either."""
    return _BEGINS.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", clean(text)))


def cut(text: str, width: int) -> str:
    """At most `width` letters, the last one … where something is left out."""
    return text if len(text) <= width else text[: max(width - 1, 1)] + "…"
