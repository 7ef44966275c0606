"""`keep:` of the project file → Keep: how long mails, contacts, snapshots and lists are kept."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.model.duration import Duration
from cs_playbook.model.keep import FOR_EVER, Keep
from cs_playbook.parse.duration import DAYS_ABOUT, read_duration
from cs_playbook.parse.nodes import block, scalar
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Mapping

LEAST = 30  # days: what was read as a shorter one may well be a slip, and nothing brings back what is gone
_LEAST_SAID = "30 days"


def read_keep(root: Mapping) -> tuple[Keep, list[Finding]]:
    node = block(root, "keep")
    if node is None:
        return FOR_EVER, []
    findings: list[Finding] = []
    keep = Keep(
        mail_bodies=_read(node, "mail_bodies", findings),
        contacts_in_snapshots=_read(node, "contacts_in_snapshots", findings),
        snapshots=_read(node, "snapshots", findings),
        out=_read(node, "out", findings),
    )
    return keep, [*findings, *_never_comes(node, keep)]


def _read(node: Mapping, name: str, findings: list[Finding]) -> Duration | None:
    written = scalar(node, name)
    if written is None:
        return None
    duration, wrong = read_duration(written)
    findings += wrong
    if duration is not None and _days(duration) < LEAST:
        fact = f"{name} would be kept for {duration} only: nothing brings back what is gone"
        findings.append(Finding(written.span, "CSP148", fact, f"at least {_LEAST_SAID}"))
    return duration


def _never_comes(node: Mapping, keep: Keep) -> Iterator[Finding]:
    """Whoever writes both thinks that the first one does something."""
    names, whole, written = keep.contacts_in_snapshots, keep.snapshots, scalar(node, "contacts_in_snapshots")
    if names is not None and whole is not None and written is not None and _days(names) >= _days(whole):
        fact = f"contacts stay in snapshots for {names}, but the snapshots themselves go after {whole}"
        yield Finding(written.span, "CSP148", fact, "write a shorter one than `snapshots:`, or leave it out")


def _days(duration: Duration) -> int:
    return duration.count * DAYS_ABOUT[duration.unit]
