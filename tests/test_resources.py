"""What a workspace offers to many: `resources:` stand beside every account without being in the snapshot."""

from __future__ import annotations

from pathlib import Path

from cs_playbook.commands.vocabulary import vocabulary
from cs_playbook.commands.workspace import examine
from cs_playbook.model.event import Started
from cs_playbook.report.pieces import plain
from cs_playbook.report.vocabulary import one_lines
from tests.builders import account, given, on, small

WEBINARS = """\
resources: webinars
fields: {held_on: date, title: text, topics: list, full: boolean}
items:
  reports: {held_on: 2026-03-12, title: "Anna's reports; drop table accounts --", topics: [reports]}
  start: {held_on: 2026-03-12, title: First steps, topics: [start], full: true}
"""
INVITE = """\
playbook: invite
title: Invite to what is soon
why: To see what is beside everybody.
status: live
owner: cs_ops
trigger:
  one_per: webinars
  when: [arr > 20000, "'reports' in row.topics", not row.full, number_of(webinars) = 2, "not has(webinars, title is null)"]
  already_matching: start
steps:
  - {id: tell, task: "Tell {{ account.name }} of {{ row.title }}", owner: csm, due: 2 days before row.held_on}
"""


def test_everybody_who_fits_gets_one_for_each_item_that_fits(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    for path in (world.root / "playbooks").iterdir():
        path.unlink()
    world.write("playbooks/invite.yaml", INVITE)
    world.write("webinars.yaml", WEBINARS)
    world.morning(on(0), given(account("acme"), account("borealis"), account("tiny", arr=100)))

    begun = [(event.account, event.row) for event in world.events() if isinstance(event, Started)]
    assert begun == [("acme", "reports"), ("borealis", "reports")]
    shown = next((world.root / "out").rglob("tasks.csv")).read_text(encoding="utf-8")
    assert "Anna's reports; drop table accounts --" in shown
    world.edit("webinars.yaml", "full: true", "topics: [reports, start]")
    world.edit("webinars.yaml", "topics: [start], ", "")
    before = len(world.events())
    world.morning(on(1), {})

    later = world.events()[before:]
    assert [(event.account, event.row) for event in later if isinstance(event, Started)] == [
        ("acme", "start"),
        ("borealis", "start"),
    ]


def test_a_list_without_items_is_there_and_empty(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    for path in (world.root / "playbooks").iterdir():
        path.unlink()
    world.write("playbooks/invite.yaml", INVITE.replace("number_of(webinars) = 2", "number_of(webinars) = 0"))
    world.write("webinars.yaml", WEBINARS.split("items:", maxsplit=1)[0] + "items: {}\n")

    world.morning(on(0), given(account("acme")))

    assert [event for event in world.events() if isinstance(event, Started)] == []


def test_a_new_item_that_fits_everybody_stops_nobody(tmp_path: Path) -> None:
    """Without items every account fits from one day to the next as soon as one is written: that is what it is for."""
    world = small(tmp_path / "w")
    for path in (world.root / "playbooks").iterdir():
        path.unlink()
    rule = "[arr > 20000, row.held_on > today]"
    world.write("playbooks/invite.yaml", INVITE.replace(INVITE[INVITE.index("[arr") :].splitlines()[0], rule))
    world.write("webinars.yaml", WEBINARS.split("items:", maxsplit=1)[0] + "items: {}\n")
    many = given(*(account(f"a{number}") for number in range(50)))
    world.morning(on(0), many)

    world.edit("webinars.yaml", "items: {}", "items:\n  reports: {held_on: 2026-03-12, title: Reports}")
    world.morning(on(1), {})

    assert len([event for event in world.events() if isinstance(event, Started)]) == 50


LETTER = """\
---
subject: "{{ row.title }}"
---
On {{ row.held_on }}: [join](https://vendor.example/{{ row.path }}).
{% for webinar in rows('webinars', "held_on > today") %}
- [{{ webinar.title }}](https://vendor.example/{{ webinar.path }}) and not {{ webinar.says }}
{% endfor %}
"""


def test_an_item_without_the_address_that_a_letter_links_to_is_told_before_the_letter_is_due(
    tmp_path: Path,
) -> None:
    world = small(tmp_path / "w")
    world.write(
        "webinars.yaml",
        "resources: webinars\nfields: {held_on: date, title: text, path: text, says: text}\nitems:\n"
        "  start: {held_on: 2026-03-12, title: First steps}\n  reports: {held_on: 2026-03-12, title: Reports, path: watch/reports}\n",
    )
    steps = "steps:\n  - {id: tell, email: invite/now, to: champion, from: csm}\n"
    world.write("playbooks/invite.yaml", INVITE[: INVITE.index("steps:")] + steps)
    world.write("emails/invite/now/en.md", LETTER)

    found = [one for one in examine(world.root).findings if one.code == "CSP413"]

    none = "this link goes to the 'path' of an item, and in webinars.yaml there is none for start"
    slash = "a slash in the 'path' of reports (webinars.yaml) would be written %2F in this link"
    assert [(one.span.line, one.severity.value, one.message) for one in found] == [
        *((4, "warn", slash), (4, "note", none)),
        *((6, "warn", slash), (6, "warn", none)),
    ]


def test_the_words_of_a_list_are_told_with_what_it_holds_and_where_it_is_asked(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.write("webinars.yaml", WEBINARS.replace("fields:", "title: In a group\nfields:", 1))
    world.edit("webinars.yaml", "title: First steps, ", "")
    world.write("playbooks/invite.yaml", INVITE)

    words = {one.name: one for one in vocabulary(world.workspace, "webinars", None).words}

    listed, titles = words["webinars"], words["webinars.title"]
    assert (listed.kind.value, listed.says) == ("list kept by hand", "In a group")
    assert {use.by for use in listed.uses} == {"playbook invite"}
    assert listed.seen is not None
    assert listed.seen.cells == 2
    assert titles.seen is not None
    assert (titles.seen.filled, titles.seen.cells) == (1, 2)
    shown = plain(one_lines(tuple(words.values()), 100, True))
    assert "webinars · list kept by hand" in shown
    assert "webinars.full" in shown
