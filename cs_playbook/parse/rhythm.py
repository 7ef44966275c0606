"""`2 weeks on monday from 2026-01-05`, `last business day of month`, `15th`, an RRULE: texts about rhythms → values."""

from __future__ import annotations

import re
from datetime import date
from typing import cast

from cs_playbook.model.duration import Duration
from cs_playbook.model.expression import Expression, Name, walk
from cs_playbook.model.rhythm import day_on_or_after, is_fixed
from cs_playbook.model.time import (
    Beat,
    Calendar,
    Counted,
    DayOfMonth,
    Interval,
    Moment,
    Nth,
    OnRhythm,
    Period,
    Recurrence,
    Rhythm,
)
from cs_playbook.parse.duration import read_duration
from cs_playbook.parse.durations import Bind
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Scalar

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_NUMBERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_PERIODS = ("month", "quarter", "year", "fiscal quarter", "fiscal year")
_WORDS = (*WEEKDAYS, *_NUMBERS, "business day", "week", *_PERIODS)

_EXAMPLE = date(2026, 1, 5)
_FROM = re.compile(r"(?P<beat>.*?)\s+from\s+(?P<day>.+)\Z")
_INTERVAL = re.compile(r"(?P<duration>[0-9]+\s+(?:business day|day|week|month)s?)(?:\s+on\s+(?P<on>\S.*))?\Z")
_ORDINAL = re.compile(r"(?P<number>[0-9]{1,3})(?:st|nd|rd|th)\Z")
_NTH = re.compile(
    r"(?P<number>\S+)\s+(?P<what>\S+(?: day)?)\s+of\s+(?:the\s+|each\s+|every\s+)?(?P<period>.+)\Z"
)
_CALENDAR = re.compile(
    rf"\b(?:{'|'.join(WEEKDAYS)}|{'|'.join(_NUMBERS)}|week of|day of)\b|\A[0-9]+(?:st|nd|rd|th)\b|\ARRULE\b",
    re.IGNORECASE,
)
_EXAMPLES = "e.g. 2 weeks, 2 weeks on monday, 1 month, monday, 15th, fourth friday of month, last business day of month"


def looks_like_a_rhythm(text: str) -> bool:
    """Whether somebody means days of the calendar, and no duration."""
    return _CALENDAR.search(text) is not None


def read_rhythm(node: Scalar, bind: Bind | None = None) -> tuple[Rhythm | None, list[Finding]]:
    """`2 weeks on monday from 2026-01-05` → Rhythm. Whether `from` is one of its days is asked by check/rhythms.

    `bind` reads the name of a date behind `from`; None where the rhythm must be the same for everybody.
    """
    text = " ".join(node.text.split())
    found = _FROM.match(text)
    start: date | None = None
    phase: Expression | None = None
    findings: list[Finding] = []
    if found and _names_a_date(found["day"]):
        phase, findings = _phase(node, found["day"], bind)
    elif found:
        start, findings = _start(node, found["day"])
    beat, wrong = _beat(node, found["beat"] if found else text)
    if beat is None or (found and start is None and phase is None):
        return None, [*findings, *wrong]
    return Rhythm(beat, text, start, node.span, phase), findings


def _names_a_date(written: str) -> bool:
    """`contract_start`, `given.begins_on`, `earliest(a, b)`; not `5.1.2026`, and not `January`."""
    return re.match(r"[a-z_][\w.]*(?:\(.*\))?\Z", written) is not None


def _phase(node: Scalar, written: str, bind: Bind | None) -> tuple[Expression | None, list[Finding]]:
    if bind is None:
        fact = (
            f"'{node.text}': here a rhythm is the same for everybody, and '{written}' is each account's own"
        )
        hint = "from a day of the calendar: from 2026-01-05; of an account: `every:` on a step"
        return None, [Finding(node.span, "CSP233", fact, hint)]
    phase, findings = bind(written, max(node.text.find(written), 0))
    moves = phase is not None and any(isinstance(part, Name) and part.name == "today" for part in walk(phase))
    if moves:
        fact = f"'{node.text}': 'today' is another day each day, and nothing can be counted from it"
        return None, [Finding(node.span, "CSP231", fact, "e.g. from contract_start, from started_on")]
    return phase, findings


def read_day_of_rhythm(node: Scalar) -> tuple[Moment | None, list[Finding]]:
    """A due date or an earliest day: the first day of a rhythm that is the same for everybody."""
    rhythm, findings = read_rhythm(node)
    if rhythm is None or findings:
        return None, findings
    return (OnRhythm(rhythm), []) if is_fixed(rhythm) else (None, [no_phase(node, rhythm)])


