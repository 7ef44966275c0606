"""Findings, and the texts they point into → a screen for people, JSON, or annotations on a pull request."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from msgspec import Struct

from cs_playbook.report.pieces import wide
from cs_playbook.report.words import count
from cs_playbook.source.finding import NOWHERE, Finding, Severity, Span
from cs_playbook.values import replace

FORMAT_VERSION = 1
ANNOTATIONS = 10  # of each level; what is beyond, the host of a pull request drops in silence
WIDTH = 100
SHOWN_AGAIN = 12

_ENDS_A_BRANCH, _NOT_EXPORTED = "CSP313", "CSP775"
_GUTTER = "     |   "
_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


class Looked(Struct, frozen=True):
    """What was looked through: how many files, and how long it took in seconds."""

    files: int
    seconds: float


def without_notes(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What is shown unless somebody asks for all of it."""
    return tuple(finding for finding in findings if finding.severity is not Severity.NOTE)


def as_text(
    findings: Sequence[Finding], texts: Mapping[str, str], looked: Looked, width: int = WIDTH, aside: str = ""
) -> str:
    """A screen. `findings` in order of place; `texts`: file → its text; `width` in columns, 80 and more.

    `aside`: about what is not shown, a sentence a line, above the counts.
    """
    lines: list[str] = []
    for file, inside in _by_file(findings).items():
        source = texts.get(file, "").splitlines()
        wide = max(len(_place(first.span)) for first, *_ in inside)
        lines.append(_clean(file) or "the workspace")
        for first, *others in inside:
            lines += _block(first, _place(first.span).ljust(wide), source, width)
            lines += _again(others, width)
    for sentence in aside.splitlines():
        lines += _wrapped(sentence, "", "", width)
    return "\n".join([*lines, *_summary(findings, looked, width)]) + "\n"


def about_branches(findings: Iterable[Finding]) -> str:
    """Of notes one reads with -v only, the one worth a line: answers after which nothing comes."""
    steps = sum(finding.code == _ENDS_A_BRANCH for finding in findings)
    said = count(steps, "step has answers", "steps have answers")
    return f"{said} that nothing follows: each ends only its branch; validate -v lists them" if steps else ""


def about_exports(findings: Iterable[Finding]) -> str:
    """Of what nobody exports the tables, and how many fields: those are notes too."""
    notes = [one.message for one in findings if one.code == _NOT_EXPORTED and one.severity is Severity.NOTE]
    tables = [note for note in notes if " are not exported" in note]
    fields = len(notes) - len(tables)
    said = [*tables, *([count(fields, "field is not exported", "fields are not exported")] if fields else [])]
    return f"{'; '.join(said)}: unknown, so nothing starts by it; validate -v tells more" if said else ""


