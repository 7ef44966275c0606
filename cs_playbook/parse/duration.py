"""`3 days`, `2 business days`: a text that is a stretch of time → Duration, or whole days."""

from __future__ import annotations

import re
from typing import cast

from cs_playbook.model.duration import LONGEST, Duration, Unit
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Scalar

DURATION = re.compile(r"([0-9]{1,6}) +(business day|day|week|month)s?\Z")
FIGURES = re.compile(r"[0-9]{7,}")
UNITLESS = re.compile(r"[0-9]+\Z")
DAYS_ABOUT = {"day": 1, "business day": 1, "week": 7, "month": 30}  # of a unit
_OTHER_UNITS = {
    "d": (1, "day"), "calendar day": (1, "day"), "working day": (1, "business day"), "work day": (1, "business day"),
    "workday": (1, "business day"), "businessday": (1, "business day"), "weekday": (1, "business day"),
    "bd": (1, "business day"), "w": (1, "week"), "mo": (1, "month"), "quarter": (3, "month"), "year": (12, "month"),
    "y": (12, "month"),
}  # fmt: skip


def read_duration(node: Scalar) -> tuple[Duration | None, list[Finding]]:
    """`3 days` → Duration. Units: day, business day, week, month."""
    if FIGURES.match(node.text.strip()):
        return None, [too_long(node)]
    match = DURATION.match(node.text.strip())
    if match is None:
        return None, [no_duration(node)]
    count = int(match[1])
    if count * DAYS_ABOUT[match[2]] > LONGEST:
        return None, [too_long(node)]
    return Duration(count, cast(Unit, match[2])), []


def too_long(node: Scalar) -> Finding:
    shown = node.text if len(node.text) <= 40 else f"{node.text[:40]}…"
    return Finding(node.span, "CSP213", f"'{shown}' is longer than a hundred years", "write a shorter one")


def no_duration(node: Scalar, examples: str = "e.g. 3 days, 2 business days, 6 weeks, 1 month") -> Finding:
    written = node.text.strip()
    if UNITLESS.match(written):
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
    return (
        f"write '{count * times} {right}{'' if count * times == 1 else 's'}'" if right in DAYS_ABOUT else ""
    )


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
