"""A person's word that nobody writes to an address any more, or that one may again; and who stands on that list."""

from __future__ import annotations

import re
from contextlib import closing

from msgspec import Struct

from cs_playbook.commands.people import Act
from cs_playbook.commands.resting import refuse_silence
from cs_playbook.commands.workspace import Workspace, look_into_ledger, open_ledger, open_snapshot
from cs_playbook.compile.wanted import all_addresses
from cs_playbook.effects.lock import locked
from cs_playbook.errors import ChoiceError, StoppedOnPurpose, UserError
from cs_playbook.model.suppression import Entry, Suppressed, SuppressionLifted, fingerprint
from cs_playbook.parse.address import is_address

SHORT = 12  # letters of a fingerprint: enough to tell two apart, and to lift one whose address nobody knows


class Listed(Struct, frozen=True):
    """One of the list; `contacts`: who has that address in the newest snapshot, by their keys."""

    entry: Entry
    contacts: tuple[str, ...]


def suppress(workspace: Workspace, address: str, because: str, act: Act) -> Suppressed:
    """The ledger keeps its fingerprint only. ChoiceError where it is no address, or stands there already."""
    _refuse_none(address)
    refuse_silence(because)
    with locked(workspace.ledger, "suppress"), open_ledger(workspace, writing=True) as ledger:
        mark = fingerprint(address, ledger.suppression_key())
        known = ledger.suppression_list().entries.get(mark)
        if known is not None:
            raise ChoiceError(
                f"nobody writes to it since {known.on.isoformat()}: {known.because}",
                "cs-playbook suppress --list shows all of them",
            )
        event = Suppressed(mark, act.on, _without(address, because), act.by)
        ledger.record([event], act.recorded_at)
        return event


def lift(workspace: Workspace, address: str, because: str, act: Act) -> SuppressionLifted:
    """`address`, or the beginning of its fingerprint as the list shows it."""
    refuse_silence(because)
    with locked(workspace.ledger, "suppress"), open_ledger(workspace, writing=True) as ledger:
        listed = ledger.suppression_list()
        entry = listed.find(address)
        beginning = [one for mark, one in listed.entries.items() if mark.startswith(address.lower())]
        if entry is None and len(address) >= SHORT and len(beginning) == 1:
            entry = beginning[0]
        if entry is None:
            raise ChoiceError("it is not on the suppression list", "cs-playbook suppress --list shows who is")
        event = SuppressionLifted(entry.address, act.on, _without(address, because), act.by)
        ledger.record([event], act.recorded_at)
        return event


def listed(workspace: Workspace) -> tuple[Listed, ...]:
    """In the order in which they came."""
    with look_into_ledger(workspace) as ledger:
        known = ledger.suppression_list()
    if not known.entries:
        return ()
    there: dict[str, list[str]] = {}
    for contact, address in _addresses(workspace):
        there.setdefault(fingerprint(address, known.key), []).append(contact)
    return tuple(Listed(entry, tuple(there.get(mark, ()))) for mark, entry in known.entries.items())


def _addresses(workspace: Workspace) -> list[tuple[str, str]]:
    """(contact, address) of the newest snapshot; nothing where there is none that can be read."""
    contacts = workspace.catalog.contract.table("contacts")
    if contacts is None or contacts.key is None or contacts.field("email") is None:
        return []
    try:
        with open_snapshot(workspace, None) as snapshot, closing(snapshot.connection.cursor()) as cursor:
            return [(str(key), str(address)) for key, address in cursor.execute(all_addresses(contacts))]
    except (UserError, StoppedOnPurpose):
        return []


def _refuse_none(address: str) -> None:
    if not is_address(address.strip()):
        raise ChoiceError(f"'{address}' is no email address", "write it as in claire@acme.example")


def _without(address: str, because: str) -> str:
    """The reason must not keep what the fingerprint hides."""
    return re.sub(re.escape(address.strip()), "(the address)", because, flags=re.IGNORECASE)
