"""A row of the ledger's answer → the plain value that it stands for; StoppedOnPurpose where it stands for none."""

from __future__ import annotations

import json
from datetime import date

from cs_playbook.effects.ledger_faults import understood
from cs_playbook.effects.ledger_records import Past, RunRecord


def past(row: tuple[str, str | None, int, int, int, str | None, str | None, int, int, int, str]) -> Past:
    account, subject_row, count, treated, is_open, ended_on, outcome, open_treated, *watched, started_on = row
    last = date.fromisoformat(ended_on) if ended_on else None
    last_outcome = outcome if ended_on else None
    return Past(
        account, subject_row, count, treated, bool(is_open), last, last_outcome, bool(open_treated), watched[0],
        bool(watched[1]), date.fromisoformat(started_on),
    )  # fmt: skip


def run_record(row: tuple[str, str, str, str, str, str, str, str]) -> RunRecord:
    day, snapshot, sources, files, plan, version, started_at, counts = row
    hashes = (snapshot, sources, files, plan)
    with understood("a run"):
        return RunRecord(date.fromisoformat(day), *hashes, version, started_at, dict(json.loads(counts)))
