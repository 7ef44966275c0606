"""What a person is being forgotten by → a file beside the ledger that lives as long as that takes, so that a cut is finished.

It holds what is to be taken out, and so it is the last thing that goes.
"""

from __future__ import annotations

import json
from pathlib import Path

from msgspec import Struct

from cs_playbook.effects.ledger_place import FORGETTING
from cs_playbook.effects.on_disk import make_sure, write_new
from cs_playbook.errors import StoppedOnPurpose, UserError
from cs_playbook.values import as_plain


class Wanted(Struct, frozen=True):
    """One erasure. `on`: ISO text. `files`: whose files are rewritten too, see commands/forgotten_files."""

    contacts: tuple[str, ...]
    addresses: tuple[str, ...]
    names: tuple[str, ...]
    parts: tuple[str, ...]
    accounts: tuple[str, ...]
    by: str
    on: str
    because: str
    recorded_at: str
    token: str
    files: str


def place_of(ledger: Path) -> Path:
    return ledger.with_suffix(FORGETTING)


def read(ledger: Path) -> Wanted | None:
    """None: nothing was cut. StoppedOnPurpose: it cannot be read."""
    path = place_of(ledger)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        lists = {name: tuple(part) for name, part in said.items() if isinstance(part, list)}
        return Wanted(**{**said, **lists})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, AttributeError) as cause:
        raise StoppedOnPurpose(
            f"{path} cannot be read: somebody was being forgotten",
            "delete it, and say again: cs-playbook forget CONTACT",
        ) from cause
    except OSError as cause:
        raise UserError(f"{path} cannot be read: {cause.strerror}") from cause


def write(ledger: Path, wanted: Wanted) -> None:
    """Whole, or as it was; nobody else may read it."""
    path = place_of(ledger)
    beside = _beside(path)
    try:
        write_new(beside, json.dumps(as_plain(wanted)).encode(), 0o600)
        beside.replace(path)
        make_sure(path.parent)
    except OSError as cause:
        beside.unlink(missing_ok=True)
        raise UserError(f"{path} cannot be written: {cause.strerror}", "nothing was changed") from cause


def drop_what_never_began(ledger: Path) -> None:
    """What a kill left before it was in place: it names somebody, and nothing was done by it. The lock is held."""
    _beside(place_of(ledger)).unlink(missing_ok=True)


def remove(ledger: Path) -> None:
    drop_what_never_began(ledger)
    place_of(ledger).unlink(missing_ok=True)
    make_sure(ledger.parent)


def _beside(path: Path) -> Path:
    return path.with_name(f".new-{path.name}")
