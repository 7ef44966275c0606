"""`drafts`: what waits for its sender; looked at, changed, released or discarded by whom it is up to."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.commands.drafts import draft_file, draft_list, draft_shown
from cs_playbook.commands.people import Act
from cs_playbook.commands.releasing import Chosen, discard, release
from cs_playbook.commands.rewriting import rewrite, words_so_far
from cs_playbook.errors import ChoiceError
from cs_playbook.model.enrollment import OpenTask
from cs_playbook.model.event import DraftRewritten, MailMoved
from cs_playbook.report.drafts import list_json, list_text, shown_text
from tests.builders import World, account, contact, given, on, small
from tests.test_send import Post, sent_by

ACCOUNTS = ("acme", "bolt")
TUESDAY = on(1)
LEA = Act("lea@vendor.example", TUESDAY, "2026-03-03T09:00:00Z")
MARC = Act("marc@vendor.example", TUESDAY, "2026-03-03T09:00:00Z")
NORA = Act("nora@vendor.example", TUESDAY, "2026-03-03T09:00:00Z")
NEW = "Subject: A word, Claire?\n\nHello **Claire**,\n\nsee [this](https://vendor.example/x).\n"


def exported(day: int) -> object:
    accounts = [account(key, seats=5, strategic="yes") for key in ACCOUNTS]
    contacts = [contact(f"claire-{key}", key, first_name="Claire") for key in ACCOUNTS]
    return given(*accounts, day=day, contacts=contacts)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two drafts of Léa since Tuesday."""
    world = small(tmp_path_factory.mktemp("made") / "small")
    world.morning(on(0), exported(0))  # type: ignore[arg-type]
    for key in ACCOUNTS:
        world.done(world.task(key, "ask"), "people", on(0))
    world.morning(TUESDAY, exported(1))  # type: ignore[arg-type]
    return world


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    return made.copy(tmp_path / "small")


def draft(world: World, key: str = "acme") -> OpenTask:
    return next(task for task in world.enrollment(key).tasks.values() if task.kind == "email")


def test_they_are_listed_by_owner_with_whom_they_are_for(world: World) -> None:
    listed = draft_list(world.workspace, None, None)

    assert [(line.owner_name, line.account, line.step, line.to) for line in listed.drafts] == [
        ("Léa", line.account, "write", f"Claire <claire-{line.account}@{line.account}.example>") for line in listed.drafts
    ]  # fmt: skip
    assert list_text(listed, 100).startswith("2 drafts on Tuesday 3 March 2026\n\nLéa: 2\n")
    assert '"format_version": 1' in list_json(listed)
    with pytest.raises(ChoiceError, match="marie"):
        draft_list(world.workspace, None, "marie")


def test_one_is_shown_as_it_will_be_read_and_opened_where_it_lies(world: World) -> None:
    shown = draft_shown(world.workspace, draft(world).key[:6])

    assert shown.headers[1:] == (
        ("To", "Claire <claire-acme@acme.example>"),
        ("Subject", "Acme: shall we talk?"),
    )
    assert "you have 5 seats left" in shown_text(shown)
    assert (
        draft_file(world.workspace, draft(world).key)
        == world.root / "out" / "2026-03-03" / "drafts" / f"{draft(world).key}.eml"
    )


def test_a_released_one_is_sent_word_for_word_as_it_was_shown(world: World) -> None:
    content = draft_file(world.workspace, draft(world).key).read_bytes()
    release(world.workspace, Chosen((draft(world).key[:6],)), LEA)
    post = Post()

    sent_by(world, post)

    (mail,) = post.sent
    assert mail.content == content.replace(b"X-Unsent: 1", b"Date: Tue, 03 Mar 2026 08:00:00 +0000")
    assert (draft(world).mail, draft(world, "bolt").mail, world.wrong()) == ("sent", "", [])
    moved = [event for event in world.events() if isinstance(event, MailMoved)]
    assert (moved[0].to, moved[0].by, moved[0].why) == ("pending", "lea@vendor.example", "released")


def test_what_may_bear_no_name_of_ours_is_not_released(world: World) -> None:
    world.edit(
        "project.yaml",
        "format: 1",
        "format: 1\nsending: {site: mail.vendor.example, from_sites: [elsewhere.example]}",
    )

    with pytest.raises(ChoiceError, match="is on none of from_sites: elsewhere"):
        release(world.workspace, Chosen((draft(world).key[:6],)), LEA)
    of_all = release(world.workspace, Chosen(), LEA)

    assert (of_all.mails, len(of_all.left), draft(world).mail) == ((), 2, "")


@pytest.mark.parametrize(("opt_out", "says_how"), [("has_left", True), ("none", False)])
def test_a_released_one_says_how_to_get_no_more_where_one_can(
    tmp_path: Path, opt_out: str, says_how: bool
) -> None:
    world = small(tmp_path / "small")
    link = 'sending: {site: mail.vendor.example, unsubscribe: "https://vendor.example/stop/{contact}"}'
    world.edit(
        "project.yaml", "format: 1", f"format: 1\n{link}\ncategories: {{news: {{opt_out: {opt_out}}}}}"
    )
    for language in ("en", "fr"):
        world.edit(f"emails/few-seats/hello/{language}.md", "needs:", "category: news\nneeds:")
    world.morning(on(0), exported(0))  # type: ignore[arg-type]
    world.done(world.task("acme", "ask"), "people", on(0))
    world.morning(TUESDAY, exported(1))  # type: ignore[arg-type]
    release(world.workspace, Chosen((draft(world).key,)), LEA)
    post = Post()

    sent_by(world, post)

    (mail,) = post.sent
    assert (b"\r\nList-Unsubscribe: <https://vendor.example/stop/" in mail.content) is says_how
    assert (b"\r\nList-Unsubscribe-Post: " in mail.content) is says_how


