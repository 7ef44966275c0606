"""The stories of a workspace, played day by day in a ledger and snapshots of their own → which of them pass."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from cs_playbook.check.stories import check_stories
from cs_playbook.commands.story_day import play, setting_of
from cs_playbook.commands.story_expect import compare
from cs_playbook.commands.workspace import Workspace, as_if_all_were_exported, calendar_of
from cs_playbook.errors import ChoiceError
from cs_playbook.model.story import Case, Stories
from cs_playbook.model.story_result import CaseResult, PlaybookStories, StoriesResult
from cs_playbook.source.finding import Finding, did_you_mean

Chosen = tuple[Stories, tuple[Case, ...]]


def run_stories(workspace: Workspace, names: Sequence[str] = ()) -> StoriesResult:
    """`names`: playbooks, story files, or single stories; all if empty. ChoiceError where one names nothing."""
    chosen = _chosen(workspace.catalog.stories, names)
    workspace = as_if_all_were_exported(workspace)
    findings = _findings(workspace, chosen)
    unsound = {finding.span.file for finding in findings if finding.is_error}
    calendar = calendar_of(workspace.catalog.project.calendar)
    played: dict[str, list[CaseResult]] = {stories.playbook: [] for stories, _ in chosen}
    days = 0
    for stories, cases in chosen:
        if stories.span.file in unsound:
            continue
        with closing(setting_of(stories, workspace.catalog, workspace.around, calendar)) as setting:
            for case in cases:
                failures, count = play(case, setting, compare)
                played[stories.playbook].append(CaseResult(case.name, case.span, case.todo, failures))
                days += count
    results = tuple(PlaybookStories(playbook, tuple(cases)) for playbook, cases in sorted(played.items()))
    return StoriesResult(results, findings, days)


def _findings(workspace: Workspace, chosen: Sequence[Chosen]) -> tuple[Finding, ...]:
    files = {stories.span.file for stories, _ in chosen}
    about = [stories for stories in workspace.catalog.stories if stories.span.file in files]
    return tuple(check_stories(about, workspace.files.yaml, workspace.catalog))


def _chosen(everything: Sequence[Stories], names: Sequence[str]) -> list[Chosen]:
    """A name of a playbook or a file means all of its stories."""
    if not everything:
        raise ChoiceError("there are no stories", "write them under tests/: `tests: <playbook>`")
    for name in names:
        _must_mean_something(name, everything)
    chosen: list[Chosen] = []
    for stories in everything:
        is_whole = not names or stories.playbook in names or stories.span.file in names
        cases = stories.cases if is_whole else tuple(case for case in stories.cases if case.name in names)
        chosen += [(stories, cases)] if cases else []
    return chosen


def _must_mean_something(name: str, everything: Sequence[Stories]) -> None:
    playbooks = sorted({stories.playbook for stories in everything})
    files = [stories.span.file for stories in everything]
    cases = [case.name for stories in everything for case in stories.cases]
    known = [*playbooks, *files, *cases]
    if name not in known:
        hint = did_you_mean(name, known) or f"there are stories about: {', '.join(playbooks)}"
        raise ChoiceError(f"no story is called '{name}', nor is it about it", hint)
