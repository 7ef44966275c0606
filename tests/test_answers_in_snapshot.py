"""The table `answers` of a snapshot: what people answered in the CRM closes tasks, once, and never stops a run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cs_playbook.commands.run import RunResult
from cs_playbook.model.event import TaskAnswered
from tests.builders import FILES, World, account, on, small, tables, used, write_csv

KEYS = ("acme", "bolt", "calm")
COLUMNS = ("Our key", "Result", "Owner", "Closed", "Comment")
DATA = FILES["data.yaml"].replace(
    "active: status",
    "  answers:\n    fields: {task: text, outcome: text, by: text, on: date, note: text}\nactive: status",
)
SOURCES = FILES["sources.yaml"] + (
    "  answers:\n    file: crm_tasks.csv\n"
    "    fields: {task: Our key, outcome: Result, by: Owner, on: {column: Closed, dates: DD/MM/YYYY}, note: Comment}\n"
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three accounts with a task each, on Monday; the CRM knows of none yet."""
    world = small(tmp_path / "w", data=DATA, sources=SOURCES)
    crm(world)
    morning(world, 0)
    return world


def crm(world: World, *rows: tuple[str, ...]) -> None:
    """What the CRM exports from now on."""
    lines = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    write_csv(world.root / "exports" / "crm_tasks.csv", lines, COLUMNS)


def morning(world: World, day: int) -> RunResult:
    usage = [used(key, on(n), 1) for key in KEYS for n in range(-7, 9)]
    fresh = used("acme", on(0), day)
    return world.morning(on(day), tables([account(key, seats=3) for key in KEYS], usage=[*usage, fresh]))


def key(world: World, name: str) -> str:
    return world.task(name, "ask").key


def answered(world: World) -> list[tuple[str, str, date, str, str]]:
    events = [event for event in world.events() if isinstance(event, TaskAnswered)]
    return [(event.task, event.outcome, event.on, event.by, event.via) for event in events]


def told(result: RunResult) -> list[str]:
    return [finding.message for finding in result.returned.findings]


def test_an_answer_in_the_crm_closes_the_task_once_however_often_it_is_exported(world: World) -> None:
    acme = key(world, "acme")
    crm(world, (acme, "Product", "lea@vendor.example", "03/03/2026", "too slow"), ("", "Done", "x", "", ""))

    first, second = morning(world, 1), morning(world, 2)

    assert answered(world) == [(acme, "product", on(1), "lea@vendor.example", "answers of 2026-03-03.db")]
    assert (told(first), told(second), second.returned.known) == ([], [], 1)


def test_what_is_no_answer_is_told_and_stops_nothing(world: World) -> None:
    acme, bolt = key(world, "acme"), key(world, "bolt")
    crm(
        world,
        ("t0000000000000000", "product", "", "", ""),
        (acme, "prodct", "", "", ""),
        (bolt, "season", "", "", ""),
    )

    first, second = morning(world, 1), morning(world, 2)

    unknown = "there is no task 't0000000000000000'"
    # The row of a snapshot says nothing to anybody: the key does.
    misspelt = f"task {acme}: 'prodct' is none of this task's outcomes"
    assert sorted(told(first)) == sorted([misspelt, unknown])
    assert told(second) == [misspelt]  # its task is open still
    assert [task for task, *_ in answered(world)] == [bolt]


def test_who_answered_is_somebody_of_the_team_or_it_is_told_once(world: World) -> None:
    acme, bolt = key(world, "acme"), key(world, "bolt")
    crm(world, (acme, "product", "LÉA", "", ""), (bolt, "product", "lae@vendor.example", "", ""))

    first, second = morning(world, 1), morning(world, 2)

    assert [by for *_, by, _ in answered(world)] == ["lea@vendor.example", "lae@vendor.example"]
    fact = "the CRM says that 'lae@vendor.example' answered, who is none of `people:`; the answer counts"
    assert (told(first), first.returned.refused, told(second)) == ([f"task {bolt}: {fact}"], (), [])


def test_an_answer_that_comes_too_late_is_told_once(world: World) -> None:
    acme = key(world, "acme")
    world.stop("few-seats", "acme", on(0))
    crm(world, (acme, "product", "", "03/03/2026", ""))

    first, second = morning(world, 1), morning(world, 2)

    assert told(first) == [f"task {acme}: the task was closed on 2026-03-02, because its playbook ended"]
    assert told(second) == []


def test_a_list_counts_before_the_crm_and_a_contradiction_is_told(world: World) -> None:
    acme = key(world, "acme")
    world.answer_list([{"key": acme, "outcome": "people"}])
    crm(world, (acme, "product", "", "", ""))

    result = morning(world, 1)

    assert [outcome for _, outcome, *_ in answered(world)] == ["people"]
    said = "the same task is answered 'people' in answers/lea.csv and 'product' here"
    assert told(result) == [f"task {acme}: {said}"]


def test_a_day_to_come_waits_and_one_that_is_none_is_set_aside(world: World) -> None:
    acme, bolt = key(world, "acme"), key(world, "bolt")
    crm(world, (acme, "product", "", "04/03/2026", ""), (bolt, "product", "", "soon", ""))

    built = world.build(on(1))
    world.run(on(1))
    assert (built.manifest is not None, answered(world)) == (True, [])
    morning(world, 2)

    assert [(task, day) for task, _, day, *_ in answered(world)] == [(acme, on(2))]


def test_the_number_of_answers_stops_no_run(world: World) -> None:
    many = [(f"t{number:016d}", "product", "", "", "") for number in range(120)]
    crm(world, *many)
    morning(world, 1)
    crm(world)

    assert morning(world, 2).day == on(2)
