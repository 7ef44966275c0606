"""A row of the ledger's answer → the plain value that it stands for; StoppedOnPurpose where it stands for none."""

from __future__ import annotations

import json
from datetime import date

from cs_playbook.effects.ledger_faults import understood
from cs_playbook.effects.run_record import RunRecord


def run_record(row: tuple[str, str, str, str, str, str, str, str]) -> RunRecord:
    day, snapshot, sources, files, plan, version, started_at, counts = row
    hashes = (snapshot, sources, files, plan)
    with understood("a run"):
        return RunRecord(date.fromisoformat(day), *hashes, version, started_at, dict(json.loads(counts)))
