"""A snapshot against an earlier one: who is gone and new, what became empty, what was never there before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cs_playbook.commands.snapshot_check import check_snapshot
from cs_playbook.errors import ChoiceError
from cs_playbook.model.stopping import StopWhen
from cs_playbook.report.pieces import plain
from cs_playbook.report.snapshot_check import as_json, as_lines, first_lines
from cs_playbook.source.manifest import Manifest, TableCount
from cs_playbook.study.snapshot_change import (
    Verdict,
    contract_changed,
    empties_changed,
    moved,
    tables_changed,
)
from tests.builders import World, account, contact, on, small, tables


@given(some.sets(some.integers()), some.sets(some.integers()))
def test_keys_that_only_one_of_two_streams_has_are_counted(before: set[int], now: set[int]) -> None:
    found = moved(sorted(before), sorted(now))

    assert (found.gone, found.new) == (len(before - now), len(now - before))
    assert found.first_gone == tuple(map(str, sorted(before - now)))[:20]


def manifest(day: int, **tables: tuple[int, dict[str, int]]) -> Manifest:
    counts = tuple(
        (name, TableCount(rows, tuple(empties.items()))) for name, (rows, empties) in tables.items()
    )
    return Manifest(date(2026, 3, day), "", "", (), counts, "", "")


def test_what_stops_a_run_is_told_apart_from_what_is_worth_a_look() -> None:
    before = manifest(1, accounts=(400, {}), usage=(1000, {}), tickets=(99, {}), calls=(100, {}))
    now = manifest(
        2, accounts=(395, {}), usage=(899, {}), tickets=(80, {}), calls=(100, {}), meetings=(3, {})
    )

    found = {one.name: one.verdict for one in tables_changed(now, before, {}, StopWhen())}

    stops, look, fine = Verdict.STOPS, Verdict.LOOK, Verdict.FINE  # below 100 rows a share says nothing
    assert found == {"accounts": look, "usage": stops, "tickets": look, "calls": fine, "meetings": look}


def test_columns_that_emptied_are_judged_by_the_rule_of_a_run() -> None:
    before = manifest(1, accounts=(100, {"arr": 5, "name": 0, "sector": 50}))
    now = manifest(2, accounts=(110, {"arr": 24, "name": 4, "sector": 48}))

    found = [(one.field, one.verdict) for one in empties_changed(now, before, StopWhen())]

    assert found == [("arr", Verdict.STOPS), ("name", Verdict.LOOK), ("sector", Verdict.LOOK)]


def test_a_type_that_changed_is_told_and_so_is_what_only_the_contract_knows() -> None:
    now = {"accounts": {"id": "TEXT", "arr": "REAL", "new": "TEXT"}}
    before = {"accounts": {"id": "TEXT", "arr": "TEXT", "old": "TEXT"}}

    assert contract_changed(now, before, same_shape=False) == (
        "accounts.new is new",
        "accounts.old is gone",
        "accounts.arr was a text, and is a number now",
    )
    assert contract_changed(now, now, same_shape=True) == ()
    assert len(contract_changed(now, now, same_shape=False)) == 1


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Two days of 120 accounts: three are gone and one is new, a third has lost its sector, two are in a new one."""
    world = small(tmp_path / "w")
    first = [account(f"a{number:03d}", sector=("health", "retail")[number % 2]) for number in range(120)]
    people = [contact(f"c{number:03d}", f"a{number:03d}") for number in range(120)]
    world.export(tables(first, people))
    world.build(on(0))
    second = [*first[3:], account("zeta", name="Zeta Ltd")]
    for row in second[:40]:
        row["sector"] = None
    second[50]["sector"] = second[51]["sector"] = "space"
    world.export(tables(second, people[3:]))
    world.build(on(1))
    return world


SCREEN = """\
Snapshot of Tuesday 3 March 2026, against Monday 2 March 2026
  1 thing would stop a run; 3 things are worth a look

               before  now             gone  new
  ~  accounts     120  118     −1.7 %     3    1  worth a look
  ~  contacts     120  117     −2.5 %     3       worth a look
     promises       0    0  as before
     usage          0    0  as before

Empty cells
  !  accounts.sector  0.0 %  33.9 %  +33.9 points  stops a run

Accounts gone
  A000 · A001 · A002

Accounts new
  Zeta Ltd

Never seen before
  accounts.sector: 'space' in 2 rows

A run stops where a table shrinks by more than 100 % or grows by more than 50 %, or the empty cells
of a column rise by more than 10 points (stop_when, in project.yaml; shares from 100 rows up).
next: is the export complete? mend it, and build again
"""


def test_the_screen_says_what_would_stop_a_run_first(world: World) -> None:
    change = check_snapshot(world.workspace, None).change

    assert change is not None
    assert plain(as_lines(change, 100, True, verbose=False)) == SCREEN


def test_without_names_accounts_are_keys(world: World) -> None:
    checked = check_snapshot(world.workspace, None)

    assert checked.change is not None
    assert "Zeta Ltd" not in plain(as_lines(checked.change, 100, False, verbose=False))
    written = as_json(checked.manifest, checked.change, checked.findings, False)
    assert "Zeta Ltd" not in written
    assert '"id": "zeta"' in written


def test_another_day_may_be_named_and_the_first_has_nothing_before_it(world: World) -> None:
    back = check_snapshot(world.workspace, on(0), on(1)).change
    first = check_snapshot(world.workspace, on(0))

    assert back is not None
    assert [(one.moved.gone, one.moved.new) for one in back.tables[:1] if one.moved] == [(1, 3)]
    assert first.change is None
    assert "nothing to compare with" in plain(first_lines(first.manifest, 100))
    with pytest.raises(ChoiceError, match="against itself"):
        check_snapshot(world.workspace, on(1), on(1))
