"""`60 days before renewal_date`, `renewal_date`, `day 30`, `2026-03-31`: texts that say when → Moment."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, TypeAlias, cast
from typing import Literal as OneOf

from cs_playbook.model.duration import LONGEST, Duration
from cs_playbook.model.time import FromDate, FromReady, FromStart, Moment, OnDay
from cs_playbook.parse.duration import DURATION, FIGURES, UNITLESS, no_duration, read_duration, too_long
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Scalar
from cs_playbook.values import replace

if TYPE_CHECKING:
    from cs_playbook.model.expression import Expression

_RELATIVE = re.compile(
    r"(?P<duration>[0-9]+ +(?:business day|day|week|month)s?) +(?P<direction>before|after) +(?P<date>\S.*)\Z"
)
_NAME = re.compile(r"[A-Za-z_][\w.]*\Z")
_CALL = re.compile(r"[a-z_]+\(.*\)\Z", re.DOTALL)
_FROM_START = re.compile(r"day +([0-9]+)\Z")
_MOMENTS = "e.g. 2 business days, 60 days before renewal_date, renewal_date, day 30, 2026-03-31"

Bind: TypeAlias = "Callable[[str, int], tuple[Expression | None, list[Finding]]]"


def read_moment(node: Scalar, bind: Bind) -> tuple[Moment | None, list[Finding]]:
    """A due date or an earliest day. `bind(text, offset)` reads the name of a date inside the text."""
    text = node.text.strip()
    relative = _RELATIVE.match(text)
    if relative is not None:
        return _relative(node, relative, bind)
    started = _FROM_START.match(text)
    if started is not None:
        beyond = len(started[1]) > 6 or int(started[1]) > LONGEST
        return (None, [too_long(node)]) if beyond else (FromStart(int(started[1])), [])
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", text):
        return _day(node, text)
    if _NAME.match(text) or _CALL.match(text):
        return _date_alone(node, text, bind)
    duration, findings = read_duration(node)
    if duration is not None or UNITLESS.match(text) or FIGURES.match(text) or DURATION.match(text):
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
    wrong = no_duration(node, _MOMENTS)
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