def test_what_a_person_writes_is_what_is_sent(world: World) -> None:
    before = words_so_far(world.workspace, draft(world).key)
    assert before.text.startswith("Subject: Acme: shall we talk?\n\nHello Claire")

    rewrite(world.workspace, draft(world).key, NEW, LEA)
    assert words_so_far(world.workspace, draft(world).key).text == NEW
    assert b"A word, Claire?" in draft_file(world.workspace, draft(world).key).read_bytes()
    release(world.workspace, Chosen((draft(world).key,)), LEA)
    post = Post()
    sent_by(world, post)

    (mail,) = post.sent
    assert b"Subject: A word, Claire?" in mail.content
    assert b"<strong>Claire</strong>" in mail.content.replace(b"=\r\n", b"")
    assert b"X-Unsent" not in mail.content
    assert any(isinstance(event, DraftRewritten) for event in world.events())
    assert (draft(world).rewritten_by, world.wrong()) == ("lea@vendor.example", [])


def test_the_next_run_leaves_the_words_of_a_person_alone_and_links_to_them(world: World) -> None:
    rewrite(world.workspace, draft(world).key, NEW, LEA)
    words = draft_file(world.workspace, draft(world).key).read_bytes()

    world.morning(on(2), exported(2))  # type: ignore[arg-type]

    assert draft_file(world.workspace, draft(world).key).read_bytes() == words
    digest = (world.root / "out" / "2026-03-04" / "owners" / "lea@vendor.example" / "digest.md").read_text(
        "utf-8"
    )
    assert f"../../../edited/{draft(world).key}.eml" in digest


def test_unchanged_words_change_nothing(world: World) -> None:
    before = world.ledger.read_bytes()

    assert (
        rewrite(world.workspace, draft(world).key, words_so_far(world.workspace, draft(world).key).text, LEA)
        is None
    )
    assert world.ledger.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Hello", "its first line is not"), ("Subject:\n\nHello", "its subject is empty"), ("Subject: A word\n\n  \n", "no words below"),
        ("Subject: A word\n\n[here](javascript:x)", "line 3: 'javascript:x'"), ("Subject: =?utf-8?q?x?=\n\nHello", "an encoded word"),
        ("Subject: A word\n\nHello \u202e olleh", "control letters"),
    ],
)  # fmt: skip
def test_what_no_mail_can_be_made_of_is_refused(world: World, text: str, why: str) -> None:
    with pytest.raises(ChoiceError, match="no mail can be made of it") as refused:
        rewrite(world.workspace, draft(world).key, text, LEA)

    assert why in refused.value.sentence


def test_only_who_may_speak_for_it_may_release_change_or_discard_it(world: World) -> None:
    key = draft(world).key
    for act in (
        lambda: release(world.workspace, Chosen((key,)), MARC),
        lambda: rewrite(world.workspace, key, NEW, MARC),
        lambda: discard(world.workspace, key, "no", MARC),
    ):
        with pytest.raises(ChoiceError, match="may not speak for"):
            act()

    assert release(world.workspace, Chosen((key,)), NORA).mails[0][1].key == key  # her manager


def test_all_of_a_playbook_go_at_once_and_what_cannot_is_told(world: World) -> None:
    changed = draft_file(world.workspace, draft(world).key)
    changed.write_bytes(changed.read_bytes() + b"PS: bye")

    released = release(world.workspace, Chosen(playbook="few-seats"), LEA)

    assert [task.key for _, task in released.mails] == [draft(world, "bolt").key]
    assert "somebody has changed" in released.left[0][1]
    with pytest.raises(ChoiceError, match="somebody has changed"):
        release(world.workspace, Chosen((draft(world).key,)), LEA)


def test_of_keys_all_go_or_none(world: World) -> None:
    draft_file(world.workspace, draft(world).key).unlink()

    with pytest.raises(ChoiceError, match="there is no file"):
        release(world.workspace, Chosen((draft(world, "bolt").key, draft(world).key)), LEA)

    assert draft(world, "bolt").mail == ""


def test_what_is_none_is_said(world: World) -> None:
    for wrong, said in (
        (Chosen(("zzzz",)), "there is no mail 'zzzz'"), (Chosen(playbook="few-seat"), "there is no playbook"),
        (Chosen((next(iter(world.enrollment("acme").tasks)),)), "no mail"), (Chosen(playbook="quiet"), "no draft to send"),
    ):  # fmt: skip
        with pytest.raises(ChoiceError, match=said):
            release(world.workspace, wrong, LEA)


def test_a_discarded_one_is_answered_so(world: World) -> None:
    discard(world.workspace, draft(world).key, "we met", LEA)

    assert (draft(world).outcome, draft(world).note) == ("discarded", "we met")
    with pytest.raises(ChoiceError, match="is discarded"):
        release(world.workspace, Chosen((draft(world).key,)), LEA)


def test_one_in_the_outbox_may_still_be_discarded_and_is_not_sent(world: World) -> None:
    release(world.workspace, Chosen((draft(world).key,)), LEA)
    assert "In the outbox: 1 pending" in list_text(draft_list(world.workspace, None, None), 100)

    discard(world.workspace, draft(world).key, "we met", LEA)
    post = Post()
    sent_by(world, post)

    assert (post.sent, draft(world).mail, draft(world).outcome) == ([], "cancelled", "discarded")


def test_a_released_one_expires_like_any_mail(world: World) -> None:
    release(world.workspace, Chosen((draft(world).key,)), LEA)

    assert draft(world).expires == on(4)
    world.morning(on(5), exported(5))  # type: ignore[arg-type]
    sent_by(world, Post(), on(5))
    assert (draft(world).mail, draft(world).outcome) == ("expired", "undeliverable")
