"""A row of the ledger's answer about a subject → how often it was in a playbook."""

from __future__ import annotations

from datetime import date

from cs_playbook.effects.ledger_records import Past


def past(row: tuple[str, str | None, int, int, int, str | None, str | None, int, int, int, str]) -> Past:
    account, subject_row, count, treated, is_open, ended_on, outcome, open_treated, *watched, started_on = row
    last = date.fromisoformat(ended_on) if ended_on else None
    last_outcome = outcome if ended_on else None
    return Past(
        account, subject_row, count, treated, bool(is_open), last, last_outcome, bool(open_treated), watched[0],
        bool(watched[1]), date.fromisoformat(started_on),
    )  # fmt: skip
