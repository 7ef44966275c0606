"""A portfolio decided: the scan against the same conditions written by hand, and what it costs as the portfolio grows."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cs_playbook.commands.choosing import _fitting  # the scan alone: choose_starts makes its tables once
from cs_playbook.commands.facts_stage import Stage
from cs_playbook.commands.workspace import open_workspace
from cs_playbook.compile.scan import rule_of
from cs_playbook.model.expression import to_day
from tests.benchmarks.conftest import Show
from tests.benchmarks.deciding import staged
from tests.benchmarks.measure import MEGABYTE, PYTHON, Figure, side_by_side, surroundings
from tests.benchmarks.portfolio import DAY, snapshot
from tests.benchmarks.workspaces import numbers_of, with_ledger, workspace

PLAYBOOKS = 50
ACCOUNTS = 100_000
SCAN = 1.3
LARGEST = 150 * MEGABYTE
GROWTH = 1.1  # of the memory, for twice the portfolio

Portfolio = Callable[[int], Path]


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    def of(accounts: int) -> Path:
        root = tmp_path_factory.mktemp("portfolio") / str(accounts)
        with_ledger(workspace(root, PLAYBOOKS))
        opened = open_workspace(root)
        snapshot(opened.catalog.contract, opened.snapshots, accounts)
        return root

    return of


def test_the_scan_is_as_fast_as_sql_written_by_hand(judge: Show, portfolio: Portfolio) -> None:
    with staged(open_workspace(portfolio(ACCOUNTS))) as (stage, _):
        by_hand = written_by_hand()
        found = {(account, rule) for rule, account, *_ in scanned(stage)}
        expected = {
            (account, rule)
            for account, said in stage.connection.execute(by_hand)
            for rule in range(PLAYBOOKS)
            if said >> rule & 1
        }

        taken = side_by_side(
            {
                "ours": lambda: len(scanned(stage)),
                "by hand": lambda: stage.connection.execute(by_hand).fetchall(),
            },
            7,
        )

    assert found == expected
    million = ACCOUNTS * PLAYBOOKS / taken["ours"] / 1e6
    note = f"{million:.0f} million rules asked a second"
    judge(
        f"{PLAYBOOKS} playbooks of 11 conditions on {ACCOUNTS:,} accounts, facts ready",
        [Figure("scan, who fits what", taken["ours"], "SQL by hand", taken["by hand"], SCAN, note)],
    )


def test_memory_does_not_grow_with_the_portfolio(judge: Show, portfolio: Portfolio) -> None:
    peaks: list[int] = []
    for accounts in (ACCOUNTS, 2 * ACCOUNTS):
        root = portfolio(accounts)
        command = (PYTHON, "-m", "tests.benchmarks.deciding", str(root))
        said = json.loads(
            subprocess.run(command, capture_output=True, text=True, check=True, env=surroundings()).stdout
        )
        peaks.append(said["peak"])
        judge(
            f"{PLAYBOOKS} playbooks, {accounts:,} accounts, {5 * accounts:,} rows of usage: {said['fitting']:,} fit",
            [
                Figure("facts, cold", said["facts"]),
                Figure("who fits, is new, may start, is held", said["starts"]),
                Figure("the plan", said["plan"], note=f"{said['decisions']:,} decisions"),
                Figure(
                    "all of it",
                    said["facts"] + said["starts"] + said["plan"],
                    note=f"peak {peaks[-1] / MEGABYTE:.0f} MB",
                ),
            ],
        )

    assert max(peaks) <= LARGEST
    assert peaks[1] <= GROWTH * peaks[0]


def scanned(stage: Stage) -> list[tuple[int, str, str, str | None, int]]:
    rules = [rule for playbook in stage.catalog.playbooks.values() if (rule := rule_of(playbook)) is not None]
    return list(_fitting(rules, stage))


def written_by_hand() -> str:
    """What a person who knows SQLite would write: one scan, iif() that jumps, and a subquery that is not asked twice."""
    said = " + ".join(f"iif({_condition(number)}, {1 << number}, 0)" for number in range(PLAYBOOKS))
    return f"select id, said from (select id, {said} as said from temp.facts where _active limit -1 offset 0) where said <> 0"


def _condition(number: int) -> str:
    mine = {mark.strip("@"): value for mark, value in numbers_of(number).items()}
    today = to_day(DAY)
    return f"""tier in ({mine["tier"]}) and lifecycle in ('adopting', 'nurturing', 'renewing') and arr >= {mine["arr"]}
      and paying and {today} - contract_start between {mine["from"]} and {mine["to"]} and licensed_seats >= {mine["seats"]}
      and active_users_before >= 2 and (usage_change <= -{mine["fall"]}
        or (seat_use < {mine["share"]} and renewal_date - {today} between 0 and {mine["days"]})
        or open_urgent_tickets > {mine["tickets"]})"""