def as_json(findings: Sequence[Finding], looked: Looked) -> str:
    """{format_version, findings: [{file, line, column, length, severity, code, message, hint}], summary}."""
    content = {
        "format_version": FORMAT_VERSION,
        "findings": [_record(finding) for finding in findings],
        "summary": {
            **{f"{_NOUNS[level]}s": _of_level(findings, level) for level in Severity},
            "files": looked.files,
            "seconds": round(looked.seconds, 3),
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def as_github(findings: Sequence[Finding]) -> str:
    """One workflow command a line; of each level the first ten, then how many more there are."""
    lines: list[str] = []
    for level in Severity:
        of_level = [finding for finding in findings if finding.severity is level]
        lines += [_annotation(finding) for finding in of_level[:ANNOTATIONS]]
        more = len(of_level) - ANNOTATIONS
        if more > 0:
            lines.append(f"and {count(more, f'more {_NOUNS[level]}')}: cs-playbook validate shows all")
    return "".join(f"{line}\n" for line in lines)


# --- the screen ---


def _by_file(findings: Iterable[Finding]) -> dict[str, list[list[Finding]]]:
    """By file; what says the same thing in a file stands together, at its first place."""
    files: dict[str, dict[Finding, list[Finding]]] = {}
    for finding in findings:
        same = files.setdefault(finding.span.file, {})
        same.setdefault(replace(finding, span=NOWHERE), []).append(finding)
    return {file: list(same.values()) for file, same in files.items()}


def _place(span: Span) -> str:
    return f"{span.line}:{span.column}" if span.line else "-"


def _block(finding: Finding, place: str, source: Sequence[str], width: int) -> Iterator[str]:
    """The sentence, the line it speaks of with a caret, what to do: beside the sentence if there is room."""
    head = f"  {place}  {finding.severity.value:<5}  {finding.code}  "
    message, hint = _clean(finding.message), _clean(finding.hint)
    together = f"{message}; {hint}" if hint else message
    fits = wide(head + together) <= width
    yield from _wrapped(together if fits else message, head, " " * len(head), width)
    yield from _shown(finding.span, source, width)
    if hint and not fits:
        yield from _wrapped(hint, "     = ", "       ", width)


def _again(others: Sequence[Finding], width: int) -> list[str]:
    """`also on lines 15 and 126`: one slip of the pen in a name is found wherever the name stands."""
    lines = [str(line) for line in dict.fromkeys(finding.span.line for finding in others)]
    if not lines:
        return []
    shown = (
        [*lines[:SHOWN_AGAIN], f"{len(lines) - SHOWN_AGAIN} more"] if len(lines) > SHOWN_AGAIN + 1 else lines
    )
    words = " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
    return _wrapped(f"also on {'line' if len(lines) == 1 else 'lines'} {words}", "     = ", "       ", width)


def _wrapped(text: str, first: str, others: str, width: int) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _shown(span: Span, source: Sequence[str], width: int) -> Iterator[str]:
    """The line without its indent, and a caret under the culprit; nothing where there is no such line."""
    line = source[span.line - 1] if 0 < span.line <= len(source) else ""
    if not line.strip():
        return
    start = min(span.column - 1, len(line))
    indent = min(len(line) - len(line.lstrip()), start)
    culprit = _clean(line[start : start + span.length])
    before, after = _clean(line[indent:start]), _clean(line[start + span.length :])
    before, culprit, after = _cut(before, culprit, after, width - len(_GUTTER))
    yield _GUTTER + (before + culprit + after).rstrip()
    yield _GUTTER + " " * wide(before) + "^" * max(wide(culprit), 1)


def _cut(before: str, culprit: str, after: str, room: int) -> tuple[str, str, str]:
    """A long line keeps the culprit and what stands near it."""
    if wide(before + culprit + after) <= room:
        return before, culprit, after
    culprit = culprit[:room]
    left = max(room - wide(culprit), 0)
    kept = max(left // 2, left - wide(after))
    if wide(before) > kept:
        before = "…" + before[len(before) - kept + 1 :] if kept > 1 else ""
    left -= wide(before)
    if wide(after) > left:
        after = after[: left - 1] + "…" if left > 1 else ""
    return before, culprit, after


def _clean(text: str) -> str:
    """What a file holds may not move the cursor, colour the screen or begin a line."""
    return "".join(letter if letter.isprintable() else " " if letter.isspace() else "�" for letter in text)


def _summary(findings: Sequence[Finding], looked: Looked, width: int) -> list[str]:
    counts = [(level, _of_level(findings, level)) for level in Severity]
    parts = [count(number, _NOUNS[level]) for level, number in counts if number]
    found = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts) or "no findings"
    line = f"{found} in {count(looked.files, 'file')}, {looked.seconds:.2f} s"
    more = f"cs-playbook rule {_worst(findings).code} tells more" if findings else ""
    if not more:
        return [line]
    return [f"{line}            {more}"] if len(line) + 12 + len(more) <= width else [line, more]


def _worst(findings: Sequence[Finding]) -> Finding:
    return min(findings, key=lambda finding: list(Severity).index(finding.severity))


def _of_level(findings: Iterable[Finding], level: Severity) -> int:
    return sum(finding.severity is level for finding in findings)


# --- for machines ---


def _record(finding: Finding) -> dict[str, str | int]:
    span = finding.span
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "length": span.length,
        "severity": _NOUNS[finding.severity],
        "code": finding.code,
        "message": finding.message,
        "hint": finding.hint,
    }


def _annotation(finding: Finding) -> str:
    span = finding.span
    place = {"file": span.file, "line": span.line, "col": span.column, "endColumn": span.column + span.length}
    said = {**(place if span.file else {}), "title": finding.code}
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in said.items())
    words = f"{finding.message}; {finding.hint}" if finding.hint else finding.message
    return f"::{_level(finding.severity)} {properties}::{_escaped(words)}"


def _level(severity: Severity) -> str:
    match severity:
        case Severity.ERROR:
            return "error"
        case Severity.WARNING:
            return "warning"
        case Severity.NOTE:
            return "notice"
        case _:
            assert_never(severity)


def _escaped(text: str) -> str:
    """On one line, and without what begins a command."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace("::", ": :").replace("##[", "## [")


def _property(text: str) -> str:
    return (
        text.replace("%", "%25")
        .replace("\r", "%0D")
        .replace("\n", "%0A")
        .replace(":", "%3A")
        .replace(",", "%2C")
    )
