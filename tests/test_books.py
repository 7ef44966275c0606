"""One per person: playbooks about the book of each of our people, through the commands, on real files."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.commands.explain import explain
from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.model.event import Started
from tests.builders import World, account, on, small, tables

BOOK = """\
playbook: book
title: A book of several accounts
status: live
owner: cs_ops
why: Who sees one account at a time misses what they share.
trigger:
  one_per: {role}
  when: {{when: "number_of(accounts, seats >= 10) >= 2", because: two accounts or more}}
  started_by: [rule, anyone]
  already_matching: start
steps:
  - {{id: look, task: Choose three of your accounts, owner: {role}}}
"""
TEAM = ("  csm_manager:", "  ae: {from: ae_email}\n  csm_manager:")
LEA, MARC, NORA = "lea@vendor.example", "marc@vendor.example", "nora@vendor.example"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = small(tmp_path / "w")
    world.write("playbooks/book.yaml", BOOK.format(role="csm"))
    return world


ACCOUNTS = [
    account("acme"),
    account("borealis", csm_email="LEA@vendor.example"),
    account("ceres", csm_email=MARC),
]


def begun(world: World, playbook: str = "book") -> list[str]:
    events = [event for event in world.events() if isinstance(event, Started)]
    return [event.account for event in events if event.playbook == playbook]


def test_each_person_with_such_a_book_is_one_and_a_second_run_of_the_day_does_nothing(world: World) -> None:
    world.morning(on(0), tables(ACCOUNTS))
    events = len(world.events())

    assert world.run(on(0)).nothing
    assert begun(world) == [LEA]
    assert len(world.events()) == events
    assert [
        (line["account"], line["owner"], line["title"])
        for line in world.lines(on(0))
        if line["playbook"] == "book"
    ] == [(LEA, LEA, "Choose three of your accounts")]
    assert world.wrong() == []


def test_people_are_no_accounts_on_any_screen_that_counts_them(world: World) -> None:
    (world.root / "playbooks" / "book.yaml").rename(world.root / "book.txt")
    world.morning(on(0), tables(ACCOUNTS))
    without = [event for event in world.events() if isinstance(event, Started)]
    (world.root / "book.txt").rename(world.root / "playbooks" / "book.yaml")
    world.run(on(0))

    started = [event for event in world.events() if isinstance(event, Started)]
    assert [event for event in started if event.playbook != "book"] == without
    assert world.planned(on(0)) == []


def test_managers_have_the_accounts_of_those_they_manage_and_who_stands_in_those_of_nobody(
    world: World,
) -> None:
    world.write("playbooks/book.yaml", BOOK.format(role="csm_manager"))
    world.morning(on(0), tables([*ACCOUNTS[1:], account("delos", csm_email="")]))

    assert begun(world) == [NORA]


def test_two_roles_have_two_books_though_the_person_is_one(world: World) -> None:
    world.edit("team.yaml", *TEAM)
    world.edit("data.yaml", "csm_email: email", "csm_email: email\n      ae_email: email")
    world.edit("sources.yaml", "csm_email: csm_email", "csm_email: csm_email, ae_email: sector")
    world.write("playbooks/sold.yaml", BOOK.format(role="ae").replace("playbook: book", "playbook: sold"))
    world.morning(
        on(0),
        tables(
            [
                account("acme", sector=""),
                account("borealis", sector=LEA),
                account("ceres", csm_email=MARC, sector=LEA),
            ]
        ),
    )

    assert begun(world) == [LEA]
    assert begun(world, "sold") == [LEA]
    with pytest.raises(ChoiceError, match="'sold' is one per person"):
        explain(world.workspace, "acme", "sold", on(0))


def test_a_person_is_named_by_address_or_name_and_is_no_account(world: World) -> None:
    world.morning(on(0), tables(ACCOUNTS))

    assert explain(world.workspace, "léa", "book", on(0)).account == LEA
    assert [found.name for found in explain(world.workspace, LEA.upper(), None, on(0)).playbooks] == ["book"]
    world.ask("book", "Marc", on(0))
    with pytest.raises(ChoiceError, match="'book' is one per person"):
        world.ask("book", "acme", on(0))
    with pytest.raises(ChoiceError, match="'few-seats' is about accounts"):
        world.ask("few-seats", "marc", on(0))
    world.run(on(0))
    assert begun(world) == [LEA, MARC]


def test_an_account_whose_key_is_an_address_of_ours_stops_the_run(world: World) -> None:
    with pytest.raises(UserError, match="has the address of one of your people as its key"):
        world.morning(on(0), tables([*ACCOUNTS, account(LEA)]))


SECOND = """\
playbook: second
title: After the book
status: live
owner: cs_ops
why: One thing at a time.
trigger:
  one_per: csm
  when: ["number_of(accounts, seats >= 10) >= 2", not running('book'), "finished('book', '30 days')", last_outcome('book') = 'fine']
  already_matching: start
steps:
  - {id: look, task: Look again, owner: csm}
"""


def test_people_remember_what_they_have_been_through(world: World) -> None:
    world.edit("playbooks/book.yaml", "owner: csm}", "owner: csm, outcomes: [fine, worried], ends: [fine]}")
    world.write("playbooks/second.yaml", SECOND)
    world.morning(on(0), tables(ACCOUNTS))
    assert world.run(on(0)).nothing
    world.done(world.task(LEA, "look"), "fine", on(0))
    world.run(on(0))
    assert begun(world, "second") == []

    world.morning(on(1), tables(ACCOUNTS))

    assert begun(world, "second") == [LEA]
    assert world.wrong() == []
