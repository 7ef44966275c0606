"""Blanks that no contact of an account can fill: `validate` counts the accounts, as far as a snapshot tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.commands.validating import validate
from tests.builders import World, account, contact, on, small, tables

LETTER = """\
---
subject: A word
needs: [contact.first_name]
---
Hello {{ contact.first_name }},

{{ csm.name }}
"""
SENDING = """\
playbook: sending
title: Sending
status: live
owner: csm
why: To say hello.
audience: [arr > 0, events_now >= 0, not running('sending')]
trigger: {when: strategic, already_matching: start}
steps:
  - {id: hello, email: sending/hello, to: {first_of: [champion, sponsor]}, from: csm}
"""
ACCOUNTS = [account("acme"), account("borealis"), account("ceres"), account("delos", arr=0), account("eos")]
CONTACTS = [
    contact("ann", "acme", first_name=""),
    contact("bob", "borealis", first_name=""),
    contact("ben", "borealis", roles="sponsor"),
    contact("cleo", "ceres"),
    contact("dan", "delos", first_name=""),
    contact("eva", "eos", first_name="", has_left="yes"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = small(tmp_path_factory.mktemp("unfilled") / "w")
    world.edit("team.yaml", "people:", "  sponsor: {contacts: \"'sponsor' in roles\", pick: all}\npeople:")
    for path in (world.root / "playbooks").iterdir():
        path.unlink()  # their letters ask for it too
    world.write("playbooks/sending.yaml", SENDING)
    world.write("emails/sending/hello/en.md", LETTER)
    world.write("emails/sending/hello/fr.md", LETTER)
    world.export(tables(ACCOUNTS, CONTACTS))
    world.build(on(0))
    return world


@pytest.fixture
def world(built: World, tmp_path: Path) -> World:
    return built.copy(tmp_path / "w")


def told(world: World, kept: Path | None = None) -> list[str]:
    found = validate(world.root, kept).findings
    return [finding.message for finding in found if finding.code == "CSP412"]


def test_accounts_where_nobody_in_reach_has_it_are_counted(world: World) -> None:
    """Borealis has somebody; Delos is not seen by the playbook; nobody is left at Eos."""
    assert told(world) == [
        "email sending/hello needs contact.first_name: in 1 of 3 accounts in reach nobody of champion, sponsor has one, and no draft can be sent"
    ]


def test_without_a_snapshot_nothing_is_said(world: World) -> None:
    (world.root / "data" / "snapshots" / "2026-03-02.json").unlink()

    assert told(world) == []


def test_a_snapshot_that_cannot_be_read_is_no_finding_of_the_files(world: World) -> None:
    (world.root / "data" / "snapshots" / "2026-03-02.db").write_bytes(b"no database")

    assert told(world) == []


def test_another_snapshot_is_another_question(world: World, tmp_path: Path) -> None:
    assert len(told(world, tmp_path / "kept")) == 1
    world.export(tables(ACCOUNTS, [contact("ann", "acme")]))
    world.build(on(0))

    assert told(world, tmp_path / "kept") == []


def test_a_letter_that_does_without_it_needs_nothing(world: World) -> None:
    words = LETTER.replace("needs: [contact.first_name]\n", "").replace(
        "{{ contact.first_name }}", "{% if contact.first_name %}{{ contact.first_name }}{% endif %}"
    )
    for language in ("en", "fr"):
        world.write(f"emails/sending/hello/{language}.md", words)

    assert told(world) == []


def test_one_field_that_is_not_filled_is_told_once(world: World) -> None:
    world.write("playbooks/again.yaml", SENDING.replace("sending", "again"))
    for language in ("en", "fr"):
        world.write(f"emails/again/hello/{language}.md", LETTER)

    (found,) = (finding for finding in validate(world.root, None).findings if finding.code == "CSP412")
    assert found.hint.startswith("1 more email needs it; fill it in the source")
