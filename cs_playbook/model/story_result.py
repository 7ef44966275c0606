"""What came of playing stories: which pass; for each that does not, what was expected, what came, and why."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from cs_playbook.source.finding import Finding, Span


class Failure(Struct, frozen=True):
    """One expectation that was not met, on the first day on which any was not. `why`: a sentence each."""

    span: Span
    day: int
    on: date
    expected: str
    got: str
    why: tuple[str, ...] = ()


class CaseResult(Struct, frozen=True):
    """`todo`: it may fail."""

    name: str
    span: Span
    todo: bool
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> bool:
        return not self.failures


class PlaybookStories(Struct, frozen=True):
    """All cases about one playbook, in the order of their files."""

    playbook: str
    cases: tuple[CaseResult, ...]

    @property
    def passed(self) -> bool:
        return all(case.passed or case.todo for case in self.cases)


class StoriesResult(Struct, frozen=True):
    """`findings`: mistakes in story files; the cases of such a file were not played. `days`: that were run."""

    playbooks: tuple[PlaybookStories, ...]
    findings: tuple[Finding, ...] = ()
    days: int = 0

    @property
    def passed(self) -> bool:
        sound = not any(finding.is_error for finding in self.findings)
        return sound and all(stories.passed for stories in self.playbooks)
