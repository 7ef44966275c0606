"""The keys that say how cells are written (`dates`, `decimal`, `empty` …) → a Format, on top of the one around it."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo, available_timezones

from cs_playbook.model.mapping import Format
from cs_playbook.parse.date_pattern import NoPattern
from cs_playbook.parse.moment import way_of_moments
from cs_playbook.parse.nodes import scalar, texts
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, Node, Scalar
from cs_playbook.values import replace

FORMAT_KEYS = ("dates", "zone", "decimal", "thousands", "empty", "yes", "no", "lists")


def read_format(node: Mapping, usual: Format, findings: list[Finding]) -> Format:
    """The formats of a block on top of `usual`; what contradicts itself goes to `findings`."""
    said = {key: node.get(key) for key in FORMAT_KEYS}
    read = replace(
        usual,
        dates=_text(said["dates"], usual.dates),
        zone=_text(said["zone"], usual.zone),
        decimal=_text(said["decimal"], usual.decimal) or usual.decimal,
        thousands=_text(said["thousands"], usual.thousands) or "",
        empty=("", *texts(node, "empty")) if said["empty"] is not None else usual.empty,
        yes=texts(node, "yes") if said["yes"] is not None else usual.yes,
        no=texts(node, "no") if said["no"] is not None else usual.no,
        lists=_text(said["lists"], usual.lists) or usual.lists,
    )
    findings += _pattern(scalar(node, "dates"))
    findings += _zone(scalar(node, "zone"))
    findings += _contradictions(node, read)
    return read


def _text(node: Node | None, usual: str | None) -> str | None:
    return node.text if isinstance(node, Scalar) else usual


def _pattern(node: Scalar | None) -> Iterator[Finding]:
    if node is None:
        return
    try:
        way_of_moments(node.text)
    except NoPattern as wrong:
        yield Finding(node.span, "CSP713", wrong.message, wrong.hint)


def _zone(node: Scalar | None) -> Iterator[Finding]:
    if node is None:
        return
    try:
        ZoneInfo(node.text)
    except (ValueError, OSError, KeyError):  # KeyError: no such zone
        hint = did_you_mean(node.text, available_timezones()) or "e.g. UTC, Europe/Paris"
        yield Finding(node.span, "CSP120", f"there is no time zone '{node.text}'", hint)


def _contradictions(node: Mapping, read: Format) -> Iterator[Finding]:
    """Only where this block says one of the two; what it inherits has been reported where it stands."""
    numbers = node.key("decimal") or node.key("thousands")
    if numbers is not None and read.decimal == read.thousands:
        fact = f"'{read.decimal}' cannot be both the decimal sign and the sign between thousands"
        yield Finding(numbers.span, "CSP715", fact, 'no sign between thousands is written `thousands: ""`')
    words = node.key("yes") or node.key("no")
    both = set(read.yes or ()) & set(read.no or ())
    if words is not None and both:
        yield Finding(words.span, "CSP715", f"'{min(both)}' means both yes and no", "keep it on one side")
    blank = node.key("empty") or words
    either = set(read.empty) & {*(read.yes or ()), *(read.no or ())}
    if blank is not None and either:
        fact = f"'{min(either)}' is both empty and a word for yes or no"
        yield Finding(blank.span, "CSP715", fact, "an empty yes/no field is no; keep the word on one side")
