"""`forget`: nothing of the person is left in any byte that is kept, everybody else's stays, and no export brings them back."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.forget import Forgotten, forget, look
from cs_playbook.commands.forgotten_files import Whose
from cs_playbook.commands.people import Act
from cs_playbook.commands.rewriting import rewrite
from cs_playbook.commands.send import send
from cs_playbook.commands.suppress import lift, suppress
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.mail_folder import eml_folder
from cs_playbook.errors import ChoiceError
from cs_playbook.model.forgetting import ContactForgotten
from cs_playbook.source.snapshot import Snapshot, days, place_of
from cs_playbook.values import replace
from tests.builders import COLUMNS, Row, Tables, World, account, contact, given, on, small, write_csv
from tests.test_send import clock, mail, with_mails

ID, ADDRESS, NAME = "H2001", "helene.beravel@acme.example", "Hélène Béravel"
OTHERS = ("bolt", "calm")
LEA = Act("lea@vendor.example", on(2), "2026-03-04T09:00:00Z")
CHAMPIONS = """
playbook: champions
title: Champions
why: Each of them is worth a word.
status: live
owner: cs_ops
trigger: {one_per: contacts, when: "'champion' in row.roles", already_matching: start}
steps:
  - {id: look, task: "Write to {{ row.first_name }} {{ row.last_name }}", owner: csm, outcomes: [fine]}
"""
WARM = """
playbook: warm
title: A warm word
why: Nobody writes without a reason.
status: live
owner: cs_ops
trigger: {when: seats < 10, already_matching: start}
steps:
  - {id: word, email: few-seats/hello, to: champion, from: csm, send: draft}
"""


def exported(day: int) -> Tables:
    mine = contact(ID, "acme", email=ADDRESS, first_name="Hélène", last_name="Béravel")
    rest = [contact(f"C200{n}", key, first_name="Ann", last_name="Other") for n, key in enumerate(OTHERS, 2)]
    promises: list[Row] = [
        {
            "id": f"p{n}", "account_id": "acme", "due_on": on(-9), "kept_on": "", "contact_id": ID,
            "note": f"{NAME} was promised a call ({ADDRESS})",
        } for n in range(2)
    ]  # fmt: skip
    accounts = [account(key, seats=5, strategic="yes") for key in ("acme", *OTHERS)]
    return given(*accounts, day=day, contacts=[mine, *rest], promises=promises)


def export(world: World, tables: Tables) -> None:
    columns = {**COLUMNS, "contacts": (*COLUMNS["contacts"], "last_name")}
    columns["promises"] = (*COLUMNS["promises"], "contact_id", "note")
    for name, rows in tables.items():
        write_csv(world.root / "exports" / f"{name}.csv", rows, columns[name])


def morning(world: World, day: int, tables: Tables | None = None) -> None:
    export(world, tables or exported(day))
    assert world.build(on(day)).manifest is not None
    world.run(on(day))


def lived_in(root: Path) -> World:
    """Three mornings: a mail to each is sent, a draft to each is open, one of them in somebody's own words."""
    world = small(root)
    world.edit("data.yaml", "first_name: text", "first_name: text, last_name: text")
    world.edit("data.yaml", "kept_on: happened", "kept_on: happened, contact_id: text, note: text")
    world.edit("sources.yaml", "first_name: first_name", "first_name: first_name, last_name: last_name")
    world.edit("sources.yaml", "kept_on: kept_on", "kept_on: kept_on, contact_id: contact_id, note: note")
    world.edit("playbooks/few-seats.yaml", "send: draft", "send: auto")
    for language in ("en", "fr"):
        world.edit(f"emails/few-seats/hello/{language}.md", "{{ contact.first_name }}", "{{ contact.first_name }} {{ contact.last_name }}")  # fmt: skip
    world.write("playbooks/champions.yaml", CHAMPIONS)
    world.write("playbooks/warm.yaml", WARM)
    morning(world, 0)
    for key in ("acme", *OTHERS):
        world.done(world.task(key, "ask"), "people", on(0), note=f"{NAME.upper()} told {ADDRESS}")
    morning(world, 1)
    send(world.workspace, eml_folder(root.parent / "mails"), clock(on(1)))
    draft = world.task("acme", "word").key
    rewrite(world.workspace, draft, f"Subject: for you\n\nDear {NAME}, come.", replace(LEA, on=on(1)))
    world.answer_list([{"key": draft, "outcome": "", "note": f"ask {NAME}"}])
    tasks = world.root / "out" / on(1).isoformat() / "tasks.csv"
    tasks.write_text(tasks.read_text("utf-8") + f"\nmine,about {ADDRESS}\n", encoding="utf-8")
    morning(world, 2)
    return world


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return lived_in(tmp_path_factory.mktemp("made") / "small")


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    return made.copy(tmp_path / "small")


