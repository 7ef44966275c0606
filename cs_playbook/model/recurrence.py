"""The text of an RRULE, a day and its first day → the next day on which it falls, by python-dateutil."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from dateutil.rrule import rrule, rrulestr

_TIME_OF_UNTIL = re.compile(
    r"(UNTIL=[0-9]{8})T[0-9]{6}Z?"
)  # a run knows days: the hour of the last says nothing


def next_of_rule(rule: str, after: date, since: date) -> date | None:
    """None where none comes any more. Raises ValueError where the text is no rule."""
    found = read_rule(rule, since).after(_at_midnight(after))
    return None if found is None else found.date()


def read_rule(rule: str, since: date) -> rrule:
    """Raises ValueError where the text is no rule."""
    read = rrulestr(_TIME_OF_UNTIL.sub(r"\1", rule), dtstart=_at_midnight(since))
    assert isinstance(read, rrule)
    return read


def _at_midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
