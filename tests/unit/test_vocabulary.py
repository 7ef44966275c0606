"""The words of a workspace: what they are, what the snapshot has of them, where they are used, whose values nobody sees."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cs_playbook.commands.vocabulary import Vocabulary, vocabulary
from cs_playbook.commands.workspace import open_workspace
from cs_playbook.errors import ChoiceError
from cs_playbook.report.pieces import plain
from cs_playbook.report.vocabulary import as_json, as_lines, as_markdown, one_lines
from cs_playbook.study.vocabulary import Word
from tests.builders import SMALL, World, account, contact, on, small, tables


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Twenty accounts, half of them without a sector, three of them on trial."""
    world = small(tmp_path_factory.mktemp("words") / "w")
    accounts = [
        account(
            f"a{n}",
            seats=n,
            sector="health" if n % 2 else None,
            status="trial" if n < 3 else "active",
            language=f"x{n}",
        )
        for n in range(20)
    ]
    world.export(tables(accounts, [contact(f"claire{n}", f"a{n}") for n in range(20)]))
    world.build(on(0))
    return world


def word(found: Vocabulary, name: str) -> Word:
    return next(one for one in found.words if one.name == name)


def test_a_fact_says_how_often_it_is_filled_and_what_it_holds(world: World) -> None:
    found = vocabulary(world.workspace, "", None)

    sector, seats, status = (word(found, name) for name in ("sector", "seats", "status"))
    assert (found.accounts, found.day) == (20, on(0))
    assert sector.seen is not None
    assert sector.seen.share == 0.5
    assert sector.seen.top == (("health", 10),)
    assert seats.seen is not None
    assert (seats.seen.least, seats.seen.most) == (0, 19)
    assert status.seen is not None
    assert status.seen.top == (("active", 17), ("trial", 3))


def test_where_a_word_is_used_is_told_wherever_it_stands(world: World) -> None:
    found = vocabulary(world.workspace, "", None)

    used = {
        name: {use.by for use in word(found, name).uses}
        for name in ("tier", "csm", "csm_email", "promises.due_on")
    }
    assert "playbook few-seats" in used["tier"]
    assert {"playbook few-seats", "email few-seats/hello"} <= used["csm"]
    assert used["csm_email"] == {"role csm"}
    assert used["promises.due_on"] == {"playbook promise-late"}


def test_values_that_name_somebody_are_never_counted_and_rare_ones_are_free_text(world: World) -> None:
    found = vocabulary(world.workspace, "", None)
    shown = {one.name for one in found.words if one.seen is not None and one.seen.top}

    assert not shown & {
        "id",
        "name",
        "csm_email",
        "contacts.email",
        "contacts.first_name",
        "contacts.account_id",
        "language",
    }
    assert {"status", "tier", "contacts.roles", "strategic"} <= shown
    everything = as_json(found.words, found.day, found.accounts, "", True) + as_markdown(
        found.words, found.day, 20, True
    )
    assert not [text for text in ("claire7", "lea@vendor.example", "Claire") if text in everything]


def test_small_counts_are_hidden_where_names_are(world: World) -> None:
    found = vocabulary(world.workspace, "status", None)

    assert "trial <5" in plain(one_lines(found.words, 100, False))
    assert "trial 3" in plain(one_lines(found.words, 100, True))
    rows = json.loads(as_json(found.words, found.day, 20, "", False))["words"][0]["seen"]["top"]
    assert rows == [{"value": "active", "rows": 17}, {"value": "trial", "rows": "<5"}]


def test_one_word_is_told_whole_and_a_slip_of_the_pen_is_meant(world: World) -> None:
    few = vocabulary(world.workspace, "promises", None)
    last = vocabulary(world.workspace, "kept_on", None)

    assert [one.name for one in few.words][:2] == ["promises", "promises.id"]
    assert [one.name for one in last.words] == ["promises.kept_on"]
    assert "How many days are left" in plain(
        one_lines(vocabulary(world.workspace, "days_until()", None).words, 100, True)
    )
    with pytest.raises(ChoiceError) as wrong:
        vocabulary(world.workspace, "sector_", None)
    assert wrong.value.hint == "did you mean 'sector'?"


def test_without_a_snapshot_the_words_are_there_all_the_same() -> None:
    found = vocabulary(open_workspace(SMALL), "", None)

    assert found.day is None
    assert "no snapshot is counted" in plain(as_lines(found.words, None, 0, "", 100, True))


def test_a_contract_that_has_just_changed_keeps_nobody_from_looking(world: World, tmp_path: Path) -> None:
    copy = world.copy(tmp_path / "w")
    copy.edit("data.yaml", "sector: text", "sector: text\n      since: date")
    copy.edit("sources.yaml", "sector: sector", "sector: sector, since: null")

    found = vocabulary(copy.workspace, "seats", None)

    assert found.day is None
    assert "another contract" in found.trouble
