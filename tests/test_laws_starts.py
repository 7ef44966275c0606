"""Who starts and who does not, with several playbooks at once: what never runs together, who is left alone, who is only watched."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cs_playbook.commands.people import Act, Midway, ask_start
from cs_playbook.commands.resting import mute, snooze, unmute
from cs_playbook.errors import ChoiceError
from cs_playbook.model.enrollment import Arm
from cs_playbook.model.event import Ended, StartAsked, Started, TaskSnoozed
from cs_playbook.plan.holdout import in_lot, lot
from tests.builders import World, account, given, on, small
from tests.builders_plan import screen


def playbook(name: str, more: str = "", when: str = "seats >= 100") -> str:
    return f"""\
playbook: {name}
title: Made for a test
why: To see who starts.
status: live
owner: cs_ops
trigger: {{when: "{when}", started_by: [rule, csm], already_matching: start}}
{more}steps:
  - {{id: look, task: Look, owner: csm, due: 2 days}}
"""


def world_of(folder: Path, **playbooks: str) -> World:
    """Only these playbooks."""
    world = small(folder / "w")
    for path in (world.root / "playbooks").iterdir():
        path.unlink()
    for name, more in playbooks.items():
        world.write(f"playbooks/{name}.yaml", playbook(name, more))
    return world


def act(day: date, by: str = "lea@vendor.example") -> Act:
    return Act(by, day, f"{day}T09:00:00Z")


LARGE = given(account("acme", seats=120))
APART = "not_together_with: [tag:growth]\n"


# --- never together ---


@pytest.mark.parametrize(
    ("first", "second", "starts"),
    [("", "", "alpha"), ("priority: low\n", "", "beta"), ("", "priority: high\n", "beta")],
)
def test_on_the_same_day_the_higher_priority_goes_first_and_then_the_name(
    first: str, second: str, starts: str, tmp_path: Path
) -> None:
    world = world_of(tmp_path, alpha=first + APART, beta=second + "tags: [growth]\n")

    world.morning(on(0), LARGE)

    assert world.starts() == [("acme", starts, 0)]
    assert world.run(on(0)).nothing


def test_said_by_one_of_two_it_holds_whichever_came_first(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha=APART, beta="tags: [growth]\npriority: high\n")
    world.morning(on(0), LARGE)
    world.done(world.task("acme", "look"), "done", on(0))

    world.morning(on(1), LARGE)
    assert world.starts() == [("acme", "beta", 0)]
    world.morning(on(2), LARGE)
    assert world.starts() == [("acme", "beta", 0), ("acme", "alpha", 2)]


def test_a_person_s_wish_goes_before_every_rule(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha="", beta="not_together_with: [alpha]\npriority: low\n")
    world.morning(on(0), given(account("acme", seats=1)))
    world.ask("beta", "acme", on(0))

    world.morning(on(1), LARGE)

    assert world.starts() == [("acme", "beta", 1)]


def test_who_cannot_start_takes_no_place_from_others(tmp_path: Path) -> None:
    world = world_of(
        tmp_path,
        alpha="priority: high\nlimits: {new_per_day: 1}\n",
        beta=APART + "limits: {new_per_day: 1}\n",
    )
    world.edit("playbooks/alpha.yaml", "status: live\n", "status: live\ntags: [growth]\n")

    world.morning(on(0), given(account("acme", seats=120), account("borealis", seats=120)))

    assert world.starts() == [("acme", "alpha", 0), ("borealis", "beta", 0)]


def test_what_never_runs_together_is_that_of_today(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha="", beta="")
    world.morning(on(0), LARGE)
    assert len(world.starts()) == 2
    world.edit("playbooks/alpha.yaml", "steps:", "not_together_with: [beta]\nsteps:")

    world.morning(on(1), LARGE)

    assert len(world.enrollment("acme", "alpha").open_tasks) == 1


# --- left alone ---


def test_a_mute_holds_every_playbook_until_its_day(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha="", beta="")
    world.morning(on(0), given(account("acme", seats=1)))
    mute(world.workspace, "acme", on(3), "they asked for silence", act(on(0)))

    world.morning(on(1), LARGE)
    world.morning(on(2), LARGE)
    assert world.starts() == []
    world.morning(on(3), LARGE)
    assert [start[1:] for start in world.starts()] == [("alpha", 3), ("beta", 3)]
    assert world.wrong() == []


def test_lines_of_an_account_that_is_left_alone_stand_apart_with_the_reason(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha="")
    world.morning(on(0), LARGE)
    mute(world.workspace, "acme", on(30), "they asked for silence", act(on(0)))

    world.morning(on(5), LARGE)

    assert [line["state"] for line in world.lines(on(5))] == ["asleep"]
    digest = world.published()[f"{on(5)}/owners/lea@vendor.example/digest.md"].decode()
    assert "0 late, 0 minutes" in digest
    assert "left alone by lea@vendor.example: they asked for silence" in digest


def test_a_mute_counts_at_once_and_can_be_taken_back(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha="")
    world.morning(on(0), given(account("acme", seats=1)))
    mute(world.workspace, "acme", on(30), "they asked for silence", act(on(0)))
    unmute(world.workspace, "acme", "they called", act(on(0)))

    world.morning(on(1), LARGE)

    assert world.starts() == [("acme", "alpha", 1)]
    with pytest.raises(ChoiceError, match="nobody has muted acme"):
        unmute(world.workspace, "acme", "", act(on(1)))


@pytest.mark.parametrize(("until", "because"), [(0, "why"), (5, " ")])
def test_a_mute_has_a_reason_and_a_day_to_come(until: int, because: str, tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha="")
    world.morning(on(0), LARGE)

    with pytest.raises(ChoiceError):
        mute(world.workspace, "acme", on(until), because, act(on(0)))
    with pytest.raises(ChoiceError):
        snooze(world.workspace, world.task("acme", "look").key, on(until), because, act(on(0)))


def test_hands_off_takes_no_place_from_others_and_keeps_each_reason(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha="limits: {new_per_day: 1}\n")
    world.edit(
        "project.yaml",
        "format: 1\n",
        "format: 1\nhands_off: [{when: \"sector = 'court'\", because: legal asked for silence}]\n",
    )

    world.morning(
        on(0),
        given(
            account("acme", seats=120, sector="court"),
            account("borealis", seats=120, sector=None),
            account("ceres", seats=120, sector="tech"),
        ),
    )

    assert world.starts() == [("ceres", "alpha", 0)]


# --- put off ---


def test_a_task_that_is_put_off_is_due_on_that_day_and_stands_apart_until_then(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha="")
    world.morning(on(0), LARGE)
    off = snooze(world.workspace, world.task("acme", "look").key[:6], on(7), "they are away", act(on(0)))

    world.morning(on(5), LARGE)
    assert off.due == on(7)
    assert [(line["state"], line["due"]) for line in world.lines(on(5))] == [("asleep", on(7).isoformat())]
    world.morning(on(7), LARGE)
    assert [line["state"] for line in world.lines(on(7))] == ["open"]
    world.morning(on(8), LARGE)
    assert [line["state"] for line in world.lines(on(8))] == ["late"]


def test_a_whole_enrollment_is_put_off_by_its_key(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha="")
    world.morning(on(0), LARGE)
    off = snooze(world.workspace, world.enrollment("acme").key, on(7), "they are away", act(on(0)))

    assert off.task is None
    assert world.enrollment("acme").sleeps(on(6))
    assert not world.enrollment("acme").sleeps(on(7))
    assert world.wrong() == []


def test_a_returned_list_may_put_a_task_off(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha="")
    world.morning(on(0), LARGE)
    row = {"key": world.task("acme", "look").key, "outcome": f"Snooze until {on(7)}", "note": "they are away"}
    world.answer_list([row])

    world.morning(on(1), LARGE)
    assert [(line["state"], line["due"]) for line in world.lines(on(1))] == [("asleep", on(7).isoformat())]
    assert world.run(on(1)).nothing
    world.morning(on(8), LARGE)
    assert [line["state"] for line in world.lines(on(8))] == ["late"]
    assert sum(isinstance(event, TaskSnoozed) for event in world.events()) == 1


# --- held out ---


def test_the_lot_is_the_same_for_ever_and_drawn_anew_by_every_playbook() -> None:
    assert [lot("usage-drop", "acme"), lot("renewal", "acme"), lot("usage-drop", "borealis")] == LOTS
    assert {lot("usage-drop", f"a{number}") // 1000 for number in range(300)} == set(range(10))


def test_sisters_share_the_lot_of_their_parent(tmp_path: Path) -> None:
    watched = world_of(tmp_path, alpha=WATCHED).workspace.catalog.playbooks["alpha"]

    for number in range(50):
        said = {in_lot(watched, sister, f"p{number}") for sister in ("one", "two", f"p{number}")}
        assert said == {in_lot(watched, f"p{number}", None)}


WATCHED = "holdout: 50%\ngoal: {when: seats >= 1000, within: 9 days, outcome: grown}\n"
LOTS = [7666, 3487, 5014]


def test_who_is_held_out_is_watched_and_nothing_else(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha=WATCHED, beta="")
    world.edit("playbooks/beta.yaml", "seats >= 100", "running('alpha')")
    names = [f"a{number}" for number in range(20)]
    day = given(*(account(name, seats=120) for name in names))

    world.morning(on(0), day)
    world.morning(on(1), day)

    arms = {
        event.account: event.arm
        for event in world.events()
        if isinstance(event, Started) and event.playbook == "alpha"
    }
    drawn = {name for name in names if lot("alpha", name) < 5000}
    assert {name for name, arm in arms.items() if arm is Arm.HELD_OUT} == drawn
    assert 0 < len(drawn) < 20
    assert {line["account"] for line in world.lines(on(1)) if line["playbook"] == "alpha"} == set(
        names
    ) - drawn
    assert {start[0] for start in world.starts() if start[1] == "beta"} == set(names) - drawn
    world.morning(on(10), day)
    over = {event.enrollment for event in world.events() if isinstance(event, Ended)}
    assert over == {world.enrollment(name, "alpha").key for name in drawn}


def test_who_is_held_out_takes_a_place_in_the_trickle(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha=WATCHED + "limits: {new_per_day: 2}\n")
    day = given(*(account(f"a{number}", seats=120) for number in range(6)))

    for number in range(3):
        world.morning(on(number), day)

    assert [start[2] for start in world.starts()] == [0, 0, 1, 1, 2, 2]


def test_a_dry_run_counts_who_is_held_out_among_the_places(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha=WATCHED + "limits: {new_per_day: 4}\n")
    names = [f"a{number}" for number in range(6)]
    watched = sum(lot("alpha", name) < 5000 for name in names[:4])
    world.export(given(*(account(name, seats=120) for name in names)))
    world.build(on(0))

    said = screen(world, on(0))

    assert f"{4 - watched} new and {watched} held out of at most 4 a day" in said


# --- by hand ---


def test_who_is_at_a_step_already_starts_there(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha="")
    world.edit(
        "playbooks/alpha.yaml",
        "owner: csm, due: 2 days}\n",
        "owner: csm}\n  - {id: tell, task: Tell, owner: csm}\n",
    )
    world.morning(on(0), given(account("acme", seats=1)))
    workspace = world.workspace
    ask_start(workspace, "alpha", "acme", None, "", act(on(0)), Midway("tell", on(-30)))
    ask_start(workspace, "alpha", "acme", None, "again", act(on(0)), Midway("tell", on(-30)))
    assert sum(isinstance(event, StartAsked) for event in world.events()) == 1
    with pytest.raises(ChoiceError, match="is asked for already, on 2026-03-02, and otherwise"):
        ask_start(workspace, "alpha", "acme", None, "", act(on(0)), Midway())
    with pytest.raises(ChoiceError, match="has no step 'tel'"):
        ask_start(workspace, "alpha", "acme", None, "", act(on(0)), Midway("tel"))
    with pytest.raises(ChoiceError, match="has not come yet"):
        ask_start(workspace, "alpha", "acme", None, "", act(on(0)), Midway(began=on(1)))

    world.morning(on(1), given(account("acme", seats=1)))

    started = world.enrollment("acme")
    assert (started.started_on, started.day_zero) == (on(1), on(-30))
    assert [task.step for task in started.open_tasks] == ["tell"]


def test_who_gives_another_reason_asks_for_the_same_start(tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha="")
    world.morning(on(0), given(account("acme", seats=1)))

    first, second = (
        ask_start(world.workspace, "alpha", "acme", None, "", act(on(0)), Midway(although=why))
        for why in ("a new office", "they have a new office")
    )

    assert second == first
    assert [event for event in world.events() if isinstance(event, StartAsked)] == [first]


@pytest.mark.parametrize("status", ["paused", "draining", "retired"])
def test_nobody_asks_for_a_playbook_that_takes_no_new_ones(status: str, tmp_path: Path) -> None:
    world = world_of(tmp_path, alpha="")
    world.edit("playbooks/alpha.yaml", "status: live", f"status: {status}")
    world.morning(on(0), LARGE)

    with pytest.raises(ChoiceError, match=status):
        world.ask("alpha", "acme", on(0))
    assert world.starts() == []
