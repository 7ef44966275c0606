"""How things stand → JSON."""

from __future__ import annotations

import json

from cs_playbook.report.status import Standing


def status_json(now: Standing) -> str:
    last, expected = now.last, now.expected
    content = {
        "format_version": 1,
        "last_run": None if last is None else {
            "run": now.number, "day": last.day.isoformat(), "began": now.began.isoformat() if now.began else None,
            "starts": last.counts.get("event:Started", 0), "tasks": last.counts.get("tasks", 0),
        },
        "next_expected": expected.next.isoformat() if expected else None,
        "missing_since": expected.missing.isoformat() if expected and expected.missing else None,
        "snapshot": None if now.manifest is None else {
            "day": now.manifest.day.isoformat(), "hours_old": now.hours_old,
            "accounts": now.manifest.counts["accounts"].rows, "accounts_before": now.before[1] if now.before else None,
        },
        "open": {
            "enrollments": now.open_enrollments, "tasks": now.open_tasks, "late": now.late, "drafts": now.drafts,
            "oldest_draft": now.oldest_draft.isoformat() if now.oldest_draft else None,
        },
        "held": dict(sorted(now.held.items())),
        "outbox": dict(sorted(now.outbox.items())),
        "notes_waiting": now.notes_waiting,
        "notes_and_digests_in_doubt": now.posts_in_doubt,
        "starts_asked": now.starts_asked,
        "files_not_in_place": now.unpublished,
        **({"forgetting_was_cut": True} if now.forgetting else {}),
    }  # fmt: skip
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
