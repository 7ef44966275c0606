"""Who may be written to, day by day on a real ledger: the suppression list, caps across accounts, a second run of the day."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cs_playbook.commands.dry_run import decisions
from cs_playbook.commands.forget import forget
from cs_playbook.commands.forgotten_files import Whose
from cs_playbook.commands.people import Act
from cs_playbook.commands.send import send
from cs_playbook.commands.suppress import lift, listed, suppress
from cs_playbook.commands.unsubscribing import marks_of
from cs_playbook.effects import ledger_sums
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.event import Event, StepEnded, StepOpened
from cs_playbook.model.suppression import Suppressed, fingerprint
from cs_playbook.report import suppress as report
from cs_playbook.report.plan_json import as_jsonl
from tests.builders import REPOSITORY, Tables, World, account, contact, given, on, small
from tests.builders_plan import explain_screen
from tests.test_send import Post, clock

ADA = "ada@acme.example"
PLAYBOOK = """\
playbook: few-seats
title: Few seats
why: They are leaving one by one.
status: live
owner: cs_ops
trigger: {when: {when: seats < 10, because: fewer than ten seats are left}, already_matching: start}
steps:
  - {id: hello, email: few-seats/hello, to: champion, from: csm}
  - {id: look, task: Look at it, owner: csm, due: 9 days, after: hello}
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = small(tmp_path / "small")
    world.write("playbooks/few-seats.yaml", PLAYBOOK)
    return world


def few(day: int = 0) -> dict[str, list[dict[str, object]]]:
    """Ada is a contact of two accounts that lose their seats, by an address written in two ways."""
    there = [account("acme", seats=5), account("bolt", seats=5)]
    ada = [contact("ada", "acme", email=ADA), contact("ada2", "bolt", email="Ada@ACME.example")]
    return given(*there, day=day, contacts=ada)  # type: ignore[return-value,arg-type]


def act(day: int) -> Act:
    return Act("lea@vendor.example", on(day), f"{on(day)}T09:00:00Z")


def test_the_example_of_the_library_page_is_the_one_whose_stories_are_played() -> None:
    played = (REPOSITORY / "tests" / "mail" / "playbooks" / "answers.yaml").read_text(encoding="utf-8")
    guide = (REPOSITORY / "playbooks" / "README.md").read_text(encoding="utf-8")

    assert played[played.index("  - id: answer") :] in guide


def written_to(events: list[Event]) -> list[str | None]:
    return [
        task.contact
        for event in events
        if isinstance(event, StepOpened)
        for task in event.tasks
        if task.contact
    ]


def undeliverable(events: list[Event]) -> list[str]:
    return [event.because for event in events if isinstance(event, StepEnded)]


def test_nobody_writes_to_a_suppressed_address_however_it_is_exported(world: World) -> None:
    suppress(world.workspace, " ADA@acme.example", f"{ADA} asked us to", act(0))

    world.morning(on(0), few())

    assert written_to(world.events()) == []
    listed_ada = "nobody to write to (ada: it is on the suppression list)"
    assert undeliverable(world.events()) == [listed_ada, listed_ada.replace("ada:", "ada2:")]
    assert "it is on the suppression list" in " ".join(
        explain_screen(world, "acme", "few-seats", on(0)).split()
    )
    assert world.wrong() == []


def test_the_ledger_holds_no_address_only_its_fingerprint(world: World) -> None:
    suppress(world.workspace, ADA, f"{ADA} asked us to", act(0))
    world.morning(on(0), few())

    (one,) = listed(world.workspace)

    assert ADA.encode() not in world.ledger.read_bytes()
    assert (one.contacts, one.entry.because) == (("ada", "ada2"), "(the address) asked us to")
    assert (report.as_text([one]).count("ada2"), json.loads(report.as_json([one]))["format_version"]) == (
        1,
        1,
    )


def test_a_draft_that_waits_is_taken_back_and_comes_no_more_until_the_word_is_lifted(world: World) -> None:
    world.morning(on(0), few())
    assert written_to(world.events()) == ["ada", "ada2"]
    suppress(world.workspace, ADA, "they asked", act(0))

    world.morning(on(1), few(1))

    assert [
        task for item in world.enrollments("acme") for task in item.open_tasks if task.kind == "email"
    ] == []
    lift(world.workspace, ADA, "they asked again", act(1))
    assert listed(world.workspace) == ()
    assert world.wrong() == []


