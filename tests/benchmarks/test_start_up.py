"""How long a command takes before its own work begins, against a Python that does nothing."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.conftest import Show
from tests.benchmarks.measure import NOTHING, OURS, Figure, program, side_by_side
from tests.benchmarks.workspaces import with_ledger, workspace

TIMES = 21
ANSWERED_AT_ONCE = 3
BEFORE_ITS_WORK = 15


def test_a_command_starts(judge: Show, tmp_path: Path) -> None:
    tiny = with_ledger(workspace(tmp_path / "tiny", 1))

    taken = side_by_side(
        {
            "pass": program(NOTHING),
            "--version": program((*OURS, "--version")),
            "--help": program((*OURS, "--help")),
            "schema": program((*OURS, "schema")),
            "status, one playbook": program((*OURS, "-C", str(tiny), "status")),
        },
        TIMES,
    )

    judge(
        "Start-up",
        [_figure(work, seconds, taken["pass"]) for work, seconds in taken.items() if work != "pass"],
    )


def _figure(work: str, seconds: float, nothing: float) -> Figure:
    at_most = ANSWERED_AT_ONCE if work.startswith("--") else BEFORE_ITS_WORK
    return Figure(work, seconds, "python -c pass", nothing, at_most, column=work.partition(",")[0])
