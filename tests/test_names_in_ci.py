"""With CI set a screen shows ids and counts: no name, address or word of a customer, whatever the command and its formats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from cs_playbook.cli.app import run_app
from cs_playbook.cli.help import HELP
from tests.builders import World, account, contact, given, on, small

pytestmark = pytest.mark.usefixtures("meant_once")

DAY = "2026-03-03"
# The account's name, a contact's, the site of every address, and a colleague's as people call her.
CANARIES = ("Zanzibar", "Quetzal", "xylophone", "Léa")
PLAN = """\
success_plan: acme-2026
title: A year
account: acme
owner: csm
agreed: {by: their COO, day: 2026-02-02}
objectives: [{id: seats, title: Seats, problem: Few, kpis: [{kpi: seats, start: 0, target: 50}]}]
"""
# What shows one mail, or changes its words, says it whole: that is what it is asked for.
WHOLE = frozenset({"drafts show", "drafts open", "drafts edit", "email preview"})
# Held to it where there is a repository: tests/test_diff.py.
ELSEWHERE = frozenset({"diff"})
# Of the workspace, the language, the program: they read no row of a customer.
NO_ROWS = frozenset({"init", "demo", "library", "new", "guide", "sources suggest", "sources list", "sources show", "language", "rule", "schema"})  # fmt: skip
# In this order: what ends something comes last. A, D, T: keys of an approval, a draft, a task.
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("snapshot", "show"), ("snapshot", "check"), ("validate",), ("vocabulary",), ("test",), ("dry-run",), ("explain", "acme"), ("explain", "acme", "few-seats"),
    ("health",), ("segments",), ("kpis",), ("capacity",), ("assign",), ("plans",), ("plans", "show", "acme-2026"), ("tasks",), ("history", "acme"), ("status",), ("explain", "acm"), ("history", "nobody"),
    ("drafts",), ("blame", "KEY"), ("suppress", "--list"), ("send", "--dry-run", "--to-folder", "mails"), ("send", "--to-folder", "mails"), ("answers", "answers.csv"),
    ("start", "quiet", "acme", "--because", "x"), ("given", "KEY"), ("set", "acme", "tier", "low"), ("mute", "acme", "--until", "2026-04-01", "--because", "x"), ("snooze", "TASK", "2026-03-09"),
    ("done", "TASK", "--outcome", "product"), ("drafts", "send", "few-seats"), ("drafts", "discard", "few-seats"), ("stop", "few-seats", "acme", "--because", "x"), ("run",),
    ("forget", "c-calm", "--dry-run"), ("forget", "c-calm", "--because", "x"), ("ledger", "verify"), ("ledger", "export"), ("ledger", "backup", "b"), ("ledger", "create"), ("ledger", "new"), ("ledger", "import", "x"), ("ledger", "move-account", "acme", "bolt"), ("snapshot", "build"),
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Tuesday: Acme's draft lies there, Bolt's mail waits in the outbox; Calm was only started today."""
    world = small(tmp_path_factory.mktemp("ci") / "w")
    world.write("plans/acme-2026.yaml", PLAN)
    world.edit("playbooks/few-seats.yaml", "send: draft", "send: auto")
    there = [
        account(key, seats=5, strategic="yes", name=f"Zanzibar {key}") for key in ("acme", "bolt", "calm")
    ]
    people = [contact(f"c-{key}", key, first_name="Quetzal", email=f"{key}@xylophone.example") for key in ("acme", "bolt", "calm")]  # fmt: skip
    world.morning(on(0), given(*there, contacts=people))  # type: ignore[arg-type]
    for key in ("acme", "bolt"):
        world.done(world.task(key, "ask"), "people", on(0))
    world.morning(on(1), given(*there, contacts=people, day=1))  # type: ignore[arg-type]
    return world


def test_every_command_is_asked() -> None:
    named = set(re.findall(r"(?m)^  ([a-z]+(?: [a-z-]+|-[a-z]+)?) {1,}(?=[A-Z])", HELP)) - {"cs-playbook"}
    asked = {" ".join(words[:n]) for words in COMMANDS for n in (1, 2)}

    assert named - asked - WHOLE - ELSEWHERE - NO_ROWS == set()


def test_no_command_names_anybody(
    made: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some runners give a terminal: even there it is nobody's who may read names."""
    world = made.copy(tmp_path / "w")
    monkeypatch.setenv("CI", "true")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)

    leaks = [
        (" ".join(words), line)
        for words in COMMANDS
        for line in said_by(world, words, tmp_path / "made", capsys)
        if any(name in line for name in CANARIES)
    ]

    assert leaks == []


def test_whoever_asks_for_names_gets_them_there_too(
    made: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")

    run_app(["-C", str(made.root), "--as-of", DAY, "--names", "tasks"])

    assert "Zanzibar calm" in capsys.readouterr().out


def said_by(world: World, words: Sequence[str], made: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Both streams and, of what can be told in several ways, the others too."""
    made.unlink(missing_ok=True)
    run_app(["-C", str(world.root), "--as-of", DAY, "-v", *formats_of(words, made), *(key_for(world, word) for word in words)])  # fmt: skip
    said = capsys.readouterr()
    assert "Traceback" not in said.err, words
    return [*said.out.splitlines(), *said.err.splitlines(), *(made.read_text("utf-8").splitlines() if made.exists() else ())]  # fmt: skip


def formats_of(words: Sequence[str], made: Path) -> list[str]:
    other = "markdown" if words[0] == "vocabulary" or words[:2] == ("plans", "show") else "json"
    reads = words[0] in ("dry-run", "explain", "health", "segments", "plans", "tasks", "history", "status", "blame", "vocabulary", "capacity") or words == ("drafts",)  # fmt: skip
    return ["-o", "text", "-o", f"{other}={made}"] if reads else []


def key_for(world: World, word: str) -> str:
    if word == "TASK":
        return world.task("calm", "ask").key
    return next(iter(world.enrollment("acme").tasks)) if word == "KEY" else word
