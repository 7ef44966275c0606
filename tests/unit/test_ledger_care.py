"""A ledger is copied, written out, made anew, brought up from version 1; and one that is lost for good is replaced."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from cs_playbook.commands.ledger_care import back_up, exported, imported
from cs_playbook.commands.ledger_new import begin_among_the_known
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_cache import enrollment_row
from cs_playbook.effects.ledger_check import says_the_same
from cs_playbook.effects.ledger_migrations import backup_of
from cs_playbook.errors import ChoiceError, StoppedOnPurpose
from cs_playbook.model.enrollment import Arm
from cs_playbook.model.event import Started
from cs_playbook.plan.fold import begin
from tests.builders import VERSION, World, account, given, on, small
from tests.unit.ledgers import ID, NOW, by_hand

OLD = (Path(__file__).parents[1] / "ledgers" / "version-1-two-runs.sql").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = small(tmp_path_factory.mktemp("care") / "w")
    world.morning(on(0), given(account("acme", seats=3)))
    world.done(world.task("acme", "ask"), "product", on(0))
    world.morning(on(1), given(account("acme", seats=3), account("bolt", seats=3), day=1))
    return world


# --- copies ---


def test_a_copy_is_whole_private_and_takes_the_place_of_an_older_one(world: World, tmp_path: Path) -> None:
    place, target = world.workspace.place, tmp_path / "copies" / "monday.db"

    first = back_up(place, target, NOW)
    again = back_up(place, target, NOW)

    assert (first.path, again.events) == (target, first.events)
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["monday.db"]
    with Ledger.open(target, None, writing=False) as copy:
        assert copy.verify() == []


def test_without_a_name_it_lies_beside_the_ledger_under_its_moment(world: World) -> None:
    assert (
        back_up(world.workspace.place, None, NOW).path
        == world.root / "data/backups/ledger-20260302T050000Z.db"
    )


def test_a_copy_never_replaces_the_ledger_or_anything_else(world: World) -> None:
    for taken in (world.ledger, world.root / "project.yaml"):
        before = taken.read_bytes()
        with pytest.raises(ChoiceError):
            back_up(world.workspace.place, taken, NOW)
        assert taken.read_bytes() == before


def test_of_a_ledger_that_is_not_whole_no_copy_is_kept(world: World, tmp_path: Path) -> None:
    broken = world.copy(tmp_path / "w")
    by_hand(broken.ledger, "update memory set day = day + 1")

    with pytest.raises(StoppedOnPurpose, match="is not whole"):
        back_up(broken.workspace.place, tmp_path / "copy.db", NOW)
    assert list(tmp_path.glob("*copy*")) == []


# --- lines ---


def test_what_is_written_out_comes_in_as_the_same(world: World, tmp_path: Path) -> None:
    lines = list(exported(world.workspace.place))
    file, other = tmp_path / "ledger.jsonl", world.copy(tmp_path / "w")
    file.write_text("".join(lines), encoding="utf-8")
    other.ledger.unlink()

    imported(other.workspace.place, file, VERSION, "2027-01-01T00:00:00Z")

    assert list(exported(other.workspace.place)) == lines
    assert other.wrong() == []
    assert other.enrollments("acme") == world.enrollments("acme")
    assert other.morning(on(2), given(account("acme", seats=3), account("bolt", seats=3), day=2)).day == on(2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("product", "season"), "no whole ledger"),
        (('{"table":"event"', '{"table":"enrollment"'), "is no line of an export"),
        (('"ledger_version":2', '"ledger_version":9'), "no export of a ledger of this version"),
        (('"ledger":"', '"ledger":"x'), "project.yaml names"),
    ],
)
def test_lines_that_were_changed_make_no_ledger(
    change: tuple[str, str], said: str, world: World, tmp_path: Path
) -> None:
    file, other = tmp_path / "ledger.jsonl", world.copy(tmp_path / "w")
    file.write_text("".join(exported(world.workspace.place)).replace(*change, 1), encoding="utf-8")
    other.ledger.unlink()

    with pytest.raises(ChoiceError, match=said):
        imported(other.workspace.place, file, VERSION, NOW)
    assert not other.ledger.exists()


def test_lines_never_replace_a_ledger(world: World, tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match="there is already a ledger"):
        imported(world.workspace.place, tmp_path / "none.jsonl", VERSION, NOW)


# --- a ledger that is lost for good ---


def test_in_place_of_a_lost_one_everybody_who_fits_is_known_and_only_who_comes_to_fit_starts(
    world: World, tmp_path: Path
) -> None:
    lost = world.copy(tmp_path / "w")
    lost.ledger.unlink()

    begun = begin_among_the_known(
        lost.workspace, None, "lea@vendor.example", "the disk is gone", VERSION, NOW
    )

    assert ("few-seats", 2) in begun.known
    assert lost.starts() == []
    assert lost.run(on(1)).nothing
    lost.morning(on(2), given(*(account(key, seats=3) for key in ("acme", "bolt", "cora")), day=2))
    assert [start[0] for start in lost.starts() if start[1] == "few-seats"] == ["cora"]
    assert lost.wrong() == []
    with pytest.raises(ChoiceError, match="there is already a ledger"):
        begin_among_the_known(lost.workspace, None, "lea@vendor.example", "again", VERSION, NOW)


# --- version 1 ---


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD)
    return path


def test_a_ledger_of_version_1_is_read_as_it_is_and_brought_up_when_it_is_written(old: Path) -> None:
    before = old.read_bytes()
    with Ledger.open(old, ID, writing=False) as ledger:
        last, sent = ledger.last_run(), ledger.find_tasks("t1")
        assert last is not None
        assert [run.number for run in ledger.runs()] == [2, 1]
    assert old.read_bytes() == before

    with Ledger.open(old, ID, writing=True) as ledger:
        assert ledger.verify() == []
        assert (ledger.last_run(), ledger.find_tasks("t1")) == (last, sent)
        assert [(subject, value) for subject, value, _ in ledger.remembered("fits:usage-drop:live", on(5))] == [
            ("acme", 1), ("bolt", 1),
        ]  # fmt: skip
    with closing(sqlite3.connect(backup_of(old, 1))) as connection:
        assert connection.execute("pragma user_version").fetchone() == (1,)


def test_a_number_that_earlier_versions_wrote_otherwise_is_the_same() -> None:
    began = Started("e", "p", "a", None, 1, "d", Arm.TREATED, date(2026, 3, 2), "rule", {"arr": 1e16})
    row = enrollment_row(begin(began))
    *cells, state = row
    assert isinstance(state, str)

    assert says_the_same((*cells, state.replace("1e16", "1e+16")), row)
    assert not says_the_same((*cells, state.replace("1e16", "1e17")), row)
    assert not says_the_same((*cells, "{"), row)
    assert not says_the_same(None, row)
