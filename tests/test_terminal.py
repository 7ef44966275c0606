"""What a terminal, a pipe and a hurried person do to the command line: nothing breaks, and each slip has its sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cs_playbook.cli import globals_first
from cs_playbook.cli.app import run_app
from tests.builders import MONDAY, World, account, given, small


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Monday is run; Acme has a task of Léa's. No test changes it."""
    made = small(tmp_path_factory.mktemp("terminal") / "w")
    made.morning(
        MONDAY, given(account("acme", name="Café …", seats=3), account("n1", name="Nimbus & Nettle"))
    )
    return made


def shell(world: World, words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """`cs` in a line of bash is the program itself, in the workspace, on Monday."""
    program = f"{sys.executable} -m cs_playbook -C {world.root} --as-of {MONDAY}"
    line = f'set -o pipefail; cs() {{ {program} "$@"; }}; {words}'
    return subprocess.run(
        ["bash", "-c", line],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **environment},
        capture_output=True,
        check=False,
    )


# --- streams ---


@pytest.mark.parametrize(
    "words", ["cs tasks | true", "cs tasks | head -1", "cs --help | true", "cs run | true"]
)
def test_who_stops_reading_has_seen_enough(words: str, world: World) -> None:
    done = shell(world, words)

    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_has_gone_changes_no_exit_code(world: World) -> None:
    assert shell(world, "cs -o github validate /nowhere | true").returncode == 2


@pytest.mark.parametrize(
    "words", ["cs status >&-", "cs status >&- 2>&- <&-", "cs run >&-", "cs tasks -h >&-"]
)
def test_a_closed_stream_is_nobody(words: str, world: World) -> None:
    before = world.ledger.read_bytes()

    done = shell(world, words)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert world.ledger.read_bytes() == before
    assert world.wrong() == []


def test_a_full_disk_is_said(world: World) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no full disk to offer")

    done = shell(world, "cs status >/dev/full")

    assert done.returncode == 3
    assert b"could not be written" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_letters_a_terminal_does_not_know_are_shown_by_others_like_them(encoding: str, world: World) -> None:
    done = shell(world, "cs tasks", PYTHONIOENCODING=encoding)

    assert done.returncode == 0
    assert ("Lea" if encoding == "ascii" else "Léa") in done.stdout.decode(encoding)
    assert b"?" not in done.stdout


def test_json_spells_what_a_terminal_does_not_know(world: World) -> None:
    done = shell(world, "cs tasks -o json", PYTHONIOENCODING="ascii")

    assert {task["account_name"] for task in json.loads(done.stdout.decode("ascii"))["tasks"]} == {"Café …"}


@pytest.mark.parametrize(
    "words", ["explain $'\\xff'", "done $'ab\\xffcd'", "start $'\\xff' x", "validate $'\\xff'"]
)
def test_an_argument_that_is_no_text_is_refused_in_a_sentence(words: str, world: World) -> None:
    done = shell(world, f"cs {words}")

    assert done.returncode == 2
    assert b"is not UTF-8" in done.stderr
    assert b"Traceback" not in done.stderr


# --- slips of the pen ---


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("validate", "/nope"), 2, "there is no /nope"),
        (("validate", "{root}/playbooks/few-seat.yaml"), 2, "did you mean 'few-seats.yaml'?"),
        (("validate", "playbooks/few-seats.yaml"), 2, "did you mean '{root}/playbooks/few-seats.yaml'?"),
        (("validate", "/"), 0, ""),
        (("validate", "/usr"), 2, "/usr is not in the workspace {root}"),
        (("answers", "{root}"), 2, "is a folder, and no returned list"),
        (("snapshot", "build", "--from", "/nope"), 2, "there is no /nope"),
        (("dry-run", "-o", "json=/nope/plan.json"), 2, "there is no folder /nope"),
        (("dry-run", "-o", "json={root}"), 2, "{root} is a folder"),
        (("validate", "-o", "json={root}/data.yaml"), 2, "{root}/data.yaml is no result"),
        (("validate", "-o", "json={root}/x", "-o", "text={root}/./x"), 2, "two results go into {root}/x"),
        (("-C", "/nope", "status"), 2, "/nope does not exist"),
        (("-C", "{root}/team.yaml", "status"), 2, "is not a folder"),
        (("tasks", "--owner", "zz"), 1, "there are: lea@vendor.example, marc@vendor.example"),
        (("tasks", "--owner", "leo"), 1, "did you mean 'lea@vendor.example'?"),
        (("tasks", "--owner", "marc"), 0, ""),
        (("done", "abcd", "--by", "lea@vendor.exampel"), 1, "did you mean 'lea@vendor.example'?"),
        (("start", "acme", "few-seats", "--by", "Lae"), 1, "did you mean 'lea@vendor.example'?"),
        (("run", "--allow", "snapshot_older"), 1, "did you mean 'snapshot_older_than'?"),
        (("run", "--allow", "a_day_already_passed"), 1, "there is no rule 'a_day_already_passed'"),
        (("explain", "few-seats"), 1, "'few-seats' is a playbook: whom shall I explain?"),
        (("stop", "acme", "few-saets", "--because", "x"), 1, "did you mean 'few-seats'?"),
        (("explain", "nimbs"), 1, "did you mean Nimbus & Nettle (n1)?"),
        (("validate", "a" * 300), 2, "is longer than a name of a file can be"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_told_with_the_way_on(
    words: tuple[str, ...], code: int, says: str, world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    given_code = run(world, *(word.format(root=world.root) for word in words))

    captured = capfd.readouterr()
    assert (given_code, says.format(root=world.root) in captured.err.replace("\n", " ")) == (code, True), (
        captured.err
    )


@pytest.mark.parametrize("words", [("acme", "few-seats"), ("few-seats", "acme"), ("few-seats", "Café …")])
def test_account_and_playbook_may_stand_in_either_order(
    words: tuple[str, str], world: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    own = world.copy(tmp_path / "own")

    assert run(own, "explain", *words) == 0
    assert capfd.readouterr().out.startswith("Café … (acme) · few-seats")
    assert run(own, "start", *words) == 1
    assert "acme is in 'few-seats' since" in capfd.readouterr().err
    assert run(own, "stop", *words, "--because", "sold") == 0
    assert "few-seats is stopped for acme" in capfd.readouterr().out


def test_a_colleague_may_be_called_by_name(
    world: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    own = world.copy(tmp_path / "own")

    assert run(own, "stop", "acme", "few-seats", "--because", "sold", "--by", "léa") == 0
    assert run(own, "history", "acme") == 0
    assert "by lea@vendor.example" in capfd.readouterr().out


def run(world: World, *words: str) -> int:
    return run_app(globals_first(["-C", str(world.root), "--as-of", MONDAY.isoformat(), *words]))
