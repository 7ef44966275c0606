"""Several looks a day: another export of the same day, and what the next run of that day makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.commands.health import account_health
from cs_playbook.commands.snapshots import Look, build_snapshot
from cs_playbook.commands.stories import run_stories
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.snapshot_build import Stamp
from cs_playbook.errors import ChoiceError
from cs_playbook.model.event import Ended, Started
from cs_playbook.report.stories import as_text
from tests.builders import VERSION, World, account, on, small, tables

SCORE = """\
scorecard: health
title: Seats
bands: [{band: red, below: 50}, {band: green}]
groups:
  - group: seats
    weight: 1
    measures:
      - {measure: seats, points: [{at: 0, is: 0}, {at: 100, is: 100}]}
"""


def look_again(world: World, accounts: list[dict[str, object]], day: int = 0) -> None:
    world.export(tables(accounts))
    build_snapshot(world.workspace, None, Stamp(on(day), f"{on(day)}T09:00:00Z", VERSION), look=Look.AGAIN)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = small(tmp_path / "w")
    world.morning(on(0), tables([account("acme", seats=9), account("borealis")]))
    return world


def test_who_fits_since_the_morning_starts_on_the_same_day_and_nobody_twice(world: World) -> None:
    look_again(world, [account("acme", seats=9), account("borealis", seats=8)])

    world.run(on(0))

    assert world.starts() == [("acme", "few-seats", 0), ("borealis", "few-seats", 0)]
    assert world.run(on(0)).nothing
    assert {line["account"] for line in world.lines(on(0))} == {"acme", "borealis"}
    assert world.wrong() == []


def test_the_last_look_is_the_day_that_is_remembered(world: World) -> None:
    assert fitted(world) == {"acme"}
    look_again(world, [account("acme", seats=30), account("borealis")])

    world.run(on(0))

    assert fitted(world) == set()
    assert [event.outcome for event in world.events() if isinstance(event, Ended)] == ["recovered"]


def fitted(world: World) -> set[str]:
    """Whom the rule fitted at the end of the first day, as the next one reads it."""
    with Ledger.open(world.ledger, None, writing=False) as ledger:
        return {subject for subject, value, _ in ledger.remembered("fits:few-seats:live", on(1)) if value}


def test_a_day_is_replaced_only_where_one_says_so_and_an_earlier_one_never(world: World) -> None:
    with pytest.raises(ChoiceError, match="was run already") as refused:
        world.build(on(0))
    assert "--again" in refused.value.hint
    world.morning(on(1), tables([account("acme"), account("borealis")]))

    with pytest.raises(ChoiceError, match="was run already") as refused:
        look_again(world, [account("acme")], day=0)
    assert "--again" not in refused.value.hint


def test_a_score_is_worked_out_anew_with_each_export_of_the_day(tmp_path: Path) -> None:
    world = small(tmp_path / "w", health=SCORE)
    world.morning(on(0), tables([account("acme", seats=30)]))
    before = account_health(world.workspace, "acme", on(0)).scores[0].scored

    look_again(world, [account("acme", seats=80)])

    after = account_health(world.workspace, "acme", on(0)).scores[0].scored
    assert (before.score, after.score, after.band) == (30, 80, "green")


def test_a_story_names_a_day_twice_and_it_is_run_twice(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.write(
        "tests/looks.yaml",
        """\
tests: few-seats
today: 2026-03-02
accounts: {acme: {name: Acme, tier: high, status: active, seats: 12, csm_email: lea@vendor.example}}
cases:
  - name: At noon
    runs:
      - {day: 0, expect: {started: []}}
      - {day: 0, set: {acme: {seats: 9}}, expect: {started: [acme], open: [ask]}}
      - {day: 0, expect: {started: []}}
      - {day: 1, expect: {started: []}}
""",
    )

    result = run_stories(world.workspace, ("few-seats",))

    assert result.passed, as_text(result)


def test_a_start_of_the_morning_ends_where_the_noon_says_so(world: World) -> None:
    look_again(world, [account("acme", seats=9, status="ended"), account("borealis")])
    world.run(on(0))

    ended = [event for event in world.events() if isinstance(event, Ended)]
    assert [event.outcome for event in ended] == ["lost"]
    assert [event.account for event in world.events() if isinstance(event, Started)] == ["acme"]
