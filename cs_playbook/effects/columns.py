"""The columns that are asked of a reading → those that it does not have, has twice, or that nobody asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cs_playbook.model.mapping import Origin
from cs_playbook.source.cells import Reading
from cs_playbook.source.finding import Finding, Severity, Span, did_you_mean
from cs_playbook.source.records import Records

Wanted = Mapping[str, Span]  # a column: where it is asked for


def header_findings(wanted: Wanted, origin: Origin, reading: Reading) -> list[Finding]:
    """Before its rows are read."""
    findings = []
    for column, span in wanted.items():
        times = reading.header.count(column)
        if times == 0:
            fact = f"{reading.shown} has no column '{column}'"
            findings.append(Finding(span, "CSP722", fact, _hint(column, origin, reading.header)))
        if times > 1:
            fact = f"{reading.shown} has the column '{column}' {times} times: which one is meant?"
            hint = "give the columns names of their own in the export"
            findings.append(Finding(span, "CSP723", fact, hint))
    return findings


def never_seen(wanted: Wanted, reading: Reading) -> list[Finding]:
    """After its rows were read: records have no header, and a key that none of them has is a slip of the pen."""
    if not isinstance(reading, Records):
        return []
    known = reading.columns
    return [
        Finding(
            wanted[column],
            "CSP722",
            f"no record of {reading.shown} has '{column}'",
            did_you_mean(column, known) or f"they have: {', '.join(known[:20])}",
        )
        for column in sorted(reading.never_seen)
    ]


def nobody_maps(shown: str, columns: Iterable[str], asked: Iterable[str]) -> list[Finding]:
    """A note about what stays out. A nested column asks for the key that it stands below."""
    asked = tuple(asked)
    used = {*asked, *(column.split(".")[0] for column in asked)}
    left = [column for column in columns if column not in used]
    if not left:
        return []
    count = "1 column is" if len(left) == 1 else f"{len(left)} columns are"
    names = ", ".join(left[:8]) + (" …" if len(left) > 8 else "")
    return [Finding(Span(shown), "CSP741", f"{count} not mapped: {names}", "", Severity.NOTE)]


def _hint(column: str, origin: Origin, header: Sequence[str]) -> str:
    only = header[0] if len(header) == 1 else ""
    other = next((letter for letter in ",;\t|" if letter in only and letter != origin.separator), None)
    if other is not None:
        return f"the header is one single column with {other!r} in it: is `separator: {other!r}` meant?"
    return did_you_mean(column, header) or f"it has: {', '.join(header[:20])}"
