"""Who may end a playbook for an account: whom its `started_by:` names, who owns it, and who is nobody of ours."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cs_playbook.commands.people import Act, stop_playbook
from cs_playbook.errors import ChoiceError
from tests.builders import World, account, given, on, small


def begun(folder: Path) -> World:
    """Acme, whose CSM is Léa, is in few-seats: its rule or the CSM start it, Nora owns it."""
    world = small(folder)
    world.morning(on(0), given(account("acme", seats=5, arr=60000, csm_email="lea@vendor.example")))
    return world


def stop(world: World, by: str) -> None:
    stop_playbook(world.workspace, "few-seats", "acme", "a false alarm", Act(by, on(0), f"{on(0)}T09:00:00Z"))


@pytest.mark.parametrize("by", ["lea@vendor.example", "nora@vendor.example", "ada"])
def test_who_may_start_it_who_owns_it_and_a_login_may_end_it(by: str, tmp_path: Path) -> None:
    world = begun(tmp_path)

    stop(world, by)

    assert [item.outcome for item in world.enrollments("acme")] == ["stopped"]


def test_a_colleague_of_another_account_may_not(tmp_path: Path) -> None:
    world = begun(tmp_path)

    with pytest.raises(ChoiceError) as refused:
        stop(world, "marc@vendor.example")

    assert str(refused.value) == "marc@vendor.example is neither its csm nor the owner of the playbook"
    assert (
        refused.value.hint
        == "who may end 'few-seats' for an account stands in its trigger: started_by: [rule, csm]"
    )
    assert [item.outcome for item in world.enrollments("acme")] == [None]


def test_without_a_snapshot_everybody_is_believed(tmp_path: Path) -> None:
    world = begun(tmp_path)
    shutil.rmtree(world.root / "data" / "snapshots")

    stop(world, "marc@vendor.example")

    assert [item.outcome for item in world.enrollments("acme")] == ["stopped"]


def test_who_is_away_may_end_it_as_well_as_who_stands_in(tmp_path: Path) -> None:
    world = begun(tmp_path / "one")
    away = f"away: [{{from: {on(0)}, to: {on(3)}, cover: marc@vendor.example}}]"
    world.edit("team.yaml", "name: Léa,", f"name: Léa, {away},")

    other = world.copy(tmp_path / "other")

    stop(other, "marc@vendor.example")
    stop(world, "lea@vendor.example")

    for each in (world, other):
        assert [item.outcome for item in each.enrollments("acme")] == ["stopped"]
