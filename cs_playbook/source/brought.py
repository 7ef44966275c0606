"""A file of a git repository and how its text is known → the commit that brought that text; the folder is not touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from cs_playbook.source.git import asked, git

MOST = 300  # commits of one file that are looked at


class Commit(Struct, frozen=True):
    """`hash` in full; `day`: ISO text, as its author's clock had it."""

    hash: str
    author: str
    day: str
    says: str


def brought_by(root: Path, path: str, is_the_text: Callable[[str], bool]) -> Commit | None:
    """`path` below `root`. The newest commit of HEAD with that text, back to where it came in; None: none has it.

    None too where there is no repository, or no git.
    """
    if asked(root, "rev-parse", "--git-dir") is None:
        return None
    found: str | None = None
    for commit in _commits(root, path):
        text = _text(root, commit, path)
        if text is not None and is_the_text(text):
            found = commit
        elif found is not None:
            break
    return _told(root, found) if found else None


def _commits(root: Path, path: str) -> list[str]:
    if asked(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}") is None:
        return []
    return git(root, "rev-list", f"--max-count={MOST}", "HEAD", "--", path).decode("ascii", "replace").split()


def _text(root: Path, commit: str, path: str) -> str | None:
    blob = asked(root, "rev-parse", "--verify", "--quiet", f"{commit}:./{path}")
    if not blob:
        return None
    try:
        return git(root, "cat-file", "blob", blob).decode("utf-8")
    except UnicodeDecodeError:
        return None


def _told(root: Path, commit: str) -> Commit:
    said = git(root, "rev-list", "--max-count=1", "--no-commit-header", "--format=%an%n%aI%n%s", commit)
    author, day, says = [*said.decode("utf-8", "replace").split("\n"), "", "", ""][:3]
    return Commit(commit, author, day[:10], says)
