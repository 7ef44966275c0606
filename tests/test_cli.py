"""The command line as one types it: what it says, where, and with which exit code."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from _pytest.capture import CaptureResult

from cs_playbook.cli import globals_first
from cs_playbook.cli.app import run_app
from cs_playbook.commands.demo import FIRST_MORNING
from tests.portfolio import write_portfolio

pytestmark = pytest.mark.usefixtures("meant_once")

DAY = FIRST_MORNING.isoformat()


class Typed:
    """Types commands into a workspace; holds what came back."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys
        self.out = self.err = ""

    def read(self) -> CaptureResult[str]:
        """What was written since the last command."""
        return self._capsys.readouterr()

    def __call__(self, *words: str) -> int:
        self._capsys.readouterr()
        code = run_app(globals_first(["-C", str(self.root), "--as-of", DAY, *words]))
        self.out, self.err = self._capsys.readouterr()
        return code


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter library with its made-up snapshot of the first morning, built by the commands themselves."""
    root = tmp_path_factory.mktemp("cli") / "acme"
    assert run_app(["init", str(root)]) == 0
    write_portfolio(root / "exports", FIRST_MORNING)
    assert run_app(["-C", str(root), "--as-of", DAY, "snapshot", "build"]) == 0
    return root


@pytest.fixture
def typed(library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Typed:
    root = tmp_path / "acme"
    shutil.copytree(library, root)
    return Typed(root, capsys)


def test_the_starter_library_is_sound(typed: Typed) -> None:
    """With the made-up portfolio one thing is told: some of its contacts have no first name."""
    assert typed("validate") == 0
    assert typed.out.count("CSP") == 2
    assert "CSP412" in typed.out
    shutil.rmtree(typed.root / "data" / "snapshots")
    assert typed("validate", "--strict") == 0
    assert "no findings in " in typed.out


def test_a_morning_is_run_once(typed: Typed) -> None:
    assert typed("run") == 0
    assert typed.out.startswith("Monday 2 March 2026: ")
    before = {path: path.read_bytes() for path in (typed.root / "out").rglob("*") if path.is_file()}
    assert typed("run") == 0
    assert "nothing to do" in typed.out
    assert before == {path: path.read_bytes() for path in (typed.root / "out").rglob("*") if path.is_file()}


def test_a_dry_run_changes_nothing_on_disk(typed: Typed) -> None:
    before = _everything(typed.root)
    assert typed("dry-run") == 0
    assert "Nothing was changed" in typed.out
    assert before == _everything(typed.root)


def _everything(root: Path) -> dict[Path, tuple[int, bytes]]:
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in root.rglob("*") if path.is_file()}


def test_an_answer_by_hand_opens_the_next_step(typed: Typed) -> None:
    typed("run")
    line = _tasks(typed)[0]
    outcome = line["outcomes"].split(" | ")[0]
    assert (
        typed(
            "done", line["key"][:8], "--outcome", outcome, "--note", "seen it", "--by", "lea@vendor.example"
        )
        == 0
    )
    assert f"is closed: {outcome}" in typed.out
    assert typed("done", line["key"], outcome) == 0
    assert "already" in typed.out
    assert typed("run") == 0
    assert line["key"] not in {task["key"] for task in _tasks(typed)}
    assert typed("history", line["account"]) == 0
    assert "seen it" in typed.out


def test_a_returned_list_closes_tasks_and_twice_is_nothing(typed: Typed) -> None:
    typed("run")
    tasks = _tasks(typed)
    returned = typed.root / "back.csv"
    with returned.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(tasks[0]))
        writer.writeheader()
        writer.writerow(tasks[0] | {"outcome": tasks[0]["outcomes"].split(" | ")[0]})
    assert typed("answers", str(returned)) == 0
    assert typed.out == "1 answer taken\n"
    assert typed("answers", str(returned)) == 0
    assert typed.out == "0 answers taken, 1 known already\n"


def _tasks(typed: Typed) -> list[dict[str, str]]:
    with (typed.root / "out" / DAY / "tasks.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("done", "zzzz"), 1, "there is no task 'zzzz'"),
        (("start", "usage-dorp", "A1000"), 1, "did you mean 'usage-drop'?"),
        (("start", "usage-drop", "Nobody & Sons"), 1, "there is no account 'Nobody & Sons'"),
        (("explain", "Nobody & Sons"), 1, "Nobody & Sons"),
        (("rule", "CSP999"), 1, "there is no finding 'CSP999'"),
        (("schema", "playbok"), 1, "did you mean 'playbook'?"),
        (("-o", "xml", "dry-run"), 1, "there is no format 'xml' here"),
        (("run", "--allow", "snapshot_older_than"), 1, "--allow needs a reason"),
        (("test", "no-such-playbook"), 1, "no-such-playbook"),
        (("answers", "nowhere.csv"), 2, "there is no nowhere.csv"),
        (("runn",), 2, "No such command"),
        (("run", "--fast"), 2, "No such option"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_told_with_the_way_on(
    typed: Typed, words: tuple[str, ...], code: int, says: str
) -> None:
    assert typed(*words) == code
    assert says in typed.err
    assert "Traceback" not in typed.err


def test_a_broken_file_stops_a_run_with_its_place(typed: Typed) -> None:
    playbook = typed.root / "playbooks" / "usage-drop.yaml"
    playbook.write_text(
        playbook.read_text(encoding="utf-8").replace("usage_change <= -0.40", "usage_chnage <= -0.40"),
        encoding="utf-8",
    )
    assert typed("run") == 1
    assert "CSP210" in typed.err
    assert "did you mean 'usage_change'?" in typed.err
    assert not (typed.root / "out").exists()


def test_an_old_snapshot_stops_the_run_until_a_person_says_why(typed: Typed) -> None:
    late = ["-C", str(typed.root), "run"]
    assert run_app(late) == 4
    plan = re.search(r"--plan (\w+)", typed.read().err)
    assert plan is not None
    let_it = [
        "--allow",
        "snapshot_older_than",
        "--because",
        "the export is late",
        "--by",
        "nora@vendor.example",
    ]
    assert run_app([*late, *let_it, "--plan", "0123456789ab"]) == 4
    assert run_app([*late, *let_it, "--plan", plan[1]]) == 0
    typed.read()
    assert typed("ledger", "verify") == 0
    assert typed.out == "The ledger is whole.\n"


def test_a_lost_ledger_never_looks_like_a_first_day(typed: Typed) -> None:
    typed("run")
    (typed.root / "data" / "ledger.db").unlink()
    assert typed("run") == 4
    assert "ledger" in typed.err


def test_global_options_may_stand_anywhere() -> None:
    assert globals_first(["dry-run", "--as-of", "2026-03-02", "-C", "x", "--names"]) == [
        "--as-of",
        "2026-03-02",
        "-C",
        "x",
        "--names",
        "dry-run",
    ]
    assert globals_first(["done", "k7f3", "--", "-q"]) == ["done", "k7f3", "--", "-q"]


def test_several_outputs_in_one_run(typed: Typed, tmp_path: Path) -> None:
    assert (
        typed(
            "dry-run",
            "-o",
            f"json={tmp_path / 'plan.json'}",
            "-o",
            "text",
            "-o",
            f"svg={tmp_path / 'plan.svg'}",
        )
        == 0
    )
    assert "Nothing was changed" in typed.out
    assert json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["format_version"] == 1
    assert (tmp_path / "plan.svg").read_text(encoding="utf-8").startswith("<svg")


def test_init_never_overwrites(typed: Typed, tmp_path: Path) -> None:
    assert run_app(["init", str(typed.root)]) == 1
    assert run_app(["init", str(tmp_path)]) == 1


def test_a_host_nobody_knows_is_refused_before_a_workspace_is_made(tmp_path: Path) -> None:
    assert run_app(["init", str(tmp_path / "acme"), "--ci", "gitea"]) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_workspace_may_be_made_in_a_folder_named_as_one_types_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_app(["init", "acme"]) == 0
    assert capsys.readouterr().out.startswith("acme: ")
    assert run_app(["-C", "acme", "validate"]) == 0
    assert run_app(["-C", "acme", "status"]) == 0
