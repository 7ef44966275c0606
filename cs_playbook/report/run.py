"""What a run did → a few lines, or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

from cs_playbook.plan.decision import HeldBy
from cs_playbook.report.words import POSTS, count, day_with_year

NOTHING: Mapping[str, object] = MappingProxyType({})
LATER = f"held:{HeldBy.NOT_BEFORE.value}"  # the dry run does not count it as held either: it has its day


def as_text(
    day: date, counts: Mapping[str, int], folder: Path, nothing: bool, finished: int, answers: int
) -> str:
    """Counts first, then where the files are."""
    lines = [f"{count(finished, 'file')} of a run that was cut are in place now"] if finished else []
    if nothing:
        lines.append(f"{day_with_year(day)} is done: nothing to do. The files are in {folder}")
        return "\n".join(lines) + "\n"
    done = [
        _said(answers, "answer taken", "answers taken"),
        _said(counts.get("event:Started", 0), "started", "started"),
        _said(counts.get("tasks", 0), "new task", "new tasks"),
        _said(counts.get("mails", 0), "mail in the outbox", "mails in the outbox"),
        _said(counts.get("event:Ended", 0), "ended", "ended"),
        _said(counts.get("late", 0), "late", "late"),
        _said(counts.get("event:TaskEscalated", 0), "escalated", "escalated"),
        _said(counts.get("event:TraitSet", 0), "trait set", "traits set"),
        _said(counts.get("event:Notified", 0), "note", "notes"),
        _said(
            counts.get("event:StartRefused", 0), "start asked for and refused", "starts asked for and refused"
        ),
        _said(
            sum(number for name, number in counts.items() if name.startswith("held:") and name != LATER),
            "held",
            "held",
        ),
        _said(counts.get(LATER, 0), "step not before a later day", "steps not before a later day"),
    ]
    lines.append(f"{day_with_year(day)}: {', '.join(part for part in done if part) or 'nothing new'}")
    lines.append(f"  {folder}/index.html to look through it all; tasks.csv; owners/*/digest.md; drafts/")
    if counts.get("mails", 0):
        lines.append(
            "  cs-playbook send   sends what is in the outbox; until then   cs-playbook drafts   shows it"
        )
    for_channels = counts.get("notes_for_channels", 0)
    if for_channels:
        lines.append(f"  {count(for_channels, 'note')} for channels in channels/: {POSTS}")
    return "\n".join(lines) + "\n"


def _said(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


def as_json(
    day: date, counts: Mapping[str, int], folder: Path, nothing: bool, finished: int, answers: int,
    besides: Mapping[str, object] = NOTHING,
) -> str:  # fmt: skip
    """`besides`: parts that stand there only where something of it was done."""
    content = {
        "format_version": 1,
        "day": day.isoformat(),
        "nothing_to_do": nothing,
        "files_of_a_cut_run": finished,
        "answers": answers,
        "counts": dict(sorted(counts.items())),
        "folder": str(folder),
        **{name: part for name, part in besides.items() if part},
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
