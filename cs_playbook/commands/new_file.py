"""A kind and a name → a small commented file in the workspace, sound as it stands; never over one that is there."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from cs_playbook.commands.new import write_new
from cs_playbook.commands.workspace import examine_files
from cs_playbook.errors import ChoiceError, WrongCommandLine
from cs_playbook.source.files import WorkspaceFiles, find_root, read_files
from cs_playbook.source.finding import did_you_mean
from cs_playbook.study.first_files import KINDS, first_file
from cs_playbook.values import replace

_NAME = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
_LONGEST = 100  # letters of a name: it becomes a file, and stands on every screen
_NEXT = {
    "email": "name it in a step: email: {name}; write it in your other languages too",
    "tests": "say what must happen, day by day; then cs-playbook test {name}",
}


class Made(Struct, frozen=True):
    """`path`: below the workspace. `next`: what to do with it."""

    path: str
    next: str


def new_file(start: Path, kind: str, name: str) -> Made:
    """Raises ChoiceError for a kind or a name that cannot be, WrongCommandLine for letters that no name has."""
    if kind not in KINDS:
        raise ChoiceError(
            f"there is no kind '{kind}' here", did_you_mean(kind, KINDS) or f"one of: {', '.join(KINDS)}"
        )
    _refuse_odd(kind, name)
    files = read_files(find_root(start))
    catalog = examine_files(files).catalog
    if catalog is None:
        raise ChoiceError("this workspace cannot be read yet", "cs-playbook validate says why")
    if kind == "tests" and name not in catalog.playbooks:
        hint = did_you_mean(name, catalog.playbooks) or f"there are: {', '.join(catalog.playbooks)}"
        raise ChoiceError(f"there is no playbook '{name}' to tell stories of", hint)
    taken = {"playbook": catalog.playbooks}.get(kind, catalog.facts if kind not in {"email", "tests"} else {})
    if name.replace("-", "_") in taken or name in taken:
        raise ChoiceError(f"'{name}' is there already", "choose another name")
    made = first_file(kind, name, catalog)
    if made is None:
        what = "a number among the facts" if kind == "scorecard" else "a role of your own people in team.yaml"
        raise ChoiceError(f"every {kind} needs {what}", "there is none yet")
    path, text = made
    together = _with(files, path, text)
    wrong = [one for one in examine_files(together).findings if one.is_error and one.span.file == path]
    if wrong:
        raise ChoiceError(f"{path} would not be right here: {wrong[0].message}", wrong[0].hint)
    write_new(files.root, path, text)
    return Made(path, _NEXT.get(kind, "write it, then cs-playbook validate").format(name=name))


def _with(files: WorkspaceFiles, path: str, text: str) -> WorkspaceFiles:
    if path.endswith(".md"):
        return replace(files, letters={**files.letters, path: text})
    return replace(files, yaml={**files.yaml, path: text})


def _refuse_odd(kind: str, name: str) -> None:
    parts = name.split("/")
    if kind == "email" and len(parts) < 2:
        raise WrongCommandLine(f"'{name}' is no name of an email", f"write its folder too: {name}/first")
    if (kind != "email" and len(parts) > 1) or not all(_NAME.fullmatch(part) for part in parts):
        raise WrongCommandLine(f"'{name}' is no name", "small letters, digits and -, e.g. usage-drop")
    if len(name) > _LONGEST:
        raise WrongCommandLine(
            f"a name of {len(name)} letters is too long", f"at most {_LONGEST}, e.g. usage-drop"
        )
