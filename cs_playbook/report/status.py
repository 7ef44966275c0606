"""How things stand → one screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from cs_playbook.report.looking import age_in_words, day_or_today
from cs_playbook.report.words import count, day_in_words


class Standing(Protocol):
    """What the screen asks of commands/looking.py: StatusNow."""

    @property
    def last(self) -> Any: ...
    @property
    def manifest(self) -> Any: ...
    @property
    def snapshot_trouble(self) -> str: ...
    @property
    def hours_old(self) -> int | None: ...
    @property
    def open_enrollments(self) -> int: ...
    @property
    def shadows(self) -> int: ...
    @property
    def open_tasks(self) -> int: ...
    @property
    def late(self) -> int: ...
    @property
    def drafts(self) -> int: ...
    @property
    def oldest_draft(self) -> date | None: ...
    @property
    def starts_asked(self) -> int: ...
    @property
    def unpublished(self) -> int: ...
    @property
    def held(self) -> Mapping[str, int]: ...


def status_text(now: Standing, today: date) -> str:
    """Counts first; what needs a hand at the end."""
    rows = [
        ("Last run", _last(now, today)),
        ("Snapshot", _snapshot(now, today)),
        ("Open", _open(now, today)),
        ("Held", _held(now)),
    ]
    text = "\n".join(f"{title:<12}{words}" for title, words in rows) + "\n"
    return text + "".join(f"\n! {sentence}\n" for sentence in _needs_a_hand(now))


def _last(now: Standing, today: date) -> str:
    if now.last is None:
        return "never"
    started = now.last.counts.get("event:Started", 0)
    opened = now.last.counts.get("tasks", 0)
    return (
        f"plan of {day_or_today(now.last.day, today)}: {count(started, 'start')}, {count(opened, 'new task')}"
    )


def _snapshot(now: Standing, today: date) -> str:
    if now.manifest is None:
        return now.snapshot_trouble or "none"
    rows = now.manifest.counts["accounts"].rows
    before = now.last.counts.get("rows:accounts") if now.last else None
    was = f" (at the last run {before})" if before is not None and before != rows else ""
    return f"of {day_or_today(now.manifest.day, today)}, {age_in_words(now.hours_old)}, {count(rows, 'account')}{was}"


def _open(now: Standing, today: date) -> str:
    parts = [count(now.open_enrollments, "enrollment"), f"{count(now.open_tasks, 'task')} ({now.late} late)"]
    if now.drafts:
        age = f", oldest {count((today - now.oldest_draft).days, 'day')}" if now.oldest_draft else ""
        parts.append(f"{count(now.drafts, 'draft')} not sent{age}")
    if now.shadows:
        parts.append(count(now.shadows, "shadow"))
    return " · ".join(parts)


def _held(now: Standing) -> str:
    return " · ".join(f"{reason} {number}" for reason, number in sorted(now.held.items())) or "nothing"


def _needs_a_hand(now: Standing) -> list[str]:
    needs = []
    if now.unpublished:
        needs.append(
            f"{count(now.unpublished, 'file')} of the last run not yet in place: cs-playbook run puts them there"
        )
    if now.starts_asked:
        needs.append(f"{count(now.starts_asked, 'start')} asked for: the next run makes them")
    if now.last is not None and now.manifest is not None and now.manifest.day > now.last.day:
        needs.append(f"the snapshot of {day_in_words(now.manifest.day)} was not run yet: cs-playbook run")
    return needs
