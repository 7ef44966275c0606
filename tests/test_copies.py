"""Who reads a mail besides: asked once more when it leaves, and told where a cap leaves somebody out."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.commands.looking import history
from cs_playbook.commands.people import Act
from cs_playbook.commands.send import rehearse
from cs_playbook.commands.suppress import suppress
from cs_playbook.effects.mail_folder import eml_folder
from cs_playbook.letters.finishing import without_copies
from cs_playbook.model.event import MailMoved
from cs_playbook.report import sending as report
from cs_playbook.report.looking import history_text
from tests.builders import Row, Tables, World, account, contact, given, on, small
from tests.builders_plan import explain_screen
from tests.test_send import Post, clock, sent_by

LEA = Act("lea@vendor.example", on(1), f"{on(1)}T09:00:00Z")
CLAIRE, ADA, BOB = (f"{who}@acme.example" for who in ("claire", "ada", "bob"))


def exported(day: int, **changes: object) -> Tables:
    """Acme has a champion and two admins, of whom Ada changes."""
    people: list[Row] = [
        contact("claire", "acme"),
        contact("ada", "acme", roles="admin", **changes),
        contact("bob", "acme", roles="admin"),
    ]
    return given(account("acme", seats=5, strategic="yes"), day=day, contacts=people)


def with_copies(root: Path, more: str = "") -> World:
    world = small(root)
    world.edit("playbooks/few-seats.yaml", "send: draft", "send: auto\n    cc: admins")
    world.edit("team.yaml", "roles:\n", "roles:\n  admins: {contacts: \"'admin' in roles\", pick: all}\n")
    world.edit("project.yaml", "format: 1", f"format: 1\n{more}")
    world.morning(on(0), exported(0))
    world.done(world.task("acme", "ask"), "people", on(0))
    world.morning(on(1), exported(1))
    return world


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return with_copies(tmp_path_factory.mktemp("made") / "small")


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    return made.copy(tmp_path / "small")


def test_who_may_not_be_written_to_by_now_gets_no_copy_and_the_mail_leaves(world: World) -> None:
    suppress(world.workspace, BOB, "he asked us to", LEA)
    world.export(exported(2, has_left="yes"))
    world.build(on(2))
    told = report.rehearsed_text(rehearse(world.workspace, clock(on(2))), 100)
    post = Post()

    result = sent_by(world, post, on(2))

    (mail,) = post.sent
    assert (mail.recipients, b"Cc:" in mail.content, b"\r\nSubject: " in mail.content) == (
        (CLAIRE,),
        False,
        True,
    )
    (sending,) = [event for event in world.events() if isinstance(event, MailMoved) and event.to == "sending"]
    assert sending.why == "no copy to ada: has left; no copy to bob: it is on the suppression list"
    assert "copies left out" in told
    assert "no copy to ada: has left" in report.as_text(result, 200)
    assert world.wrong() == []


def test_whoever_may_have_one_still_gets_it(world: World, tmp_path: Path) -> None:
    suppress(world.workspace, ADA, "she asked us to", LEA)

    sent_by(world, eml_folder(tmp_path / "mails"))

    (file,) = (tmp_path / "mails").glob("*.eml")
    head = file.read_bytes().partition(b"\r\n\r\n")[0]
    assert (
        b"\r\nCc: Bob <bob@acme.example>\r\nSubject: " in head
        or b"\r\nCc: bob@acme.example\r\nSubject: " in head
    )
    assert ADA.encode() not in head


def test_whom_a_name_hides_is_found_too() -> None:
    head = b'From: a@b.example\r\nCc: "Bob, bob@acme.example" <ada@acme.example>,\r\n =?utf-8?b?Wm/Dqw==?=\r\n <bob@acme.example>,\r\n x@y.example'
    mail = head + b"\r\nSubject: s\r\n\r\nCc: bob@acme.example\r\n"

    left = without_copies(mail, {BOB})

    assert left == mail.replace(b",\r\n =?utf-8?b?Wm/Dqw==?=\r\n <bob@acme.example>", b"", 1)
    assert (
        without_copies(left, {ADA, "x@y.example"})
        == b"From: a@b.example\r\nSubject: s\r\n\r\nCc: bob@acme.example\r\n"
    )


def test_a_copy_that_a_cap_left_out_is_told_where_the_mail_is(tmp_path: Path) -> None:
    world = small(tmp_path / "small")
    world.write("playbooks/few-seats.yaml", FIRST_THEN_COPY)
    world.edit("team.yaml", "roles:\n", "roles:\n  admins: {contacts: \"'admin' in roles\", pick: all}\n")
    world.edit("project.yaml", "format: 1", "format: 1\nemail_caps: {per_contact: 1 per 5 business days}")
    people: list[Row] = [contact("claire", "acme"), contact("ada", "acme", roles="admin")]
    world.morning(on(0), given(account("acme", seats=5), contacts=people))
    world.done(world.task("acme", "look"), None, on(0))
    world.export(given(account("acme", seats=5), day=1, contacts=people))
    world.build(on(1))
    why = "no copy to ada: ada has one, of few-seats, not sent yet, since 2026-03-02; at most 1 per 5 business days"

    assert why in " ".join(explain_screen(world, "acme", "few-seats", on(1), 300).split())
    world.run(on(1))
    seen = history(world.workspace.place, "acme")
    events = [(one.day, one.recorded_at, one.event) for one in seen.recorded]
    assert why in " ".join(history_text(seen.account, events, seen.enrollments, 100).split())


FIRST_THEN_COPY = """\
playbook: few-seats
title: Few seats
why: They are leaving one by one.
status: live
owner: cs_ops
trigger: {when: {when: seats < 10, because: fewer than ten seats are left}, already_matching: start}
steps:
  - {id: first, email: few-seats/hello, to: admins, from: csm}
  - {id: look, task: Look, owner: csm, after: start}
  - {id: second, email: few-seats/hello, to: champion, cc: admins, from: csm, after: look}
"""
