"""Which changed rules no story noticed → a screen, and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from cs_playbook.report.pieces import BLANK, Line, line, wrapped
from cs_playbook.report.words import clean, count
from cs_playbook.study.spoiling import Change, Spoiled, Tried

FORMAT_VERSION = 1


def as_lines(found: Spoiled, width: int) -> Iterator[Line]:
    """By playbook: how many changes are noticed, then each that is not, at its place."""
    for one in found.playbooks:
        yield from _playbook(one, width)
    if found.silent:
        yield from wrapped("warn", f"No story is about: {', '.join(map(clean, found.silent))}", width)
    yield BLANK
    yield from wrapped("", _summary(found), width)


def as_json(found: Spoiled) -> str:
    content = {
        "format_version": FORMAT_VERSION,
        "changes": found.changes,
        "tried": found.tried,
        "unnoticed": found.unnoticed,
        "playbooks": [
            {
                "playbook": one.playbook,
                "tried": one.tried,
                "failing": list(one.failing),
                "unnoticed": [_record(change) for change in one.unnoticed],
            }
            for one in found.playbooks
        ],
        "without_stories": list(found.silent),
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _playbook(one: Tried, width: int) -> Iterator[Line]:
    if one.failing:
        named = "; ".join(map(clean, one.failing))
        yield from wrapped(
            "error", f"{clean(one.playbook)}   nothing was tried: these stories fail already: {named}", width
        )
        return
    noticed = one.tried - len(one.unnoticed)
    style = "warn" if one.unnoticed else "good"
    yield line((style, f"{clean(one.playbook)}   {noticed} of {count(one.tried, 'change')} noticed"))
    for change in one.unnoticed:
        yield from wrapped(
            "", f"{clean(change.span.file)}:{change.span.line}  {clean(change.sentence)}", width, "  "
        )


def _summary(found: Spoiled) -> str:
    of = f" ({found.tried} of {found.changes} were tried)" if found.tried < found.changes else ""
    if not found.tried:
        return "Nothing was tried."
    if not found.unnoticed:
        return f"Every change is noticed by a story{of}."
    some = f"{count(found.unnoticed, 'change')} no story notices{of}"
    return f"{some}: there a slip of the pen would pass. Write a story whose day or number lies just at the edge."


def _record(change: Change) -> dict[str, object]:
    span = change.span
    return {"file": span.file, "line": span.line, "column": span.column, "change": change.sentence}
