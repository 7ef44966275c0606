"""How things stand → one screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from cs_playbook.report.pieces import wrap
from cs_playbook.report.words import HELD, NOT_YET, clean, count, day_in_words


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
    @property
    def held_out(self) -> int: ...
    @property
    def muted(self) -> tuple[tuple[str, date, str], ...]: ...


def status_text(now: Standing, today: date, width: int = 100) -> str:
    """Counts first; what needs a hand at the end."""
    rows = [
        ("Last run", _last(now, today)),
        ("Snapshot", _snapshot(now, today)),
        ("Open", _open(now, today)),
        ("Held", _held(now)),
        *_muted(now),
    ]
    text = "".join(f"{title:<12}{_below(words, 12, width)}\n" for title, words in rows)
    return text + "".join(f"\n! {_below(sentence, 2, width)}\n" for sentence in _needs_a_hand(now))


def _below(words: str, indent: int, width: int) -> str:
    return ("\n" + " " * indent).join(wrap(words, width - indent))


def _last(now: Standing, today: date) -> str:
    if now.last is None:
        return "never"
    started = now.last.counts.get("event:Started", 0)
    opened = now.last.counts.get("tasks", 0)
    return f"plan of {_day_or_today(now.last.day, today)}: {count(started, 'start')}, {count(opened, 'new task')}"


def _snapshot(now: Standing, today: date) -> str:
    if now.manifest is None:
        return now.snapshot_trouble or "none"
    rows = now.manifest.counts["accounts"].rows
    before = now.last.counts.get("rows:accounts") if now.last else None
    was = f" (at the last run {before})" if before is not None and before != rows else ""
    return f"of {_day_or_today(now.manifest.day, today)}, {_age_in_words(now.hours_old)}, {count(rows, 'account')}{was}"


def _open(now: Standing, today: date) -> str:
    parts = [count(now.open_enrollments, "enrollment"), f"{count(now.open_tasks, 'task')} ({now.late} late)"]
    if now.drafts:
        parts.append(f"{count(now.drafts, 'draft')} not sent{_oldest(now.oldest_draft, today)}")
    if now.shadows:
        parts.append(count(now.shadows, "shadow"))
    if now.held_out:
        parts.append(f"{now.held_out} held out, watched only")
    return " · ".join(parts)


def _oldest(day: date | None, today: date) -> str:
    days = (today - day).days if day else 0
    return f", oldest {count(days, 'day')}" if days > 0 else ""


def _held(now: Standing) -> str:
    held = sorted(now.held.items())
    return " · ".join(f"{HELD.get(reason, reason)} {number}" for reason, number in held) or "nothing"


def _muted(now: Standing) -> list[tuple[str, str]]:
    """Whom people have muted, the first to come back first."""
    first = sorted(now.muted, key=lambda item: (item[1], item[0]))
    said = [
        f"{clean(account)} until {day_in_words(until)}: {clean(why)}" for account, until, why in first[:3]
    ]
    more = [f"{len(first) - 3} more"] if len(first) > 3 else []
    return [("Left alone", " · ".join([*said, *more]))] if first else []


def _needs_a_hand(now: Standing) -> list[str]:
    needs = []
    if now.unpublished:
        needs.append(
            f"{count(now.unpublished, 'file')} of the last run not yet in place: cs-playbook run puts them there"
        )
    if now.starts_asked:
        needs.append(f"{count(now.starts_asked, 'start')} asked for: the next run makes them")
    notes = now.last.counts.get("notes_for_channels", 0) if now.last else 0
    if notes:
        needs.append(f"{count(notes, 'note')} of the last run for channels: {NOT_YET}")
    refused = now.last.counts.get("refused_answers", 0) if now.last else 0
    if refused:
        rows = count(refused, "row of a returned list was", "rows of returned lists were")
        needs.append(f"{rows} not taken at the last run: cs-playbook dry-run shows what is wrong")
    if now.last is not None and now.manifest is not None and now.manifest.day > now.last.day:
        needs.append(f"the snapshot of {day_in_words(now.manifest.day)} was not run yet: cs-playbook run")
    return needs


def _age_in_words(hours: int | None) -> str:
    if hours is None:
        return ""
    return f"{hours} h old" if hours < 72 else f"{hours // 24} days old"


def _day_or_today(day: date, today: date) -> str:
    return "today" if day == today else day_in_words(day)
