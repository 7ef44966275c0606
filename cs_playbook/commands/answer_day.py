"""What stands in `done_on` of a returned list → the day that counts, and what is doubtful about it."""

from __future__ import annotations

import re
from datetime import date

FARTHEST = 400  # days between an answer and the run that takes it; beyond, the year is wrong
# With dots the day comes first wherever days are written so; with slashes one half of the world says the month first.
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def answer_day(written: str, today: date) -> tuple[date, str]:
    """An unclear day takes nothing from the answer: it counts `today`, and a person is told. "" where all is clear."""
    if not written:
        return today, ""
    given = _read(written)
    if given is None:
        doubt = "could be read in several ways" if "/" in written else "is not a day"
    elif given > today:
        doubt = "has not come yet"
    elif (today - given).days > FARTHEST:
        doubt = "is far from today"
    else:
        return given, ""
    return today, doubt


def _read(written: str) -> date | None:
    dotted = _DOTTED.fullmatch(written)
    try:
        if dotted:
            day, month, year = map(int, dotted.groups())
            return date(year, month, day)
        return date.fromisoformat(written)
    except ValueError:
        return None
