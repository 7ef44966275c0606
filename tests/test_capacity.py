"""`capacity`: what open tasks, steps to come and promises ask of people week by week, read from a real ledger."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cs_playbook.cli.app import run_app
from tests.builders import World, account, contact, given, on, small

pytestmark = pytest.mark.usefixtures("meant_once")

TIER = """\
segments: tier
first_match:
  - {segment: high, when: arr >= 40000, minutes_per_month: 130}
  - {segment: low, when: otherwise, minutes_per_month: 13}
"""
PLAY = """\
playbook: save
title: Save plan
status: live
owner: cs_ops
why: They may leave.
trigger: {when: sector = 'public', already_matching: start}
steps:
  - {id: cause, task: Find the cause, owner: csm, due: 2 business days, minutes: 30, outcomes: [ours, theirs]}
  - {id: plan, task: Write it down, owner: csm, due: 1 week, minutes: 50, after: cause}
  - {id: rest, wait: 5 days, after: plan}
  - {id: review, approve: "Go on?", owner: csm_manager, due: 1 day, minutes: 20, after: rest}
  - {id: rescue, task: Mend it, owner: csm, due: 1 day, minutes: 400, after: {cause: ours}}
  - {id: weekly, task: Look at it, owner: csm, due: 1 day, minutes: 10, every: 1 week, at_most: 3, after: cause}
"""
BRANCHES = """\
playbook: branches
title: Branches
status: live
owner: cs_ops
why: To see what can be known.
trigger: {when: sector = 'energy', already_matching: start}
steps:
  - {id: first, task: A, owner: csm, due: 1 day, minutes: 1, outcomes: [good, bad]}
  - {id: either, task: B, owner: csm, due: 1 day, minutes: 2, after: {first: [good, bad]}}
  - {id: later, task: C, owner: csm, due: 1 day, minutes: 4, not_before: day 10, after: either}
  - {id: any, task: D, owner: csm, due: 1 day, minutes: 8, after: {any: [{first: good}, either]}}
  - {id: perhaps, task: E, owner: csm, due: 1 day, minutes: 16, when: arr > 1, after: either}
  - {id: no_day, task: F, owner: csm, due: 1 day after renewal_date, minutes: 32, after: either}
  - {id: both, task: G, owner: {all_of: [csm, csm_manager]}, due: 1 day, minutes: 64, after: either}
"""
TEAM = """\
team: small
roles:
  cs_ops: {is: nora@vendor.example}
  csm: {from: csm_email, else: cs_ops}
  csm_manager: {manager_of: csm, else: cs_ops}
  champion: {contacts: "'champion' in roles and not has_left and email is not null", pick: all}
people:
  nora@vendor.example: {name: Nora}
  lea@vendor.example: {name: Léa, manager: nora@vendor.example, minutes_per_week: 100, away: [{from: 2026-03-19, to: 2026-03-20, cover: marc@vendor.example}]}
  marc@vendor.example: {name: Marc, manager: nora@vendor.example, minutes_per_week: 500}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = small(tmp_path_factory.mktemp("capacity") / "w", tier=TIER, team=TEAM)
    for path in (world.root / "playbooks").glob("*.yaml"):
        path.write_text(path.read_text("utf-8").replace("status: live", "status: draft"), "utf-8")
    world.write("playbooks/save.yaml", PLAY)
    world.write("playbooks/branches.yaml", BRANCHES)
    bolt = account("bolt", sector="energy", renewal_date="", csm_email="marc@vendor.example", arr=2)
    world.morning(on(0), given(account("acme", sector="public"), bolt, contacts=[contact("claire", "acme")]))
    return world


def person(made: World, capsys: pytest.CaptureFixture[str], owner: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run_app(["-C", str(made.root), "-o", "json", "capacity"]) == 0
    people: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["people"]
    return next(one for one in people if one["owner"] == owner)


def weeks_of(made: World, capsys: pytest.CaptureFixture[str], owner: str) -> list[dict[str, Any]]:
    weeks: list[dict[str, Any]] = person(made, capsys, owner)["weeks"]
    return weeks


def test_open_lines_stand_on_their_day_and_what_comes_next_on_the_earliest_that_can_be_known(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cause by Wednesday 4, then the plan within a week; a first look on Thursday, the next ones a week apart."""
    lea = weeks_of(made, capsys, "lea@vendor.example")

    assert [week["by"].get("save", 0) for week in lea] == [30 + 10, 50 + 10, 0, 0]


def test_a_step_that_hangs_on_an_answer_is_possible_and_in_no_sum(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    lea = weeks_of(made, capsys, "lea@vendor.example")

    assert [week["possible"] for week in lea] == [400, 0, 0, 0]


def test_a_step_is_sure_where_every_answer_leads_to_it_and_waits_for_its_earliest_day(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    marc = person(made, capsys, "marc@vendor.example")

    assert [week["by"].get("branches", 0) for week in marc["weeks"]] == [1 + 2 + 8 + 64, 4, 0, 0]
    assert ([week["possible"] for week in marc["weeks"]], marc["without_a_day"]) == ([16, 0, 0, 0], 32)


def test_a_step_of_several_owners_asks_each_of_them(made: World, capsys: pytest.CaptureFixture[str]) -> None:
    nora = weeks_of(made, capsys, "nora@vendor.example")

    assert nora[0]["by"]["branches"] == 64


def test_what_is_due_while_somebody_is_away_is_asked_of_who_stands_in(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    marc = weeks_of(made, capsys, "marc@vendor.example")

    assert [week["by"].get("save", 0) for week in marc] == [0, 0, 10, 0]


def test_promises_are_asked_of_the_owner_and_who_is_over_is_told(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Acme's 130 minutes a month are 30 a week, Zeta's 13 are 3; Léa has 100, and 60 in the week she is away for two days."""
    lea = weeks_of(made, capsys, "lea@vendor.example")

    assert lea[0]["by"]["promise: tier high"] == 30
    assert lea[0]["by"]["promise: tier low"] == 3
    assert [week["has"] for week in lea] == [100, 100, 60, 100]
    assert [week["over"] for week in lea] == [0, 0, 0, 0]


SCREEN = """\
Capacity · 2 weeks from Monday 2 March 2026

         2 Mar   9 Mar
  Léa     73 %    93 %
        73/100  93/100
  Marc    16 %     1 %
        78/500   7/500
  Nora      64       –

  Besides, in no sum   minutes of all these weeks
  Léa   400 if answers or conditions say so
  Marc  16 if answers or conditions say so · 32 without a day yet

  Whom there is a human for   minutes a month, without holidays and absences
  2 people                            2 600  600 a week × 52 / 12
  playbooks ask                        −388  on average of these weeks
  for promises                        2 212
  tier low        2 × 13   = 26  2 186 left  one-to-many, reaches 2 of 2
  tier high      1 × 130  = 130  2 056 left  reaches 1 of 1
  Everybody has what is promised to them.

Minutes asked of minutes had: open tasks by their day, steps to come on the earliest day that can be
known, promises of segments spread evenly.
"""


def test_the_screen_shows_shares_and_the_arithmetic(made: World, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run_app(["-C", str(made.root), "--names", "capacity", "--weeks", "2"]) == 0

    assert capsys.readouterr().out == SCREEN


def test_a_look_goes_no_further_than_a_quarter(made: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_app(["-C", str(made.root), "capacity", "--weeks", "14"]) == 1
    assert "--weeks 1 to 13" in capsys.readouterr().err