def no_phase(node: Scalar, rhythm: Rhythm) -> Finding:
    """With a first day that it may have."""
    first = day_on_or_after(rhythm, _EXAMPLE, _EXAMPLE, Calendar()) or _EXAMPLE
    fact = f"'{rhythm}' does not say from which day on it is counted"
    return Finding(
        node.span, "CSP233", fact, f"say it: {rhythm} from {first.isoformat()}; or a day: monday, 15th"
    )


def _start(node: Scalar, written: str) -> tuple[date | None, list[Finding]]:
    try:
        return date.fromisoformat(written), []
    except ValueError:
        fact = f"'{written}' is not a day of the calendar"
        return None, [Finding(node.span, "CSP231", fact, "year, month, day: from 2026-01-05")]


def _beat(node: Scalar, text: str) -> tuple[Beat | None, list[Finding]]:
    words = text.lower()
    interval = _INTERVAL.match(words)
    ordinal = _ORDINAL.match(words)
    nth = _NTH.match(words)
    if text.startswith("RRULE"):
        return _rule(node, text)
    if interval is not None:
        return _interval(node, interval)
    if words in WEEKDAYS:
        return Interval(Duration(1, "week"), WEEKDAYS.index(words)), []
    if ordinal is not None:
        return _day_of_month(node, int(ordinal["number"]))
    if nth is not None:
        return _nth(node, nth)
    return None, [_no_rhythm(node, words)]


# --- every so often ---


def _interval(node: Scalar, match: re.Match[str]) -> tuple[Beat | None, list[Finding]]:
    duration, findings = read_duration(Scalar(match["duration"], match["duration"], node.span))
    if duration is None:
        return None, findings
    if duration.count == 0:
        return None, [
            Finding(node.span, "CSP231", f"'{node.text}' would come for ever on one day", _EXAMPLES)
        ]
    if match["on"] is None:
        return Interval(duration), []
    if duration.unit == "week" and match["on"] in WEEKDAYS:
        return Interval(duration, WEEKDAYS.index(match["on"])), []
    return None, [_not_on(node, duration, match["on"])]


def _not_on(node: Scalar, duration: Duration, on: str) -> Finding:
    if duration.unit == "week":
        hint = did_you_mean(on, WEEKDAYS) or "one day of the week: 2 weeks on monday; several: an RRULE"
        return Finding(node.span, "CSP231", f"'{on}' is no day of the week", hint)
    fact = f"'{node.text}': only weeks come `on` a day of the week"
    return Finding(node.span, "CSP231", fact, "e.g. 15th, first monday of month, 3 months from 2026-01-15")


# --- so many of a period ---


def _day_of_month(node: Scalar, number: int) -> tuple[Beat | None, list[Finding]]:
    if 1 <= number <= 31:
        return DayOfMonth(number), []
    fact = f"no month has a day {number}"
    return None, [Finding(node.span, "CSP231", fact, "1st to 31st; the end of a month: last day of month")]


def _nth(node: Scalar, match: re.Match[str]) -> tuple[Beat | None, list[Finding]]:
    number, what = _number(match["number"]), match["what"]
    period = match["period"]
    if number is None or not _is_counted(what) or period not in (*_PERIODS, *_MONTHS):
        return None, [_not_nth(node, match)]
    # The second week of a month begins on its second Monday: a week belongs to the month of its Monday.
    of = (
        cast(Counted, what)
        if what in ("day", "business day")
        else _weekday("monday" if what == "week" else what)
    )
    if period in _MONTHS:
        return Nth(number, of, "month", _MONTHS.index(period) + 1), []
    return Nth(number, of, cast(Period, period)), []


def _number(written: str) -> int | None:
    ordinal = _ORDINAL.match(written)
    number = int(ordinal["number"]) if ordinal is not None else _NUMBERS.get(written)
    return number if number else None  # there is no 0th


def _is_counted(what: str) -> bool:
    return what in (*WEEKDAYS, "day", "business day", "week")


def _weekday(name: str) -> int:
    return WEEKDAYS.index(name)


def _not_nth(node: Scalar, match: re.Match[str]) -> Finding:
    """Which of its three words is wrong."""
    choices = (
        (match["number"], _number(match["number"]) is not None, tuple(_NUMBERS)),
        (match["what"], _is_counted(match["what"]), (*WEEKDAYS, "day", "business day", "week")),
        (match["period"], match["period"] in (*_PERIODS, *_MONTHS), (*_PERIODS, *_MONTHS)),
    )
    word, _, known = next(choice for choice in choices if not choice[1])
    hint = did_you_mean(word, known) or f"one of: {', '.join(known[:9])}"
    return Finding(node.span, "CSP231", f"'{node.text}': '{word}' cannot be counted here", hint)


