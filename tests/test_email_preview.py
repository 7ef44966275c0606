"""`email preview`: letters as real accounts would read them, and what is missing; a private page, and nothing else."""

from __future__ import annotations

import json
import re
import stat
from html import unescape
from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.email_preview import Wished, preview
from cs_playbook.errors import ChoiceError
from cs_playbook.letters.letter_page import LetterShown, letter_page
from tests.builders import World, account, contact, files_in, on, small, tables

pytestmark = pytest.mark.usefixtures("meant_once")

HELLO = "few-seats/hello"

GREETING = """\
playbook: greeting
title: Says hello
status: draft
owner: csm
trigger: {when: seats < 10}
steps:
  - {id: hello, email: few-seats/hello, to: champion, from: csm}
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """No ledger. Acme reads French, Borealis English; Ceres has nobody's name, Delos nobody, Eos is of another tier."""
    world = small(tmp_path_factory.mktemp("preview") / "w")
    world.write("emails/signature/en.md", "{{ sender.name }}\n{{ sender.email }}\n")
    world.write(
        "emails/few-seats/unsent/en.md",
        "---\nsubject: Nobody sends this\n---\nHello {{ contact.first_name }}.\n",
    )
    world.write("playbooks/greeting.yaml", GREETING)
    accounts = [account("acme", language="fr"), *(account(key) for key in ("borealis", "ceres", "delos"))]
    contacts = [
        contact("ann", "acme", first_name="Ann <b>", language=""), contact("bob", "borealis"),
        contact("cleo", "ceres", first_name=""), contact("dan", "delos", has_left="yes"),
    ]  # fmt: skip
    world.export(tables([*accounts, account("eos", arr=100)], contacts))
    world.build(on(0))
    return world


@pytest.fixture(scope="module")
def shown(world: World) -> LetterShown:
    return preview(world.workspace, Wished(HELLO), None).letters[0]


def test_accounts_that_lack_something_are_counted_and_one_of_them_is_shown(shown: LetterShown) -> None:
    assert (shown.accounts, shown.nobody, shown.lacking) == (4, 1, (("contact.first_name", 1),))
    assert [(one.account, one.language, one.is_theirs, one.missing) for one in shown.sheets] == [
        ("Acme", "en", False, ()), ("Acme", "fr", True, ()),
        ("Borealis", "en", True, ()), ("Borealis", "fr", False, ()),
        ("Ceres", "en", True, ("contact.first_name",)), ("Ceres", "fr", False, ("contact.first_name",)),
    ]  # fmt: skip


def test_a_sheet_is_the_letter_as_it_would_be_sent(shown: LetterShown) -> None:
    first = shown.sheets[2]

    assert (first.to, first.sender_name, first.subject) == (
        "bob@borealis.example",
        "Léa",
        "Borealis: shall we talk?",
    )
    assert first.text.startswith("Hello Bob,\n")
    assert first.text.endswith("\n-- \nLéa\nlea@vendor.example\n")


def test_what_is_missing_shows_its_name_where_it_would_stand(shown: LetterShown) -> None:
    assert shown.sheets[4].text.startswith("Hello ‹contact.first_name›,\n")


def test_a_letter_that_nobody_sends_is_shown_to_whom_it_could_go(world: World) -> None:
    unsent = preview(world.workspace, Wished("unsent", ("Borealis",)), None).letters[0]

    assert (unsent.sent_by, [(one.to, one.text.split("\n")[0]) for one in unsent.sheets]) == (
        "",
        [("bob@borealis.example", "Hello Bob.")],
    )


def test_accounts_and_a_language_may_be_chosen(world: World) -> None:
    found = preview(world.workspace, Wished("few-seats", ("delos", "Acme"), "fr"), None).letters

    assert [(one.letter, [(sheet.account, sheet.to) for sheet in one.sheets]) for one in found] == [
        (HELLO, [("Delos", ""), ("Acme", "ann@acme.example")]),
        ("few-seats/unsent", []),
    ]


