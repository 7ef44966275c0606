"""What a run has recorded → its files in place below out/, and what people had written into those of before kept."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.publish import keep_what_others_wrote, publish
from cs_playbook.effects.put_aside import Aside, put_aside
from cs_playbook.source.finding import Finding, Span, warning

OUT = "out"


class Published(Struct, frozen=True):
    """How many files were put in place; a warning for each that somebody had changed and that was kept."""

    count: int
    findings: tuple[Finding, ...]


def publish_what_is_left(root: Path, ledger: Ledger) -> Published:
    """Puts in place what is recorded and not yet published; after a cut this is where the run goes on.

    What was published by a run that was taken back goes aside first, into out/undone/run-12.
    """
    aside, numbers = _put_aside(root, ledger)
    runs: dict[int, None] = dict.fromkeys(numbers)
    findings: list[Finding] = [_told(moved.path, moved.to) for moved in aside if moved.changed]

    def files() -> Generator[tuple[str, bytes], None, None]:
        for number, path, content in ledger.unpublished():
            runs[number] = None
            kept = keep_what_others_wrote(root / OUT, path, content, ledger.hashes_of)
            if kept is not None:
                findings.append(_told(path, kept))
            yield path, content

    # Closed also when the disk refuses: a reader left open would keep the ledger from being written.
    with closing(files()) as left:
        count = publish(root / OUT, left)
    for number in runs:
        ledger.mark_published(number)
    return Published(count, tuple(findings))


def _put_aside(root: Path, ledger: Ledger) -> tuple[list[Aside], list[int]]:
    """What a run that was taken back had published; before anything takes its place."""
    to_move, numbers = ledger.to_move()
    moved = (put_aside(root / OUT, _as_published(path), path, sha) for path, sha in to_move)
    return [found for found in moved if found is not None], numbers


def _as_published(aside: str) -> str:
    """undone/run-12/2026-03-02/tasks.csv → 2026-03-02/tasks.csv"""
    return aside.split("/", 2)[2]


def _told(path: str, kept: str) -> Finding:
    return warning(
        Span(f"{OUT}/{kept}"),
        "CSP768",
        f"somebody had changed {OUT}/{path}: what they wrote is kept here",
        "if it holds answers, copy it into answers/: the next run takes them",
    )
