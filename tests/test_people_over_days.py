"""People over days, as they read it: whose turn it is, who stands in, copies and threads of mails, the page of drafts."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from cs_playbook.commands.looking import history
from cs_playbook.commands.place import open_place
from cs_playbook.model.event import StepOpened, TaskReassigned
from cs_playbook.report.looking import history_text
from tests.builders import World, account, contact, on, small, tables
from tests.builders_plan import explain_screen

PEOPLE = """
  lea@vendor.example: {name: Léa, manager: nora@vendor.example, away: [{from: 2026-03-03, to: 2026-03-05, cover: marc@vendor.example}]}
  marc@vendor.example: {name: Marc, manager: nora@vendor.example}
"""
TEAM = f"""
team: small
roles:
  cs_ops: {{is: nora@vendor.example}}
  csm: {{from: csm_email, else: cs_ops}}
  desk: {{pool: [lea@vendor.example, marc@vendor.example, nora@vendor.example], pick: round robin}}
  least: {{pool: [lea@vendor.example, marc@vendor.example], pick: least arr}}
  champion: {{contacts: "'champion' in roles and not has_left and email is not null", pick: all}}
people:
  nora@vendor.example: {{name: Nora}}{PEOPLE}
"""
PLAYBOOK = """
playbook: people
title: People
status: live
owner: cs_ops
why: To see who does what.
trigger: {when: seats < 5, already_matching: start}
steps:
  - {id: first, email: few-seats/hello, to: champion, from: csm, cc: cs_ops, after: start}
  - {id: second, email: few-seats/hello, to: champion, from: csm, thread: first, after: {first: sent}}
  - {id: third, email: few-seats/hello, to: champion, from: csm, thread: second, after: {second: sent}}
  - {id: turn, task: Look, owner: desk, due: 10 days, after: start}
  - {id: load, task: Weigh, owner: least, due: 10 days, after: start}
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = small(tmp_path / "w")
    for path in (world.root / "playbooks").glob("*.yaml"):
        path.unlink()
    world.write("team.yaml", TEAM)
    world.write("playbooks/people.yaml", PLAYBOOK)
    return world


def accounts(count: int, **changes: object) -> list[dict[str, object]]:
    return [account(f"a{n}", seats=3, arr=(n + 1) * 100, **changes) for n in range(count)]


def owners(world: World, step: str, count: int) -> list[str]:
    return [world.task(f"a{n}", step).owner.partition("@")[0] for n in range(count)]


def mails(world: World) -> dict[str, EmailMessage]:
    """Path → what a mail program reads."""
    drafts = {path: content for path, content in world.published().items() if path.endswith(".eml")}
    return {path: message_from_bytes(content, policy=policy.default) for path, content in drafts.items()}  # type: ignore[misc]


def test_round_robin_goes_on_where_it_stood_after_a_day_without_starts(world: World) -> None:
    world.morning(on(0), tables(accounts(1)))
    world.morning(on(1), tables(accounts(1)))
    world.morning(on(6), tables(accounts(4)))

    assert owners(world, "turn", 4) == ["lea", "marc", "nora", "lea"]


def test_who_is_away_loses_their_turn(world: World) -> None:
    world.morning(on(1), tables(accounts(3)))

    assert owners(world, "turn", 3) == ["marc", "nora", "marc"]


def test_the_least_of_a_fact_is_counted_once_an_account(world: World) -> None:
    world.morning(on(0), tables(accounts(4, csm_email="nora@vendor.example")))

    # The desk's turns gave the same accounts: 100 to Léa, 200 to Marc, then 300 to her who had less.
    assert owners(world, "load", 4) == ["lea", "marc", "lea", "marc"]


def test_a_dry_run_tells_whose_turn_it_will_be_and_a_second_run_changes_nothing(world: World) -> None:
    world.export(tables(accounts(5)))
    world.build(on(0))
    planned = [event for event in world.planned(on(0)) if isinstance(event, StepOpened)]

    world.run(on(0))

    assert [event for event in world.events() if isinstance(event, StepOpened)] == planned
    assert world.planned(on(0)) == []
    assert world.run(on(0)).nothing


def test_the_lists_say_for_whom_somebody_stands_in_and_until_when(world: World) -> None:
    world.morning(on(0), tables(accounts(1), [contact("claire", "a0")]))
    world.morning(on(1), tables(accounts(1), [contact("claire", "a0")]))

    digest = world.published()["2026-03-03/owners/marc@vendor.example/digest.md"].decode()

    assert "(copy to nora@vendor.example; for Léa, away until 2026-03-05)" in digest
    assert "Marc for Léa, who is away" in explain_screen(world, "a0", "people", on(1))
    assert world.task("a0", "turn").owner == "lea@vendor.example"  # due when she is back
    assert world.wrong() == []


def test_work_comes_back_after_an_absence(world: World) -> None:
    for day in range(5):
        world.morning(on(day), tables(accounts(1), [contact("claire", "a0")]))

    moved = [event for event in world.events() if isinstance(event, TaskReassigned)]

    assert [(event.owner, event.instead_of, event.on) for event in moved] == [
        ("marc@vendor.example", "lea@vendor.example", on(1)),
        ("lea@vendor.example", "", on(4)),
    ]


def test_a_mail_has_its_copies_and_goes_on_in_its_thread(world: World) -> None:
    rows = tables(accounts(1), [contact("claire", "a0")])
    world.morning(on(0), rows)
    world.done(world.task("a0", "first"), "sent", on(0))
    world.morning(on(1), rows)
    world.done(world.task("a0", "second"), "sent", on(1))
    world.morning(on(2), rows)

    first, second, third = [mail for _, mail in sorted(mails(world).items())]

    assert first["Cc"] == "Nora <nora@vendor.example>"
    assert first["In-Reply-To"] is None
    assert second["Cc"] is None
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["Subject"] == f"Re: {first['Subject']}"
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert third["In-Reply-To"] == second["Message-ID"]
    assert third["Subject"] == second["Subject"]


def test_a_mail_that_was_not_sent_begins_no_thread(world: World) -> None:
    rows = tables(accounts(1), [contact("claire", "a0")])
    world.edit("playbooks/people.yaml", "after: {first: sent}", "after: first")
    world.morning(on(0), rows)
    world.done(world.task("a0", "first"), "discarded", on(0))
    world.morning(on(1), rows)

    second = next(mail for path, mail in mails(world).items() if path.startswith("2026-03-03"))

    assert second["In-Reply-To"] is None
    assert second["References"] is None
    assert not second["Subject"].startswith("Re:")


def test_the_page_of_the_day_leads_to_the_page_of_its_drafts(world: World) -> None:
    world.morning(on(0), tables(accounts(1), [contact("claire", "a0")]))

    published = world.published()

    assert (
        '<a href="drafts.html">Look through the drafts: 1</a>' in published["2026-03-02/index.html"].decode()
    )
    assert "Copy to" in published["2026-03-02/drafts.html"].decode()
    assert world.task("a0", "first").key in published["2026-03-02/drafts.html"].decode()


def test_history_says_who_stands_in(world: World) -> None:
    rows = tables(accounts(1), [contact("claire", "a0")])
    world.morning(on(0), rows)
    world.morning(on(1), rows)

    found = history(open_place(world.root), "a0")
    text = history_text(
        found.account,
        [(item.day, item.recorded_at, item.event) for item in found.recorded],
        found.enrollments,
    )

    assert "now belongs to marc@vendor.example, who stands in for lea@vendor.example" in " ".join(
        text.split()
    )