def _no_rhythm(node: Scalar, words: str) -> Finding:
    fact = f"'{node.text}' is not a rhythm"
    duration = words if words in ("day", "business day", "week", "month") else ""
    if duration:
        return Finding(node.span, "CSP231", fact, f"write '1 {duration}'")
    others = {"daily": "1 day", "weekly": "1 week", "monthly": "1 month", "quarterly": "3 months", "yearly": "12 months",
              "quarter": "3 months", "year": "12 months", "weekdays": "1 business day", "biweekly": "2 weeks"}  # fmt: skip
    if words in others:
        return Finding(node.span, "CSP231", fact, f"write '{others[words]}'")
    _, wrong = read_duration(node)
    if wrong and wrong[0].hint.startswith("write "):
        return Finding(node.span, "CSP231", fact, wrong[0].hint)
    return Finding(node.span, "CSP231", fact, did_you_mean(words, _WORDS) or _EXAMPLES)


# --- RRULE ---

_RULE = re.compile(r"RRULE:(?P<rule>[A-Z]+=[A-Z0-9,+-]+(?:;[A-Z]+=[A-Z0-9,+-]+)*)\Z")
_DAYS_ONLY = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS = (
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST",
)  # fmt: skip
_OF_A_DAY = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "WKST")


def _rule(node: Scalar, text: str) -> tuple[Beat | None, list[Finding]]:
    match = _RULE.match(text.upper().replace("RRULE: ", "RRULE:"))
    if match is None:
        fact = f"'{node.text}' is not an RRULE"
        return None, [
            Finding(node.span, "CSP231", fact, "e.g. RRULE:FREQ=MONTHLY;BYDAY=-1FR, without spaces")
        ]
    parts = [part.split("=") for part in match["rule"].split(";")]
    wrong = _wrong_parts(dict(parts), len(parts)) or _refused_by_reader(match["rule"])
    if wrong:
        fact, hint = wrong
        return None, [Finding(node.span, "CSP231", f"'{node.text}': {fact}", hint)]
    return Recurrence(match["rule"]), []


def _wrong_parts(parts: dict[str, str], written: int) -> tuple[str, str] | None:
    """What is wrong, and what to write instead."""
    stranger = next((name for name in parts if name not in _PARTS), None)
    if len(parts) < written:
        return "a part stands there twice", "say each part once"
    if parts.get("FREQ") not in _DAYS_ONLY:
        return "a run comes once a day", f"FREQ is one of: {', '.join(_DAYS_ONLY)}"
    if stranger == "DTSTART":
        return "its first day is said by `from`", "write it behind the rule: RRULE:FREQ=… from 2026-01-05"
    if stranger is not None:
        return f"'{stranger}' cannot be said here", f"one may say: {', '.join(_PARTS)}"
    return _wrong_values(parts)


def _wrong_values(parts: dict[str, str]) -> tuple[str, str] | None:
    daily = parts["FREQ"] == "DAILY"
    if not re.fullmatch(r"[1-9][0-9]{0,3}", parts.get("INTERVAL", "1")):
        return "INTERVAL is a whole number from 1", "e.g. INTERVAL=2"
    if not re.fullmatch(r"[0-9]{8}(T[0-9]{6}Z?)?", parts.get("UNTIL", "20260331")):
        return "UNTIL is a day", "year, month, day in one: UNTIL=20261231"
    if {"COUNT", "UNTIL"} <= set(parts):
        return "COUNT and UNTIL both say when it is over", "say one of them"
    if daily and (set(parts) - set(_OF_A_DAY) or ("INTERVAL" in parts and {"BYDAY", "BYMONTH"} & set(parts))):
        return (
            "days that are chosen out of days",
            "write FREQ=WEEKLY or FREQ=MONTHLY with the same BYDAY, BYMONTHDAY",
        )
    if not _some_date_exists(parts):
        return "it never comes: none of its months has such a day", "look at BYMONTH and BYMONTHDAY"
    return None


def _some_date_exists(parts: dict[str, str]) -> bool:
    months, days = (_whole_numbers(parts.get(name, "")) for name in ("BYMONTH", "BYMONTHDAY"))
    longest = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
    return not days or any(abs(day) <= longest.get(month, 31) for day in days for month in months or [1])


def _whole_numbers(written: str) -> list[int]:
    return [int(number) for number in written.split(",") if re.fullmatch(r"[+-]?[0-9]{1,3}", number)]


def _refused_by_reader(rule: str) -> tuple[str, str] | None:
    from cs_playbook.model.recurrence import read_rule  # noqa: PLC0415 - 30 ms that few files need

    try:
        read_rule(rule, date(2000, 1, 1))
    except (ValueError, TypeError, KeyError, IndexError):
        return "this is no rule of RFC 5545", "e.g. RRULE:FREQ=MONTHLY;BYDAY=-1FR"
    return None