def forgotten(world: World, who: str = ID, files: Whose = Whose.PEOPLE) -> Forgotten:
    return forget(world.workspace.place, who, "she asked for it", LEA, frozenset(), files)


# --- what is left of somebody, found by other means than those that take it out ---


def hits(world: World, *folders: str) -> list[str]:
    """Files of the state in which id, address or name stands: raw, quoted-printable, base64, NFC, NFD, in any case."""
    below = [world.root / folder for folder in folders or ("data", "out", "answers")]
    files = sorted(path for folder in below for path in folder.rglob("*") if path.is_file())
    return [
        path.relative_to(world.root).as_posix() for path in files if any(map(named, views(path.read_bytes())))
    ]


def named(content: bytes) -> bool:
    text = unicodedata.normalize("NFC", content.decode("utf-8", "ignore")).casefold()
    return any(unicodedata.normalize("NFC", word).casefold() in text for word in (ID, ADDRESS, NAME))


def views(content: bytes) -> Iterator[bytes]:
    yield content
    yield quopri.decodestring(content)
    for run in re.findall(rb"[A-Za-z0-9+/\r\n]{16,}={0,2}", content):
        try:
            yield base64.b64decode(run + b"=" * (-len(run.replace(b"\r", b"").replace(b"\n", b"")) % 4))
        except binascii.Error:
            continue


def bytes_of_others(world: World) -> dict[str, Any]:
    with closing(sqlite3.connect(world.ledger)) as ledger:
        mails = ledger.execute("select task, sha256, content, words from outbox where contact like 'C200_'")
        rows = {str(task): rest for task, *rest in mails}
    drafts = {path: content for path, content in world.published().items() if path.endswith(".eml")}
    return {**rows, **{path: content for path, content in drafts.items() if Path(path).stem in rows}}


def wrong_of(world: World) -> list[str]:
    """Of the ledger; and of snapshots, which are those that the runs have looked at, whole, and nothing beside them."""
    folder = world.workspace.snapshots
    with closing(sqlite3.connect(world.ledger)) as ledger:
        looked_at = dict(ledger.execute("select day, snapshot_sha from run order by id"))
    known = {}
    for day in days(folder):
        with Snapshot.open(place_of(folder, day)) as snapshot:
            known[day.isoformat()] = snapshot.manifest.sha256
    other = [day for day, sha in looked_at.items() if known.get(day) != sha]
    hidden = [path.name for path in folder.iterdir() if path.name.startswith(".")]
    erased = sum(isinstance(event, ContactForgotten) for event in world.events())
    return [*world.wrong(), *other, *hidden, *([] if erased == 1 else [f"{erased} erasures"])]


