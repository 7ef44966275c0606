"""A workspace folder → the texts of its files: every YAML below the project file, and the letters."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.source.finding import Finding, Span

PROJECT_FILE = "project.yaml"
LETTERS = "emails"
DOCUMENTS = "documents"
_NOT_OURS = frozenset(("node_modules", "__pycache__", "lost+found", "out", "answers"))
_YAML, _LETTER = (".yaml", ".yml"), (".md",)
_FAR = 200  # folders behind a link that are looked through for files of ours


class WorkspaceFiles(Struct, frozen=True):
    """`yaml` and `letters` (documents too): path below `root` (with /) → text, in order of path. `findings`: files that cannot be read.

    `links`: what is a link, and where it leads.
    """

    root: Path
    yaml: Mapping[str, str]
    letters: Mapping[str, str]
    findings: tuple[Finding, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def find_root(start: Path) -> Path:
    """The folder with the project file: `start` or the nearest above it. Raises ChoiceError where there is none."""
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    raise ChoiceError(
        f"there is no {PROJECT_FILE} in {start} or above it",
        "go into a workspace, name one with -C DIR, or make one: cs-playbook init my-team (with --empty: without the library)",
    )


def below_top(root: Path) -> str:
    """Where a folder stands in its repository, as hosts of pull requests name files: `cs/acme/`; "" at its top, or in none."""
    here = root.resolve()
    top = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
    below = here.relative_to(top).as_posix()
    return "" if below == "." else f"{below}/"


def read_files(root: Path) -> WorkspaceFiles:
    """All files of a workspace. A file that is no UTF-8, no file at all, or a link that leads out of the folder, is
    a finding. Raises UserError where the machine refuses: what cannot be seen must not look as if it were not there.
    """
    yaml: dict[str, str] = {}
    letters: dict[str, str] = {}
    findings: list[Finding] = []
    links: list[tuple[str, str]] = []
    inside = os.path.realpath(root)
    for there in sorted(_below(str(root)), key=_in_order):
        if there.entry.is_symlink():
            links.append((printable(there.name), printable(os.path.realpath(there.entry.path))))
        wrong = _no_text(there, inside)
        if wrong is not None:
            findings.append(Finding(Span(printable(there.name)), "CSP105", *wrong))
        elif _wanted(there):
            text, finding = _read(there)
            findings += finding
            if text is not None:
                (letters if there.name.endswith(_LETTER) else yaml)[there.name] = text
    return WorkspaceFiles(root, yaml, letters, tuple(findings), tuple(links))


def hash_of(texts: Mapping[str, str]) -> str:
    """The same paths with the same texts give the same hash."""
    digest = hashlib.sha256()
    for path, text in sorted(texts.items()):
        digest.update(f"{path}\0{len(text)}\0{text}".encode())
    return digest.hexdigest()


def printable(name: str) -> str:
    """The name of a file as a text that can be written: bytes that are no UTF-8 as \\xff."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def is_ours(name: str) -> bool:
    """Whether a path below the root (with /) is named like a file that is read, in a folder that is looked into."""
    *folders, last = name.split("/")
    return _named_like_ours(name, last) and not any(_closed(folder) for folder in folders)


def is_text(name: str) -> bool:
    """Whether the name of a file is UTF-8."""
    return name.isascii() or printable(name) == name


class _There(NamedTuple):
    """Something below the root: its path with /, and what the system says of it. Plain texts: a Path for each would
    cost more than reading it."""

    name: str
    entry: os.DirEntry[str]


def _below(root: str) -> Iterator[_There]:
    """All that lies in the folders that are ours; no link is followed."""
    waiting = [(root, "")]
    while waiting:
        folder, before = waiting.pop()
        for entry in _listed(folder, before):
            yield _There(f"{before}{entry.name}", entry)
            if not _closed(entry.name) and entry.is_dir(follow_symlinks=False):
                waiting.append((entry.path, f"{before}{entry.name}/"))


def _listed(folder: str, below: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:  # somebody has just removed it
        return []
    except OSError as error:
        shown = printable(below.rstrip("/")) or folder
        raise UserError(
            f"the folder {shown} cannot be read: {error.strerror}",
            "look at its permissions: what lies in it would count as not there",
        ) from error


def _in_order(there: _There) -> list[str]:
    return there.name.split("/")


def _wanted(there: _There) -> bool:
    """Whether its name says that it is ours."""
    return _named_like_ours(there.name, there.entry.name)


def _named_like_ours(name: str, last: str) -> bool:
    endings = _LETTER if name.startswith((f"{LETTERS}/", f"{DOCUMENTS}/")) else _YAML
    return name.endswith(endings) and not last.startswith(".")


def _closed(folder: str) -> bool:
    """A folder that is hidden, or that a run or a tool fills."""
    return folder.startswith(".") or folder in _NOT_OURS


def _no_text(there: _There, root: str) -> tuple[str, str] | None:
    """What is there in the place of a file that can be read: the fact, and what to do."""
    entry = there.entry
    if entry.is_symlink() and not entry.name.startswith(".") and entry.name not in _NOT_OURS:
        linked = _wrong_link(there, root)
        if linked is not None or not _wanted(there):
            return linked
    if not _wanted(there):
        return None
    if not is_text(there.name):
        return "the name of the file is not UTF-8", "give it another name: letters without accents are safe"
    if entry.is_dir():
        return "this is a folder, and is named like a file", "give the folder a name without this ending"
    if not entry.is_file():
        return "this is no file but a pipe, a socket or a device", "put a file in its place, or remove it"
    return None


def _wrong_link(there: _There, root: str) -> tuple[str, str] | None:
    """A link that leads nowhere or out, or to a folder with files that nobody would read."""
    path = there.entry.path
    if not os.path.exists(path):
        fact = "a link that leads nowhere, or in a circle"
        return (fact, "remove it, or copy the file into its place") if _wanted(there) else None
    if os.path.isdir(path):
        fact = "a link to a folder is not followed, and there are files in it that would count"
        return (fact, "move the folder here in the place of the link") if _holds_ours(path) else None
    target = os.path.realpath(path)
    if _wanted(there) and os.path.commonpath((root, target)) != root:
        return "a link that leads out of the workspace is not followed", "copy the file into the workspace"
    return None


def _holds_ours(folder: str) -> bool:
    """Whether a file near its top is named like one of ours."""
    return any(
        name.endswith(_YAML) or (name.endswith(_LETTER) and os.path.basename(folder) in (LETTERS, DOCUMENTS))
        for _, _, names in islice(os.walk(folder), _FAR)
        for name in names
    )


def _read(there: _There) -> tuple[str | None, list[Finding]]:
    try:
        with open(there.entry.path, "rb") as file:
            return file.read().decode("utf-8"), []
    except UnicodeDecodeError as error:
        fact = f"the file is not UTF-8 (byte {error.start + 1})"
        return None, [Finding(Span(there.name), "CSP105", fact, "save it as UTF-8")]
    except OSError as error:
        raise UserError(
            f"{there.name} cannot be read: {error.strerror}", "look at its permissions"
        ) from error
