"""Answers that must satisfy a condition: refused where people answer, with its sentence, and the line stays open."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.commands.correcting import correct_given
from cs_playbook.commands.given import pairs_of
from cs_playbook.commands.people import Act, Midway, ask_start, close_task
from cs_playbook.errors import ChoiceError
from tests.builders import World, account, on, small, tables

RISK = """\
playbook: risk
title: What is at risk
status: live
owner: csm
why: To know it.
trigger: {started_by: [csm]}
asks: {from_day: date, to_day: {type: date, must: to_day > from_day}}
steps:
  - id: record
    task: Say what is at risk
    owner: csm
    asks:
      amount: {type: number, must: {when: amount <= arr, because: no more than they pay}}
      lost: {type: integer, optional: true, must: [lost > 0, lost <= seats]}
"""
ACT = Act("lea@vendor.example", on(0), "2026-03-02T09:00:00Z")
DAYS = ("from_day=2026-04-01", "to_day=2026-05-01")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = small(tmp_path_factory.mktemp("must") / "w")
    world.write("playbooks/risk.yaml", RISK)
    world.morning(on(0), tables([account("acme", arr=48000, seats=100), account("zeta", arr="")]))
    for name in ("acme", "zeta"):
        start(world, name, *DAYS)
    world.run(on(0))
    return world


def start(world: World, name: str, *given: str) -> None:
    ask_start(world.workspace, "risk", name, None, "", ACT, Midway(given=pairs_of(given, "--given")))


@pytest.fixture
def world(begun: World, tmp_path: Path) -> World:
    return begun.copy(tmp_path / "w")


def answer(world: World, name: str, *answers: str) -> None:
    key = world.task(name, "record").key
    close_task(world.workspace, key, "done", "", ACT, pairs_of(answers, "--answer"))


def test_an_answer_that_cannot_be_is_refused_with_its_sentence_and_the_line_stays_open(world: World) -> None:
    with pytest.raises(ChoiceError) as refused:
        answer(world, "acme", "amount=48001", "lost=101")

    assert "'48001' is no answer to 'amount' (it must be so: no more than they pay)" in str(refused.value)
    assert "'101' is no answer to 'lost' (it must be so: lost > 0, lost <= seats)" in str(refused.value)
    assert world.task("acme", "record").answers == {}


def test_the_last_that_can_be_is_taken(world: World) -> None:
    answer(world, "acme", "amount=48000", "lost=100")

    assert world.enrollment("acme").steps["record"].answers == {"amount": 48000.0, "lost": 100}


def test_on_an_unknown_nothing_is_refused(world: World) -> None:
    answer(world, "zeta", "amount=1000000")

    assert world.enrollment("zeta").steps["record"].outcome == "done"


def test_a_returned_list_says_so_too_and_the_line_stays_open(world: World) -> None:
    key = world.task("acme", "record").key
    world.answer_list([{"key": key, "outcome": "done", "answers": "amount=50000"}])
    said = [finding for finding in world.run(on(0)).returned.findings if finding.code == "CSP769"]

    assert [(finding.message, finding.hint) for finding in said] == [
        ("'50000' is no answer to 'amount'", "it must be so: no more than they pay")
    ]
    assert world.task("acme", "record").key == key


def test_the_list_says_what_an_answer_must_be(world: World) -> None:
    (line,) = [line for line in world.lines(on(0)) if line["account"] == "acme"]

    assert line["asks"].startswith("amount: number, no more than they pay; lost: integer, lost > 0")


def test_what_is_given_at_the_start_must_be_so_and_what_is_corrected(world: World) -> None:
    with pytest.raises(ChoiceError, match="'2026-04-01' is no answer to 'to_day'"):
        start(world, "acme", "from_day=2026-04-01", "to_day=2026-04-01")
    with pytest.raises(ChoiceError, match="it must be so: to_day > from_day"):
        correct_given(world.workspace, "acme", "risk", pairs_of(["to_day=2026-03-31"], "--given"), "", ACT)
