"""What the ledger knows of a run as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field


class RunRecord(Struct, frozen=True):
    """One run. The hashes name what it read; `version` is the program's; `started_at` is UTC, ISO text."""

    day: date
    snapshot_sha: str
    sources_hash: str
    files_hash: str
    plan_hash: str
    version: str
    started_at: str
    counts: Mapping[str, int] = field(default_factory=dict)
