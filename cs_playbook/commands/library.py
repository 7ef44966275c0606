"""The starter library → its playbooks, told in a line each; and the library as something to copy from."""

from __future__ import annotations

from pathlib import Path

from cs_playbook.commands.place import open_place
from cs_playbook.commands.unsound import UnsoundFiles
from cs_playbook.commands.workspace import Workspace, open_workspace
from cs_playbook.errors import ChoiceError
from cs_playbook.model.condition import Condition, Group, Leaf, leaves
from cs_playbook.model.data import ACCOUNTS
from cs_playbook.model.playbook import RULE, Playbook
from cs_playbook.model.step import Email
from cs_playbook.source import shipped
from cs_playbook.source.finding import did_you_mean
from cs_playbook.study.listed import Listed
from cs_playbook.study.mentions import Kind
from cs_playbook.study.parts import Needs, needs_of

PREFIX = "library/"


def library() -> tuple[Listed, ...]:
    """All of them, in order of name."""
    workspace = open_library()
    planned = {plan.name for plan in workspace.catalog.plans}  # examples for two customers that are made up
    return tuple(
        _listed(playbook, workspace, needs_of(name, workspace.catalog))
        for name, playbook in sorted(workspace.catalog.playbooks.items())
        if name not in planned
    )


def open_library() -> Workspace:
    return open_workspace(shipped.playbooks())


def playbook_of_library(written: str, workspace: Workspace) -> str:
    """`library/usage-drop` → usage-drop. Raises ChoiceError for one that it does not have."""
    name = written.removeprefix(PREFIX)
    known = workspace.catalog.playbooks.keys() - {plan.name for plan in workspace.catalog.plans}
    if name not in known:
        hint = did_you_mean(name, known) or "cs-playbook library lists them"
        raise ChoiceError(f"the library has no playbook '{name}'", hint)
    return name


def tables_here(start: Path) -> frozenset[str] | None:
    """Which tables the data of the workspace around has; None where there is none, or it cannot be read."""
    try:
        return frozenset(table.name for table in open_place(start).contract.tables)
    except (ChoiceError, UnsoundFiles):
        return None


def _listed(playbook: Playbook, workspace: Workspace, needs: Needs) -> Listed:
    letters = {
        fit.value
        for step in playbook.all_steps
        if isinstance(step.verb, Email)
        for fit in step.verb.letter.fits
    }
    cases = sum(len(one.cases) for one in workspace.catalog.stories if one.playbook == playbook.name)
    started_by = playbook.trigger.started_by
    exported = {table.name for table in workspace.catalog.contract.exported} - {ACCOUNTS}
    tables = tuple(sorted(exported.intersection(needs.of(Kind.TABLE))))
    return Listed(
        playbook.name, playbook.words.title, playbook.words.why, _words(playbook.audience), _words(playbook.trigger.when),
        any(who != RULE for who in started_by), len(playbook.all_steps), len(letters), cases,
        tuple(needs.playbooks)[1:], playbook.tags, tables,
    )  # fmt: skip


def _words(condition: Condition | None) -> tuple[str, ...]:
    """What a condition says, line by line: its reason where it has one, else its text."""
    if condition is None:
        return ()
    denied = isinstance(condition, Leaf) and condition.text.startswith("not ")
    if condition.because and not denied:  # the reason of a denial tells why it is denied, not for whom it is
        return (condition.because,)
    if isinstance(condition, Group) and condition.kind == "all":
        return tuple(said for item in condition.items for said in _words(item))
    kind = (
        {"any": " or ", "none": " nor "}.get(condition.kind, " and ") if isinstance(condition, Group) else ""
    )
    return (kind.join(leaf.because or leaf.text for leaf in leaves(condition)),)
