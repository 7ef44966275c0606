"""Addresses that nobody writes to any more: known by a keyed hash only, so that the ledger does not hold whom it forgot."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import date

from msgspec import Struct, field

from cs_playbook.model.recorded import Happened

LISTED = "it is on the suppression list"


def fingerprint(address: str, key: str) -> str:
    """64 hexadecimal digits. `key`: as long, the ledger's own. However the address is written, it is the same person."""
    return hmac.new(bytes.fromhex(key), address.strip().casefold().encode(), hashlib.sha256).hexdigest()


def reader_mark(address: str, key: str) -> str:
    """By which the caps know an address again: the beginning of its fingerprint. "" where either is missing."""
    return fingerprint(address, key)[:16] if key and address else ""


class Suppressed(Happened, frozen=True):
    """Nobody writes to an address any more. `address`: its fingerprint, never the address itself.

    `forgets`: "" where only mails are kept away; contact or address (model/forgetting) where the person was forgotten:
    no export brings back whoever has this id, or this address.
    """

    address: str
    on: date
    because: str
    by: str
    forgets: str = ""


class SuppressionLifted(Happened, frozen=True):
    """One may write to that address again."""

    address: str
    on: date
    because: str
    by: str


class Entry(Struct, frozen=True):
    """One address of the list, by its fingerprint: since when, by whose word, why. `forgets`: as of Suppressed."""

    address: str
    on: date
    by: str
    because: str
    forgets: str = ""


class SuppressionList(Struct, frozen=True):
    """What the ledger knows. `key` "": the list was never used. `entries`: by fingerprint."""

    key: str = ""
    entries: Mapping[str, Entry] = field(default_factory=dict)

    def find(self, address: str) -> Entry | None:
        return self.entries.get(fingerprint(address, self.key)) if self.entries else None

    def why(self, address: str) -> str:
        """ "" where one may write to it."""
        return LISTED if self.find(address) is not None else ""


def barring(known: SuppressionList, by_data: Mapping[str, str]) -> Callable[[str], str]:
    """An address → why nobody writes to it, "" where one may. `by_data`: address in small letters → the project's reason."""

    def why(address: str) -> str:
        return known.why(address) or by_data.get(address.strip().casefold(), "")

    return why
