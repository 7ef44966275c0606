"""Findings → what hosts of code show beside the lines: GitLab's code quality, and SARIF 2.1.0."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, assert_never
from urllib.parse import quote

from cs_playbook.report.words import clean
from cs_playbook.source.finding import Finding, Severity
from cs_playbook.values import replace

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def placed(findings: Iterable[Finding], below: str) -> tuple[Finding, ...]:
    """With the paths of the repository. `below`: where the workspace stands in it, `cs/acme/` or ""."""
    return tuple(
        replace(finding, span=finding.span._replace(file=below + finding.span.file))
        if finding.span.file
        else finding
        for finding in findings
    )


def as_gitlab(findings: Sequence[Finding]) -> str:
    """A code quality report: one object for each finding, each with a fingerprint of its own and a line."""
    told = [
        {
            "description": _words(finding),
            "check_name": finding.code,
            "fingerprint": fingerprint,
            "severity": _severity(finding.severity),
            "location": {"path": _path(finding), "lines": {"begin": max(finding.span.line, 1)}},
        }
        for finding, fingerprint in _fingerprinted(findings)
    ]
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def as_sarif(findings: Sequence[Finding], version: str, titles: Mapping[str, str]) -> str:
    """`titles`: code → what its manual page is called. Columns count letters, as findings do."""
    codes = sorted({finding.code for finding in findings})
    driver = {
        "name": "cs-playbook",
        "version": version,
        "rules": [
            {
                "id": code,
                "shortDescription": {"text": titles.get(code, code)},
                "help": {"text": f"cs-playbook rule {code}"},
            }
            for code in codes
        ],
    }
    results = [
        _result(finding, fingerprint, codes.index(finding.code))
        for finding, fingerprint in _fingerprinted(findings)
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    content = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _result(finding: Finding, fingerprint: str, rule: int) -> dict[str, Any]:
    span = finding.span
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endColumn": span.column + max(span.length, 1),
    }
    place = {"artifactLocation": {"uri": quote(_path(finding))}, **({"region": region} if span.line else {})}
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _level(finding.severity),
        "message": {"text": _words(finding)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"cs-playbook/v1": fingerprint},
    }


def _fingerprinted(findings: Sequence[Finding]) -> Iterator[tuple[Finding, str]]:
    """The same finding has the same name also when lines above it come and go; twice in a file, two names."""
    seen: dict[str, int] = {}
    for finding in findings:
        said = f"{finding.span.file}\0{finding.code}\0{finding.message}"
        seen[said] = seen.get(said, 0) + 1
        yield finding, hashlib.sha256(f"{said}\0{seen[said]}".encode()).hexdigest()[:32]


def _words(finding: Finding) -> str:
    return clean(f"{finding.message}; {finding.hint}" if finding.hint else finding.message)


def _path(finding: Finding) -> str:
    return finding.span.file or "project.yaml"


def _severity(severity: Severity) -> str:
    match severity:
        case Severity.ERROR:
            return "major"
        case Severity.WARNING:
            return "minor"
        case Severity.NOTE:
            return "info"
        case _:
            assert_never(severity)


def _level(severity: Severity) -> str:
    match severity:
        case Severity.ERROR:
            return "error"
        case Severity.WARNING:
            return "warning"
        case Severity.NOTE:
            return "note"
        case _:
            assert_never(severity)