def test_a_word_about_an_address_must_make_sense(world: World) -> None:
    suppress(world.workspace, ADA, "they asked", act(0))

    for word, said in (
        (lambda: suppress(world.workspace, ADA.upper(), "again", act(0)), "nobody writes to it since"),
        (lambda: suppress(world.workspace, "ada", "they asked", act(0)), "'ada' is no email address"),
        (lambda: suppress(world.workspace, "bob@acme.example", " ", act(0)), "nobody would know why"),
        (lambda: lift(world.workspace, "bob@acme.example", "why not", act(0)), "not on the suppression list"),
    ):
        with pytest.raises(ChoiceError, match=said):
            word()


def test_each_ledger_has_a_key_of_its_own(world: World, tmp_path: Path) -> None:
    suppress(world.workspace, ADA, "they asked", act(0))
    with Ledger.open(world.ledger, None, writing=False) as ledger:
        known = ledger.suppression_list()

    (event,) = [event for event in world.events() if isinstance(event, Suppressed)]
    assert (event.address, len(known.key)) == (fingerprint(ADA, known.key), 64)
    with Ledger.in_memory() as other:
        assert other.suppression_key() != known.key == known.key.lower()


def test_across_accounts_the_first_by_key_goes_first_and_a_second_run_writes_nothing_more(
    world: World,
) -> None:
    world.edit("project.yaml", "format: 1\n", "format: 1\nemail_caps: {per_contact: 1 per 5 business days}\n")
    world.morning(on(0), few())
    before = world.events()

    world.run(on(0))

    assert (written_to(before), world.events()) == (["ada"], before)
    lines = [json.loads(line) for line in as_jsonl(decisions(world.workspace, on(0)))]
    held = [line["why"] for line in lines if line["decision"] == "Held" and line["by"] == "caps"]
    assert held == ["ada2 has one, of few-seats, not sent yet; at most 1 per 5 business days"]


def test_what_the_plan_of_the_day_has_closed_leaves_no_room_before_tomorrow(world: World) -> None:
    """Else a second run of the day would find it. The draft of acme goes with its playbook; Ada has another account."""
    world.edit("project.yaml", "format: 1\n", "format: 1\nemail_caps: {per_contact: 1 per 5 business days}\n")
    world.edit("playbooks/few-seats.yaml", "steps:", "exit: [{when: seats > 9, outcome: back}]\nsteps:")
    world.morning(on(0), few())

    world.morning(
        on(1), {**few(1), "accounts": [account("acme", seats=50), account("bolt", seats=5), account("zeta")]}
    )

    assert written_to(world.events()) == ["ada"]
    assert world.run(on(1)).nothing
    world.morning(on(2), few(2))
    assert written_to(world.events()) == ["ada", "ada2"]


def test_a_mail_that_comes_back_with_its_step_asks_for_its_place_again(world: World) -> None:
    """It gave it away when the text that had it was changed, and another playbook took it."""
    look, hello = "  - {id: look, task: Look, owner: csm, after: start}\n", "  - {id: hello, email: few-seats/hello, to: champion, from: csm, send: auto, after: start}\n"  # fmt: skip
    head = f"{PLAYBOOK.partition('steps:')[0]}priority: high\nchanges: {{open_enrollments: move}}\nsteps:\n"
    other = f"{PLAYBOOK.partition('steps:')[0]}steps:\n{hello}".replace(
        "playbook: few-seats", "playbook: other"
    )
    world.edit("project.yaml", "format: 1\n", "format: 1\nemail_caps: {per_contact: 1 per 5 business days}\n")
    world.write("playbooks/few-seats.yaml", head + look + hello)
    world.write("playbooks/other.yaml", other)
    texts = {1: head.replace("move", "move, renamed_steps: {hello: null}") + look, 3: head + look + hello}
    sent: dict[str, list[int]] = {}

    for day in range(14):
        if day in texts:
            world.write("playbooks/few-seats.yaml", texts[day])
        world.morning(on(day), one_account(day))
        assert world.run(on(day)).nothing
        post = Post()
        if day != 0:  # on the first day it waits
            send(world.workspace, post, clock(on(day)))
        for mail in post.sent:
            sent.setdefault(mail.recipients[0], []).append(day)

    assert sent == {ADA: [2, 9]}
    assert world.wrong() == []


