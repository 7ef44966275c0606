"""`make seeded-bugs`: each bug is planted in a copy of the repository and its tests are run there → found or not.

Names of bugs as arguments: only these. First the same tests without any bug: what fails then finds nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.seeded_bugs.bug import Bug, bugs

ROOT = Path(__file__).resolve().parents[2]
_NEEDED = (
    "cs_playbook",
    "tests",
    "playbooks",
    "schemas",
    "pyproject.toml",
    "README.md",
    "Makefile",
    "LICENSE",
)
_FAILED = 1  # pytest: some test has failed; 2 to 5 are faults of the trial itself


def main(names: Sequence[str]) -> int:
    chosen = [bug for bug in bugs() if not names or bug.name in names]
    os.nice(19)
    with tempfile.TemporaryDirectory(prefix="seeded-bugs-") as folder:
        sound = copied(Path(folder) / "sound")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            asked = sorted({bug.found_by for bug in chosen})
            ended = dict(zip(asked, pool.map(lambda tests: _pytest(sound, tests), asked), strict=True))
            for tests, status in ended.items():
                if status != 0:
                    print(f"these fail without any bug, so they find nothing: {' '.join(tests)}")
            tried = [bug for bug in chosen if ended[bug.found_by] == 0]
            found = list(pool.map(lambda bug: _tried(bug, Path(folder) / bug.name), tried))
    print(f"{sum(found)} of {len(chosen)} found")
    return 0 if sum(found) == len(chosen) else 1


def copied(to: Path) -> Path:
    """What the tests need of the repository."""
    to.mkdir(parents=True)
    for name in _NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        elif source.exists():
            shutil.copy(source, to / name)
    return to


def _tried(bug: Bug, place: Path) -> bool:
    root = copied(place)
    file = root / bug.file
    file.write_text(bug.planted(file.read_text("utf-8")), "utf-8")
    ended = _pytest(root, ["-x", *bug.found_by])
    word = "found    " if ended == _FAILED else "NOT FOUND" if ended == 0 else f"NO TRIAL ({ended})"
    print(f"{word} {bug.name}: {bug.sentence}", flush=True)
    shutil.rmtree(place)
    return ended == _FAILED


def _pytest(root: Path, arguments: Sequence[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode not in (0, _FAILED):
        print(ended.stdout[-2000:], ended.stderr[-2000:])
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
