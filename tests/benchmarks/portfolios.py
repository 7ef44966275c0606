"""A number of playbooks and of accounts → a workspace with its snapshot and an empty ledger; made once for a size."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cs_playbook.commands.workspace import open_workspace
from tests.benchmarks.portfolio import snapshot
from tests.benchmarks.workspaces import with_ledger, workspace


class Portfolios:
    """Holds the folders until they are closed."""

    def __init__(self) -> None:
        self._below = TemporaryDirectory(prefix="cs-playbook-bench-")
        self.of = cache(self._make)

    def _make(self, playbooks: int, accounts: int) -> Path:
        root = with_ledger(workspace(Path(self._below.name) / f"{playbooks}-{accounts}", playbooks))
        opened = open_workspace(root)
        snapshot(opened.catalog.contract, opened.snapshots, accounts)
        return root

    def close(self) -> None:
        self._below.cleanup()
