"""Drafts, and mails in the outbox → a table by owner, one mail as it will be read, or JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from cs_playbook.report.words import clean, count, cut, day_with_year, short_day

_FIELDS = (
    "key", "state", "account", "account_name", "playbook", "step", "owner", "owner_name", "to", "due", "opened_on", "late", "missing",
    "rewritten_by", "expires", "attempts", "why",
)  # fmt: skip


class List(Protocol):
    """What is asked of commands/drafts.py: DraftList."""

    @property
    def day(self) -> date: ...
    @property
    def drafts(self) -> Sequence[Any]: ...
    @property
    def outbox(self) -> Sequence[Any]: ...
    @property
    def short(self) -> Mapping[str, str]: ...


class Shown(Protocol):
    """What is asked of commands/drafts.py: Shown."""

    @property
    def task(self) -> Any: ...
    @property
    def enrollment(self) -> Any: ...
    @property
    def state(self) -> Any: ...
    @property
    def headers(self) -> Sequence[tuple[str, str]]: ...
    @property
    def text(self) -> str: ...
    @property
    def file(self) -> Path | None: ...


def list_text(listed: List, width: int) -> str:
    """Counts first, then each owner's, soonest first; the outbox below; the way on at the end."""
    if not listed.drafts and not listed.outbox:
        return f"No draft waits on {day_with_year(listed.day)}, and the outbox is empty.\n"
    late = sum(line.late for line in listed.drafts)
    drafts = count(len(listed.drafts), "draft") if listed.drafts else "No drafts"
    parts = [f"{drafts} on {day_with_year(listed.day)}{f', {late} late' if late else ''}"]
    for owner in dict.fromkeys((line.owner_name, line.owner) for line in listed.drafts):
        mine = [line for line in listed.drafts if (line.owner_name, line.owner) == owner]
        parts += ["", f"{clean(owner[0])}: {len(mine)}", *_rows(mine, listed.short, width)]
    if listed.outbox:
        states = Counter(str(line.state) for line in listed.outbox)
        counted = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
        parts += ["", f"In the outbox: {counted}", *_rows(listed.outbox, listed.short, width)]
    return "\n".join([*parts, *_way_on(listed)]) + "\n"


def _rows(lines: Sequence[Any], short: Mapping[str, str], width: int) -> Iterator[str]:
    key = max(len(short[line.key]) for line in lines)
    for line in lines:
        due = f"late {short_day(line.due)}" if line.late else short_day(line.due)
        head = f"  {short[line.key]:<{key}}  {due:>11}  "
        where = f"{cut(clean(line.account_name), 24)} · {line.playbook} › {line.step}"
        yield head + cut(f"{where}  to {clean(line.to)}{_note(line)}", max(width - len(head), 40))


def _note(line: Any) -> str:
    if line.missing:
        return f"  no draft: {', '.join(line.missing)} is empty"
    if str(line.state) == "draft":
        return f"  rewritten by {clean(line.rewritten_by)}" if line.rewritten_by else ""
    tries = f", {count(line.attempts, 'try', 'tries')}" if line.attempts else ""
    until = f", until {line.expires.isoformat()}" if line.expires else ""
    return f"  {line.state}{until}{tries}{f': {clean(line.why)}' if line.why else ''}"


def _way_on(listed: List) -> list[str]:
    lines = [""]
    if listed.drafts:
        key = listed.short[listed.drafts[0].key]
        lines.append(
            f"cs-playbook drafts show {key}   drafts edit {key}   drafts send {key}   drafts send --all"
        )
    if any(str(line.state) == "pending" for line in listed.outbox):
        lines.append("cs-playbook send   sends what is pending")
    if any(str(line.state) == "uncertain" for line in listed.outbox):
        lines.append('cs-playbook send --resolve KEY sent|again|dead --because "…"   for what is uncertain')
    return lines


def list_json(listed: List) -> str:
    """{format_version, day, drafts: […], outbox: […]}, each mail with the fields of commands/drafts.MailLine."""
    content = {
        "format_version": 1, "day": listed.day.isoformat(), "drafts": [_json(line) for line in listed.drafts],
        "outbox": [_json(line) for line in listed.outbox],
    }  # fmt: skip
    return json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n"


def _json(line: Any) -> dict[str, Any]:
    return {name: getattr(line, name) for name in _FIELDS}


def shown_text(shown: Shown) -> str:
    head = [f"{name}: {clean(value)}" for name, value in shown.headers]
    words = [clean(line) for line in shown.text.rstrip("\n").split("\n")]
    key = shown.task.key[:8]
    return "\n".join([f"{key}  {shown.state}", *head, "", *words, "", *_next(shown, key)]) + "\n"


def _next(shown: Shown, key: str) -> list[str]:
    if str(shown.state) == "draft":
        return [f'cs-playbook drafts edit {key}   drafts send {key}   drafts discard {key} --because "…"']
    if str(shown.state) == "pending":
        return [
            f'cs-playbook send   sends it;   cs-playbook drafts discard {key} --because "…"   takes it out'
        ]
    return []


def shown_json(shown: Shown) -> str:
    """{format_version, key, state, account, playbook, step, headers, text, file}."""
    content = {
        "format_version": 1, "key": shown.task.key, "state": str(shown.state), "account": shown.enrollment.account,
        "playbook": shown.enrollment.playbook, "step": shown.task.step, "headers": dict(shown.headers), "text": shown.text,
        "file": str(shown.file) if shown.file else None,
    }  # fmt: skip
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def released_text(released: Any) -> str:
    mails, left = released.mails, released.left
    lines = (
        [f"{count(len(mails), 'draft is', 'drafts are')} in the outbox"]
        if mails
        else ["no draft was released"]
    )
    lines += [
        f"  left: {task.key[:8]}  {clean(enrollment.account)}: {clean(why)}"
        for (enrollment, task), why in left[:10]
    ]
    lines += [f"  … and {len(left) - 10} more"] if len(left) > 10 else []
    return "\n".join([*lines, *(["  cs-playbook send sends them"] if mails else [])]) + "\n"
