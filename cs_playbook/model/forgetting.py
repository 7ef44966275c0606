"""A person who is forgotten: by which marks the ledger still knows them, and what is recorded of it; never a name."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import date

from msgspec import field

from cs_playbook.model.recorded import Happened

SHORT = 12  # letters of a fingerprint that stand in a mark
MARK = "forgotten-"
# What an entry of the suppression list keeps away, besides mails: what comes with the next export.
CONTACT, ADDRESS = "contact", "address"


def contact_print(contact: str, key: str) -> str:
    """64 hexadecimal digits of a contact's id, exactly as it is written: two ids may differ in one capital only."""
    return hmac.new(bytes.fromhex(key), b"contact\0" + contact.encode(), hashlib.sha256).hexdigest()


def mark_of(fingerprint: str) -> str:
    """What stands in the place of an id, an address or a name."""
    return f"{MARK}{fingerprint[:SHORT]}"


class ContactForgotten(Happened, frozen=True):
    """All that the ledger held of a person was taken out, and its chain of hashes was made anew from the first event on
    that was changed.

    `marks`: what stands in the place of their ids. `head`: the hash of the last event before. `counts`: how much was
    taken out, by place. `token`: names this one erasure, so that it is finished once.
    """

    marks: tuple[str, ...]
    on: date
    by: str
    because: str
    head: str
    token: str
    counts: Mapping[str, int] = field(default_factory=dict)
