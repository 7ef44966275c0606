"""A workspace folder and the name of a git revision → the texts of its files as they were then; the folder is not touched."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from cs_playbook.errors import ChoiceError, UserError, WrongCommandLine
from cs_playbook.source.files import PROJECT_FILE, WorkspaceFiles, is_ours, is_text, printable
from cs_playbook.source.finding import Finding, Span, did_you_mean
from cs_playbook.source.git import asked, git

MAINS = ("origin/main", "main", "origin/master", "master")
_LINK, _FILE = "120000", ("100644", "100755")


class Revision(Struct, frozen=True):
    """`commit`: its full hash. `says`: what it is, for people. `files`: None where it has no workspace.

    `moved_from`: the folder of the workspace then, where it was another one.
    """

    commit: str
    says: str
    files: WorkspaceFiles | None
    moved_from: str = ""


def read_revision(root: Path, ref: str) -> Revision:
    """`ref` "": where this branch left the main one. ChoiceError where git does not know it, or knows no git here."""
    commit, says = _chosen(root, ref) if ref else _usual(root)
    here = git(root, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").rstrip("\n")
    listed = dict(_listed(root, commit))
    prefix = _prefix(here, listed)
    if prefix is None:
        return Revision(commit, says, None)
    moved = printable(prefix.rstrip("/") or ".") if prefix != here else ""
    return Revision(commit, says, _files(root, prefix, listed), moved)


# --- which one ---


def _chosen(root: Path, ref: str) -> tuple[str, str]:
    if ref.startswith("-"):
        raise WrongCommandLine(f"'{ref}' is no revision: none begins with -", "cs-playbook diff main")
    if ".." in ref:
        first = ref.partition("..")[0] or "main"
        fact = f"'{ref}' names two revisions, and diff holds one against the files as they are"
        raise ChoiceError(fact, f"git switch to the other, then: cs-playbook diff {first}")
    commit = _commit(root, ref)
    if commit is None:
        git(root, "rev-parse", "--git-dir")  # where that fails, it says more
        known = git(root, "for-each-ref", "--format=%(refname:short)").decode("utf-8", "replace").split()
        hint = did_you_mean(ref, known) or "git branch --all and git log show what there is"
        cut = "; this clone is shallow: git fetch --unshallow brings the rest" if _is_shallow(root) else ""
        raise ChoiceError(f"git knows no revision '{ref}' here", hint + cut)
    return commit, f"{ref} ({commit[:7]})" if not commit.startswith(ref) else commit[:7]


def _usual(root: Path) -> tuple[str, str]:
    """Where the branch left the main one; the last commit where there is no main one."""
    git(root, "rev-parse", "--git-dir")
    head = _commit(root, "HEAD")
    if head is None:
        raise ChoiceError(
            "nothing has been committed here yet: there is nothing to compare with", "git add . && git commit"
        )
    main = next((name for name in MAINS if _commit(root, name) is not None), None)
    if main is None:
        return head, f"the last commit ({head[:7]}): there is no {MAINS[0]} and no {MAINS[1]} here"
    base = asked(root, "merge-base", "HEAD", main)
    if not base:
        why = "this clone is shallow" if _is_shallow(root) else "they have no commit in common"
        way_on = "git fetch --unshallow, or n" if _is_shallow(root) else "n"
        raise ChoiceError(
            f"git does not know where this branch left {main}: {why}",
            f"{way_on}ame a revision: cs-playbook diff {main}",
        )
    if base == head:
        return head, f"the last commit ({head[:7]}), which {main} has too"
    return base, f"where this branch left {main} ({base[:7]})"


def _commit(root: Path, ref: str) -> str | None:
    found = asked(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    return None if not found or found.startswith("^") else found  # ^main is all but main, no revision


def _is_shallow(root: Path) -> bool:
    return asked(root, "rev-parse", "--is-shallow-repository") == "true"


# --- what is in it ---


class _Blob(Struct, frozen=True):
    """A file of the revision: its kind, as git writes it, and the name of its content."""

    mode: str
    name: str


def _listed(root: Path, commit: str) -> Iterator[tuple[str, _Blob]]:
    """(path below the top of the repository, blob) of all files; what is a repository of its own is left out."""
    for entry in git(root, "ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
        about, _, path = entry.partition(b"\t")
        if about:
            mode, _, name = about.decode().split(" ")
            if mode in (*_FILE, _LINK):
                yield path.decode("utf-8", "surrogateescape"), _Blob(mode, name)


def _prefix(here: str, listed: Mapping[str, _Blob]) -> str | None:
    """Where the workspace was: at the same place, or, where it was moved, at the only place there was."""
    if f"{here}{PROJECT_FILE}" in listed:
        return here
    places = [path for path in listed if posixpath.basename(path) == PROJECT_FILE]
    return places[0].removesuffix(PROJECT_FILE) if len(places) == 1 else None


def _files(root: Path, prefix: str, listed: Mapping[str, _Blob]) -> WorkspaceFiles:
    below = {path.removeprefix(prefix): blob for path, blob in listed.items() if path.startswith(prefix)}
    ours = {path: blob for path, blob in below.items() if is_ours(path)}
    links = _contents(root, {blob.name for blob in ours.values() if blob.mode == _LINK}, below)
    wanted = {path: _followed(path, blob, below, links) for path, blob in ours.items()}
    contents = _contents(root, {blob.name for blob in wanted.values() if blob is not None}, below)
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    for path in sorted(wanted, key=lambda path: path.split("/")):
        blob = wanted[path]
        text = None if blob is None or not is_text(path) else _text(contents[blob.name])
        if text is None:
            fact = _why_unread(path, blob)
            findings.append(Finding(Span(printable(path)), "CSP105", fact, "copy the file, saved as UTF-8"))
        else:
            texts[path] = text
    letters = {path: text for path, text in texts.items() if path.endswith(".md")}
    yaml = {path: text for path, text in texts.items() if path not in letters}
    return WorkspaceFiles(root, yaml, letters, tuple(findings))


def _why_unread(path: str, blob: _Blob | None) -> str:
    if not is_text(path):
        return "the name of the file is not UTF-8"
    return "a link that leads out of the workspace" if blob is None else "the file is not UTF-8"


def _followed(path: str, blob: _Blob, below: Mapping[str, _Blob], links: Mapping[str, bytes]) -> _Blob | None:
    """What a link inside the workspace leads to (None: it leads elsewhere); anything else is itself."""
    if blob.mode != _LINK:
        return blob
    there = posixpath.join(posixpath.dirname(path), links[blob.name].decode("utf-8", "surrogateescape"))
    target = below.get(posixpath.normpath(there))
    return target if target is not None and target.mode != _LINK else None


def _contents(root: Path, names: set[str], below: Mapping[str, _Blob]) -> dict[str, bytes]:
    """By the name of each content, all asked at once."""
    ordered = sorted(names)
    answer = git(root, "cat-file", "--batch", fed="".join(f"{name}\n" for name in ordered).encode())
    contents: dict[str, bytes] = {}
    at = 0
    for name in ordered:
        end = answer.index(b"\n", at)
        said = answer[at:end].split(b" ")
        if len(said) != 3:
            lost = next(path for path, blob in below.items() if blob.name == name)
            raise UserError(
                f"this clone does not have the old text of {printable(lost)}",
                "fetch it first: git fetch --refetch",
            )
        size = int(said[2])
        contents[name] = answer[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
    return contents


def _text(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
