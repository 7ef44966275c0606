"""What a command loads before and for its work: time that each person pays at each start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.workspaces import with_ledger, workspace

PACKAGE = Path(__file__).resolve().parent.parent / "cs_playbook"
# Each takes 15 to 260 milliseconds; sqlglot is the oracle of the tests, pydantic came with a later Typer.
HEAVY = {
    "babel", "css_inline", "dateutil", "email_validator", "holidays", "jinja2", "jsonschema", "markdown_it",
    "pydantic", "referencing", "rich", "ruamel", "sqlglot", "sqlite3", "sqlite_utils", "typer",
}  # fmt: skip
LETTERS = {"babel", "jinja2", "markdown_it"}  # a letter is read, and its blanks are looked for


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_ledger(workspace(tmp_path_factory.mktemp("tiny") / "tiny", 1))


@pytest.mark.parametrize("words", [["--version"], ["--help"]])
def test_version_and_help_load_nothing_but_themselves(tiny: Path, words: list[str]) -> None:
    loaded = modules_of(tiny, *words)

    assert {name for name in loaded if name.startswith("cs_playbook")} <= {
        "cs_playbook",
        "cs_playbook.cli",
        "cs_playbook.cli.help",
        "cs_playbook.cli.streams",
    }
    assert loaded & HEAVY == set()
    assert not loaded & {"dataclasses", "pathlib", "re"}


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        (["schema"], {"typer", "ruamel"}),
        (["language", "every"], {"typer"}),
        (["guide", "csm"], {"typer"}),
        (["sources", "list"], {"typer"}),
        (["status"], {"typer", "ruamel", "sqlite3"}),
        (["history", "acme"], {"typer", "ruamel", "sqlite3"}),
        (["ledger", "verify"], {"typer", "ruamel", "sqlite3"}),
        (["suppress", "--list"], {"typer", "ruamel", "sqlite3", *LETTERS}),
        (["forget", "nobody", "--dry-run"], {"typer", "ruamel", "sqlite3", *LETTERS}),
        (["validate"], {"typer", "ruamel", "sqlite3", *LETTERS}),
        (["email", "preview", "nothing"], {"typer", "ruamel", "sqlite3", "css_inline", *LETTERS}),
    ],
)
def test_a_command_loads_what_it_needs(tiny: Path, words: list[str], allowed: set[str]) -> None:
    assert modules_of(tiny, "-C", str(tiny), *words) & HEAVY <= allowed


@pytest.mark.parametrize("words", [["status"], ["ledger", "verify"]])
def test_who_asks_only_the_ledger_waits_for_no_catalog(tiny: Path, words: list[str]) -> None:
    loaded = modules_of(tiny, "-C", str(tiny), *words)

    unasked = ("model.catalog", "model.playbook", "model.step", "model.team", "model.story", "study.behind")
    assert [name for name in unasked if f"cs_playbook.{name}" in loaded] == []


def test_how_things_stand_is_seen_without_a_single_event(tiny: Path) -> None:
    loaded = modules_of(tiny, "-C", str(tiny), "status")

    unasked = (
        "model.event",
        "model.trait",
        "plan.fold",
        "effects.ledger",
        "effects.ledger_check",
        "effects.ledger_records",
        "effects.ledger_tables",
        "model.note",
        "model.outbox",
        "model.suppression",
        "model.time",
    )
    assert [name for name in unasked if f"cs_playbook.{name}" in loaded] == []
    assert loaded & {"hmac", "random", "secrets"} == set()


def test_files_that_are_wrong_are_worth_jsonschema(tiny: Path) -> None:
    wrong = with_ledger(workspace(tiny.parent / "wrong", 1))
    (wrong / "playbooks" / "play-000.yaml").write_text("playbook: x\nsteps: no\n", encoding="utf-8")

    assert "jsonschema" in modules_of(tiny, "-C", str(wrong), "validate")


def test_no_value_is_a_dataclass() -> None:
    """Making the class of one takes longer than loading the module it stands in; a Struct's costs nothing."""
    assert [
        path.name for path in PACKAGE.rglob("*.py") if "@dataclass" in path.read_text(encoding="utf-8")
    ] == []


def modules_of(at: Path, *words: str) -> set[str]:
    """Every module that is loaded when the command has ended; outside of our package the top names only."""
    ask = """
import sys
before = set(sys.modules)
from cs_playbook.cli import main
sys.argv = ["cs-playbook", *sys.argv[1:]]
try:
    main()
finally:
    print("\\nLOADED", *(set(sys.modules) - before))
"""
    done = subprocess.run(
        [sys.executable, "-c", ask, *words], cwd=at, capture_output=True, text=True, check=False
    )
    names = done.stdout.rpartition("LOADED")[2].split()
    assert names, done.stderr
    return {name if name.startswith("cs_playbook") else name.partition(".")[0] for name in names}
