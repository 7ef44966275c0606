"""What pytest may be told besides: to write down what the golden folders show."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:  # those who only hand out the tests to others need nothing of the program
    from cs_playbook.commands.workspace import Examined
    from cs_playbook.source.files import WorkspaceFiles

# What is loaded stays until the end, as in the program itself: to look through it for garbage takes a tenth of the time.
gc.set_threshold(50_000, 20, 100)

# Where a disk of memory has room for what all tests leave (some 700 MB), they write there: a sixth of the time is the disk's.
_MEMORY = Path("/dev/shm")
_ROOM = 4_000_000_000

# A machine on which others work is slow, not wrong.
settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")

_MEANT: dict[str, Examined] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite expected.txt of every golden folder")


def pytest_configure() -> None:
    if "PYTEST_DEBUG_TEMPROOT" not in os.environ and _has_room(_MEMORY):
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(_MEMORY)
    # A hundred processes of the program, and each worker, would compile it and the tests anew.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _has_room(folder: Path) -> bool:
    """And lets programs run that tests write there."""
    if not os.access(folder, os.W_OK) or os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return False
    return shutil.disk_usage(folder).free >= _ROOM


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update"))


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test leaves a verdict among those of the person who runs it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(autouse=True)
def no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """Screens hide names in a CI job, and these tests may be one."""
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture
def meant_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the same files mean is worked out once, for tests that type many commands into the same workspace."""
    from cs_playbook.commands import workspace
    from cs_playbook.source.files import hash_of
    from cs_playbook.values import replace

    worked_out = workspace.examine_files

    def examine_files(files: WorkspaceFiles) -> Examined:
        if files.links or files.findings:  # where they stand matters too
            return worked_out(files)
        texts = hash_of({**files.yaml, **files.letters})
        if texts not in _MEANT:
            _MEANT[texts] = worked_out(files)
        return replace(_MEANT[texts], files=files)

    monkeypatch.setattr(workspace, "examine_files", examine_files)


@pytest.fixture
def again(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What second runs of the days of stories would do: nothing, by law 2."""
    from cs_playbook.commands import story_day
    from tests.twice import Twice

    monkeypatch.setattr(story_day, "_Playing", Twice)
    monkeypatch.setattr(Twice, "again", [])
    return Twice.again
