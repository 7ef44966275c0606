"""Files and the newest snapshot → success plans whose account is not in it: warnings with what is perhaps meant."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from cs_playbook.compile import placing, wanted
from cs_playbook.errors import UserError
from cs_playbook.model.catalog import Catalog
from cs_playbook.source import snapshot as snapshots
from cs_playbook.source.finding import Finding, did_you_mean, warning
from cs_playbook.source.snapshot import Snapshot


def plans_of_nobody(catalog: Catalog, folder: Path) -> list[Finding]:
    """`folder`: of the snapshots. Nothing where there is none, or none that can be read: others tell of that."""
    going = [plan for plan in catalog.plans if plan.counts]
    if not going:
        return []
    try:
        with Snapshot.open(snapshots.newest(folder), placing.shape(catalog.contract)) as snapshot:
            rows = snapshot.connection.execute(
                wanted.account_names(catalog.contract.accounts.key or "id", None)
            )
            keys = {str(key) for key, *_ in rows}
    except (UserError, sqlite3.Error):
        return []
    return [
        warning(
            plan.account_span or plan.span,
            "CSP609",
            f"there is no account '{plan.account}' in the snapshot of {snapshot.day.isoformat()}",
            did_you_mean(plan.account, keys) or "it has left (then say ended: <day>), or its key is another",
        )
        for plan in going
        if plan.account not in keys
    ]
