"""Facts in what a story expects → what must be asked for them, and what they are on its day."""

from __future__ import annotations

from collections.abc import Mapping
from math import isclose
from typing import Any

from cs_playbook.commands.one_account import subject_of
from cs_playbook.commands.planning import Morning
from cs_playbook.model.expression import Value
from cs_playbook.model.story import Stories
from cs_playbook.parse.story_value import Days, Wrong, kinds_of_account, read_value


def facts_expected(stories: Stories) -> tuple[str, ...]:
    """All that any day of them expects to be known of an account."""
    expectations = (run.expect for case in stories.cases for run in case.runs if run.expect is not None)
    named = (said for expect in expectations for said in (expect.facts or {}).values())
    return tuple(dict.fromkeys(name for said in named for name in said))


def facts_today(account: str, morning: Morning) -> Mapping[str, Value]:
    """Empty where the account is missing."""
    return subject_of(account, morning).values


def wanted_fact(name: str, written: Any, morning: Morning, days: Days) -> Value:
    """As facts hold it. Checked before: what is not of its kind is a mistake of ours, or of nobody's day."""
    kind = kinds_of_account(morning.today.catalog).get(name)
    value = None if kind is None else read_value(written, kind, days)
    return f"{written}" if kind is None or isinstance(value, Wrong) else value


def is_as_written(written: Value, there: Value) -> bool:
    """A number that goes on and on is said by three decimals or more: 0.783 of 47/60. 0.1 is also what 1 - 0.9 gives."""
    if not isinstance(written, float) or not isinstance(there, int | float):
        return written == there
    decimals = len(f"{written!r}".partition(".")[2])
    return isclose(written, there, rel_tol=1e-9) or (decimals >= 3 and round(there, decimals) == written)
