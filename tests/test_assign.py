"""`assign`: who should own what, from a real snapshot: a screen, JSON, a CSV for the CRM; nothing else is touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.new import bring
from cs_playbook.commands.stories import run_stories
from cs_playbook.commands.workspace import examine
from cs_playbook.report.stories import as_text
from tests.builders import FILES, World, account, files_in, on, small, tables

pytestmark = pytest.mark.usefixtures("meant_once")

# The CSM of the playbooks is somebody else here: what is assigned is the role `owner`.
TEAM = """\
team: small
roles:
  cs_ops: {is: nora@vendor.example}
  csm: {is: nora@vendor.example}
  csm_manager: {manager_of: csm, else: cs_ops}
  owner: {from: csm_email}
  many: {pool: csms, pick: least arr}
  champion: {contacts: "'champion' in roles and not has_left and email is not null", pick: all}
teams: {csms: [lea@vendor.example, marc@vendor.example], experts: [ines@vendor.example]}
people:
  nora@vendor.example: {name: Nora}
  lea@vendor.example: {name: Léa, speaks: [fr, en], minutes_per_week: 90}
  marc@vendor.example: {name: Marc, speaks: [en, de], minutes_per_week: 100}
  ines@vendor.example: {name: Inès, sectors: [health], speaks: [en]}
"""
TIER = """\
segments: tier
first_match:
  - {segment: high, when: arr >= 40000 or strategic, minutes_per_month: 240}
  - {segment: low, when: otherwise, minutes_per_month: 30}
assign:
  role: owner
  keep: while the rule still fits
  first_match:
    - {rule: large ones in health need an expert, when: "sector = 'health' and arr >= 100000", to: {team: experts, matching: {sectors: sector}}}
    - {rule: who speaks their language, when: tier = 'high', to: {team: csms, matching: {speaks: language}, balance: minutes}}
    - {rule: everybody else, when: otherwise, to: {role: many}}
  frozen: [{from: 2026-03-09, to: 2026-03-13}]
"""
ACCOUNTS = (
    account("acme", arr=120000), account("bolt", language="de"), account("cask", csm_email=""),
    account("dune", language="it", csm_email=""), account("echo", arr=500, csm_email="LEA@vendor.example"),
    account("fern", arr="", csm_email=""), account("gone", status="ended", csm_email=""),
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = small(tmp_path_factory.mktemp("assign") / "w", team=TEAM, tier=TIER)
    world.export(tables(ACCOUNTS))
    for day in (0, 7):
        assert world.build(on(day)).manifest is not None
    return world


def asked(made: World, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert run_app(["-C", str(made.root), "--as-of", "2026-03-02", *words]) == 0
    return capsys.readouterr().out


SCREEN = """\
Who should be the owner, by tier · Monday 2 March 2026
3 accounts would move, 1 stays with a right owner, 2 cannot be placed.

  large ones in health need an expert
  Acme  Léa → Inès  the owner is not one of experts

  who speaks their language
  Bolt  Léa → Marc    the owner does not speak de
  Cask  nobody → Léa  had nobody

  Cannot be placed
  1  have nobody  nobody of csms speaks it                                                      Dune
  1  have nobody  whether 'large ones in health need an expert' takes them is unknown: arr is   Fern
                  empty

  Afterwards  accounts  min a month   of
  Inès           0 → 1      0 → 240
  Léa            3 → 2    510 → 270  390
  Marc           0 → 1      0 → 240  433

