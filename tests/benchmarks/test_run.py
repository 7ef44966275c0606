"""A run that does much: ten thousand effects recorded, written and put in place; and the second run, which does nothing."""

from __future__ import annotations

from pathlib import Path

from cs_playbook.commands.workspace import open_workspace
from tests.benchmarks.conftest import Show
from tests.benchmarks.measure import MEGABYTE, Figure, spend
from tests.benchmarks.portfolio import DAY, snapshot
from tests.benchmarks.workspaces import effects_workspace, with_ledger

LARGEST = 150 * MEGABYTE
ACCOUNTS = 5_300  # each gets a task; those with somebody to write to, a draft


def test_a_run_of_ten_thousand_effects(judge: Show, tmp_path: Path) -> None:
    root = with_ledger(effects_workspace(tmp_path / "effects"))
    opened = open_workspace(root)
    snapshot(opened.catalog.contract, opened.snapshots, ACCOUNTS)
    run = ("-C", str(root), "--as-of", DAY.isoformat(), "run")

    first = spend(run, tmp_path)
    drafts = len(list((root / "out").rglob("*.eml")))
    again = spend(run, tmp_path)

    assert first.peak <= LARGEST
    judge(
        f"{ACCOUNTS:,} tasks and {drafts:,} drafts in one run",
        [
            Figure(
                "run",
                first.seconds,
                note=f"{(ACCOUNTS + drafts) / first.seconds:,.0f} effects a second, peak {first.peak / MEGABYTE:.0f} MB",
            ),
            Figure("run again: nothing to do", again.seconds, note=f"peak {again.peak / MEGABYTE:.0f} MB"),
        ],
    )
