"""A workspace folder → the texts of its files: every YAML below the project file, and the letters."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.source.finding import Finding, Span

PROJECT_FILE = "project.yaml"
LETTERS = "emails"
_NOT_OURS = frozenset(("node_modules", "__pycache__", "out", "answers"))


@dataclass(frozen=True, slots=True)
class WorkspaceFiles:
    """`yaml` and `letters`: path below `root` (with /) → text, in order of path. `findings`: files that cannot be read."""

    root: Path
    yaml: Mapping[str, str]
    letters: Mapping[str, str]
    findings: tuple[Finding, ...] = ()


def find_root(start: Path) -> Path:
    """The folder with the project file: `start` or the nearest above it. Raises ChoiceError where there is none."""
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    raise ChoiceError(
        f"there is no {PROJECT_FILE} in {start} or above it",
        "go into a workspace, name one with -C DIR, or make one: cs-playbook init my-team",
    )


def read_files(root: Path) -> WorkspaceFiles:
    """All files of a workspace. A file that is no UTF-8, or a link that leads out of the folder, is a finding."""
    yaml: dict[str, str] = {}
    letters: dict[str, str] = {}
    findings: list[Finding] = []
    for name in _names(root):
        text, wrong = _read(root, name)
        findings += wrong
        if text is not None:
            (letters if name.endswith(".md") else yaml)[name] = text
    return WorkspaceFiles(root, yaml, letters, tuple(findings))


def hash_of(texts: Mapping[str, str]) -> str:
    """The same paths with the same texts give the same hash."""
    digest = hashlib.sha256()
    for path, text in sorted(texts.items()):
        digest.update(f"{path}\0{len(text)}\0{text}".encode())
    return digest.hexdigest()


def _names(root: Path) -> list[str]:
    """Paths below the root, folder by folder. Plain texts: a Path for each file would cost more than reading it."""
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        below = Path(folder).relative_to(root)
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _NOT_OURS]
        wanted = (".md",) if below.parts[:1] == (LETTERS,) else (".yaml", ".yml")
        before = f"{below.as_posix()}/" if below.parts else ""
        found += [f"{before}{name}" for name in names if name.endswith(wanted) and not name.startswith(".")]
    return sorted(found, key=lambda name: name.split("/"))


def _read(root: Path, name: str) -> tuple[str | None, list[Finding]]:
    path = os.path.join(root, name)
    if os.path.islink(path) and not Path(path).resolve().is_relative_to(root.resolve()):
        return None, [
            Finding(
                Span(name),
                "CSP105",
                "a link that leads out of the workspace is not followed",
                "copy the file into the workspace",
            )
        ]
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8"), []
    except UnicodeDecodeError as error:
        return None, [
            Finding(
                Span(name), "CSP105", f"the file is not UTF-8 (byte {error.start + 1})", "save it as UTF-8"
            )
        ]
    except OSError as error:
        raise UserError(f"{name} cannot be read: {error.strerror}", "look at its permissions") from error
