"""A playbook's cap on emails is wider than the project's where it can hold nothing back that the project's lets through."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_playbook.check.mail_policy import _is_wider
from cs_playbook.model.duration import Duration, Unit
from cs_playbook.model.mail_policy import Cap
from cs_playbook.model.time import Calendar

CALENDAR = Calendar(holidays_of=lambda year: frozenset({date(year, 5, 1), date(year, 12, 25)}))
DAYS = [date(2026, 4, 20) + timedelta(days=n) for n in range(70)]


def cap(written: str) -> Cap:
    most, _, count, unit = written.split(maxsplit=3)
    return Cap(int(most), Duration(int(count), cast(Unit, unit)))


@pytest.mark.parametrize(
    ("own", "project", "wider"),
    [
        ("2 per 5 business day", "1 per 5 business day", True),
        ("1 per 3 business day", "1 per 5 business day", True),
        ("1 per 10 business day", "1 per 5 business day", False),
        ("1 per 5 business day", "1 per 5 business day", False),
        ("1 per 5 day", "1 per 5 business day", True),
        ("1 per 6 day", "1 per 5 business day", False),
        ("1 per 5 business day", "1 per 5 day", False),  # a weekend longer, most of the time
        ("1 per 5 business day", "1 per 6 day", False),
        ("1 per 1 business day", "1 per 1 month", True),
        ("1 per 7 day", "1 per 1 week", False),  # the same in other words
        ("2 per 7 day", "1 per 1 week", True),
        ("1 per 1 day", "2 per 1 week", False),  # never both on one day
        ("4 per 1 month", "1 per 5 business day", False),
        ("7 per 1 month", "1 per 5 business day", True),
        ("2 per 10 day", "1 per 5 day", True),
    ],
)
def test_weekends_count(own: str, project: str, wider: bool) -> None:
    assert _is_wider(cap(own), cap(project), worked=5) is wider


CAPS = st.tuples(
    st.integers(1, 4), st.builds(Duration, st.integers(1, 12), st.sampled_from(get_args(Unit)))
).map(lambda cap: Cap(*cap))


@given(own=CAPS, project=CAPS, wishes=st.lists(st.sampled_from(DAYS), max_size=25))
def test_what_is_wider_never_holds_a_mail_back(own: Cap, project: Cap, wishes: list[date]) -> None:
    if not _is_wider(own, project, worked=5):
        return
    alone, both = sent(wishes, (project,)), sent(wishes, (project, own))

    assert alone == both


def sent(wishes: list[date], caps: tuple[Cap, ...]) -> list[date]:
    gone: list[date] = []
    for day in sorted(wishes):
        if all(sum(one.free_on(before, CALENDAR) > day for before in gone) < one.most for one in caps):
            gone.append(day)
    return gone