def test_a_playbook_stands_for_the_letters_it_sends(world: World) -> None:
    found = preview(world.workspace, Wished("greeting", ("delos",)), None).letters

    assert [one.letter for one in found] == [HELLO]
    with pytest.raises(ChoiceError, match="no step of 'promise-late' sends a letter"):
        preview(world.workspace, Wished("promise-late"), None)


@pytest.mark.parametrize(
    ("wished", "hint"),
    [
        (Wished("few-seats/helo"), "did you mean 'few-seats/hello'?"),
        (Wished("helo"), "did you mean 'hello'?"),
        (Wished("xyz"), "there are: few-seats/hello, few-seats/unsent"),
        (Wished("", ("Acne",)), "did you mean Acme"),
        (Wished("", (), "it"), "there are: en, fr"),
    ],
)
def test_a_slip_of_the_pen_is_told_what_is_meant(world: World, wished: Wished, hint: str) -> None:
    with pytest.raises(ChoiceError) as refused:
        preview(world.workspace, wished, None)

    assert hint in (refused.value.hint or "")


# --- the page ---


def test_the_page_says_it_all_and_leads_from_sheet_to_sheet(shown: LetterShown) -> None:
    page = letter_page("Letters", [shown])
    sheet = page.partition('<article id="s5"')[2].partition('<div class="views">')[0]
    words = unescape(re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", sheet.partition(">")[2]))).strip()

    assert words == (
        "‹ Previous 5 of 6 Next › few-seats/hello few-seats › write, a draft for a person · no category"
        " Acme Borealis Ceres en (theirs) fr To cleo@ceres.example From Léa lea@vendor.example"
        " Subject Ceres: shall we talk? Held back here : contact.first_name is empty"
        " contact.first_name is empty in 1 of 4 accounts: there it becomes a task"
        " there is nobody to write to in 1 of 4 accounts"
    )
    assert re.findall('href="#(s[0-9])"', sheet) == ["s4", "s6", "s1", "s3", "s5", "s5", "s6"]


def test_each_mail_stands_there_light_and_dark_whatever_the_reader_of_the_page_is(shown: LetterShown) -> None:
    frames = [unescape(frame) for frame in re.findall('srcdoc="([^"]*)"', letter_page("Letters", [shown]))]

    assert ["@media not all" in frame for frame in frames] == [True, False] * 6
    assert ["@media all" in frame for frame in frames] == [False, True] * 6
    assert "Bonjour Ann &lt;b&gt;," in frames[2]


def test_nothing_is_fetched_and_no_other_script_runs(shown: LetterShown) -> None:
    page = letter_page("<Letters>", [shown])

    assert "default-src 'none'" in page
    assert page.count("<script>") == 1
    assert not re.search(r"<(?:img|link|script [^>]*src)", page)
    assert "<h1>&lt;Letters&gt;</h1>" in page


# --- the command ---


def test_it_writes_one_private_file_and_nothing_else(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, page = files_in(world.root), tmp_path / "page.html"
    page.write_text("old")
    page.chmod(0o644)

    assert run_app(["-C", str(world.root), "-o", str(page), "email", "preview", "hello"]) == 0

    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]
    assert files_in(world.root) == before
    assert capsys.readouterr().out == (
        "1 letter with the accounts of Monday 2 March 2026, 6 sheets\n\n"
        "  few-seats/hello  en, fr\n"
        "    ! contact.first_name is empty in 1 of 4 accounts: there it would become a task\n"
        "    ! nobody to write to in 1 of 4 accounts\n\n"
        f"{page}\n  open it in a browser; it names people: keep it to yourself\n"
    )


def test_programs_read_it_as_json(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run_app(["-C", str(world.root), "-o", "json", "email", "preview", "hello", "--language", "en"]) == 0
    )

    told = json.loads(capsys.readouterr().out)
    assert (told["format_version"], told["letters"][0]["lacking"]) == (1, {"contact.first_name": 1})
    assert [sheet["account"] for sheet in told["letters"][0]["sheets"]] == ["Acme", "Borealis", "Ceres"]
