"""Files that were found sound before → the same findings again, without looking: kept outside the workspace, by content.

The key names every file, this very program and what it is installed with: whatever changes, the question is a new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from cs_playbook.source import shipped
from cs_playbook.source.files import WorkspaceFiles, hash_of
from cs_playbook.source.finding import Finding, Severity, Span

_KEPT = 64  # verdicts; one is a few kilobytes


def key_of(files: WorkspaceFiles, open_ones: str = "") -> str:
    """Names all that the findings can depend on. `open_ones`: the state of the ledger, "" where there is none."""
    asked = (
        open_ones,
        hash_of(files.yaml),
        hash_of(files.letters),
        repr(files.findings),
        repr(files.links),
        *_program(),
    )
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()


def recall(folder: Path, key: str) -> tuple[Finding, ...] | None:
    """The findings that were kept under the key; None where there are none, or they cannot be read."""
    try:
        kept = json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))
        return tuple(
            Finding(Span(*place), code, message, hint, Severity(said))
            for place, code, message, hint, said in kept
        )
    except (OSError, ValueError, TypeError):
        return None


def keep(folder: Path, key: str, findings: tuple[Finding, ...]) -> None:
    """For the next time; where nothing can be written, nothing is kept. What is wrong is always looked at anew."""
    if any(finding.is_error for finding in findings):
        return
    written = json.dumps(
        [[list(f.span), f.code, f.message, f.hint, f.severity] for f in findings], ensure_ascii=False
    )
    beside = folder / f"{key}.{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.write_text(written, encoding="utf-8")
        beside.replace(folder / f"{key}.json")
        _drop_the_oldest(folder)
    except OSError:
        return


def _drop_the_oldest(folder: Path) -> None:
    kept = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    for path in kept[:-_KEPT]:
        path.unlink(missing_ok=True)


def _program() -> Iterator[str]:
    """This program as it stands on the disk, its schemas, the Python it runs in, and what is installed beside it."""
    yield sys.version
    for folder in (shipped.program(), shipped.schemas()):
        yield from sorted(_stamps(folder))
    for place in sys.path:
        if os.path.isdir(place):
            yield f"{place} {os.stat(place).st_mtime_ns}"


def _stamps(folder: Path) -> Iterator[str]:
    for inside, _, names in os.walk(folder):
        for name in names:
            if name.endswith((".py", ".json")):
                path = os.path.join(inside, name)
                found = os.stat(path)
                yield f"{path} {found.st_size} {found.st_mtime_ns}"
