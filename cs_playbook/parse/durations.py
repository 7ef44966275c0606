"""`3 days`, `60 days before renewal_date`, `renewal_date`, `day 30`, `2026-03-31`: texts about time → values."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, TypeAlias, cast
from typing import Literal as OneOf

from cs_playbook.model.time import LONGEST, Duration, FromDate, FromReady, FromStart, Moment, OnDay, Unit
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Scalar

if TYPE_CHECKING:
    from cs_playbook.model.expression import Expression

_DURATION = re.compile(r"([0-9]{1,6}) +(business day|day|week|month)s?\Z")
_RELATIVE = re.compile(
    r"(?P<duration>[0-9]+ +(?:business day|day|week|month)s?) +(?P<direction>before|after) +(?P<date>\S.*)\Z"
)
_NAME = re.compile(r"[A-Za-z_][\w.]*\Z")
_CALL = re.compile(r"[a-z_]+\(.*\)\Z", re.DOTALL)
_FROM_START = re.compile(r"day +([0-9]+)\Z")
_FIGURES = re.compile(r"[0-9]{7,}")
_UNITLESS = re.compile(r"[0-9]+\Z")
_UNITS = {"day": 1, "business day": 1, "week": 7, "month": 30}  # days, about
_OTHER_UNITS = {
    "d": (1, "day"), "calendar day": (1, "day"), "working day": (1, "business day"), "work day": (1, "business day"),
    "workday": (1, "business day"), "businessday": (1, "business day"), "weekday": (1, "business day"),
    "bd": (1, "business day"), "w": (1, "week"), "mo": (1, "month"), "quarter": (3, "month"), "year": (12, "month"),
    "y": (12, "month"),
}  # fmt: skip
_MOMENTS = "e.g. 2 business days, 60 days before renewal_date, renewal_date, day 30, 2026-03-31"

Bind: TypeAlias = "Callable[[str, int], tuple[Expression | None, list[Finding]]]"


def read_duration(node: Scalar) -> tuple[Duration | None, list[Finding]]:
    """`3 days` → Duration. Units: day, business day, week, month."""
    if _FIGURES.match(node.text.strip()):
        return None, [_too_long(node)]
    match = _DURATION.match(node.text.strip())
    if match is None:
        return None, [_no_duration(node)]
    count = int(match[1])
    if count * _UNITS[match[2]] > LONGEST:
        return None, [_too_long(node)]
    return Duration(count, cast(Unit, match[2])), []


def _too_long(node: Scalar) -> Finding:
    shown = node.text if len(node.text) <= 40 else f"{node.text[:40]}…"
    return Finding(node.span, "CSP213", f"'{shown}' is longer than a hundred years", "write a shorter one")


def _no_duration(node: Scalar, examples: str = "e.g. 3 days, 2 business days, 6 weeks, 1 month") -> Finding:
    written = node.text.strip()
    if _UNITLESS.match(written):
        return Finding(
            node.span,
            "CSP213",
            f"'{node.text}' has no unit",
            f"write '{node.text} days', '{node.text} business days' or '{node.text} weeks'",
        )
    if re.match(r"[0-9]+ *(h|hour|minute|min)s?\Z", written):
        return Finding(
            node.span,
            "CSP213",
            f"'{node.text}': a run comes once a day, nothing is shorter than a day",
            "write days or business days",
        )
    return Finding(
        node.span, "CSP213", f"'{node.text}' is not a duration", _right_spelling(written) or examples
    )


def _right_spelling(written: str) -> str:
    """`2 working days` → write '2 business days'."""
    figure = re.match(r"([0-9]{1,6}) *([a-z ]+?)s?\Z", written.lower())
    if figure is None:
        return ""
    count, unit = int(figure[1]), figure[2].replace("-", " ")
    times, right = _OTHER_UNITS.get(unit, (1, unit))
    return f"write '{count * times} {right}{'' if count * times == 1 else 's'}'" if right in _UNITS else ""


def read_days(node: Scalar) -> tuple[int | None, list[Finding]]:
    """A duration that must be a whole number of days: `3 days`, `2 weeks`."""
    duration, findings = read_duration(node)
    if duration is None:
        return None, findings
    if duration.unit not in ("day", "week"):
        return None, [
            Finding(
                node.span,
                "CSP213",
                f"'{node.text}': here only days and weeks can be counted",
                "e.g. 45 days, 6 weeks",
            )
        ]
    return duration.count * (7 if duration.unit == "week" else 1), []


def read_moment(node: Scalar, bind: Bind) -> tuple[Moment | None, list[Finding]]:
    """A due date or an earliest day. `bind(text, offset)` reads the name of a date inside the text."""
    text = node.text.strip()
    relative = _RELATIVE.match(text)
    if relative is not None:
        return _relative(node, relative, bind)
    started = _FROM_START.match(text)
    if started is not None:
        too_long = len(started[1]) > 6 or int(started[1]) > LONGEST
        return (None, [_too_long(node)]) if too_long else (FromStart(int(started[1])), [])
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", text):
        return _day(node, text)
    if _NAME.match(text) or _CALL.match(text):
        return _date_alone(node, text, bind)
    duration, findings = read_duration(node)
    if duration is not None or _UNITLESS.match(text) or _FIGURES.match(text) or _DURATION.match(text):
        return (FromReady(duration), []) if duration else (None, findings)
    return None, [_no_moment(node, text)]


def _date_alone(node: Scalar, text: str, bind: Bind) -> tuple[Moment | None, list[Finding]]:
    """`given.meeting_on` is that very day. A word that is near no fact (`tomorrow`) is not taken for one."""
    name, wrong = bind(text, 0)
    if name is not None:
        return FromDate(Duration(0, "day"), "after", name, node.text, node.span), wrong
    unknown = wrong[0].code == "CSP210" and not wrong[0].hint.startswith("did you mean")
    if unknown and text.isidentifier():
        return None, [_no_moment(node, text)]
    return None, wrong


def _no_moment(node: Scalar, text: str) -> Finding:
    unitless = re.match(r"([0-9]+) +((?:before|after) .*)", text)
    if unitless is not None:
        fact = f"'{unitless[1]}' has no unit"
        return Finding(
            node.span, "CSP213", fact, f"write '{unitless[1]} days {unitless[2]}', or business days, or weeks"
        )
    wrong = _no_duration(node, _MOMENTS)
    return replace(wrong, message=f"'{node.text}' does not say when") if wrong.hint == _MOMENTS else wrong


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
        return None, [
            Finding(
                node.span, "CSP213", f"'{text}' is not a day of the calendar", "year, month, day: 2026-03-31"
            )
        ]
