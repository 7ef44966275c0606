"""`forget` where files still name somebody: said the second time as the first, nothing that holds them goes unnamed."""

from __future__ import annotations

import gzip
import shutil
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from sqlite3 import connect

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.forget import Forgotten, forget, look
from cs_playbook.commands.forgotten_files import Fate, Whose
from cs_playbook.effects import forgetting_journal, ledger_forgetting
from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.report.forget import already_text, done_text
from cs_playbook.source.snapshot import place_of
from tests.builders import World, on
from tests.test_forget import ADDRESS, ID, LEA, NAME, forgotten, hits, lived_in

PACKED = b"PK\x03\x04 a workbook"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Forgotten once; what people wrote in was left."""
    world = lived_in(tmp_path_factory.mktemp("made") / "small")
    world.write("answers/mine.csv", f"key,outcome,note\nx,,{ADDRESS} ({ID})\ny,,{ID} alone\n")
    forgotten(world, files=Whose.OURS)
    return world


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    return made.copy(tmp_path / "small")


def again(world: World, who: str = ADDRESS, files: Whose = Whose.OURS) -> Forgotten:
    return forget(world.workspace.place, who, "she asked for it", LEA, frozenset(), files)


def words(*wanted: str, path: Path) -> bool:
    return any(word.encode() in path.read_bytes() for word in wanted)


def paths(done: Forgotten, whose: Whose) -> list[str]:
    return [one.path for one in done.left if one.whose is whose]


def test_what_was_left_is_told_again_until_it_is_taken_out(world: World) -> None:
    theirs = ["answers/lea.csv", "answers/mine.csv", "out/2026-03-03/tasks.csv"]
    second = again(world)
    assert (paths(second, Whose.PEOPLE), second.is_whole) == (theirs[1:], False)  # the first has a name only
    assert look(world.workspace.place, ADDRESS, frozenset()).files == second.files
    assert "answers/mine.csv:2, 3" in already_text(second, ADDRESS, "already")

    third = again(world, files=Whose.PEOPLE)

    assert ({one.whose for one in third.left}, third.is_whole) == ({Whose.ELSEWHERE}, True)
    # The id in a line of its own: its fingerprint says whose it is, the address in another line led to it.
    left = [path for path in hits(world, "answers", "out") if words(ID, ADDRESS, path=world.root / path)]
    assert left == []
    assert again(world, ID, Whose.PEOPLE).is_whole
    assert world.wrong() == []


def test_nothing_of_them_is_here_is_said_only_where_nothing_is(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = ["-C", str(world.root), "forget", f" {ADDRESS} ", "--because", "x"]
    assert run_app(typed) == 5
    assert "Nothing of them" not in capsys.readouterr().out
    shutil.rmtree(world.root / "exports")

    assert run_app([*typed, "--files"]) == 0
    assert "1 written anew" in (said := capsys.readouterr().out) or "2 written anew" in said
    assert run_app(typed) == 0
    assert "Nothing of them is here," in capsys.readouterr().out


def test_whatever_lies_among_the_snapshots_and_is_none_is_named(world: World, made: World) -> None:
    folder = world.workspace.snapshots
    lost = place_of(folder, on(0)).with_name("2026-03-02 copy.db")
    shutil.copy(place_of(folder, on(2)), lost)
    (folder / ".building-x.db").write_bytes(lost.read_bytes()[:9_000])

    assert not paths(again(world), Whose.STRAY), "a copy of one without them"
    world.write("data/snapshots/list.txt", ADDRESS)
    done = again(world)

    assert paths(done, Whose.STRAY) == ["data/snapshots/list.txt"]
    assert paths(done, Whose.SEALED) == ["data/snapshots/.building-x.db"]
    assert not done.is_whole


def test_a_copy_of_a_snapshot_from_before_is_looked_through_cell_by_cell(tmp_path: Path) -> None:
    world = lived_in(tmp_path / "small")
    folder = world.workspace.snapshots
    shutil.copy(place_of(folder, on(0)), folder / "2026-03-02 copy.db")

    assert paths(forgotten(world), Whose.STRAY) == ["data/snapshots/2026-03-02 copy.db"]


def test_what_cannot_be_looked_into_is_named_in_one_line(world: World) -> None:
    for path, content in {
        "answers/list.xlsx": PACKED,
        "data/backups/old.db.gz": gzip.compress(ADDRESS.encode()),
        "notes/wide.txt": ADDRESS.encode("utf-16-le"),
        "notes/old.txt": "déjà vu".encode("latin-1"),
    }.items():
        (world.root / path).parent.mkdir(exist_ok=True)
        (world.root / path).write_bytes(content)
    (world.root / "notes/plain.txt").write_text("déjà vu", encoding="utf-8")
    (world.root / "notes/logo.png").write_bytes(b"\x89PNG\0\xff")

    done = again(world)

    sealed = "answers/list.xlsx, data/backups/old.db.gz, notes/old.txt, notes/wide.txt"
    assert f"Left: cannot be looked into: {sealed}\n" in done_text(done)
    assert [one.is_kept for one in done.left if one.whose is Whose.SEALED] == [True, True, False, False]


def test_names_of_files_and_folders_are_looked_at(world: World) -> None:
    for path in (
        f"answers/call_{ID}.csv",
        f"notes/{ADDRESS}.txt",
        f"{ADDRESS} files/a.txt",
        "answers/other.csv",
    ):
        world.write(path, "nothing\n")

    named = [f"{ADDRESS} files", f"answers/call_{ID}.csv", f"notes/{ADDRESS}.txt"]
    assert sorted(paths(again(world), Whose.NAME)) == sorted(named)


def test_a_letter_that_stands_for_itself_is_read_too(tmp_path: Path) -> None:
    world = lived_in(tmp_path / "small")
    (world.root / "answers" / "old.csv").write_bytes(f"key,note\nx,{NAME}\n".encode("latin-1"))

    forgotten(world)

    assert "ravel" not in (world.root / "answers" / "old.csv").read_bytes().decode("latin-1")


def test_files_is_not_offered_for_what_no_program_changes(world: World) -> None:
    (world.root / "answers" / "list.xlsx").write_bytes(PACKED + f" {ADDRESS} ".encode())

    for files in (Whose.OURS, Whose.PEOPLE):
        said = done_text(again(world, files=files)).split("\nLeft: ")
        (part,) = (part for part in said if "answers/list.xlsx" in part)
        assert part.startswith("no program changes these: open them and take them out, or delete them")


def test_what_is_typed_is_stripped_and_quoted_in_hints(world: World) -> None:
    with pytest.raises(ChoiceError) as refused:
        again(world, " o'neil x ")
    assert "cs-playbook suppress 'o'\"'\"'neil x' --because" in refused.value.hint


def test_a_full_disk_says_that_it_was_begun_and_who_finishes_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise UserError("it cannot be written", "make room")

    monkeypatch.setattr(ledger_forgetting, "erase", full)
    with pytest.raises(UserError) as stopped:
        forgotten(world, "C2002")

    assert stopped.value.hint.startswith("make room; a cut: cs-playbook run, or forget, finishes it")


def test_what_was_written_down_and_never_put_in_place_goes(world: World) -> None:
    beside = world.root / "data" / ".new-ledger.forgetting"
    beside.write_text(ADDRESS, encoding="utf-8")
    world.run(on(2))
    assert not beside.exists()

    beside.write_text(ADDRESS, encoding="utf-8")
    again(world)
    assert not beside.exists()
    assert forgetting_journal.read(world.ledger) is None


def test_a_list_of_ours_that_names_them_again_stays_ours(world: World) -> None:
    """An export may tell the address in a text of somebody else's row."""
    path = world.root / "out" / on(2).isoformat() / "tasks.csv"
    content = path.read_bytes() + ADDRESS.encode()
    path.write_bytes(content)
    with closing(connect(world.ledger)) as ledger:
        inside = f"{on(2)}/tasks.csv"
        ledger.execute("update file set sha256 = ? where path = ?", (sha256(content).hexdigest(), inside))
        ledger.commit()

    (mine,) = (one for one in again(world).files if one.path == f"out/{inside}")

    assert (mine.whose, mine.fate) == (Whose.OURS, Fate.REWRITTEN)
    world.run(on(2))
    assert not [one for one in world.published() if ".filled-" in one]
    assert world.wrong() == []
