"""What a run has recorded → its files in place below out/, and what people had written into those of before kept."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.publish import keep_what_others_wrote, publish
from cs_playbook.source.finding import Finding, Span, warning

OUT = "out"


@dataclass(frozen=True, slots=True)
class Published:
    """How many files were put in place; a warning for each that somebody had changed and that was kept."""

    count: int
    findings: tuple[Finding, ...]


def publish_what_is_left(root: Path, ledger: Ledger) -> Published:
    """Puts in place what is recorded and not yet published; after a cut this is where the run goes on."""
    runs: dict[int, None] = {}
    findings: list[Finding] = []

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


def _told(path: str, kept: str) -> Finding:
    return warning(
        Span(f"{OUT}/{kept}"),
        "CSP768",
        f"somebody had changed {OUT}/{path}: what they wrote is kept here",
        "if it holds answers, copy it into answers/: the next run takes them",
    )
