"""A folder → a workspace of one's own, copied from the starter library, with a ledger that knows it."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from msgspec import Struct

from cs_playbook.commands.place import Place
from cs_playbook.commands.workspace import open_workspace
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError, UserError
from cs_playbook.source import shipped
from cs_playbook.source.files import PROJECT_FILE

IGNORED = "# what a run makes, and people's data: never in git\n/data/\n/out/\n/answers/\n/exports/\n"


class Made(Struct, frozen=True):
    """What was made."""

    root: Path
    files: int
    ledger: Path


def init(root: Path, version: str, made_at: str) -> Made:
    """Copies the library into `root` (made if it is not there), gives it a ledger. Never overwrites a workspace."""
    refuse_taken(root)
    try:
        shutil.copytree(
            shipped.playbooks(),
            root,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("data", "out", "answers", "exports", "__pycache__"),
        )
        (root / ".gitignore").write_text(IGNORED, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{root} cannot be written: {error.strerror}", "choose another folder") from error
    ledger_id = uuid.uuid4().hex
    _write_ledger_id(root / PROJECT_FILE, ledger_id)
    workspace = open_workspace(root)
    Ledger.create(workspace.ledger, ledger_id, version, made_at)
    for folder in ("answers", "exports"):
        (root / folder).mkdir(exist_ok=True)
    return Made(workspace.root, len(workspace.files.yaml) + len(workspace.files.letters), workspace.ledger)


def refuse_taken(root: Path) -> None:
    if (root / PROJECT_FILE).exists():
        raise ChoiceError(
            f"there is a workspace in {root} already",
            "choose another folder, or go on with this one: cs-playbook -C DIR validate",
        )
    if root.exists() and any(root.iterdir()):
        raise ChoiceError(f"the folder {root} is not empty", "choose a new folder")


def create_ledger(place: Place, version: str, made_at: str) -> Path:
    """A first, empty ledger for a workspace that came without one, as a clone does. Never replaces one."""
    if place.project.ledger_id is None:
        raise ChoiceError(
            "project.yaml names no ledger",
            "write one: ledger: {path: data/ledger.db, id: <any word of your own>}",
        )
    Ledger.create(place.ledger, place.project.ledger_id, version, made_at)
    return place.ledger


def _write_ledger_id(project_file: Path, ledger_id: str) -> None:
    """The id goes into the line of the ledger; everything else, comments too, stays as it was."""
    lines = project_file.read_text(encoding="utf-8").splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.startswith("ledger:") and "{" in line and "id:" not in line:
            before, _, after = line.partition("}")
            lines[number] = f"{before}, id: {ledger_id}}}{after}"
    project_file.write_text("".join(lines), encoding="utf-8")