def test_nothing_is_left_in_any_byte_and_everybody_else_stays(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {path.partition("/")[0] for path in hits(world)} == {"data", "out", "answers"}
    others = bytes_of_others(world)
    would_be = look(world.workspace.place, ID, frozenset(), Whose.PEOPLE)
    assert hits(world), "to look changes nothing"

    done = forgotten(world)

    assert (hits(world), wrong_of(world), bytes_of_others(world)) == ([], [], others)
    assert run_app(["-C", str(world.root), "ledger", "verify"]) == 0
    assert "made anew on purpose, 1 time" in capsys.readouterr().out
    with closing(sqlite3.connect(world.ledger)) as ledger:
        assert ledger.execute("pragma freelist_count").fetchone() == (0,)
    assert len(others) >= 6
    assert done.taken == would_be.taken
    assert done.taken["snapshots"] == 3
    assert done.taken["enrollments about them"] == 1
    assert done.taken["mails that waited"] == 1
    assert (done.contacts, done.is_whole) == ({ID: "acme"}, True)
    assert "hélène" not in "".join(
        content.decode("utf-8", "ignore").casefold() for content in world.published().values()
    )


def test_the_mornings_after_go_on_and_no_export_brings_them_back(world: World) -> None:
    forgotten(world)
    before = len(world.events())

    assert world.run(on(2)).day == on(2)
    back = exported(3)
    again = contact("H9", "bolt", email=ADDRESS.upper(), first_name="Hélène", last_name="Béravel", roles="")
    export(world, {**back, "contacts": [*back["contacts"], again]})
    built = world.build(on(3))
    world.run(on(3))

    assert [finding.message for finding in built.findings if "left out" in finding.message] == [
        "2 contacts left out: forgotten on 2026-03-04"
    ]
    assert built.manifest is not None
    assert (built.manifest.counts["contacts"].rows, built.manifest.counts["promises"].rows) == (2, 2)
    assert (hits(world, "data", "out"), world.wrong()) == ([], [])
    assert len(world.events()) > before


def test_the_second_time_it_says_since_when_and_the_run_of_the_day_has_nothing_to_do(world: World) -> None:
    world.run(on(2))
    forgotten(world)
    already = forgotten(world, ADDRESS).already

    assert already is not None
    assert (already.on, already.because) == (on(2), "she asked for it")
    events = [event for event in world.events() if isinstance(event, ContactForgotten)]
    assert [(event.by, event.because) for event in events] == [(LEA.by, "she asked for it")]
    # Snapshot and lists are those of the run still: nobody starts anew, nothing is put aside.
    assert world.run(on(2)).counts.get("event:Started", 0) == 0
    assert not [path for path in world.published() if ".filled-" in path]


def test_what_people_wrote_in_is_named_and_left_until_they_say_so(world: World) -> None:
    done = forgotten(world, files=Whose.OURS)

    assert [(one.path, one.lines) for one in done.left if one.whose is Whose.PEOPLE] == [
        ("answers/lea.csv", (2,)),
        ("out/2026-03-03/tasks.csv", done.left[-1].lines),
    ]
    assert not done.is_whole
    assert hits(world) == ["answers/lea.csv", "out/2026-03-03/tasks.csv"]


def test_copies_of_the_ledger_are_named(world: World) -> None:
    assert run_app(["-C", str(world.root), "-q", "ledger", "backup"]) == 0

    done = forgotten(world)

    (left,) = (one for one in done.left if one.whose is Whose.COPY)
    assert left.path.startswith("data/backups/ledger-")


def test_whoever_shares_the_address_is_the_same_person(world: World) -> None:
    twice = exported(3)
    other = contact("H77", "bolt", email=ADDRESS, first_name="H.", last_name="Béravel", roles="")
    export(world, {**twice, "contacts": [*twice["contacts"], other]})
    world.build(on(3))

    assert forgotten(world).contacts == {ID: "acme", "H77": "bolt"}


def test_nobody_and_our_own_people_are_refused(world: World) -> None:
    with pytest.raises(ChoiceError, match="nobody is known by 'nobody'"):
        forgotten(world, "nobody")
    with pytest.raises(ChoiceError, match="one of our people"):
        forget(world.workspace.place, ADDRESS, "x", LEA, frozenset({ADDRESS}))
    with pytest.raises(ChoiceError, match="nobody would know why"):
        forget(world.workspace.place, ID, " ", LEA, frozenset())
    assert world.wrong() == []


@pytest.mark.parametrize("who", [ID, ADDRESS])
def test_whoever_is_in_no_snapshot_any_more_is_known_by_what_the_ledger_says(world: World, who: str) -> None:
    for day in days(world.workspace.snapshots):
        place_of(world.workspace.snapshots, day).unlink()
        place_of(world.workspace.snapshots, day).with_suffix(".json").unlink()

    done = forgotten(world, who)

    assert (list(done.contacts), done.addresses) == ([ID], 1)
    assert world.wrong() == []


def test_a_suppressed_address_is_forgotten_too(world: World) -> None:
    suppress(world.workspace, ADDRESS, "she asked us to", LEA)
    forgotten(world)

    assert hits(world) == []
    export(world, exported(3))
    built = world.build(on(3))
    assert built.manifest is not None
    assert built.manifest.counts["contacts"].rows == 2


def test_they_may_come_back_of_their_own_will(world: World) -> None:
    forgotten(world)
    with Ledger.open(world.ledger, None, writing=False) as ledger:
        entries = ledger.suppression_list().entries
    assert sorted(entry.forgets for entry in entries.values()) == ["address", "contact"]

    for mark in entries:
        lift(world.workspace, mark, "she is a customer again", LEA)

    export(world, exported(3))
    built = world.build(on(3))
    assert built.manifest is not None
    assert built.manifest.counts["contacts"].rows == 3


def test_what_an_earlier_program_only_struck_out_is_wiped_too(world: World) -> None:
    with closing(sqlite3.connect(world.ledger, isolation_level=None)) as ledger:
        ledger.execute("pragma secure_delete = off")
        ledger.execute("insert into meta values ('x', ?)", (ADDRESS * 2_000,))
        ledger.execute("delete from meta where k = 'x'")
    assert "data/ledger.db" in hits(world, "data")

    forgotten(world)

    assert hits(world, "data") == []


def test_an_address_that_another_one_brought_in_stays_theirs(world: World) -> None:
    """They are found by one address; one of them has had another besides, which is somebody else's now."""
    tables = exported(3)
    rows = [*tables["contacts"], contact("H77", "bolt", email=ADDRESS, roles="")]
    export(world, {**tables, "contacts": rows})
    world.build(on(3))
    box = "box@bolt.example"
    rows = [
        *tables["contacts"],
        contact("H77", "bolt", email=box, roles=""),
        contact("B5", "bolt", email=box, roles=""),
    ]
    export(world, {**tables, "contacts": rows})
    world.build(on(4))

    done = forgotten(world)

    assert (list(done.contacts), done.shared) == ([ID, "H77"], {box: "B5"})
    with Snapshot.open(place_of(world.workspace.snapshots, on(4))) as snapshot:
        assert ("B5", box) in snapshot.connection.execute("select id, email from contacts").fetchall()


def test_an_id_like_any_word_is_taken_out_where_it_stands_for_a_contact(tmp_path: Path) -> None:
    world = with_mails(tmp_path / "small")
    world.done(mail(world, "acme"), "discarded", on(1), note="claire-acme is a word")

    done = forget(world.workspace.place, "claire-acme", "asked", LEA, frozenset())

    with closing(sqlite3.connect(world.ledger)) as ledger:
        bodies = " ".join(body for (body,) in ledger.execute("select body from event"))
    assert ('"contact":"claire-acme"' in bodies, '"contact":"claire-bolt"' in bodies) == (False, True)
    assert "claire-acme is a word" in bodies
    assert done.not_searched == ["claire-acme"]
    assert world.wrong() == []
