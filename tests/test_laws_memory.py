"""What is remembered: the day before, how long something has held, who was there already."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.model.event import Ended, Started
from tests.builders import Tables, account, given, on, promise, small, used


def playbook(name: str, when: str, more: str = "") -> str:
    return f"""\
playbook: {name}
title: Made for a test
why: To see what is remembered.
status: live
owner: cs_ops
trigger:
  when: {when}
  already_matching: start
{more}steps:
  - {{id: look, task: Look, owner: csm}}
"""


# --- memory is that of the day before ---


@pytest.mark.parametrize("name", ["a-first", "z-last"])
def test_what_runs_is_what_ran_the_day_before_whatever_the_order_of_playbooks(
    name: str, tmp_path: Path
) -> None:
    world = small(tmp_path / "w")
    world.write("playbooks/other.yaml", playbook(name, "seats < 10 and not running('few-seats')"))
    day = given(account("acme", seats=3))

    world.morning(on(0), day)
    assert set(world.starts()) == {("acme", name, 0), ("acme", "few-seats", 0)}

    events = world.events()
    assert world.run(on(0)).nothing
    world.write("playbooks/third.yaml", playbook("third", "seats < 10 and not running('few-seats')"))
    world.run(on(0))
    assert [event.playbook for event in world.events()[len(events) :] if isinstance(event, Started)] == [
        "third"
    ]
    world.write("playbooks/fourth.yaml", playbook("fourth", "seats < 10 and not running('few-seats')"))
    world.morning(on(1), {**day, "usage": [*day["usage"], used("zeta", on(1), 5)]})
    assert [start for start in world.starts() if start[1] == "fourth"] == []


def test_was_and_ago_are_values_at_the_end_of_days(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.write("playbooks/fell.yaml", playbook("fell", "was(seats) > seats"))
    world.write("playbooks/fell-slowly.yaml", playbook("fell-slowly", "ago(seats, '3 days') > seats"))

    for day, seats in enumerate([40, 40, 30, 30, 30]):
        world.morning(on(day), given(account("acme", seats=seats), day=day))
        assert world.run(on(day)).nothing

    # `ago` looks three days back: on Thursday that is Monday's 40, and before Thursday nobody remembers.
    assert world.starts() == [("acme", "fell", 2), ("acme", "fell-slowly", 3)]


def test_finished_is_what_had_ended_the_day_before(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.write("playbooks/thanks.yaml", playbook("thanks", "finished('few-seats', '30 days')"))
    day = given(account("acme", seats=3))
    world.morning(on(0), day)
    world.done(world.task("acme", "ask"), "season", on(0))

    world.run(on(0))
    assert [type(event) for event in world.events()][-1] is Ended
    assert world.starts() == [("acme", "few-seats", 0)]
    world.morning(on(1), day)
    assert world.starts() == [("acme", "few-seats", 0), ("acme", "thanks", 1)]


def test_for_counts_days_with_a_run_of_a_new_export(tmp_path: Path) -> None:
    world = small(tmp_path / "w")

    def silent(day: int) -> Tables:
        return given(account("acme"), day=day, silent="acme")

    for day in (0, 1, 2):
        world.morning(on(day), silent(0))  # the same export again and again proves nothing
    assert world.starts() == []
    world.morning(on(3), silent(3))
    assert world.starts() == [("acme", "quiet", 3)]


def test_what_nobody_asked_for_a_while_has_not_lasted(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme"), silent="acme"))
    world.edit("playbooks/quiet.yaml", "status: live", "status: draft")
    for day in (1, 2):
        world.morning(on(day), given(account("acme"), silent="acme", day=day))
    world.edit("playbooks/quiet.yaml", "status: draft", "status: live")

    world.morning(on(3), given(account("acme"), silent="acme", day=3))

    assert world.starts() == []


def test_a_condition_that_is_asked_again_on_the_same_day_is_remembered_as_it_is(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme"), silent="acme"))
    world.edit("playbooks/quiet.yaml", "status: live", "status: draft")
    world.morning(on(1), given(account("acme"), day=1))
    world.edit("playbooks/quiet.yaml", "status: draft", "status: live")

    world.run(on(1))
    for day in (2, 3, 4):
        assert world.starts() == []
        world.morning(on(day), given(account("acme"), silent="acme", day=day))

    assert world.starts() == [("acme", "quiet", 4)]


def test_two_playbooks_may_wait_for_the_same_of_a_row(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    when = "{when: row.due_on < today, for: 2 days}"
    for name in ("one", "two"):
        world.write(
            f"playbooks/{name}.yaml",
            playbook(name, when).replace("trigger:\n", "trigger:\n  one_per: promises\n"),
        )
    for day in (0, 1):
        world.morning(on(day), given(account("acme"), day=day, promises=[promise("p1", "acme", on(-1))]))

    assert sorted(start for start in world.starts() if start[2] == 1) == [
        ("acme", "one", 1),
        ("acme", "two", 1),
    ]


# --- limits and memory of who was there ---


def test_whoever_would_end_at_once_takes_nobodys_place(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.edit("playbooks/few-seats.yaml", "reentry:", "limits: {new_per_day: 1}\nreentry:")
    world.edit(
        "playbooks/few-seats.yaml",
        "when: status = 'ended', outcome: lost",
        "when: sector = 'none', outcome: lost",
    )

    world.morning(on(0), given(account("acme", seats=3, sector="none"), account("bolt", seats=3)))

    assert world.starts() == [("bolt", "few-seats", 0)]


def test_a_place_that_is_freed_today_is_given_tomorrow(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.edit("playbooks/few-seats.yaml", "reentry:", "limits: {open_per_person: 1}\nreentry:")
    world.morning(on(0), given(account("acme", seats=3), account("bolt", seats=3)))

    world.morning(on(1), given(account("acme", status="ended"), account("bolt", seats=3)))
    assert world.run(on(1)).nothing
    assert world.starts() == [("acme", "few-seats", 0)]
    world.morning(on(2), given(account("acme", status="ended"), account("bolt", seats=3)))
    assert world.starts() == [("acme", "few-seats", 0), ("bolt", "few-seats", 2)]


def test_whoever_may_come_back_at_once_comes_back_tomorrow(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.edit("playbooks/few-seats.yaml", "days_after_end: 3", "days_after_end: 0")
    world.morning(on(0), given(account("acme", seats=3)))
    world.done(world.task("acme", "ask"), "season", on(0))

    assert world.run(on(0)).counts == {"event:Ended": 1}
    assert world.run(on(0)).nothing
    world.morning(on(1), given(account("acme", seats=3)))
    assert world.starts() == [("acme", "few-seats", 0), ("acme", "few-seats", 1)]


def test_a_shadow_is_in_nobodys_way_when_the_playbook_goes_live(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    renews = account("acme", renewal_date=on(30))
    world.morning(on(0), given(renews))
    assert world.published()["2026-03-02/tasks.csv"].count(b"\n") == 1
    world.edit("playbooks/renewing.yaml", "status: shadow", "status: live\nreentry: {days_after_end: 90}")
    world.edit("playbooks/renewing.yaml", "trigger:\n", "trigger:\n  started_by: [rule, csm]\n")

    world.morning(on(1), given(renews))

    assert [item.arm for item in world.enrollments("acme")] == ["shadow", "treated"]
    assert len({item.key for item in world.enrollments("acme")}) == 2
    assert world.wrong() == []


def test_who_fitted_when_it_went_live_is_skipped_also_if_a_shadow_saw_it(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.edit("playbooks/renewing.yaml", "already_matching: start", "already_matching: skip")
    world.edit("playbooks/renewing.yaml", "between 0 and 90", "between 0 and 40")
    acme, bolt = account("acme", renewal_date=on(30)), account("bolt", renewal_date=on(42))
    world.morning(on(0), given(acme, bolt))
    world.edit("playbooks/renewing.yaml", "status: shadow", "status: live")

    for day in (1, 2):
        world.morning(on(day), given(acme, bolt))

    assert [start for start in world.starts() if start[2] > 0] == [("bolt", "renewing", 2)]
