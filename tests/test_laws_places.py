"""Unlucky places: where snapshots, the ledger, answers and published lists lie, nothing is lost without a word."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.commands.owner_folder import folder_of
from cs_playbook.errors import UserError
from cs_playbook.model.event import TaskAnswered
from cs_playbook.source import snapshot as snapshots
from tests.builders import World, account, given, on, small


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Two accounts with a task each, on Monday."""
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3), account("bolt", seats=3)))
    return world


def shown(world: World, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Exit code, and all that is seen."""
    capsys.readouterr()
    code = run_app(["-C", str(world.root), *words])
    seen = capsys.readouterr()
    return code, seen.out + seen.err


def refused_to_list(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """As a folder without permissions does: who runs the tests may be allowed everything."""
    listdir = os.listdir

    def refusing(path: object = ".") -> list[str]:
        if os.fspath(path) == str(folder):  # type: ignore[call-overload]
            raise PermissionError(13, "Permission denied", str(folder))
        return listdir(path)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(os, "listdir", refusing)


# --- what project.yaml says ---


@pytest.mark.parametrize(
    "path", ["/srv/data", "../data", "data/../../x", "~/data", "C:/data", "a\\..\\..\\x"]
)
@pytest.mark.parametrize("key", ["snapshots: {}", "ledger: {{path: {}}}"])
@pytest.mark.parametrize("command", [["validate"], ["status"], ["dry-run"], ["ledger", "create"]])
def test_snapshots_and_ledger_lie_inside_the_workspace(
    world: World, capsys: pytest.CaptureFixture[str], path: str, key: str, command: list[str]
) -> None:
    text = (world.root / "project.yaml").read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in text if not line.startswith(key.partition(":")[0])]
    world.write("project.yaml", "".join(kept) + key.format(f"'{path}'") + "\n")

    code, seen = shown(world, capsys, *command)

    assert code == 1
    assert f"CSP124  '{path}' does not lie inside the workspace" in seen


def test_no_nul_is_in_a_path(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.edit("project.yaml", "snapshots: data/snapshots", 'snapshots: "data\\0"')

    code, seen = shown(world, capsys, "status")

    assert (code, "CSP" in seen, "Traceback" in seen) == (1, True, False)


@pytest.mark.parametrize("command", ["validate", "status", "run"])
def test_no_link_leads_the_memory_out_of_the_workspace(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert shown(world, capsys, "validate")[0] == 0  # a verdict that must not be kept
    shutil.move(world.root / "data", tmp_path / "elsewhere")
    (world.root / "data").symlink_to(tmp_path / "elsewhere")

    code, seen = shown(world, capsys, command)

    assert code == 1
    assert "'data/snapshots' does not lie inside the workspace" in seen


@pytest.mark.parametrize("command", [["status"], ["history", "acme"], ["ledger", "verify"], ["run"]])
def test_a_time_zone_that_is_none_is_a_finding_for_every_command(
    world: World, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    world.edit("project.yaml", "Europe/Paris", "Paris")

    code, seen = shown(world, capsys, *command)

    assert (code, "CSP120  there is no time zone 'Paris'" in seen) == (1, True)


# --- snapshots ---


def test_a_lost_ledger_is_no_leave_to_replace_a_snapshot(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    built = snapshots.place_of(world.root / "data" / "snapshots", on(0))
    before = built.read_bytes()
    world.ledger.unlink()
    world.export(given(account("acme", seats=9)))

    code, seen = shown(world, capsys, "--as-of", on(0).isoformat(), "snapshot", "build")

    assert (code, built.read_bytes() == before) == (4, True)
    assert "A lost ledger must never look like a first day" in seen


def test_without_a_ledger_a_day_without_a_snapshot_is_built(world: World) -> None:
    world.ledger.unlink()

    assert world.build(on(1)).manifest is not None


@pytest.mark.parametrize("ending", ["db", "json"])
def test_a_pipe_in_the_place_of_a_snapshot_stops_and_the_one_before_is_not_taken(
    world: World, ending: str
) -> None:
    world.build(on(1))
    path = snapshots.place_of(world.root / "data" / "snapshots", on(1)).with_suffix(f".{ending}")
    path.unlink()
    os.mkfifo(path)

    with pytest.raises(UserError, match="is no file"):
        world.planned(on(1))


def test_a_snapshot_that_is_a_link_to_nowhere_is_still_the_newest(world: World) -> None:
    world.build(on(1))
    folder = world.root / "data" / "snapshots"
    path = snapshots.place_of(folder, on(1))
    path.unlink()
    path.symlink_to("nowhere")

    assert snapshots.newest(folder) == path
    with pytest.raises(UserError, match="is a link that leads nowhere"):
        world.run(on(1))


def test_a_folder_of_snapshots_that_may_not_be_read_is_not_empty(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = world.root / "data" / "snapshots"
    refused_to_list(monkeypatch, folder)

    with pytest.raises(UserError, match=r"snapshots cannot be read: Permission denied") as stopped:
        snapshots.newest(folder)
    assert stopped.value.exit_code == 3


def test_a_file_in_the_place_of_the_snapshots_is_not_an_empty_folder(world: World) -> None:
    folder = world.root / "data" / "snapshots"
    shutil.rmtree(folder)
    folder.write_text("")

    with pytest.raises(UserError, match="snapshots cannot be read: Not a directory"):
        snapshots.days(folder)


# --- answers ---


def test_what_is_no_list_is_told_and_the_others_are_taken(world: World) -> None:
    world.answer_list([{**line, "outcome": "season"} for line in world.lines(on(0))], "z.csv")
    folder = world.root / "answers"
    (folder / "a.csv").mkdir()
    os.mkfifo(folder / "b.csv")
    (folder / "c.csv").symlink_to("nowhere.csv")
    (folder / "d.csv").symlink_to("d.csv")

    result = world.run(on(0))

    assert len(result.returned.answers) == 2
    assert [(f.span.file, f.message.partition(":")[0], f.is_error) for f in result.returned.findings] == [
        ("answers/a.csv", "this is a folder", False),
        ("answers/b.csv", "this is no file", False),
        ("answers/c.csv", "this is a broken link", False),
        ("answers/d.csv", "this is a broken link", False),
    ]


def test_a_list_whose_name_is_not_utf_8_is_taken(world: World) -> None:
    written = world.answer_list([{**line, "outcome": "season"} for line in world.lines(on(0))])
    written.rename(os.fsdecode(os.fsencode(written.parent) + b"/L\xe9a.csv"))

    world.run(on(0))

    assert {e.via for e in world.events() if isinstance(e, TaskAnswered)} == {"answers/L\\xe9a.csv"}
    assert world.wrong() == []


def test_answers_that_may_not_be_read_are_not_no_answers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (world.root / "answers").mkdir()
    refused_to_list(monkeypatch, world.root / "answers")

    with pytest.raises(UserError, match="answers cannot be read: Permission denied") as stopped:
        world.run(on(0))
    assert stopped.value.exit_code == 3


@pytest.mark.parametrize("second", ["outcome", "Outcome", " outcome ", "key", "done_on"])
def test_a_list_with_a_column_twice_is_not_taken(world: World, second: str) -> None:
    lines = [",".join(["key", "outcome", "done_on", second])]
    lines += [f"{line['key']},season,,product" for line in world.lines(on(0))]
    world.write("answers/lea.csv", "\n".join(lines) + "\n")

    result = world.run(on(0))

    assert result.returned.answers == ()
    assert [(f.code, f.span.line) for f in result.returned.findings] == [("CSP767", 1)]
    assert f"'{second.strip().lower()}'" in result.returned.findings[0].message


# --- what is published ---


def test_a_list_that_was_filled_in_where_it_lies_is_kept(world: World) -> None:
    """The day runs again because somebody answered one task otherwise; the filled list is not lost, and comes back."""
    path = world.root / "out" / on(0).isoformat() / "tasks.csv"
    filled = path.read_text("utf-8-sig").replace("product | season", "x").replace(",,,,", ",season,,,")
    path.write_text(filled, encoding="utf-8")
    world.done(world.task("bolt", "ask"), "season", on(0))

    result = world.run(on(0))

    kept = path.with_name("tasks.filled-1.csv")
    assert kept.read_text("utf-8") == filled
    assert [line["account"] for line in world.lines(on(0))] == ["acme"]
    assert [(f.code, f.span.file) for f in result.returned.findings] == [
        ("CSP768", f"out/{on(0).isoformat()}/tasks.filled-1.csv")
    ]

    path.write_text(filled, encoding="utf-8")
    world.done(world.task("acme", "ask"), "season", on(0))
    world.run(on(0))
    assert path.with_name("tasks.filled-2.csv").read_text("utf-8") == filled


def test_what_a_run_wrote_itself_is_replaced_without_a_word(world: World) -> None:
    for name in ("acme", "bolt"):
        world.done(world.task(name, "ask"), "season", on(0))
        assert world.run(on(0)).returned.findings == ()

    assert [path for path in world.published() if "filled" in path] == []


# --- owners ---


def test_owners_that_differ_in_capitals_alone_have_folders_of_their_own(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    names = ("ines@vendor.example", "Ines@vendor.example", "INES@vendor.example")  # nobody of team.yaml
    accounts = [account(f"a{n}", seats=3, csm_email=name) for n, name in enumerate(names)]
    world.morning(on(0), given(*accounts))

    folders = {path.split("/")[2] for path in world.published() if "/owners/" in path}

    assert len({folder.lower() for folder in folders}) == len(folders) >= len(names)
    assert folder_of(names[0]) == names[0]
    listed = {
        name: (world.root / "out" / on(0).isoformat() / "owners" / folder_of(name) / "tasks.csv").read_text(
            "utf-8-sig"
        )
        for name in names
    }
    assert [listed[name].count("few-seats") for name in names] == [1, 1, 1]


def test_an_owner_in_capitals_whose_list_is_empty_now_reads_so_in_the_same_folder(tmp_path: Path) -> None:
    world = small(tmp_path / "w")
    world.morning(on(0), given(account("acme", seats=3, csm_email="Ines@vendor.example")))
    before = set(world.published())
    world.done(world.task("acme", "ask"), "season", on(0))

    world.run(on(0))

    assert set(world.published()) == before
    digest = world.published()[f"{on(0).isoformat()}/owners/{folder_of('Ines@vendor.example')}/digest.md"]
    assert digest.decode().startswith("# ines@vendor.example, ")


# --- exports ---


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_an_export_without_the_mark_of_its_encoding_builds_nothing_and_says_why(
    world: World, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    world.edit("sources.yaml", "file: accounts.csv", f"file: accounts.csv, encoding: {encoding}")

    code, seen = shown(world, capsys, "--as-of", on(1).isoformat(), "snapshot", "build")

    assert (code, "CSP724" in seen, "Traceback" in seen) == (1, True, False)
    assert "exports/accounts.csv\n" in seen
