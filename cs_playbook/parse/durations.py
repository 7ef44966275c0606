"""`3 days`, `2 business days`, `60 days before renewal_date`, `day 30`, `2026-03-31`: texts about time → values."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Literal as OneOf
from typing import cast

from cs_playbook.model.expression import Expression
from cs_playbook.model.time import LONGEST, Duration, FromDate, FromReady, FromStart, Moment, OnDay, Unit
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Scalar

_DURATION = re.compile(r"(\d+) +(business day|day|week|month)s?\Z")
_RELATIVE = re.compile(r"(?P<duration>\d+ +(?:business day|day|week|month)s?) +(?P<direction>before|after) +(?P<date>\S.*)\Z")
_FROM_START = re.compile(r"day +(\d+)\Z")
_UNITLESS = re.compile(r"\d+\Z")

Bind = Callable[[str, int], tuple[Expression | None, list[Finding]]]


def read_duration(node: Scalar) -> tuple[Duration | None, list[Finding]]:
    """`3 days` → Duration. Units: day, business day, week, month."""
    match = _DURATION.match(node.text.strip())
    if match is None:
        return None, [_no_duration(node)]
    count = int(match[1])
    if count > LONGEST:
        return None, [Finding(node.span, "CSP213", f"'{node.text}' is longer than a hundred years")]
    return Duration(count, cast(Unit, match[2])), []


def _no_duration(node: Scalar) -> Finding:
    if _UNITLESS.match(node.text.strip()):
        return Finding(node.span, "CSP213", f"'{node.text}' has no unit", f"write '{node.text} days', '{node.text} business days' or '{node.text} weeks'")
    if re.match(r"\d+ +(hour|minute)s?\Z", node.text.strip()):
        return Finding(node.span, "CSP213", f"'{node.text}': a run comes once a day, nothing is shorter than a day", "write days or business days")
    return Finding(node.span, "CSP213", f"'{node.text}' is not a duration", "e.g. 3 days, 2 business days, 6 weeks, 1 month")


def read_days(node: Scalar) -> tuple[int | None, list[Finding]]:
    """A duration that must be a whole number of days: `3 days`, `2 weeks`."""
    duration, findings = read_duration(node)
    if duration is None:
        return None, findings
    if duration.unit not in ("day", "week"):
        return None, [Finding(node.span, "CSP213", f"'{node.text}': here only days and weeks can be counted", "e.g. 45 days, 6 weeks")]
    return duration.count * (7 if duration.unit == "week" else 1), []


def read_moment(node: Scalar, bind: Bind) -> tuple[Moment | None, list[Finding]]:
    """A due date or an earliest day. `bind(text, offset)` reads the name of a date inside the text."""
    text = node.text.strip()
    relative = _RELATIVE.match(text)
    if relative is not None:
        return _relative(node, relative, bind)
    started = _FROM_START.match(text)
    if started is not None:
        return FromStart(int(started[1])), []
    if re.match(r"\d{4}-\d{2}-\d{2}\Z", text):
        return _day(node, text)
    if re.search(r"\b(first|second|third|fourth|last|monday|tuesday|wednesday|thursday|friday)\b", text):
        return None, [Finding(node.span, "CSP215", f"'{node.text}': rhythms of the calendar are not yet part of the language")]
    duration, findings = read_duration(node)
    return (FromReady(duration), []) if duration else (None, findings)


def _relative(node: Scalar, match: re.Match[str], bind: Bind) -> tuple[Moment | None, list[Finding]]:
    duration, findings = read_duration(Scalar(match["duration"], match["duration"], node.span))
    name, wrong = bind(match["date"], match.start("date"))
    if duration is None or name is None:
        return None, [*findings, *wrong]
    direction = cast(OneOf["before", "after"], match["direction"])
    return FromDate(duration, direction, name, node.text, node.span), wrong


def _day(node: Scalar, text: str) -> tuple[Moment | None, list[Finding]]:
    try:
        return OnDay(date.fromisoformat(text)), []
    except ValueError:
        return None, [Finding(node.span, "CSP213", f"'{text}' is not a day of the calendar")]
