"""What came of the stories → a screen for people, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from cs_playbook.model.story_result import CaseResult, Failure, PlaybookStories, StoriesResult
from cs_playbook.report.words import clean, count, day_in_words
from cs_playbook.source.finding import Finding

FORMAT_VERSION = 1
WIDTH = 100

_INDENT, _WORD = 6, 10  # of a day; of expected, got, why


def as_text(result: StoriesResult, width: int = WIDTH) -> str:
    """By playbook: how many pass, then those that do not with what was expected, what came and why."""
    lines = [line for stories in result.playbooks for line in _playbook(stories, width)]
    lines += _findings(result.findings)
    return "\n".join([*lines, "", _summary(result)]) + "\n"


def as_json(result: StoriesResult) -> str:
    """Also with every day, place and reason."""
    return json.dumps(_record(result), ensure_ascii=False, indent=1) + "\n"


def _playbook(stories: PlaybookStories, width: int) -> Iterator[str]:
    asked = [case for case in stories.cases if not case.todo]
    passing = sum(case.passed for case in asked)
    todo = len(stories.cases) - len(asked)
    known = f", {todo} todo" if todo else ""
    yield f"{clean(stories.playbook)}   {passing} of {count(len(asked), 'story', 'stories')} pass{known}"
    for case in stories.cases:
        yield from _case(case, width)


def _case(case: CaseResult, width: int) -> Iterator[str]:
    if case.todo:
        mark = "· still to do:" if case.failures else "! passes, so take its `todo` away:"
        yield _placed(f"  {mark} {clean(case.name)}", case, width)
    elif case.failures:
        yield _placed(f"  ✗ {clean(case.name)}", case, width)
        # The first day that fails is the last that is played: all failures are of that day.
        yield f"{' ' * _INDENT}day {case.failures[0].day}, {day_in_words(case.failures[0].on)}"
        for failure in case.failures:
            yield from _failure(failure)


def _placed(text: str, case: CaseResult, width: int) -> str:
    """The place at the right, so that editors find it; below, where there is no room."""
    span = case.failures[0].span if case.failures else case.span
    place = f"{clean(span.file)}:{span.line}"
    room = width - len(text) - len(place)
    return f"{text}{' ' * room}{place}" if room >= 2 else f"{text}\n{' ' * max(width - len(place), 0)}{place}"


def _failure(failure: Failure) -> Iterator[str]:
    said = [("expected", failure.expected), ("got", failure.got)]
    said += [("why" if not number else "", line) for number, line in enumerate(failure.why)]
    for word, text in said:
        yield f"{' ' * (_INDENT + 3)}{word:<{_WORD}}{clean(text)}".rstrip()


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    for finding in findings:
        place = f"{finding.span.file}:{finding.span.line}:{finding.span.column}"
        hint = f"; {finding.hint}" if finding.hint else ""
        yield clean(f"{place}  {finding.severity}  {finding.code}  {finding.message}{hint}")
    if any(finding.is_error for finding in findings):
        yield "The stories of a file with errors were not played."


def _summary(result: StoriesResult) -> str:
    cases = [case for stories in result.playbooks for case in stories.cases]
    failed = sum(not case.passed and not case.todo for case in cases)
    said = (
        f"{count(failed, 'story', 'stories')} of {len(cases)} failed"
        if failed
        else f"All {len(cases)} stories pass"
        if len(cases) > 1
        else "The only story passes"
    )
    if not cases:
        said = "No story was played"
    return f"{said}; {count(result.days, 'day')} {'was' if result.days == 1 else 'were'} run."


def _record(result: StoriesResult) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "passed": result.passed,
        "days": result.days,
        "playbooks": [
            {"playbook": stories.playbook, "stories": [_case_record(case) for case in stories.cases]}
            for stories in result.playbooks
        ],
        "findings": [_finding_record(finding) for finding in result.findings],
    }


def _case_record(case: CaseResult) -> dict[str, Any]:
    return {
        "name": case.name, "file": case.span.file, "line": case.span.line, "passed": case.passed,
        "todo": case.todo, "failures": [_failure_record(failure) for failure in case.failures],
    }  # fmt: skip


def _failure_record(failure: Failure) -> dict[str, Any]:
    return {
        "file": failure.span.file, "line": failure.span.line, "column": failure.span.column,
        "day": failure.day, "date": failure.on.isoformat(), "expected": failure.expected,
        "got": failure.got, "why": list(failure.why),
    }  # fmt: skip


def _finding_record(finding: Finding) -> dict[str, Any]:
    span = finding.span
    return {
        "file": span.file, "line": span.line, "column": span.column, "severity": finding.severity.value,
        "code": finding.code, "message": finding.message, "hint": finding.hint,
    }  # fmt: skip
