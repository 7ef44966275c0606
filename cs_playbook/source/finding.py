"""A user's mistake as a value: where it is, what it is called, what it says, what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warn"
    NOTE = "note"


class Span(NamedTuple):
    """A place in a file: 1-based line and column of its first letter, and how many letters it covers on that line."""

    file: str
    line: int = 1
    column: int = 1
    length: int = 1

    def within(self, offset: int, length: int) -> Span:
        """The place `offset` letters further on the same line."""
        return Span(self.file, self.line, self.column + offset, max(length, 1))


NOWHERE = Span("", 0, 0, 0)


class Finding(Struct, frozen=True):
    """One thing to mend. `code` is stable (CSP210); `message` states the fact; `hint` says what to do."""

    span: Span
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def warning(span: Span, code: str, message: str, hint: str = "") -> Finding:
    return Finding(span, code, message, hint, Severity.WARNING)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sorted by place, each once."""
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda f: (f.span, f.code, f.message)))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """ "did you mean 'x'?" for the nearest known word, or ""."""
    near = _nearest(word, known)
    return f"did you mean '{near}'?" if near else ""


def did_you_mean_part(dotted: str, known: Iterable[str]) -> str:
    """As `did_you_mean`; what both begin with is no likeness: account.name is nothing like account.sentiment."""
    names = list(known)
    first, _, rest = dotted.partition(".")
    parts = [name.removeprefix(f"{first}.") for name in names if name.startswith(f"{first}.")]
    if not rest or not parts:
        return did_you_mean(dotted, names)
    near = _nearest(rest, parts)
    return f"did you mean '{first}.{near}'?" if near else ""


def _nearest(word: str, known: Iterable[str]) -> str:
    import difflib  # noqa: PLC0415  # two milliseconds at every start, for a slip of the pen

    words = {name.lower(): name for name in sorted(set(known), reverse=True)}
    near = difflib.get_close_matches(word.lower(), sorted(words), n=1, cutoff=0.6)
    return words[near[0]] if near else ""
