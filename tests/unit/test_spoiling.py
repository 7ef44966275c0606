"""Spoiling tells how sharp stories are; where they fail before anything is spoiled it must not say that all is noticed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cs_playbook.cli import globals_first
from cs_playbook.cli.app import run_app
from cs_playbook.commands.spoiling import roles_of, spoil
from cs_playbook.commands.workspace import open_workspace
from cs_playbook.errors import ChoiceError
from cs_playbook.report.pieces import plain
from cs_playbook.report.spoiling import as_lines
from cs_playbook.study.spoiling import Tried, sample
from cs_playbook.values import replace
from tests.builders import REPOSITORY, World, small
from tests.real_playbooks.spoiling import HERE, changes, fails_unspoiled, main

RITUALS = "62-rituals"


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    shutil.copytree(HERE / RITUALS, tmp_path / RITUALS)
    return tmp_path


def test_stories_that_fail_already_are_refused(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = next((folders / RITUALS / "stories").glob("*.yaml"))
    story.write_text(story.read_text().replace("started: [", "started: [nobody_of_that_name, ", 1))

    assert main((RITUALS,), folders) == 1
    shown = capsys.readouterr().out
    assert shown.startswith(f"{RITUALS}: nothing was tried, ")
    assert "changes are noticed" not in shown


def test_the_story_that_fails_is_named(folders: Path) -> None:
    every = changes(open_workspace(folders / RITUALS))
    change = next(change for change in every if "every" in change.sentence)
    file = folders / RITUALS / change.span.file
    written, changed = change.sentence.rsplit(": ", 1)[1].split(" → ")
    file.write_text(file.read_text().replace(written, changed, 1))

    assert "these stories fail already: " in fails_unspoiled(folders / RITUALS)


def test_sound_ones_are_tried(folders: Path) -> None:
    assert fails_unspoiled(folders / RITUALS) == ""


# --- the command ---

RARE = """\
playbook: rare
title: Few seats
status: live
owner: cs_ops
trigger: {when: [seats < 10, "renewal_date > '2026-03-01'"], already_matching: start}
limits: {new_per_day: 25}
steps:
  - {id: ask, task: Ask, owner: csm, due: 1 business day, outcomes: [yes_please, no_thanks], ends: [no_thanks]}
  - {id: call, task: Call, owner: csm, after: {ask: yes_please}}
"""
STORY = """\
tests: rare
today: 2026-03-02
accounts: {acme: {seats: 9, status: active, renewal_date: 2026-06-01, csm_email: lea@vendor.example}}
cases:
  - name: Somebody is asked
    runs:
      - {day: 0, expect: {started: [acme], open: [{step: ask, owner: lea@vendor.example, due: 2026-03-03}]}}
      - {day: 1, answers: {ask: yes_please}, expect: {open: [call]}}
"""


@pytest.fixture(scope="module")
def rare(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One playbook with a story; the other four have none."""
    return small(tmp_path_factory.mktemp("rare") / "w", **{"playbooks/rare": RARE, "tests/rare": STORY})


def test_what_no_story_notices_is_listed_at_its_place(rare: World) -> None:
    found = spoil(rare.workspace)
    (tried,) = found.playbooks
    assert [(one.span.line, one.sentence) for one in tried.unnoticed] == [
        (5, "trigger.when: without seats < 10"),
        (5, "trigger.when: without renewal_date > '2026-03-01'"),
        (5, "trigger.when.1: seats < 10 → seats < 12"),
        (5, "trigger.when.2: renewal_date > '2026-03-01' → renewal_date > '2026-03-02'"),
        (6, "limits.new_per_day: 25 → 26"),
        (8, "steps.ask.ends: gone (['no_thanks'])"),
        (9, "steps.call.owner: csm → cs_ops"),
    ]
    assert (found.changes, tried.tried, "rare" in found.silent, "quiet" in found.silent) == (
        11,
        11,
        False,
        True,
    )
    shown = plain(as_lines(found, 100))
    assert (
        "rare   4 of 11 changes noticed\n  playbooks/rare.yaml:5  trigger.when: without seats < 10\n" in shown
    )
    assert "7 changes no story notices: " in shown


def test_a_sample_is_taken_evenly_from_all(rare: World) -> None:
    found = spoil(rare.workspace, ["rare"], 4)
    assert (found.changes, found.tried, sample(list(range(12)), 4)) == (11, 4, [0, 3, 6, 9])
    assert "(4 of 11 were tried)" in plain(as_lines(found, 200))


def test_names_that_mean_nothing_and_stories_that_fail_anyway(rare: World, tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match="no playbook 'raer'") as refused:
        spoil(rare.workspace, ["raer"])
    assert refused.value.hint == "did you mean 'rare'?"
    with pytest.raises(ChoiceError, match="no story is about 'quiet'"):
        spoil(rare.workspace, ["quiet"])
    own = rare.copy(tmp_path / "own")
    own.edit("tests/rare.yaml", "seats: 9", "seats: 19")
    assert spoil(own.workspace).playbooks == (Tried("rare", failing=("Somebody is asked",)),)


def test_the_command_leaves_with_0_and_writes_json(rare: World, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["-C", str(rare.root), "-o", "json", "test", "--spoil", "rare", "--at-most", "1"]
    assert run_app(globals_first(words)) == 0
    told = json.loads(capfd.readouterr().out)
    assert (told["format_version"], told["changes"], told["tried"], told["unnoticed"]) == (1, 11, 1, 1)
    assert told["playbooks"][0]["unnoticed"][0]["file"] == "playbooks/rare.yaml"


def test_a_role_is_changed_into_somebody_else_where_there_is_one() -> None:
    catalog = open_workspace(REPOSITORY / "playbooks").catalog

    roles = roles_of(catalog)

    # Nora manages the CSMs, is head of customer success and looks after the playbooks.
    assert roles["csm_manager"] == roles["head_of_cs"] == roles["cs_ops"] == "community"
    assert roles["csm"] == "head_of_cs"  # it could be anybody
    assert roles["champion"] == "sponsor"
    alone = replace(catalog.team, roles=(catalog.team.roles[0],))
    assert roles_of(replace(catalog, team=alone)) == {}
