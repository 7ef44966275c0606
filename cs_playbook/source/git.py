"""A folder and words for git → what git answers, as bytes: objects and names are read, nothing else can happen.

No checkout, no hook, no pager, no program that a configuration names (external diffs, text conversions, file-system
monitors), no fetch of what a partial clone lacks: only plumbing is asked, and these doors are closed besides.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from cs_playbook.errors import ChoiceError, UserError

_CLOSED = (
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat",
    "-c", "protocol.allow=never", "-c", "gc.auto=0", "-c", "maintenance.auto=false",
)  # fmt: skip
_KEPT = ("GIT_CONFIG", "GIT_CEILING_DIRECTORIES", "GIT_EXEC_PATH")


def git(folder: Path, *words: str, fed: bytes = b"") -> bytes:
    """Standard output. Raises UserError where there is no git, ChoiceError where git refuses (with its sentence)."""
    done = _run(folder, words, fed)
    if done.returncode:
        raise refusal(folder, done.stderr.decode("utf-8", "replace").strip())
    return done.stdout


def asked(folder: Path, *words: str) -> str | None:
    """One line of an answer; None where git says that there is none."""
    done = _run(folder, words, b"")
    return None if done.returncode else done.stdout.decode("utf-8", "replace").strip()


def refusal(folder: Path, said: str) -> ChoiceError:
    """Why git does not answer, in a sentence of ours where it is a usual one."""
    if "not a git repository" in said:
        return ChoiceError(
            f"{folder} is in no git repository: there is nothing to compare with",
            "make one: git init && git add . && git commit",
        )
    if "dubious ownership" in said:
        return ChoiceError(
            f"git does not trust {folder}: it belongs to somebody else",
            "git itself says how to trust it: git status",
        )
    return ChoiceError(f"git says: {said.splitlines()[0] if said else 'nothing'}", "look with: git status")


def _run(folder: Path, words: tuple[str, ...], fed: bytes) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "--no-pager", "--no-optional-locks", "--no-replace-objects", *_CLOSED, *words]
    try:
        return subprocess.run(
            command, cwd=folder, input=fed, capture_output=True, check=False, env=_environment(os.environ)
        )
    except FileNotFoundError as error:
        raise UserError("there is no git on this machine", "install git: diff reads through it") from error


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """The workspace's own folder says which repository it is: inside of a hook these variables name another place."""
    kept = {
        name: value for name, value in given.items() if not name.startswith("GIT_") or name.startswith(_KEPT)
    }
    closed = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    return {**kept, **closed, "LC_ALL": "C"}
