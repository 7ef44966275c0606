"""A folder → a workspace that fits any data: a project and a team with comments, a ledger, and no playbook yet."""

from __future__ import annotations

import uuid
from pathlib import Path

from cs_playbook.commands.init import IGNORED, Made, refuse_taken
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import UserError
from cs_playbook.source.files import PROJECT_FILE

_PROJECT = """\
project: customer-success
format: 1
snapshots: data/snapshots
ledger: {path: data/ledger.db, id: <id>}
calendar: {timezone: UTC, holidays: [], week: mon-fri}       # yours, e.g. {timezone: Europe/Paris, holidays: [FR], …
languages: {supported: [en], default: en}            # of your emails
stop_when:                                           # nothing at all is done, and somebody has to look
  snapshot_older_than: 36 hours
  newly_fitting_a_playbook: {more_than: 40, and_share: 10%}
  a_table_shrinks_by: 10%
  empty_cells_rise_by: 10 points
"""
_TEAM = """\
team: customer-success
roles:                                               # steps name roles, never people
  cs_ops: {is: you@your-company.example}             # looks after the playbooks
  csm: {is: you@your-company.example}                # where the data names them: {from: csm_email, else: cs_ops}
people:
  you@your-company.example: {name: You}
"""


def init_empty(root: Path, version: str, made_at: str) -> Made:
    """Without `data:` and `sources:`: `sources suggest` drafts both from what is exported. Never overwrites."""
    refuse_taken(root)
    ledger_id = uuid.uuid4().hex
    texts = {PROJECT_FILE: _PROJECT.replace("<id>", ledger_id), "team.yaml": _TEAM, ".gitignore": IGNORED}
    try:
        for folder in ("answers", "exports", "data"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (root / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{root} cannot be written: {error.strerror}", "choose another folder") from error
    ledger = root / "data" / "ledger.db"
    Ledger.create(ledger, ledger_id, version, made_at)
    return Made(root, len(texts) - 1, ledger)
