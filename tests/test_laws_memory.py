"""What is remembered, under which key, by which text: memory of the day before, keys for ever, texts that stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.model.event import Ended, Started, StepOpened, TaskReassigned
from tests.builders import Row, Tables, World, account, contact, on, promise, small, tables, used

ZETA = account("zeta", seats=50, arr=10000)


def given(*accounts: Row, day: int = 0, silent: str = "", **rows: list[Row]) -> Tables:
    """These and Zeta; all but one use it. `day` makes the export another one than that of the day before."""
    busy = [str(row["id"]) for row in (*accounts, ZETA) if row["id"] != silent]
    usage = [used(key, on(n), 1) for key in busy for n in range(-7, 15)]
    return {**tables([*accounts, ZETA], usage=[*usage, used("zeta", on(0), day)]), **rows}


def starts(world: World) -> list[tuple[str, str, int]]:
    """(account, playbook, days after the Monday)."""
    events = [event for event in world.events() if isinstance(event, Started)]
    return [(event.account, event.playbook, (event.on - on(0)).days) for event in events]


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
def test_what_runs_is_what_ran_the_day_before_whatever_the_order_of_playbooks(name: str, tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.write("playbooks/other.yaml", playbook(name, "seats < 10 and not running('few-seats')"))
    day = given(account("acme", seats=3))

    world.morning(on(0), day)
    assert set(starts(world)) == {("acme", name, 0), ("acme", "few-seats", 0)}

    events = world.events()
    assert world.run(on(0)).nothing
    world.write("playbooks/third.yaml", playbook("third", "seats < 10 and not running('few-seats')"))
    world.run(on(0))
    assert [event.playbook for event in world.events()[len(events) :] if isinstance(event, Started)] == ["third"]
    world.write("playbooks/fourth.yaml", playbook("fourth", "seats < 10 and not running('few-seats')"))
    world.morning(on(1), {**day, "usage": [*day["usage"], used("zeta", on(1), 5)]})
    assert [start for start in starts(world) if start[1] == "fourth"] == []


def test_was_and_ago_are_values_at_the_end_of_days(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.write("playbooks/fell.yaml", playbook("fell", "was(seats) > seats"))
    world.write("playbooks/fell-slowly.yaml", playbook("fell-slowly", "ago(seats, '3 days') > seats"))

    for day, seats in enumerate([40, 40, 30, 30, 30]):
        world.morning(on(day), given(account("acme", seats=seats), day=day))
        assert world.run(on(day)).nothing

    # `ago` looks three days back: on Thursday that is Monday's 40, and before Thursday nobody remembers.
    assert starts(world) == [("acme", "fell", 2), ("acme", "fell-slowly", 3)]


def test_finished_is_what_had_ended_the_day_before(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.write("playbooks/thanks.yaml", playbook("thanks", "finished('few-seats', '30 days')"))
    day = given(account("acme", seats=3))
    world.morning(on(0), day)
    world.done(world.task("acme", "ask"), "season", on(0))

    world.run(on(0))
    assert [type(event) for event in world.events()][-1] is Ended
    assert starts(world) == [("acme", "few-seats", 0)]
    world.morning(on(1), day)
    assert starts(world) == [("acme", "few-seats", 0), ("acme", "thanks", 1)]


def test_for_counts_days_with_a_run_of_a_new_export(tmp_path: Path) -> None:
    world = small(tmp_path / "w")

    def silent(day: int) -> Tables:
        return given(account("acme"), day=day, silent="acme")

    for day in (0, 1, 2):
        world.morning(on(day), silent(0))  # the same export again and again proves nothing
    assert starts(world) == []
    world.morning(on(3), silent(3))
    assert starts(world) == [("acme", "quiet", 3)]


def test_what_nobody_asked_for_a_while_has_not_lasted(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme"), silent="acme"))
    world.edit("playbooks/quiet.yaml", "status: live", "status: draft")
    for day in (1, 2):
        world.morning(on(day), given(account("acme"), silent="acme", day=day))
    world.edit("playbooks/quiet.yaml", "status: draft", "status: live")

    world.morning(on(3), given(account("acme"), silent="acme", day=3))

    assert starts(world) == []


def test_a_condition_that_is_asked_again_on_the_same_day_is_remembered_as_it_is(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme"), silent="acme"))
    world.edit("playbooks/quiet.yaml", "status: live", "status: draft")
    world.morning(on(1), given(account("acme"), day=1))
    world.edit("playbooks/quiet.yaml", "status: draft", "status: live")

    world.run(on(1))
    for day in (2, 3, 4):
        assert starts(world) == []
        world.morning(on(day), given(account("acme"), silent="acme", day=day))

    assert starts(world) == [("acme", "quiet", 4)]


def test_two_playbooks_may_wait_for_the_same_of_a_row(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    when = "{when: row.due_on < today, for: 2 days}"
    for name in ("one", "two"):
        world.write(f"playbooks/{name}.yaml", playbook(name, when).replace("trigger:\n", "trigger:\n  one_per: promises\n"))
    for day in (0, 1):
        world.morning(on(day), given(account("acme"), day=day, promises=[promise("p1", "acme", on(-1))]))

    assert sorted(start for start in starts(world) if start[2] == 1) == [("acme", "one", 1), ("acme", "two", 1)]


# --- limits and memory of who was there ---


def test_whoever_would_end_at_once_takes_nobodys_place(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.edit("playbooks/few-seats.yaml", "reentry:", "limits: {new_per_day: 1}\nreentry:")
    world.edit("playbooks/few-seats.yaml", "when: status = 'ended', outcome: lost", "when: sector = 'none', outcome: lost")

    world.morning(on(0), given(account("acme", seats=3, sector="none"), account("bolt", seats=3)))

    assert starts(world) == [("bolt", "few-seats", 0)]


def test_a_place_that_is_freed_today_is_given_tomorrow(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.edit("playbooks/few-seats.yaml", "reentry:", "limits: {open_per_person: 1}\nreentry:")
    world.morning(on(0), given(account("acme", seats=3), account("bolt", seats=3)))

    world.morning(on(1), given(account("acme", status="ended"), account("bolt", seats=3)))
    assert world.run(on(1)).nothing
    assert starts(world) == [("acme", "few-seats", 0)]
    world.morning(on(2), given(account("acme", status="ended"), account("bolt", seats=3)))
    assert starts(world) == [("acme", "few-seats", 0), ("bolt", "few-seats", 2)]


def test_whoever_may_come_back_at_once_comes_back_tomorrow(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.edit("playbooks/few-seats.yaml", "days_after_end: 3", "days_after_end: 0")
    world.morning(on(0), given(account("acme", seats=3)))
    world.done(world.task("acme", "ask"), "season", on(0))

    assert world.run(on(0)).counts == {"event:Ended": 1}
    assert world.run(on(0)).nothing
    world.morning(on(1), given(account("acme", seats=3)))
    assert starts(world) == [("acme", "few-seats", 0), ("acme", "few-seats", 1)]


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

    assert [start for start in starts(world) if start[2] > 0] == [("bolt", "renewing", 2)]


# --- keys for ever ---


def keys(world: World) -> set[str]:
    return {line["key"] for line in world.lines(on(0))}


def test_keys_hang_on_who_which_and_when_and_on_nothing_else(tmp_path: Path) -> None:
    day = given(account("acme", seats=3), account("bolt", seats=3), promises=[promise("p1", "zeta", on(-1))])
    plain = small(tmp_path / "plain")
    plain.morning(on(0), day)
    edited = small(tmp_path / "edited")
    file = "playbooks/few-seats.yaml"
    edited.edit(file, "title: Few seats", "title: Very few seats")
    edited.edit(file, "playbook: few-seats", "playbook: seats\nformerly: [few-seats]")
    edited.edit("playbooks/quiet.yaml", "running('few-seats')", "running('seats')")
    edited.edit(file, "    task: Ask {{ account.name }} what happened\n    owner: csm\n    due: 1 business day", "    task: Call\n    owner: cs_ops\n    due: 5 days")
    edited.edit(file, "steps:\n", "steps:\n  - {id: first, wait: 1 day, after: start}\n")
    edited.edit(file, "  - id: ask\n", "  - id: ask\n    after: start\n")
    edited.edit("playbooks/promise-late.yaml", "owner: csm}", "owner: csm_manager, minutes: 5}")

    edited.morning(on(0), {**day, "accounts": [{**row, "name": "Other", "arr": 60000} for row in day["accounts"] if row["id"] != "zeta"] + [ZETA]})

    assert keys(edited) == keys(plain)
    assert len(keys(plain)) == 3
    assert [line["owner"] for line in edited.lines(on(0))] != [line["owner"] for line in plain.lines(on(0))]


def test_keys_are_those_of_the_very_first_day_for_ever(tmp_path: Path) -> None:
    """A list that somebody saved a year ago must still find its tasks: these keys may never change."""
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3), contacts=[contact("claire", "acme"), contact("carl", "acme")]))
    assert world.task("acme", "ask").key == "f537a60ed7784b99"
    world.done("f537", "product", on(0))
    world.run(on(0))

    assert {task.contact: task.key for task in world.enrollment("acme").open_tasks} == {
        "claire": "u703b0e5a92c4f1e",
        "carl": "je943e788525a478",
    }


def test_a_second_time_is_another_key(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3)))
    first = world.task("acme", "ask").key
    world.done(first, "season", on(0))
    world.run(on(0))
    world.morning(on(3), given(account("acme", seats=3)))

    assert world.task("acme", "ask").key != first
    assert [item.episode for item in world.enrollments("acme")] == [1, 2]


def test_an_owner_who_changes_takes_the_line_along(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3)))
    key = world.task("acme", "ask").key

    world.morning(on(1), given(account("acme", seats=3, csm_email="marc@vendor.example")))

    assert isinstance(world.events()[-1], TaskReassigned)
    assert (world.task("acme", "ask").key, world.task("acme", "ask").owner) == (key, "marc@vendor.example")
    assert "owners/lea@vendor.example" not in "".join(path for path in world.published() if path.startswith("2026-03-03"))


def test_an_owner_whom_the_crm_spells_with_capitals_is_the_same_person(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    shouted = account("acme", seats=3, csm_email="LEA@Vendor.example")

    world.morning(on(0), given(shouted, account("bolt", seats=3)))

    assert {line["owner"] for line in world.lines(on(0))} == {"lea@vendor.example"}
    world.morning(on(1), given(account("acme", seats=3), account("bolt", seats=3)))
    assert not [event for event in world.events() if isinstance(event, TaskReassigned)]


def test_a_renamed_playbook_goes_on_under_its_first_name(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3), account("bolt"), silent="bolt"))
    key = world.task("acme", "ask").key
    for day in (1, 2):
        world.morning(on(day), given(account("acme", seats=3), account("bolt"), silent="bolt", day=day))
    assert ("bolt", "quiet", 2) in starts(world)

    world.edit("playbooks/few-seats.yaml", "playbook: few-seats", "playbook: seats\nformerly: [few-seats]")
    world.edit("playbooks/quiet.yaml", "running('few-seats')", "running('seats')")
    world.done(key, "product", on(2))
    result = world.morning(on(3), given(account("acme", seats=3), account("bolt"), silent="bolt", day=3))

    # The text with which `quiet` began at bolt says running('few-seats'): the old name is still understood.
    assert not [name for name in result.counts if name.startswith("held")]
    assert world.enrollment("acme", "few-seats").steps["write"].outcome == "undeliverable"
    assert [start for start in starts(world) if start[2] == 3] == []
    world.stop("seats", "acme", on(3))
    assert not world.enrollment("acme", "few-seats").is_open


def test_a_start_asked_for_under_the_new_name_is_made_once(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.edit("playbooks/few-seats.yaml", "playbook: few-seats", "playbook: seats\nformerly: [few-seats]")
    world.edit("playbooks/quiet.yaml", "running('few-seats')", "running('seats')")
    world.morning(on(0), given(account("acme")))
    world.ask("seats", "acme", on(0))

    world.run(on(0))

    assert starts(world) == [("acme", "few-seats", 0)]
    assert world.run(on(0)).nothing


# --- a text stays with whom it began ---


def test_an_open_enrollment_goes_on_with_the_text_with_which_it_began(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    contacts = [contact("claire", "acme"), contact("bob", "bolt")]
    world.morning(on(0), given(account("acme", seats=3), account("bolt"), contacts=contacts))
    world.edit("playbooks/few-seats.yaml", "wait: 3 days", "wait: 10 days")
    world.edit("playbooks/few-seats.yaml", "task: Call {{ account.name }}", "task: Do not call {{ account.name }}")
    world.morning(on(1), given(account("acme", seats=3), account("bolt", seats=3), contacts=contacts))

    for step, outcome in (("ask", "product"), ("write", "sent")):
        for key in ("acme", "bolt"):
            world.done(world.task(key, step), outcome, on(1))
        world.run(on(1))

    assert world.enrollment("acme").steps["reply"].until == on(4)
    assert world.enrollment("bolt").steps["reply"].until == on(11)
    world.morning(on(4), given(account("acme", seats=3), account("bolt", seats=3), contacts=contacts))
    assert [line["title"] for line in world.lines(on(4)) if line["step"] == "call"] == ["Call Acme"]


def test_comments_layout_and_todays_settings_make_no_new_version(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    definition = world.workspace.catalog.playbooks["few-seats"].definition
    text = (world.root / "playbooks/few-seats.yaml").read_text()

    lines = [f"{line}   # a remark" if line.endswith("yes]") else line for line in text.splitlines()]
    world.write("playbooks/few-seats.yaml", "# what it is for\n\n" + "\n".join(lines).replace("status: live", "status: shadow").replace("priority: high", "priority: low") + "\n")
    assert world.workspace.catalog.playbooks["few-seats"].definition == definition
    world.edit("playbooks/few-seats.yaml", "wait: 3 days", "wait: 4 days")
    assert world.workspace.catalog.playbooks["few-seats"].definition != definition


def test_a_text_that_no_longer_binds_freezes_and_every_run_says_so(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    contacts = [contact("claire", "acme"), contact("bob", "bolt")]
    world.morning(on(0), given(account("acme", seats=3), account("bolt"), contacts=contacts))
    world.done(world.task("acme", "ask"), "product", on(0))
    world.edit("team.yaml", "  champion:", "  friend:")
    world.edit("playbooks/few-seats.yaml", "    to: champion", "    to: friend")
    world.edit("playbooks/few-seats.yaml", "    about: champion", "    about: friend")

    result = world.morning(on(1), given(account("acme", seats=3), account("bolt", seats=3), contacts=contacts))

    frozen = "held:text no longer binds"
    assert result.counts[frozen] == 1
    assert starts(world) == [("acme", "few-seats", 0), ("bolt", "few-seats", 1)]
    assert [event.on for event in world.events() if isinstance(event, StepOpened) and event.enrollment == world.enrollment("acme").key] == [on(0)]
    again = world.run(on(1))
    assert (again.nothing, again.counts[frozen]) == (True, 1)
    assert run_app(["-C", str(world.root), "--as-of", "2026-03-03", "run"]) == 5
    world.edit("team.yaml", "roles:\n", "roles:\n  champion: {contacts: \"'champion' in roles\", pick: all}\n")
    world.run(on(1))
    assert world.task("acme", "write").contact == "claire"


def test_a_playbook_set_back_to_draft_freezes_and_goes_on_when_it_is_live_again(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    day = given(account("acme", seats=3), contacts=[contact("claire", "acme")])
    world.morning(on(0), day)
    world.done(world.task("acme", "ask"), "product", on(0))
    world.edit("playbooks/few-seats.yaml", "status: live", "status: draft")
    world.run(on(0))
    assert world.enrollment("acme").open_tasks == ()

    world.edit("playbooks/few-seats.yaml", "status: draft", "status: live")
    world.run(on(0))

    assert world.task("acme", "write").contact == "claire"


def test_a_deleted_playbook_is_brought_to_its_end(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    day = given(account("acme", seats=3), account("bolt"), contacts=[contact("claire", "acme")])
    world.morning(on(0), day)
    for name in ("few-seats", "quiet"):
        (world.root / f"playbooks/{name}.yaml").unlink()
    world.done(world.task("acme", "ask"), "product", on(0))

    world.morning(on(1), given(account("acme", seats=3), account("bolt", seats=3), contacts=[contact("claire", "acme")]))

    assert world.task("acme", "write").contact == "claire"
    assert starts(world) == [("acme", "few-seats", 0)]
