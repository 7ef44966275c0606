"""A workspace → copies in which one rule is changed: a threshold, a wait, a role, an outcome, a way out. Its stories must notice each.

`python -m tests.real_playbooks.spoiling [NAME…]` tries every change and lists those that nobody noticed. It is what
`cs-playbook test --spoil` does, and besides it changes signals, segments and scorecards. Where the stories fail before
anything is changed they would notice everything: it says so, and tries nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML

from cs_playbook.commands.spoiling import fails, noticed, roles_of
from cs_playbook.commands.stories import run_stories
from cs_playbook.commands.unsound import UnsoundFiles
from cs_playbook.commands.workspace import Workspace, as_if_all_were_exported, examine_files, open_workspace
from cs_playbook.source.tree import Mapping, plain, read_tree
from cs_playbook.study import spoiling
from cs_playbook.study.spoiling import Change
from cs_playbook.values import replace

HERE = Path(__file__).resolve().parent
KINDS = ("playbook", "signals", "segments", "scorecard")


def changes(workspace: Workspace) -> Iterator[Change]:
    """Every change of every rule, one at a time; what belongs to the stories is left alone."""
    roles = roles_of(workspace.catalog)
    for file, text in sorted(workspace.files.yaml.items()):
        root = read_tree(text, file).root
        if isinstance(root, Mapping) and root.entries[0][0].text in KINDS:
            yield from spoiling.changes(root, roles)


def unnoticed(workspace: Workspace, some: Sequence[Change] | None = None) -> list[Change]:
    """The changes after which `validate` finds nothing and every story still passes."""
    workspace = as_if_all_were_exported(workspace)
    return [
        change for change in (changes(workspace) if some is None else some) if not _noticed(change, workspace)
    ]


def fails_unspoiled(folder: Path) -> str:
    """Why nothing can be learnt from spoiling it: the files are not sound, or these stories fail; else nothing."""
    try:
        workspace = open_workspace(folder)
    except UnsoundFiles:
        return "its files are not sound (validate shows why)"
    result = run_stories(workspace)
    if any(finding.is_error for finding in result.findings):
        return "its stories are not sound (test shows why)"
    played = [case for playbook in result.playbooks for case in playbook.cases]
    failing = [case.name for case in played if case.failures and not case.todo]
    return f"these stories fail already: {'; '.join(failing)}" if failing else ""


def _noticed(change: Change, workspace: Workspace) -> bool:
    """All stories are asked, also those about other playbooks."""
    assert isinstance(change.root, Mapping)
    if change.root.get("playbook") is not None:
        return noticed(change, workspace, workspace.catalog.stories)
    yaml = {**workspace.files.yaml, change.span.file: written(change.root)}
    found = examine_files(replace(workspace.files, yaml=yaml))
    if found.catalog is None or found.around is None or any(finding.is_error for finding in found.findings):
        return True
    read = Workspace(workspace.root, found.files, found.catalog, found.around, found.findings)
    return fails(as_if_all_were_exported(read), found.catalog.stories)


def written(root: Mapping) -> str:
    """Keeps the order of keys: the first one names the kind of a file."""
    writer, into = YAML(typ="rt"), StringIO()
    writer.width = 10_000
    writer.dump(plain(root), into)
    return into.getvalue()


def main(names: Sequence[str], among: Path = HERE) -> int:
    folders = [folder for folder in sorted(among.iterdir()) if (folder / "project.yaml").exists()]
    chosen = [
        folder for folder in folders if not names or any(folder.name.startswith(name) for name in names)
    ]
    left = 0
    for folder in chosen:
        why = fails_unspoiled(folder)
        if why:
            left += 1
            sys.stdout.write(f"{folder.name}: nothing was tried, {why}\n")
            continue
        workspace = open_workspace(folder)
        every = list(changes(workspace))
        missed = unnoticed(workspace, every)
        left += len(missed)
        sys.stdout.write(f"{folder.name}: {len(every) - len(missed)} of {len(every)} changes are noticed\n")
        for change in missed:
            sys.stdout.write(f"  {change.span.file}:{change.span.line}  {change.sentence}\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
