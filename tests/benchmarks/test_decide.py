"""A portfolio decided: beside the same conditions written by hand, in DuckDB and for rule engines; and how it grows."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cs_playbook.commands.choosing import fitting
from cs_playbook.commands.facts_stage import Stage
from cs_playbook.commands.workspace import open_workspace
from cs_playbook.compile.scan import rule_of
from tests.benchmarks import by_hand
from tests.benchmarks.conftest import Show
from tests.benchmarks.deciding import staged
from tests.benchmarks.measure import MEGABYTE, PYTHON, Figure, side_by_side, surroundings
from tests.benchmarks.plot import growth
from tests.benchmarks.portfolio import USAGE_ROWS
from tests.benchmarks.portfolios import Portfolios

PLAYBOOKS = 100
ACCOUNTS = 100_000
MILLION = 1_000_000
SCAN = 0.6  # promised are 1.3
LARGEST = 150 * MEGABYTE
STRAIGHT = 1.5  # times what a line through the sizes before would give
RULES, ROWS = 20, 500  # of the slice for rule engines, which take a thousand times as long
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def portfolios() -> Iterator[Portfolios]:
    made = Portfolios()
    yield made
    made.close()


@pytest.fixture(scope="module")
def stage(portfolios: Portfolios) -> Iterator[Stage]:
    with staged(open_workspace(portfolios.of(PLAYBOOKS, ACCOUNTS))) as (stage, _):
        yield stage


def test_the_scan_is_as_fast_as_sql_written_by_hand(judge: Show, stage: Stage) -> None:
    sql = by_hand.masks(PLAYBOOKS, "temp.facts where _active")
    found = {(account, rule) for rule, account, *_ in scanned(stage)}
    expected = set().union(*map(by_hand.said, stage.connection.execute(sql)))

    taken = side_by_side(
        {
            "ours": lambda: len(scanned(stage)),
            "by hand": lambda: stage.connection.execute(sql).fetchall(),
        },
        5,
    )

    assert found == expected
    million = ACCOUNTS * PLAYBOOKS / taken["ours"] / 1e6
    note = f"; {million:.0f} million rules asked a second, {len(found):,} fit"
    judge(
        f"{PLAYBOOKS} playbooks of 11 conditions on {ACCOUNTS:,} accounts, facts ready",
        [Figure("scan, who fits what", taken["ours"], "SQL by hand", taken["by hand"], SCAN, note, "scan")],
    )


def test_beside_duckdb(judge: Show, stage: Stage, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra `bench` is not installed")
    other = duckdb.connect()
    other.execute(
        "create table facts as select * from read_csv(?, header = true)", [str(as_csv(stage, tmp_path))]
    )
    sql = by_hand.masks(PLAYBOOKS, "facts")
    found = {(account, rule) for rule, account, *_ in scanned(stage)}

    theirs = set().union(*map(by_hand.said, other.execute(sql).fetchall()))
    taken = side_by_side(
        {"ours": lambda: len(scanned(stage)), "DuckDB": lambda: other.execute(sql).fetchall()}, 5
    )

    assert theirs == found
    judge(
        f"The same facts and conditions in DuckDB {duckdb.__version__}, which keeps them by column",
        [Figure("scan, who fits what", taken["ours"], "DuckDB", taken["DuckDB"], column="DuckDB")],
    )


@pytest.mark.parametrize(("module", "name"), [("rule_engine", "rule-engine"), ("json_logic", "json-logic")])
def test_beside_rule_engines(judge: Show, stage: Stage, module: str, name: str) -> None:
    engine = pytest.importorskip(module, reason="the extra `bench` is not installed")
    rows = some_rows(stage)
    asks = [asked_of(engine, name, number) for number in range(RULES)]

    def asked() -> set[tuple[str, int]]:
        return {(row["id"], number) for number, holds in enumerate(asks) for row in rows if holds(row)}

    known = {row["id"] for row in rows}
    fit = {(account, rule) for rule, account, *_ in scanned(stage) if account in known and rule < RULES}

    assert asked() == fit
    taken = side_by_side({"ours": lambda: len(scanned(stage)), "theirs": asked}, 2)

    ours = taken["ours"] * RULES * len(rows) / (PLAYBOOKS * ACCOUNTS)
    judge(
        f"{name}: {RULES} of the playbooks on {len(rows)} of the accounts, those without an empty fact",
        [Figure(name, taken["theirs"], "ours, by the rule and row", ours, column=name)],
    )


def test_it_grows_with_the_accounts_and_the_playbooks(
    judge: Show, portfolios: Portfolios, request: pytest.FixtureRequest
) -> None:
    sizes = (10_000, 30_000, 100_000, *((MILLION,) if request.config.getoption("--large") else ()))
    by_accounts = {size: decided(portfolios.of(PLAYBOOKS, size)) for size in sizes}
    by_playbooks = {size: decided(portfolios.of(size, sizes[0])) for size in (10, 100, 1000)}

    judge(f"{PLAYBOOKS} playbooks, {USAGE_ROWS} rows of usage an account", shown(by_accounts, "accounts"))
    judge(f"{sizes[0]:,} accounts", shown(by_playbooks, "playbooks"))
    if request.config.getoption("--keep"):
        draw(by_accounts, "accounts")
        draw(by_playbooks, "playbooks")
    assert max(seen["peak"] for seen in by_accounts.values()) <= LARGEST
    assert bent(by_accounts) == []
    assert bent(by_playbooks) == []


def scanned(stage: Stage) -> list[tuple[int, str, str, str | None, int]]:
    rules = [rule for playbook in stage.catalog.playbooks.values() if (rule := rule_of(playbook)) is not None]
    return list(fitting(rules, stage))


def asked_of(engine: Any, name: str, number: int) -> Callable[[dict[str, Any]], bool]:
    """A row → whether it fits the playbook, as the engine says it."""
    if name == "rule-engine":
        rule = engine.Rule(by_hand.rule(number))
        return lambda row: bool(rule.matches(row))
    logic = by_hand.logic(number)
    return lambda row: bool(engine.jsonLogic(logic, row))


def as_csv(stage: Stage, folder: Path) -> Path:
    """The facts that the conditions ask, in a way of writing that every engine reads."""
    path, names = folder / "facts.csv", ("id", *by_hand.COLUMNS)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(names)
        rows.writerows(stage.connection.execute(f"select {', '.join(names)} from temp.facts where _active"))
    return path


def some_rows(stage: Stage) -> list[dict[str, Any]]:
    """Rule engines fail where a fact is empty, or take it for 0."""
    names = ("id", *by_hand.COLUMNS)
    whole = " and ".join(f"{name} is not null" for name in by_hand.COLUMNS)
    found = stage.connection.execute(
        f"select {', '.join(names)} from temp.facts where _active and {whole} limit {ROWS}"
    )
    return [dict(zip(names, row, strict=True)) for row in found]


def decided(root: Path) -> dict[str, float]:
    command = (PYTHON, "-m", "tests.benchmarks.deciding", str(root))
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=surroundings())
    seen: dict[str, float] = json.loads(done.stdout)
    return seen


def seconds(seen: dict[str, float]) -> float:
    return seen["facts"] + seen["starts"] + seen["plan"]


def shown(sizes: dict[int, dict[str, float]], of: str) -> list[Figure]:
    return [
        Figure(
            f"{size:,} {of}",
            seconds(seen),
            note=f"facts {seen['facts']:.1f} s, who may start {seen['starts']:.1f} s, plan {seen['plan']:.1f} s "
            f"({seen['decisions']:,} decisions), {seen['waited']:.1f} s to wait, peak {seen['peak'] / MEGABYTE:.0f} MB",
        )
        for size, seen in sizes.items()
    ]


def bent(sizes: dict[int, dict[str, float]]) -> list[str]:
    """Sizes that take more than the one before promises: as many times its seconds as they are as large."""
    return [
        f"{seconds(seen):.1f} s for {size:,}, {seconds(before):.1f} s for {smaller:,}"
        for (smaller, before), (size, seen) in pairwise(sizes.items())
        if seconds(seen) > STRAIGHT * seconds(before) * size / smaller
    ]


def draw(sizes: dict[int, dict[str, float]], across: str) -> None:
    parts = {"facts, cold": "facts", "who may start": "starts", "the plan": "plan"}
    lines = {name: [(size, seen[part]) for size, seen in sizes.items()] for name, part in parts.items()}
    (HERE / f"growth-{across}.svg").write_text(
        growth(f"Seconds by {across}", across, lines), encoding="utf-8"
    )
