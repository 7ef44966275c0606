"""`kpis`: the figures of a portfolio over its snapshots, told apart by a fact or a role, and what one is reckoned from."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.new import bring
from cs_playbook.commands.workspace import open_workspace
from tests.builders import MONDAY, World, account, on, small, tables

pytestmark = pytest.mark.usefixtures("meant_once")

KPIS = """\
kpis:
  gross_retention: {retention: arr, as: gross, over: 12 months, says: what is left of it}
  logo_churn: {retention: arr, as: logo churn, over: 12 months}
  large_ones: {share: seats >= 100, of: arr > 0}
  seats_in_all: {total: seats}
"""
A_YEAR_AGO = date(2025, 2, 20)
LATELY = date(2026, 2, 27)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Acme grows, Bolt shrinks, Core leaves, Dune has vanished, Echo was there three days ago, Fern is new."""
    world = small(tmp_path_factory.mktemp("kpis") / "w", kpis=KPIS)
    aim = "objective: {kpi: gross_retention, from: 0.90, to: 0.92}\n"
    path = world.root / "playbooks" / "renewing.yaml"
    path.write_text(path.read_text("utf-8").replace("title:", f"{aim}title:", 1), "utf-8")
    marc = {"csm_email": "marc@vendor.example"}
    then = [account("acme", arr="100.10"), account("bolt", arr="200.20", **marc), account("core", arr=300),
            account("dune", arr=50, **marc), account("echo", arr=70)]  # fmt: skip
    now = [account("acme", arr="150.15", seats=40), account("bolt", arr="150.10", **marc),
           account("core", arr=300, status="ended"), account("fern", arr=999, seats="")]  # fmt: skip
    for day, rows in ((A_YEAR_AGO, then), (LATELY, [*now, account("echo", arr=70)]), (MONDAY, now)):
        world.export(tables(rows))
        assert world.build(day).manifest is not None
    return world


def shown(made: World, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    capsys.readouterr()
    assert run_app(["-C", str(made.root), "--names", *words]) == code
    told = capsys.readouterr()
    return told.out if code == 0 else told.err


def said(made: World, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    found = json.loads(shown(made, capsys, "-o", "json", "kpis", *words))
    return {one["kpi"]: one for one in found["kpis"]}


ONE = """\
gross_retention · Monday 2 March 2026
what is left of it
retention of arr, gross, over 12 months; of the accounts playbooks see

  gross_retention  38.5 %  4 of 5 known  −6 points since 27 Feb 2026  █▁

  From 20 Feb 2025 to 2 Mar 2026
    customers of then    4  650.30
    + expansion          1   50.05
    − contraction        1   50.10
    − churn              2  350.00  1 no longer in the export
    = what they are now  2  300.25
    gross: (650.30 − 50.10 − 350.00) / 650.30 = 38.5 %
    Apart, in no retention: 1 new customer, worth 999.00
    Unknown, in neither sum: 1 account of which one of the two days does not say what it is worth
    (70.00 then, as far as it was said)

  What it was
  27 Feb 2026  44.5 %  all 5

  Meant to move it
  renewing  0.90 → 0.92
"""


def test_one_kpi_shows_a_sum_that_anybody_can_add_up(made: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(made, capsys, "kpis", "gross_retention") == ONE


def test_what_is_empty_is_told_as_not_covered_and_never_as_nothing(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    found = said(made, capsys)

    large, seats = found["large_ones"], found["seats_in_all"]
    assert (large["value"], large["known"], large["about"]) == (2 / 3, 3, 4)
    assert (seats["value"], seats["known"], seats["about"]) == (140, 2, 3)
    assert found["logo_churn"]["value"] == 0.5


def test_figures_are_told_apart_by_owner_and_the_owners_add_up(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    found = said(made, capsys, "gross_retention", "--by", "csm")["gross_retention"]

    sums = {group["group"]: group["reconciliation"] for group in found["groups"]}
    assert {owner: one["start"] for owner, one in sums.items()} == {
        "lea@vendor.example": "400.10", "marc@vendor.example": "250.20",
    }  # fmt: skip
    assert found["reconciliation"]["start"] == "650.30"
    assert "Marc" in shown(made, capsys, "kpis", "gross_retention", "--by", "csm")


def test_a_retention_without_a_snapshot_of_then_is_unknown_and_says_why(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    found = said(made, capsys, "gross_retention")["gross_retention"]
    before = json.loads(
        shown(made, capsys, "--as-of", str(A_YEAR_AGO), "-o", "json", "kpis", "gross_retention")
    )

    assert found["since"] == str(A_YEAR_AGO)
    assert before["kpis"][0]["value"] is None
    assert "there is no snapshot of 2024-02-20" in before["kpis"][0]["why_unknown"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["kpis", "gross_retentoin"], "did you mean 'gross_retention'?"),
        (["kpis", "--by", "sektor"], "did you mean 'sector'?"),
        (["kpis", "--by", "arr"], "'arr' cannot tell accounts apart: it is a number"),
        (["kpis", "--by", "cs_ops"], "the role 'cs_ops' is not read from a fact of the account"),
        (["kpis", "--since", str(on(1))], "there is no snapshot from 2026-03-03"),
    ],
)
def test_what_is_not_there_is_told_with_what_is_meant_perhaps(
    made: World, capsys: pytest.CaptureFixture[str], words: list[str], hint: str
) -> None:
    assert hint in shown(made, capsys, *words, code=1)


def test_a_playbook_that_is_copied_brings_the_kpi_it_is_meant_to_move(made: World, tmp_path: Path) -> None:
    bare = World(tmp_path / "bare")
    for name in ("project.yaml", "data.yaml"):
        bare.write(name, (made.root / name).read_text("utf-8"))

    brought = bring(bare.root, "renewing", "library/renewing", [], open_workspace(made.root))

    assert brought.written
    assert list(open_workspace(bare.root).catalog.kpis) == ["gross_retention"]
