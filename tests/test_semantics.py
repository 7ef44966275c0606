"""The stories under tests/semantics are the text of the semantics; those of the other workspaces are theirs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from cs_playbook.commands import stories
from cs_playbook.commands.stories import run_stories
from cs_playbook.commands.story_day import Played
from cs_playbook.commands.story_expect import compare
from cs_playbook.commands.workspace import Workspace, examine, open_workspace
from cs_playbook.model.story import Expectation
from cs_playbook.model.story_result import Failure
from cs_playbook.report.stories import as_text
from cs_playbook.values import replace

REPOSITORY = Path(__file__).resolve().parents[1]
SEMANTICS = REPOSITORY / "tests" / "semantics"
SCORECARDS = REPOSITORY / "tests" / "scorecards"
PLANS = REPOSITORY / "tests" / "plans"
MAIL = REPOSITORY / "tests" / "mail"
RAVENSTACK = REPOSITORY / "tests" / "ravenstack"
NEVER = "what never was"
STORIES_ABOUT = re.compile(r"^tests: (\S+)", re.MULTILINE)


@cache
def workspace(root: Path) -> Workspace:
    return open_workspace(root)


def told(root: Path) -> list[str]:
    """By their first line: what the files mean is worked out where they are played, not by each who collects tests."""
    texts = (path.read_text(encoding="utf-8") for path in root.rglob("*.yaml"))
    return sorted({found[1] for text in texts if (found := STORIES_ABOUT.search(text))})


def named(*roots: Path) -> list[object]:
    return [pytest.param(root, name, id=f"{root.name}-{name}") for root in roots for name in told(root)]


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Expectations that stay content when something is expected besides that never was, of all that is played."""
    found: list[str] = []

    def look(played: Played) -> list[Failure]:
        for name, wrong in spoiled(played.run.expect):
            if not compare(replace(played, run=replace(played.run, expect=wrong))):
                found.append(f"{played.run.span.file}:{played.run.span.line} {name}")
        return compare(played)

    monkeypatch.setattr(stories, "compare", look)
    return found


@pytest.mark.parametrize(("root", "playbook"), named(REPOSITORY / "playbooks", RAVENSTACK))
def test_the_stories_pass(root: Path, playbook: str) -> None:
    result = run_stories(workspace(root), (playbook,))

    assert result.passed, as_text(result)


@pytest.mark.parametrize(("root", "playbook"), named(SCORECARDS))
def test_the_stories_pass_and_would_notice_another_day(root: Path, playbook: str, blind: list[str]) -> None:
    result = run_stories(workspace(root), (playbook,))

    assert result.passed, as_text(result)
    assert blind == []


@pytest.mark.parametrize(("root", "playbook"), named(SEMANTICS, PLANS, MAIL))
def test_the_stories_pass_and_would_notice_another_day_and_a_second_run_of_a_day_decides_nothing(
    root: Path, playbook: str, again: list[str], blind: list[str]
) -> None:
    result = run_stories(workspace(root), (playbook,))

    assert result.passed, as_text(result)
    assert blind == []
    assert again == []


def spoiled(expect: Expectation | None) -> Iterator[tuple[str, Expectation]]:
    if expect is None:
        return
    for name in ("started", "goal"):
        if getattr(expect, name) is not None:
            yield name, replace(expect, **{name: (*getattr(expect, name), NEVER)})
    wrong: dict[str, object] = dict.fromkeys(("ended", "closed", "held", "because"), NEVER)
    for name, never in {**wrong, "traits": {"next_step": NEVER}, "facts": {"seats": NEVER}}.items():
        if getattr(expect, name) is not None:
            yield name, replace(expect, **{name: {**getattr(expect, name), NEVER: never}})
    for name, key in (("open", "step"), ("drafts", "email"), ("notified", "step"), ("escalated", "step")):
        if getattr(expect, name) is not None:
            yield name, replace(expect, **{name: (*getattr(expect, name), {key: NEVER})})


@pytest.mark.parametrize(
    ("step", "asked"),
    [
        ("done_when: {when: seats > at_start(seats), for: 2 days}", "at_start(seats)"),
        ("done_when: {when: started_on < today, for: 2 days}", "started_on"),
        ("about: champion, done_when: {when: contact.has_left, for: 2 days}", "contact.has_left"),
        ("when: {when: row.urgent, for: 2 days}", "row.urgent"),
    ],
)
def test_days_in_a_row_of_what_no_memory_keeps_are_refused(tmp_path: Path, step: str, asked: str) -> None:
    shutil.copytree(SEMANTICS, tmp_path, dirs_exist_ok=True)
    head = "playbook: new\ntitle: New\ntrigger: {one_per: orders, when: strategic}\n"
    playbook = f"{head}steps: [{{id: a, task: A, owner: csm, {step}}}]\n"
    (tmp_path / "playbooks" / "new.yaml").write_text(playbook, encoding="utf-8")

    errors = [finding for finding in examine(tmp_path).findings if finding.is_error]

    assert [(error.code, error.message) for error in errors] == [
        ("CSP109", f"`for` with '{asked}' is not yet part of the language")
    ]
