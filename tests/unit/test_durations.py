"""Durations and moments that nobody can mean are findings, however long their figures are."""

from __future__ import annotations

import pytest

from cs_playbook.model.duration import LONGEST, Duration
from cs_playbook.model.time import FromStart
from cs_playbook.parse.duration import read_days, read_duration
from cs_playbook.parse.durations import read_moment
from cs_playbook.source.finding import NOWHERE, Finding
from cs_playbook.source.tree import Scalar

TOO_LONG = (
    "36501 days",
    "36501 business days",
    "5215 weeks",
    "1217 months",
    "9" * 5_000 + " days",
    "9" * 5_000 + " centuries",
)


def scalar(text: str) -> Scalar:
    return Scalar(text, text, NOWHERE)


def moment(text: str) -> tuple[object, list[Finding]]:
    return read_moment(scalar(text), lambda _text, _offset: (None, []))


@pytest.mark.parametrize("text", TOO_LONG)
def test_a_hundred_years_are_the_most(text: str) -> None:
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    for found, findings in (read_duration(scalar(text)), read_days(scalar(text)), moment(text)):
        assert found is None
        assert [finding.message for finding in findings] == [f"'{shown}' is longer than a hundred years"]


@pytest.mark.parametrize(
    "text", ["day 36501", "day 9999999", "day " + "9" * 5_000, "9" * 5_000 + " days before renewal_date"]
)
def test_a_moment_is_not_later_either(text: str) -> None:
    found, findings = moment(text)
    assert found is None
    assert "is longer than a hundred years" in findings[0].message


def test_a_hundred_years_are_read() -> None:
    assert read_duration(scalar("36500 days")) == (Duration(LONGEST, "day"), [])
    assert moment("day 36500") == (FromStart(LONGEST), [])


@pytest.mark.parametrize("text", ["٣ days", "day ٣", "٢٠٢٦-٠٣-٣١"])
def test_only_0_to_9_are_digits(text: str) -> None:
    assert [finding.code for finding in moment(text)[1]] == ["CSP213"]