def one_account(day: int) -> Tables:
    return given(account("acme", seats=5), day=day, contacts=[contact("ada", "acme", email=ADA)])


def test_what_a_person_has_stopped_leaves_its_room_at_once(world: World) -> None:
    world.edit("project.yaml", "format: 1\n", "format: 1\nemail_caps: {per_contact: 1 per 5 business days}\n")
    world.edit("playbooks/few-seats.yaml", "owner: cs_ops\n", "owner: csm\n")
    world.morning(on(0), few())
    world.stop("few-seats", "acme", on(0))

    world.run(on(0))

    assert written_to(world.events()) == ["ada", "ada2"]


def test_a_mail_of_a_playbook_that_is_over_still_counts(world: World) -> None:
    world.edit("project.yaml", "format: 1\n", "format: 1\nemail_caps: {per_contact: 1 per 5 business days}\n")
    world.morning(on(0), few())
    world.done(world.task("acme", "hello"), "sent", on(0))
    world.edit("playbooks/few-seats.yaml", "owner: cs_ops\n", "owner: csm\n")
    world.stop("few-seats", "acme", on(0))

    world.morning(on(1), few(1))
    assert written_to(world.events()) == ["ada"]

    world.morning(on(7), few(7))
    assert written_to(world.events()) == ["ada", "ada2"]


def test_the_mark_of_an_address_goes_with_whoever_is_forgotten(world: World) -> None:
    world.edit("project.yaml", "format: 1\n", "format: 1\nemail_caps: {per_contact: 1 per 5 days}\n")
    world.morning(on(0), few())
    assert '"reader"' in written_down(world, "acme")
    (marked,) = [task.reader for task in world.enrollment("acme").tasks.values() if task.contact == "ada"]

    forget(world.workspace.place, "ada", "she asked", act(0), frozenset(), Whose.PEOPLE)

    assert '"reader"' not in written_down(world, "acme")
    assert all(task.reader == "" for task in world.enrollment("acme").tasks.values())
    assert marked
    assert world.wrong() == []


def written_down(world: World, account: str) -> str:
    with closing(sqlite3.connect(world.ledger)) as connection:
        bodies = connection.execute("select body from event where account = ?", (account,)).fetchall()
        states = connection.execute("select state from enrollment where account = ?", (account,)).fetchall()
    return "\n".join(text for (text,) in (*bodies, *states))


def test_a_ledger_without_a_key_gets_one_from_a_run_and_a_dry_run_says_what_that_run_does(
    world: World,
) -> None:
    """One that an earlier program made."""
    world.edit("project.yaml", "format: 1\n", "format: 1\nemail_caps: {per_contact: 1 per 5 days}\n")
    with closing(sqlite3.connect(world.ledger)) as connection, connection:
        connection.execute("delete from meta where k = 'suppression_key'")
        ledger_sums.recount(connection, "meta")
    world.export(few())
    assert world.build(on(0)).manifest is not None
    planned = world.planned(on(0))

    world.run(on(0))

    assert world.events() == planned
    with Ledger.open(world.ledger, None, writing=False) as ledger:
        assert marks_of(ledger, world.workspace.catalog)(ADA)
    assert world.wrong() == []


@pytest.mark.parametrize("then", [ADA, "ada@before.example"])
def test_a_mark_goes_with_the_forgotten_whichever_id_and_address_the_mail_had(
    world: World, then: str
) -> None:
    """No snapshot knows that id any more, and the bytes of the mail are gone."""
    world.edit("project.yaml", "format: 1\n", "format: 1\nemail_caps: {per_contact: 1 per 5 days}\n")
    for day, known in enumerate((("old", then), ("new", then), ("new", ADA))):
        row = contact(known[0], "acme", email=known[1])
        world.morning(on(day), given(account("acme", seats=5), day=day, contacts=[row]))
    for file in (world.root / "data" / "snapshots").glob(f"{on(0)}*"):
        file.unlink()
    with closing(sqlite3.connect(world.ledger)) as connection, connection:
        connection.execute("update outbox set content = null")
        ledger_sums.recount(connection, "outbox")
    assert '"reader"' in written_down(world, "acme")

    forget(world.workspace.place, ADA, "she asked", act(2), frozenset(), Whose.PEOPLE)

    assert '"reader"' not in written_down(world, "acme")
    assert ('"old"' in written_down(world, "acme")) == (then != ADA)
    assert world.wrong() == []
