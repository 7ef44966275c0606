"""`forget` takes one person out, and nobody else: whoever has the same name or number, and what only looks like an id."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cs_playbook.commands.forget import forget
from cs_playbook.commands.suppress import lift
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.snapshot_blanking import blank, is_blank
from cs_playbook.effects.snapshot_rewriting import put_in_place, stage
from cs_playbook.errors import ChoiceError
from cs_playbook.model.value import Value
from cs_playbook.source.snapshot import Snapshot, place_of
from tests.builders import COLUMNS, Row, Tables, World, account, contact, given, on, small, write_csv
from tests.test_forget import ID, LEA, exported, forgotten, lived_in, morning

NUMBER = "10000042"
AGENT = "gone@vendor.example"  # a colleague of before: no file names them any more
COUNTED = (*COLUMNS["promises"], "contact_id", "recipient", "agent_email")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return lived_in(tmp_path_factory.mktemp("others") / "small")


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    return made.copy(tmp_path / "small")


def rows(world: World, day: int, query: str) -> list[tuple[Value, ...]]:
    with Snapshot.open(place_of(world.workspace.snapshots, on(day))) as snapshot:
        return snapshot.connection.execute(query).fetchall()


def numbered(root: Path) -> World:
    """All tables are numbered from one counter; promises tell to whom they were written."""
    world = small(root)
    world.edit(
        "data.yaml",
        "kept_on: happened",
        "kept_on: happened, contact_id: text, recipient: email, agent_email: email",
    )
    world.edit(
        "sources.yaml",
        "kept_on: kept_on",
        "kept_on: kept_on, contact_id: contact_id, recipient: recipient, agent_email: agent_email",
    )
    return world


def counted(day: int, *, promises: tuple[Row, ...] = ()) -> Tables:
    people = [
        contact(NUMBER, "acme", email="now@acme.example"),
        contact("C9", NUMBER, email="nine@other.example"),
    ]
    told: list[Row] = [
        dict(row, agent_email=AGENT, account_id=NUMBER, due_on=on(-9), kept_on="") for row in promises
    ]
    return given(
        account("acme", seats=30), account(NUMBER, seats=30), day=day, contacts=people, promises=told
    )


def build(world: World, day: int, tables: Tables) -> None:
    for name, told in tables.items():
        columns = COUNTED if name == "promises" else COLUMNS[name]
        write_csv(world.root / "exports" / f"{name}.csv", told, columns)
    assert world.build(on(day)).manifest is not None


def test_an_id_that_is_also_a_number_of_something_else_takes_nothing_of_that_along(tmp_path: Path) -> None:
    world = numbered(tmp_path / "small")
    theirs: Row = {"id": NUMBER, "contact_id": "C9", "recipient": ""}
    for day in (0, 1):
        build(world, day, counted(day, promises=(theirs,)))
        if day == 0:
            world.run(on(0))
            forgotten(world, NUMBER)

        assert rows(world, day, "select id, account_id from contacts") == [("C9", NUMBER)]
        assert rows(world, day, "select id, account_id from promises") == [(NUMBER, NUMBER)]
        assert rows(world, day, "select id from accounts order by 1")[:2] == [(NUMBER,), ("acme",)]


def test_an_address_of_before_that_only_another_table_knows_goes_too_and_finds_them(tmp_path: Path) -> None:
    world = numbered(tmp_path / "small")
    old: Row = {"id": "p1", "contact_id": NUMBER, "recipient": "before@acme.example"}
    shared: Row = {"id": "p2", "contact_id": NUMBER, "recipient": "nine@other.example"}
    build(world, 0, counted(0, promises=(old, shared)))
    world.run(on(0))

    done = forgotten(world, "Before@acme.example")
    build(world, 1, counted(1, promises=(old, shared)))

    assert list(done.contacts) == [NUMBER]
    for day in (0, 1):
        found = rows(world, day, "select id, recipient from promises order by id")
        assert found == [("p1", None), ("p2", "nine@other.example")]
        assert rows(world, day, "select distinct agent_email from promises") == [(AGENT,)]


def test_in_old_snapshots_only_what_is_told_of_contacts_goes(tmp_path: Path) -> None:
    world = numbered(tmp_path / "small")
    build(
        world,
        0,
        counted(0, promises=({"id": "p1", "contact_id": NUMBER, "recipient": "before@acme.example"},)),
    )
    path = place_of(world.workspace.snapshots, on(0))
    with closing(sqlite3.connect(path)) as connection:
        blank(connection, world.workspace.catalog.contract)
        found = connection.execute("select recipient, agent_email from promises").fetchall()

    assert found == [(None, AGENT)]


def test_in_old_snapshots_what_is_written_beside_a_contact_goes_too(world: World) -> None:
    """A comment names whoever wrote it. Asked by the counts of the manifest it is done then, and not done every morning."""
    contract = world.workspace.catalog.contract
    new = stage(place_of(world.workspace.snapshots, on(0)), lambda opened: blank(opened, contract))
    assert new is not None
    put_in_place(place_of(world.workspace.snapshots, on(0)))

    with Snapshot.open(place_of(world.workspace.snapshots, on(0))) as snapshot:
        assert snapshot.connection.execute("select id, contact_id, note from promises").fetchall() == [
            ("p0", ID, None),
            ("p1", ID, None),
        ]
        assert is_blank(snapshot.manifest, contract)


@pytest.mark.parametrize("word", ["2026-03-02", "people", "treated", "few-seats", "acme"])
def test_what_only_stands_in_an_enrollment_is_no_contact(world: World, word: str) -> None:
    with pytest.raises(ChoiceError, match="nobody is known by"):
        forgotten(world, word)

    assert world.wrong() == []


def test_a_key_of_a_task_is_no_contact(world: World) -> None:
    with pytest.raises(ChoiceError, match="nobody is known by"):
        forgotten(world, world.task("bolt", "word").key)


def test_a_name_that_two_have_is_looked_for_with_neither(world: World) -> None:
    def drafts() -> dict[str, bytes]:
        return {path: content for path, content in world.published().items() if b"Ann Other" in content}

    before, key = drafts(), world.task("bolt", "word").key
    assert len({path for path in before if path.endswith(".eml")}) >= 2

    forgotten(world, "C2002")

    after = drafts()
    assert {path for path in before if path.endswith(".eml") and key not in path} <= set(after)


def test_a_name_of_one_of_ours_is_looked_for_nowhere(world: World) -> None:
    done = forget(world.workspace.place, ID, "asked", LEA, frozenset({"hélène béravel"}))

    assert done.names == 1  # the other order of the words is nobody's


def test_whoever_comes_back_of_their_own_will_begins_anew(world: World) -> None:
    forgotten(world)
    with Ledger.open(world.ledger, None, writing=False) as ledger:
        marks = [entry.address for entry in ledger.suppression_list().entries.values() if entry.forgets]
    for mark in marks:
        lift(world.workspace, mark, "she is a customer again", LEA)
    morning(world, 3, exported(3))

    again = [item for item in world.enrollments("acme") if item.playbook == "champions" and item.is_open]
    assert [item.row for item in again] == [ID]
    assert world.wrong() == []
    assert world.run(on(3)).nothing
