"""Law 2 over every story there is: a second run of a day, with nothing said in between, decides nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_playbook.commands import story_day
from cs_playbook.commands.planning import Morning, prepare
from cs_playbook.commands.stories import run_stories
from cs_playbook.commands.workspace import Workspace, open_workspace
from cs_playbook.plan.decision import Change, SubjectPlan
from cs_playbook.source.manifest import Manifest
from tests.test_real_playbooks import FOLDERS

SEMANTICS = Path(__file__).resolve().parent / "semantics"


class _Twice(story_day._Playing):
    """Plays each day a second time, for the eyes only."""

    again: list[str] = []  # noqa: RUF012  # what second runs decided, of all that play

    def _record(self, morning: Morning, plans: tuple[SubjectPlan, ...], manifest: Manifest) -> None:
        super()._record(morning, plans, manifest)
        with self.setting.image(self.exported).on(manifest.day, self.sources) as snapshot:
            for plan in prepare(self._with(snapshot)).plans():
                for decision in plan.decisions:
                    if isinstance(decision, Change):
                        where = f"{self.setting.playbook.name}, {self.case.name}, {manifest.day}"
                        self.again.append(f"{where}: {decision.event}")


@pytest.fixture
def again(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(story_day, "_Playing", _Twice)
    monkeypatch.setattr(_Twice, "again", [])
    return _Twice.again


@pytest.fixture(scope="module")
def semantics() -> Workspace:
    return open_workspace(SEMANTICS)


@pytest.mark.parametrize("file", sorted(path.stem for path in (SEMANTICS / "stories").glob("*.yaml")))
def test_a_second_run_of_a_day_decides_nothing(file: str, semantics: Workspace, again: list[str]) -> None:
    run_stories(semantics, [f"stories/{file}.yaml"])

    assert again == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_nor_does_it_in_a_real_playbook(folder: Path, again: list[str]) -> None:
    run_stories(open_workspace(folder))

    assert again == []
