"""The ledger is copied, written out as lines, and made anew from them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from cs_playbook.commands.place import Place
from cs_playbook.effects import ledger_copy, ledger_lines, ledger_place
from cs_playbook.effects.lock import locked
from cs_playbook.errors import ChoiceError, UserError


class Copied(Struct, frozen=True):
    """Where it is, and how many events it holds."""

    path: Path
    events: int


def back_up(place: Place, target: Path | None, moment: str) -> Copied:
    """`moment`: UTC, ISO text; it names the copy where no file is given, beside the ledger in backups/."""
    stamp = moment.replace(":", "").replace("-", "")
    path = target or place.ledger.parent / "backups" / f"ledger-{stamp}.db"
    return Copied(path, ledger_copy.back_up(place.ledger, place.project.ledger_id, path))


def exported(place: Place) -> Iterator[str]:
    """All of it as lines of JSON (effects/ledger_lines)."""
    with closing(ledger_place.connect_to_read(place.ledger, place.project.ledger_id)) as connection:
        yield from ledger_lines.lines_of(connection)


def imported(place: Place, file: Path, version: str, made_at: str) -> Copied:
    """A ledger where there is none. Raises ChoiceError where one is, or where the lines are not all of this one."""
    ledger_id = place.project.ledger_id
    if ledger_id is None:
        raise ChoiceError(
            "project.yaml names no ledger", "write one: ledger: {path: data/ledger.db, id: <its id>}"
        )
    if place.ledger.exists():
        raise ChoiceError(f"there is already a ledger at {place.ledger}", "Nothing was changed.")
    place.ledger.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = place.ledger.with_name(f".import-{place.ledger.name}")
    with locked(place.ledger, "ledger import"):
        beside.unlink(missing_ok=True)
        try:
            ledger_place.create(beside, ledger_id, version, made_at)
            events = _filled(beside, file, ledger_id)
            beside.rename(place.ledger)
        finally:
            beside.unlink(missing_ok=True)
    return Copied(place.ledger, events)


def _filled(beside: Path, file: Path, ledger_id: str) -> int:
    try:
        with (
            file.open(encoding="utf-8", newline="\n") as lines,
            closing(ledger_place.connect_to_write(beside, ledger_id)) as connection,
        ):
            return ledger_lines.fill(connection, lines, ledger_id)
    except (OSError, UnicodeDecodeError) as cause:
        raise UserError(f"{file} cannot be read: {cause}") from cause
