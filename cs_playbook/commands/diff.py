"""A workspace and the name of a revision → what the files mean otherwise since then, whom it concerns, which stories pass."""

from __future__ import annotations

from collections.abc import Set
from datetime import date
from typing import Literal as OneOf

from msgspec import Struct

from cs_playbook.commands.diff_accounts import Meant, impact_of
from cs_playbook.commands.spoiling import Watch, nobody_watches, spoil
from cs_playbook.commands.stories import run_stories
from cs_playbook.commands.workspace import Examined, Workspace, examine_files
from cs_playbook.errors import UserError
from cs_playbook.source.revision import read_revision
from cs_playbook.study.changes import Changes, changes
from cs_playbook.study.difference import Difference, Impact, StoriesNow
from cs_playbook.values import replace

Part = OneOf["accounts", "stories", "spoil"]
# Not "spoil": it takes minutes, and only who asks for it waits.
EVERYTHING: frozenset[Part] = frozenset(("accounts", "stories"))


class _Asked(Struct, frozen=True):
    """What is looked at besides the meaning, and on which day (None: of the newest snapshot). `watch`: hears how far it is."""

    parts: Set[Part]
    day: date | None
    watch: Watch


def diff(
    workspace: Workspace,
    ref: str = "",
    day: date | None = None,
    parts: Set[Part] = EVERYTHING,
    watch: Watch = nobody_watches,
) -> Difference:
    """`ref` "": where this branch left the main one. Without "accounts" in `parts` no snapshot and no ledger is opened."""
    revision = read_revision(workspace.root, ref)
    found = Difference(
        revision.says,
        revision.commit,
        None,
        workspace.catalog.files,
        moved_from=revision.moved_from,
        people={person.email: person.name for person in workspace.catalog.team.people},
    )
    if revision.files is None:
        return replace(found, no_impact="there was no workspace then: all of it is new")
    old = examine_files(revision.files)
    wrong = tuple(finding for finding in old.findings if finding.is_error)
    found = replace(found, wrong=wrong)
    if old.catalog is None or old.around is None:
        return replace(found, no_impact="the project or the data of then could not be read")
    unsure = frozenset(finding.span.file for finding in wrong)
    compared = changes(old.catalog, workspace.catalog, unsure)
    return _further(replace(found, changes=compared), compared, workspace, old, _Asked(parts, day, watch))


def _further(
    found: Difference, compared: Changes, workspace: Workspace, old: Examined, asked: _Asked
) -> Difference:
    """What the change does; nothing where it means nothing."""
    if compared.is_empty:
        return found
    impact, why_not = _impact(workspace, old, asked)
    stories = _stories(workspace, compared) if "stories" in asked.parts else None
    if stories is not None and "spoil" in asked.parts:
        stories = replace(stories, unnoticed=_unnoticed(workspace, compared, asked.watch))
    return replace(found, impact=impact, no_impact=why_not, stories=stories)


def _impact(workspace: Workspace, old: Examined, asked: _Asked) -> tuple[Impact | None, str]:
    if "accounts" not in asked.parts:
        return None, "no snapshot was looked at, as asked"
    if any(finding.is_error for finding in old.findings):
        return None, "the files of then have errors: nobody can say what they would do today"
    assert old.catalog is not None
    assert old.around is not None
    try:
        return impact_of(workspace, Meant(old.catalog, old.around), asked.day), ""
    except UserError as error:
        # Meaning needs no snapshot; why there is no more than that is said.
        return None, error.sentence.split("\n", 1)[0]


# --- stories ---


def _stories(workspace: Workspace, compared: Changes) -> StoriesNow | None:
    """Those of the playbooks that changed; all, where anything changed that others stand on. None: there are none."""
    told = {stories.playbook for stories in workspace.catalog.stories}
    # No story hears the words of a letter.
    alone = all(thing.is_played or thing.kind in ("email", "document") for thing in compared.things)
    names = compared.played & told if alone else told
    names |= {name.split(":", 1)[0] for name in compared.new_stories} & told
    if not names:
        return None
    result = run_stories(workspace, sorted(names))
    asked = [
        (stories.playbook, case) for stories in result.playbooks for case in stories.cases if not case.todo
    ]
    failing = tuple(f"{playbook}: {case.name}" for playbook, case in asked if not case.passed)
    errors = sum(finding.is_error for finding in result.findings)
    return StoriesNow(len(asked) - len(failing), failing, errors)


def _unnoticed(workspace: Workspace, compared: Changes, watch: Watch) -> int | None:
    """Of the playbooks that changed, as far as stories are about them. None: nothing could be tried."""
    told = {stories.playbook for stories in workspace.catalog.stories}
    written = {thing.name for thing in compared.things if thing.kind == "playbook"} & told
    found = spoil(workspace, sorted(written), None, watch) if written else None
    return found.unnoticed if found is not None and found.passed else None
