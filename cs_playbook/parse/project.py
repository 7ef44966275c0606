"""The node of `project:` → Project."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, available_timezones

from cs_playbook.model.project import USUAL_EXPIRY, CalendarRules, Languages, Project
from cs_playbook.parse.channels import read_channels
from cs_playbook.parse.countries import COUNTRIES
from cs_playbook.parse.duration import read_duration
from cs_playbook.parse.heartbeat import read_heartbeat
from cs_playbook.parse.keep import read_keep
from cs_playbook.parse.nodes import block, items, number, scalar, text, texts
from cs_playbook.parse.sending import read_sending
from cs_playbook.parse.stopping import read_stop_when
from cs_playbook.source.finding import Finding, Span, did_you_mean
from cs_playbook.source.tree import Mapping, Scalar

_ELSEWHERE = re.compile(r"[/\\~]|[A-Za-z]:|.*\0", re.DOTALL)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")  # fmt: skip


def read_project(root: Mapping) -> tuple[Project, list[Finding]]:
    ledger = block(root, "ledger")
    calendar, findings = _calendar(block(root, "calendar"))
    languages, wrong = _languages(block(root, "languages"))
    channels, wrong_channels = read_channels(root)
    sending, wrong_sending = read_sending(root)
    stop_when, wrong_stops = read_stop_when(root)
    heartbeat, wrong_heartbeat = read_heartbeat(root)
    keep, wrong_keep = read_keep(root)
    expiry = scalar(root, "expires_after")
    expires_after, wrong_expiry = read_duration(expiry) if expiry else (None, [])
    findings += _leads_out(scalar(root, "snapshots"))
    findings += _leads_out(scalar(ledger, "path") if ledger else None)
    project = Project(
        name=text(root, "project"),
        format=number(root, "format") or 1,
        snapshots=text(root, "snapshots", "data/snapshots"),
        ledger=text(ledger, "path", "data/ledger.db") if ledger else "data/ledger.db",
        ledger_id=(text(ledger, "id") or None) if ledger else None,
        span=root.span,
        calendar=calendar,
        languages=languages,
        stop_when=stop_when,
        channels=channels,
        sending=sending,
        expires_after=expires_after or USUAL_EXPIRY,
        heartbeat=heartbeat,
        keep=keep,
    )
    return project, [
        *findings,
        *wrong,
        *wrong_channels,
        *wrong_sending,
        *wrong_stops,
        *wrong_expiry,
        *wrong_heartbeat,
        *wrong_keep,
    ]


def _leads_out(node: Scalar | None) -> list[Finding]:
    """As the text alone tells; whether a link leads out is seen on the disk only (commands/workspace)."""
    if node is None or not (_ELSEWHERE.match(node.text) or ".." in re.split(r"[/\\]", node.text)):
        return []
    return [leads_out(node.span, node.text)]


def leads_out(span: Span, path: str) -> Finding:
    """`path` as it is written in the project file."""
    return Finding(
        span,
        "CSP124",
        f"'{path}' does not lie inside the workspace",
        "write a path below the folder of project.yaml, e.g. data/snapshots",
    )


def _calendar(node: Mapping | None) -> tuple[CalendarRules, list[Finding]]:
    if node is None:
        return CalendarRules(), []
    month = text(node, "fiscal_year_starts", "january")
    rules = CalendarRules(
        timezone=text(node, "timezone", "UTC"),
        holidays=texts(node, "holidays"),
        week=_week(text(node, "week", "mon-fri")),
        fiscal_year_starts=_MONTHS.index(month) + 1 if month in _MONTHS else 1,
    )
    return rules, [*_zone(node, rules.timezone), *_countries(node)]


def _countries(node: Mapping) -> list[Finding]:
    """Told here, not when the first working day is reckoned: that may be in the run of tomorrow morning."""
    return [
        Finding(
            item.span,
            "CSP129",
            f"there is no calendar of holidays for '{item.text}'",
            did_you_mean(item.text, COUNTRIES) or "write the two letters of a country: FR, DE, GB …",
        )
        for item in items(node, "holidays")
        if isinstance(item, Scalar) and item.text not in COUNTRIES
    ]


def _zone(node: Mapping, name: str) -> list[Finding]:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # KeyError: no such zone
        key = node.get("timezone")
        near = did_you_mean(name, available_timezones())
        return [
            Finding(
                key.span if key else node.span,
                "CSP120",
                f"there is no time zone '{name}'",
                near or "e.g. Europe/Paris",
            )
        ]
    return []


def _week(written: str) -> tuple[int, ...]:
    first, _, last = written.partition("-")
    if first not in _DAYS or last not in _DAYS:
        return CalendarRules().week
    start, end = _DAYS.index(first), _DAYS.index(last)
    return tuple(sorted((start + n) % 7 for n in range((end - start) % 7 + 1)))


def _languages(node: Mapping | None) -> tuple[Languages, list[Finding]]:
    if node is None:
        return Languages(), []
    languages = Languages(texts(node, "supported") or ("en",), text(node, "default", "en"))
    if languages.default not in languages.supported:
        where = node.get("default") or node
        return languages, [
            Finding(
                where.span,
                "CSP121",
                f"the default '{languages.default}' is not among the supported languages",
                f"one of: {', '.join(languages.supported)}",
            )
        ]
    return languages, []
