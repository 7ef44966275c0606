"""Five hundred files looked through, against the C parser that reads them and against reading and hashing them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from _ruamel_yaml import CParser

from tests.benchmarks.conftest import Show
from tests.benchmarks.measure import OURS, Figure, program, side_by_side
from tests.benchmarks.workspaces import workspace

FILES = 500
COLD = 13
UNCHANGED = 5


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workspace(tmp_path_factory.mktemp("library") / "library", FILES)


def test_validate_cold(judge: Show, library: Path) -> None:
    validate = (*OURS, "-C", str(library), "validate", "--no-cache")

    taken = side_by_side({"events": lambda: parse_events(library), "validate": program(validate)}, 7)

    figure = Figure(
        "validate, cold", taken["validate"], "C events", taken["events"], COLD, column="validate, cold"
    )
    judge(f"{FILES} playbooks of 84 lines", [figure])


def test_validate_again(judge: Show, library: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    validate = (*OURS, "-C", str(library), "validate")
    start = (*OURS, "-C", str(workspace(tmp_path / "tiny", 1)), "validate")

    taken = side_by_side(
        {
            "hash": lambda: read_and_hash(library),
            "start": program(start),
            "validate": program(validate),
        },
        15,
    )

    beyond = max(taken["validate"] - taken["start"], 0.0)
    note = f"besides the start of {taken['start'] * 1000:.0f} ms"
    figure = Figure(
        "validate, nothing changed",
        beyond,
        "reading and hashing",
        taken["hash"],
        UNCHANGED,
        note,
        "validate, again",
    )
    judge(f"{FILES} playbooks of 84 lines, again", [figure])


def parse_events(root: Path) -> None:
    for path in files_of(root):
        # The C parser refuses a colon inside a word of a list: [tag:x]. What it reads instead is as long.
        parser = CParser(re.sub(r"(?<=\w):(?=\w)", "_", path.read_text(encoding="utf-8")))
        while parser.check_event():
            parser.get_event()


def read_and_hash(root: Path) -> None:
    digest = hashlib.sha256()
    for path in files_of(root):
        digest.update(path.read_bytes())


def files_of(root: Path) -> list[Path]:
    return sorted(root.rglob("*.yaml"))
