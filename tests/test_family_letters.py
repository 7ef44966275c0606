"""One letter to a person of a family: a day run twice, answered in between, planned one account alone; and what people see."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from cs_playbook.commands.dry_run import decisions
from cs_playbook.model.event import Event, StepOpened, StepPassed
from cs_playbook.report.looking import history_text
from cs_playbook.report.plan_json import as_jsonl
from tests.builders import World, account, contact, given, on, small
from tests.builders_plan import explain_screen

PLAYBOOK = """\
playbook: few-seats
title: Few seats
why: They are leaving one by one.
status: live
owner: cs_ops
trigger: {when: {when: seats < 10, because: fewer than ten seats are left}, already_matching: start}
steps:
  - {id: hello, email: few-seats/hello, to: champion, from: csm, once_per: family}
  - {id: look, task: Look at it, owner: csm, due: 9 days, after: hello}
"""
SAID = "all had this letter for acme"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Bolt and Calm stand below Acme, and Ada is a contact of all three. `sector` names the parent."""
    world = small(tmp_path / "small")
    world.edit("data.yaml", "    key: id\n    fields:\n", "    key: id\n    parent: sector\n    fields:\n")
    world.write("playbooks/few-seats.yaml", PLAYBOOK)
    return world


def family(seats: int = 5, day: int = 0, calm: int = 50) -> dict[str, list[dict[str, object]]]:
    accounts = [
        account("acme", seats=seats, sector=None), account("bolt", seats=seats, sector="acme"),
        account("calm", seats=calm, sector="acme"),
    ]  # fmt: skip
    ada = [contact(f"ada_{key}", key, email="ada@acme.example") for key in ("acme", "bolt", "calm")]
    return given(*accounts, day=day, contacts=ada)  # type: ignore[return-value,arg-type]


def written_to(events: list[Event]) -> list[str | None]:
    opened = [event for event in events if isinstance(event, StepOpened) and event.step == "hello"]
    return [task.contact for event in opened for task in event.tasks]


def passed(events: list[Event]) -> list[str]:
    return [event.because for event in events if isinstance(event, StepPassed)]


def test_a_second_run_of_the_day_writes_nothing_more(world: World) -> None:
    world.morning(on(0), family())
    before = world.events()

    world.run(on(0))

    assert world.events() == before
    assert (written_to(before), passed(before)) == (["ada_acme"], [SAID])


def test_what_the_first_run_of_a_day_wrote_counts_in_the_second(world: World) -> None:
    world.edit(
        "playbooks/few-seats.yaml", "when: {when: seats", "started_by: [rule, anyone], when: {when: seats"
    )
    world.morning(on(0), family())
    world.ask("few-seats", "calm", on(0))

    world.run(on(0))

    assert (written_to(world.events()), passed(world.events())) == (["ada_acme"], [SAID, SAID])


def test_who_comes_the_day_after_is_not_written_to_again(world: World) -> None:
    world.morning(on(0), family())

    world.morning(on(1), family(day=1, calm=5))

    assert (written_to(world.events()), passed(world.events())) == (["ada_acme"], [SAID, SAID])


def test_people_and_programs_see_why_a_letter_was_passed_over(world: World) -> None:
    world.export(family())
    world.build(on(0))

    lines = [json.loads(line) for line in as_jsonl(decisions(world.workspace, on(0)))]
    world.run(on(0))

    assert [line["because"] for line in lines if line["decision"] == "StepPassed"] == [SAID]
    assert f"hello passed over: {SAID}" in history_of(world, "bolt")
    assert "all had this letter for another" in explain_screen(world, "bolt", "few-seats", on(0))


def history_of(world: World, key: str) -> str:
    passed_over: list[tuple[date, str, Event]]
    passed_over = [(on(0), "", event) for event in world.events() if isinstance(event, StepPassed)]
    return history_text(key, passed_over, {})
