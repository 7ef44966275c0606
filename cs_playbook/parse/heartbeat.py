"""`heartbeat:` of the project file → Heartbeat: by what a monitor elsewhere sees that the morning's run has been."""

from __future__ import annotations

from cs_playbook.model.project import Heartbeat
from cs_playbook.parse.nodes import block, scalar, text
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Mapping

_KEPT = (".yaml", ".yml", ".md", ".db", ".lock", ".json", ".csv")


def read_heartbeat(root: Mapping) -> tuple[Heartbeat | None, list[Finding]]:
    node = block(root, "heartbeat")
    if node is None:
        return None, []
    beat = Heartbeat(text(node, "file"), text(node, "ping_from_environment"))
    file = scalar(node, "file")
    if file is None or not _is_taken(file.text, root):
        return beat, []
    fact = f"'{file.text}' holds something else: each run would write over it"
    return beat, [Finding(file.span, "CSP147", fact, "name a file of its own, e.g. data/last-run")]


def _is_taken(path: str, root: Mapping) -> bool:
    """What is kept, or published, must not become a date."""
    ledger = block(root, "ledger")
    kept = {text(ledger, "path", "data/ledger.db") if ledger else "data/ledger.db"}
    folders = (text(root, "snapshots", "data/snapshots"), "out", "answers")
    below = any(path == folder or path.startswith(f"{folder}/") for folder in folders)
    return path in kept or path.lower().endswith(_KEPT) or below
