"""A draft → its bytes as its owner has seen them: what was rewritten, else its file below out/; or why there are none."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cs_playbook.commands.desk import EDITED
from cs_playbook.commands.publishing import OUT
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.enrollment import OpenTask


def bytes_of_draft(root: Path, ledger: Ledger, task: OpenTask) -> bytes:
    """ChoiceError: there is no draft, or its file is gone, or somebody has changed it."""
    if task.missing:
        raise ChoiceError(
            f"there is no draft {task.key[:8]}: {', '.join(task.missing)} is empty",
            f"write it yourself: cs-playbook drafts edit {task.key[:8]}",
        )
    if task.rewritten_by:
        content = ledger.mail_bytes(task.key)
        if content is not None:
            return content
    path, inside = file_of(root, task), inside_out(task)
    if not path.is_file():
        raise ChoiceError(f"there is no file {OUT}/{inside}", _anew(task))
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() not in ledger.hashes_of(inside):
        raise ChoiceError(f"somebody has changed {OUT}/{inside}: it is not what was written", _anew(task))
    return content


def inside_out(task: OpenTask) -> str:
    """The path of its file below out/."""
    folder = EDITED if task.rewritten_by else f"{task.opened_on.isoformat()}/drafts"
    return f"{folder}/{task.key}.eml"


def file_of(root: Path, task: OpenTask) -> Path:
    return root / OUT / inside_out(task)


def _anew(task: OpenTask) -> str:
    key = task.key[:8]
    return (
        f"write it anew: cs-playbook drafts edit {key}; or, if you have sent it: cs-playbook done {key} sent"
    )
