"""Keys are for ever, and an open enrollment goes on with the text with which it began."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.model.event import StepOpened, TaskReassigned
from tests.builders import ZETA, World, account, contact, given, on, promise, small

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
    edited.edit(
        file,
        "    task: Ask {{ account.name }} what happened\n    owner: csm\n    due: 1 business day",
        "    task: Call\n    owner: cs_ops\n    due: 5 days",
    )
    edited.edit(file, "steps:\n", "steps:\n  - {id: first, wait: 1 day, after: start}\n")
    edited.edit(file, "  - id: ask\n", "  - id: ask\n    after: start\n")
    edited.edit("playbooks/promise-late.yaml", "owner: csm}", "owner: csm_manager, minutes: 5}")

    edited.morning(
        on(0),
        {
            **day,
            "accounts": [
                {**row, "name": "Other", "arr": 60000} for row in day["accounts"] if row["id"] != "zeta"
            ]
            + [ZETA],
        },
    )

    assert keys(edited) == keys(plain)
    assert len(keys(plain)) == 3
    assert [line["owner"] for line in edited.lines(on(0))] != [line["owner"] for line in plain.lines(on(0))]


def test_keys_are_those_of_the_very_first_day_for_ever(tmp_path: Path) -> None:
    """A list that somebody saved a year ago must still find its tasks: these keys may never change."""
    world = small(tmp_path / "w")
    world.morning(
        on(0), given(account("acme", seats=3), contacts=[contact("claire", "acme"), contact("carl", "acme")])
    )
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
    assert "owners/lea@vendor.example" not in "".join(
        path for path in world.published() if path.startswith("2026-03-03")
    )


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
    assert ("bolt", "quiet", 2) in world.starts()

    world.edit("playbooks/few-seats.yaml", "playbook: few-seats", "playbook: seats\nformerly: [few-seats]")
    world.edit("playbooks/quiet.yaml", "running('few-seats')", "running('seats')")
    world.done(key, "product", on(2))
    result = world.morning(on(3), given(account("acme", seats=3), account("bolt"), silent="bolt", day=3))

    # The text with which `quiet` began at bolt says running('few-seats'): the old name is still understood.
    assert not [name for name in result.counts if name.startswith("held")]
    assert world.enrollment("acme", "few-seats").steps["write"].outcome == "undeliverable"
    assert [start for start in world.starts() if start[2] == 3] == []
    world.stop("seats", "acme", on(3))
    assert not world.enrollment("acme", "few-seats").is_open


def test_a_start_asked_for_under_the_new_name_is_made_once(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.edit("playbooks/few-seats.yaml", "playbook: few-seats", "playbook: seats\nformerly: [few-seats]")
    world.edit("playbooks/quiet.yaml", "running('few-seats')", "running('seats')")
    world.morning(on(0), given(account("acme")))
    world.ask("seats", "acme", on(0))

    world.run(on(0))

    assert world.starts() == [("acme", "few-seats", 0)]
    assert world.run(on(0)).nothing


# --- a text stays with whom it began ---


def test_an_open_enrollment_goes_on_with_the_text_with_which_it_began(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    contacts = [contact("claire", "acme"), contact("bob", "bolt")]
    world.morning(on(0), given(account("acme", seats=3), account("bolt"), contacts=contacts))
    world.edit("playbooks/few-seats.yaml", "wait: 3 days", "wait: 10 days")
    world.edit(
        "playbooks/few-seats.yaml", "task: Call {{ account.name }}", "task: Do not call {{ account.name }}"
    )
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
    world.write(
        "playbooks/few-seats.yaml",
        "# what it is for\n\n"
        + "\n".join(lines)
        .replace("status: live", "status: shadow")
        .replace("priority: high", "priority: low")
        + "\n",
    )
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

    result = world.morning(
        on(1), given(account("acme", seats=3), account("bolt", seats=3), contacts=contacts)
    )

    frozen = "held:text no longer binds"
    assert result.counts[frozen] == 1
    assert world.starts() == [("acme", "few-seats", 0), ("bolt", "few-seats", 1)]
    assert [
        event.on
        for event in world.events()
        if isinstance(event, StepOpened) and event.enrollment == world.enrollment("acme").key
    ] == [on(0)]
    again = world.run(on(1))
    assert (again.nothing, again.counts[frozen]) == (True, 1)
    assert run_app(["-C", str(world.root), "--as-of", "2026-03-03", "run"]) == 5
    world.edit(
        "team.yaml", "roles:\n", "roles:\n  champion: {contacts: \"'champion' in roles\", pick: all}\n"
    )
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

    world.morning(
        on(1), given(account("acme", seats=3), account("bolt", seats=3), contacts=[contact("claire", "acme")])
    )

    assert world.task("acme", "write").contact == "claire"
    assert world.starts() == [("acme", "few-seats", 0)]


# --- names that are words elsewhere ---


@pytest.mark.parametrize("name", ["id_", "order", "value", "subject", "since", "rule", "n", "f", "rowid"])
def test_a_field_may_be_called_as_one_likes(name: str, tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.edit("data.yaml", "      sector: text\n", f"      {name}: text\n")
    world.edit(
        "data.yaml",
        "{id: text, account_id: text, due_on",
        f"{{id: text, {name}: text, account_id: text, due_on",
    )
    world.edit("sources.yaml", "sector: sector", f"{name}: sector")
    world.edit(
        "sources.yaml", "promises.csv, fields: {id: id,", f"promises.csv, fields: {{id: id, {name}: id,"
    )
    world.edit(
        "playbooks/few-seats.yaml", "when: seats < 10,", f"when: \"{name} = 'health' and seats < 10\","
    )
    world.edit("playbooks/promise-late.yaml", "when: [", f"when: [row.{name} is not null, ")

    world.morning(on(0), given(account("acme", seats=3), promises=[promise("p1", "acme", on(-1))]))

    assert world.starts() == [("acme", "few-seats", 0), ("acme", "promise-late", 0)]
    assert world.run(on(0)).nothing
