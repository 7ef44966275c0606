"""Segments: exceptions that people make for a while, and `segments`: who stands where, who moved and why, who is stuck."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.dry_run import dry_run
from cs_playbook.commands.people import Act
from cs_playbook.commands.segments import portfolio_segments
from cs_playbook.commands.traits import Said, set_trait
from cs_playbook.errors import ChoiceError
from cs_playbook.study.segments import SegmentationNow
from tests.builders import World, account, given, on, small

pytestmark = pytest.mark.usefixtures("meant_once")

SIZE = """\
segments: size
title: How large they are
first_match:
  - {segment: large, title: Large ones, when: seats >= 100, minutes_per_month: 240}
  - {segment: middle, when: {any: [{when: seats >= 50, because: they have grown}, strategic]}, minutes_per_month: 45}
  - {segment: small, when: seats >= 5}
move: {down_after: 3 days}
"""
STAGES = """\
segments: stages
first_match:
  - {segment: care, when: seats >= 50, after: onboarding}
  - {segment: onboarding, when: otherwise, expected: 1 day, at_most: 2 days}
"""
MARKS = "segments: marks\nany_match: [{segment: big, when: seats >= 100}]\n"
REASON = "they buy all our products soon"


def world(root: Path) -> World:
    made = small(root)
    for name, text in (("size", SIZE), ("stages", STAGES), ("marks", MARKS)):
        made.write(f"segments/{name}.yaml", text)
    return made


def day(made: World, number: int, **seats: int | None) -> None:
    made.morning(
        on(number), given(*(account(name, seats=count) for name, count in seats.items()), day=number)
    )


def say(made: World, fact: str, value: str | None, number: int, until: int | None, why: str = REASON) -> Said:
    act = Act("lea@vendor.example", on(number), f"{on(number).isoformat()}T07:00:00Z")
    return set_trait(made.workspace, "acme", fact, value, why, act, None if until is None else on(until))


def at(made: World, name: str, number: int, since: int | None = None) -> SegmentationNow:
    first = None if since is None else on(since)
    return portfolio_segments(made.workspace, name, on(number), first).found[0]


def places(now: SegmentationNow) -> dict[str, int]:
    """How many accounts in each; Zeta, of the middle, is in every export."""
    return {one.segment.name if one.segment else "": one.accounts for one in now.segments if one.accounts}


def test_what_a_person_sets_goes_before_the_rules_until_its_day_and_is_shown(tmp_path: Path) -> None:
    made = world(tmp_path)
    day(made, 0, acme=10)
    assert places(at(made, "size", 0)) == {"small": 1, "middle": 1}
    say(made, "size", "large", 0, until=2)
    assert [(one.value, one.until, one.because) for one in at(made, "size", 0).by_hand] == [
        ("large", on(2), REASON)
    ]
    assert [item.said.value for item in dry_run(made.workspace, on(0)).by_hand] == ["large"]
    day(made, 1, acme=10)
    assert places(at(made, "size", 1)) == {"large": 1, "middle": 1}
    day(made, 2, acme=10)
    # The rules have said small all the time, through the exception: nothing is waited for any more.
    assert (places(at(made, "size", 2)), at(made, "size", 2).by_hand) == ({"small": 1, "middle": 1}, ())


def test_without_arr_nobody_has_an_arr_of_zero(tmp_path: Path) -> None:
    made = world(tmp_path)
    made.edit("data.yaml", "      arr: number\n", "")
    made.edit("sources.yaml", "arr: arr, ", "")
    made.edit("tier.yaml", "arr >= 40000 or strategic", "strategic")
    made.edit("playbooks/few-seats.yaml", "arr >= 50000", "seats >= 50")
    day(made, 0, acme=200, bolt=1)

    standing = {one.segment.name if one.segment else None: one for one in at(made, "size", 0).segments}

    assert (standing[None].accounts, standing[None].money, standing["large"].money) == (1, None, None)


def test_an_exception_of_a_tag_is_one_of_that_tag(tmp_path: Path) -> None:
    made = world(tmp_path)
    day(made, 0, acme=10)
    say(made, "marks.big", "yes", 0, until=9)
    assert places(at(made, "marks", 0)) == {"big": 1}
    say(made, "marks.big", None, 0, until=None)
    assert places(at(made, "marks", 0)) == {}


@pytest.mark.parametrize(
    ("fact", "value", "until", "why", "says"),
    [
        ("size", "large", None, REASON, "an exception has an end"),
        ("size", "large", 0, REASON, "is over already"),
        ("size", "large", 9, "", "an exception has a reason"),
        ("size", "lage", 9, REASON, "never 'lage'"),
        ("marks", "big", 9, REASON, "each is set on its own"),
        ("sizes", "large", 9, REASON, "no trait 'sizes'"),
    ],
)
def test_an_exception_is_refused_without_end_and_reason(
    tmp_path: Path, fact: str, value: str, until: int | None, why: str, says: str
) -> None:
    made = world(tmp_path)
    with pytest.raises(ChoiceError, match=says):
        say(made, fact, value, 0, until, why)


def test_a_segment_that_is_only_called_otherwise_moves_nobody(tmp_path: Path) -> None:
    made = world(tmp_path)
    day(made, 0, acme=120)
    day(made, 1, acme=60)
    made.edit("segments/size.yaml", "segment: large, ", "segment: huge, formerly: [large], ")
    day(made, 2, acme=60)
    now = at(made, "size", 2, since=1)

    # Had its name been lost, the account would stand nowhere and be placed at once.
    assert (places(now), now.moves) == ({"huge": 1, "middle": 1}, {})


def test_who_moved_is_told_with_the_rule_and_who_waits_with_what_it_says(tmp_path: Path) -> None:
    made = world(tmp_path)
    day(made, 0, acme=10, borealis=120, ceres=120, delos=1)
    day(made, 1, acme=60, borealis=60, ceres=120, delos=None)
    now = at(made, "size", 1)

    assert places(now) == {"large": 2, "middle": 2, "": 1}
    assert now.moves == {("small", "middle"): 1}
    assert [(one.whose.account, one.reason.text if one.reason else "") for one in now.moved] == [
        ("acme", "they have grown")
    ]
    assert [(one.now, one.says, one.some[0].account) for one in now.waiting] == [
        ("large", "middle", "borealis")
    ]
    assert [one.account for one in now.nowhere] == ["delos"]
    assert [(one.email, one.accounts, one.minutes) for one in now.owners] == [
        ("lea@vendor.example", (2, 2, 0, 1), 570)
    ]


def test_who_is_longer_in_a_stage_than_expected_and_who_may_not_yet_leave_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = world(tmp_path)
    for number in range(4):
        day(made, number, acme=10, **({"borealis": 10} if number > 1 else {}))
    now = at(made, "stages", 3)
    assert [(one.whose.account, one.state, one.days) for one in now.in_stage] == [("acme", "stuck", 3)]
    capsys.readouterr()
    assert run_app(["-C", str(made.root), "--as-of", on(3).isoformat(), "segments", "stages", "--stuck"]) == 0
    assert "acme  stuck  in onboarding for 3 days" in capsys.readouterr().out


def test_the_command_shows_all_of_it_and_knows_no_other_segmentation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = world(tmp_path)
    day(made, 0, acme=10, delos=1)
    capsys.readouterr()
    assert run_app(["-C", str(made.root), "--as-of", on(0).isoformat(), "-o", "json", "segments"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["format_version"], [one["segments"] for one in found["segmentations"]]) == (
        1,
        ["marks", "size", "stages", "tier"],
    )
    assert run_app(["-C", str(made.root), "segments", "sise"]) == 1
    assert "did you mean 'size'?" in capsys.readouterr().err