Proposals: nothing moves by itself. -o csv=FILE writes them for the CRM.
"""


def test_the_screen_says_who_would_move_and_why_and_who_has_nobody(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_in(made.root)

    assert asked(made, capsys, "--names", "assign") == SCREEN
    assert files_in(made.root) == before


def test_the_csv_has_what_a_crm_imports(made: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(made, capsys, "-o", "csv", "assign", "tier").splitlines() == [
        "account,field,old_owner,new_owner,rule,because",
        "acme,csm_email,lea@vendor.example,ines@vendor.example,large ones in health need an expert,the owner is not one of experts",
        "bolt,csm_email,lea@vendor.example,marc@vendor.example,who speaks their language,the owner does not speak de",
        "cask,csm_email,,lea@vendor.example,who speaks their language,had nobody",
    ]


def test_json_shows_no_names_where_nobody_asks_for_them(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    out = asked(made, capsys, "-o", "json", "--no-names", "assign")
    (found,) = json.loads(out)["proposals"]

    assert found["kept"][-1] == {"rule": "everybody else", "accounts": 1}
    assert [one["account"] for one in found["cannot_be_placed"]] == ["dune", "fern"]
    assert found["people"][1]["minutes_per_month"] == {"before": 510, "after": 270}
    assert "Acme" not in out
    assert "Léa" not in out


def test_in_a_frozen_week_only_who_has_nobody_gets_somebody(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    (found,) = json.loads(asked(made, capsys, "--as-of", "2026-03-09", "-o", "json", "assign"))["proposals"]

    assert found["frozen_until"] == "2026-03-13"
    assert [one["account"] for one in found["moves"]] == ["cask"]


def test_capacity_asks_promises_of_the_role_that_is_assigned(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    people: list[dict[str, Any]] = json.loads(asked(made, capsys, "-o", "json", "capacity"))["people"]

    lea = next(one for one in people if one["owner"] == "lea@vendor.example")
    assert lea["weeks"][0]["by"]["promise: tier high"] == round(2 * 240 * 12 / 52, 2)


def test_a_name_that_is_not_there_is_answered_with_one_that_is(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_app(["-C", str(made.root), "assign", "teir"]) == 1
    assert "did you mean 'tier'?" in capsys.readouterr().err


def test_without_an_assignment_it_says_how_to_write_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = small(tmp_path / "w")

    assert run_app(["-C", str(world.root), "assign"]) == 1
    assert "assign: {role: csm" in capsys.readouterr().err


def test_a_segmentation_that_is_copied_leaves_behind_who_owns_its_accounts(tmp_path: Path) -> None:
    """The teams it names are those of the library's own people."""
    shelf, mine = World(tmp_path / "shelf"), World(tmp_path / "mine")
    for path, text in {**FILES, "team.yaml": TEAM, "tier.yaml": TIER}.items():
        shelf.write(path, text)
    for path in ("project.yaml", "data.yaml", "team.yaml", "signals.yaml"):
        mine.write(path, FILES[path])

    bring(mine.root, "few-seats", "library/few-seats", ["all"], shelf.workspace)

    copied = (mine.root / "segments" / "tier.yaml").read_text("utf-8")
    assert ("assign" in copied, copied) == (False, TIER.partition("assign:")[0])
    assert not [one for one in examine(mine.root).findings if one.is_error]


STORY = """\
tests: few-seats
today: 2026-03-02
accounts:
  acme: {status: active, arr: 48000, sector: law, language: de, csm_email: lea@vendor.example}
  bolt: {status: active, arr: 30000, sector: law, language: en, csm_email: lea@vendor.example}
  dune: {status: active, arr: 48000, sector: law, language: it}
cases:
  - name: Who does not speak their language gives them away, and comes back
    runs:
      - {day: 0, expect: {owners: {acme: marc@vendor.example, bolt: LEA@vendor.example, dune: null}}}
      - {day: 1, set: {acme: {language: fr}}, expect: {owners: {acme: {owner: lea@vendor.example}}}}
"""


def test_a_story_says_whose_an_account_should_be(tmp_path: Path) -> None:
    world = small(tmp_path / "w", team=TEAM, tier=TIER)
    world.write("tests/owners.yaml", STORY)
    assert told(world) == "few-seats   1 of 1 story pass"
    world.write("tests/owners.yaml", STORY.replace("acme: marc@vendor.example", "acme: lea@vendor.example"))
    assert "expected  acme: owner is lea@vendor.example" in told(world)
    assert "got       acme: owner is marc@vendor.example" in told(world)


def told(world: World) -> str:
    result = run_stories(world.workspace, ("few-seats",))
    return as_text(result).split("\n\n")[0]


def test_whom_a_story_asks_for_must_be_assigned(tmp_path: Path) -> None:
    world = small(tmp_path / "w", team=TEAM, tier=TIER)
    world.write(
        "tests/owners.yaml", STORY.replace("{owner: lea", "{ower: lea").replace("acme: marc", "acne: marc")
    )
    assert wrong(world) == ["there is no account 'acne'", "no segmentation assigns a role 'ower'"]

    world.write("tier.yaml", TIER.partition("assign:")[0])
    assert "no segmentation says `assign:`, so nobody is proposed" in wrong(world)


def wrong(world: World) -> list[str]:
    return [one.message for one in run_stories(world.workspace, ("few-seats",)).findings]
