"""Playbooks and their stories → every rule of theirs changed once, each time alone, and the changes that no story notices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing

from cs_playbook.check import check
from cs_playbook.check.stories import check_stories
from cs_playbook.commands.stories import run_stories
from cs_playbook.commands.story_day import play, setting_of
from cs_playbook.commands.story_expect import compare
from cs_playbook.commands.workspace import Workspace, as_if_all_were_exported, calendar_of
from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.story import Stories
from cs_playbook.model.team import Always, ManagerOf, Role, Team
from cs_playbook.parse.playbook import read_playbook
from cs_playbook.source.finding import Finding, did_you_mean
from cs_playbook.source.tree import Mapping, read_tree
from cs_playbook.study.spoiling import Change, Spoiled, Tried, changes, sample
from cs_playbook.values import replace

Watch = Callable[[str, int, float | None], None]  # playbook, how many were tried, the share of all
Roles = dict[str, str]


def nobody_watches(_playbook: str, _tried: int, _share: float | None) -> None:
    return


def spoil(
    workspace: Workspace, names: Sequence[str] = (), at_most: int | None = None, watch: Watch = nobody_watches
) -> Spoiled:
    """`names`: playbooks; all that stories are about if empty. `at_most`: as many changes, evenly from all of them.

    Nothing is written. Raises ChoiceError for a name that is no playbook, or that no story is about.
    """
    told = dict.fromkeys(sorted(stories.playbook for stories in workspace.catalog.stories))
    written = _written(workspace)
    chosen = [name for name in names or told if name in written or names]
    for name in chosen:
        _must_be_told(name, written, told)
    workspace = as_if_all_were_exported(workspace)
    failing = {name: _failing(name, workspace) for name in chosen}
    roles = roles_of(workspace.catalog)
    every = [(name, one) for name in chosen if not failing[name] for one in changes(written[name], roles)]
    missed: dict[str, list[Change]] = {name: [] for name in chosen}
    tried = dict.fromkeys(chosen, 0)
    some = sample(every, at_most)
    for number, (name, change) in enumerate(some):
        watch(name, number, number / len(some))
        tried[name] += 1
        if not noticed(change, workspace, _about(name, workspace)):
            missed[name].append(change)
    found = tuple(Tried(name, tried[name], tuple(missed[name]), failing[name]) for name in chosen)
    return Spoiled(found, len(every), () if names else tuple(sorted(written.keys() - told.keys())))


def noticed(change: Change, workspace: Workspace, stories: Iterable[Stories]) -> bool:
    """`change`: of a playbook's file. Whether it is no playbook any more, or one of the stories fails."""
    assert isinstance(change.root, Mapping)
    source = workspace.files.yaml[change.span.file]
    playbook, wrong = read_playbook(change.root, source, workspace.around)
    if _has_errors(wrong):
        return True
    playbooks = {**workspace.catalog.playbooks, playbook.name: playbook}
    catalog = replace(workspace.catalog, playbooks=playbooks)
    return _has_errors(check(catalog)) or fails(replace(workspace, catalog=catalog), stories)


def fails(workspace: Workspace, stories: Iterable[Stories]) -> bool:
    """One story at a time: the first that fails is enough."""
    catalog, about = workspace.catalog, tuple(stories)
    if _has_errors(check_stories(about, workspace.files.yaml, catalog)):
        return True
    calendar = calendar_of(catalog.project.calendar)
    try:
        for one in about:
            with closing(setting_of(one, catalog, workspace.around, calendar)) as setting:
                if any(play(case, setting, compare)[0] for case in one.cases if not case.todo):
                    return True
    except UserError:  # a rule that can no longer be asked
        return True
    return False


def roles_of(catalog: Catalog) -> Roles:
    """Role → another of its sort, contacts or colleagues; if possible one that is always somebody else: a slip that
    changes nobody no story can notice."""
    roles, found = catalog.team.roles, {}
    for role in roles:
        others = [other for other in roles if other is not role and other.is_contact is role.is_contact]
        elsewhere = (other for other in others if _never_the_same(role, other, catalog.team))
        other = next(elsewhere, others[0] if others else None)
        if other is not None:
            found[role.name] = other.name
    return found


def _never_the_same(one: Role, other: Role, team: Team) -> bool:
    ours, theirs = _whoever(one, team), _whoever(other, team)
    return ours is not None and theirs is not None and ours.isdisjoint(theirs)


def _whoever(role: Role, team: Team) -> frozenset[str] | None:
    """The addresses of all it could be; None: anybody, or nobody knows."""
    match role.source:
        case Always(email=email):
            return frozenset((email.lower(),))
        case ManagerOf():
            others = team.role(role.otherwise.role) if role.otherwise is not None else None
            stand_in = frozenset[str]() if others is None else _whoever(others, team)
            managers = frozenset(person.manager.lower() for person in team.people if person.manager)
            return None if stand_in is None else managers | stand_in
        case _:
            return None


def _written(workspace: Workspace) -> dict[str, Mapping]:
    """Playbook → its file; a success plan writes its own steps, and has none."""
    return dict(_playbook_files(workspace))


def _playbook_files(workspace: Workspace) -> Iterator[tuple[str, Mapping]]:
    for name, playbook in workspace.catalog.playbooks.items():
        file = playbook.span.file
        root = read_tree(workspace.files.yaml.get(file, ""), file).root
        if isinstance(root, Mapping) and root.get("playbook") is not None:
            yield name, root


def _must_be_told(name: str, written: Iterable[str], told: Iterable[str]) -> None:
    if name not in written:
        raise ChoiceError(
            f"there is no playbook '{name}'",
            did_you_mean(name, written) or f"there are: {', '.join(written)}",
        )
    if name not in told:
        raise ChoiceError(f"no story is about '{name}'", f"cs-playbook new tests {name} begins one")


def _about(name: str, workspace: Workspace) -> list[Stories]:
    return [stories for stories in workspace.catalog.stories if stories.playbook == name]


def _failing(name: str, workspace: Workspace) -> tuple[str, ...]:
    """Where a story fails anyway it would notice everything."""
    result = run_stories(workspace, [name])
    wrong = tuple(f"{one.span.file}:{one.span.line}" for one in result.findings if one.is_error)
    played = [case for playbook in result.playbooks for case in playbook.cases]
    return (*wrong, *(case.name for case in played if case.failures and not case.todo))


def _has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.is_error for finding in findings)
