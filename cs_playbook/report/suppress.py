"""The suppression list → a table or JSON; addresses stand nowhere, only who has them in the newest snapshot."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from cs_playbook.report.words import clean, count

FORMAT_VERSION = 1
_SHORT = 12


class One(Protocol):
    """What this asks of commands/suppress: Listed."""

    @property
    def entry(self) -> Any: ...
    @property
    def contacts(self) -> tuple[str, ...]: ...


def as_text(found: Sequence[One]) -> str:
    if not found:
        return (
            "Nobody is on the suppression list.   cs-playbook suppress ADDRESS --because …   puts one there\n"
        )
    head = f"{count(len(found), 'address', 'addresses')} that nobody writes to\n\n"
    rows = "".join(
        f"  {one.entry.address[:_SHORT]}  since {_day(one.entry.on)}  by {clean(one.entry.by)}: "
        f"{clean(one.entry.because)}{_kind(one.entry.forgets)}{_whose(one)}\n"
        for one in found
    )
    return f"{head}{rows}\nThe ledger keeps no address, only its fingerprint.   cs-playbook suppress --lift ADDRESS --because …\n"


def _kind(forgets: str) -> str:
    """Who was forgotten is kept out of snapshots too, by address and by id."""
    return f"   (forgotten: {'an id' if forgets == 'contact' else 'an address'})" if forgets else ""


def _day(on: date) -> str:
    return on.isoformat()


def _whose(one: One) -> str:
    return f"   (contact {', '.join(map(clean, one.contacts))})" if one.contacts else ""


def as_json(found: Sequence[One]) -> str:
    rows = [
        {
            "fingerprint": one.entry.address,
            "on": one.entry.on.isoformat(),
            "by": one.entry.by,
            "because": one.entry.because,
            "forgets": one.entry.forgets,
            "contacts": list(one.contacts),
        }
        for one in found
    ]
    return (
        json.dumps({"format_version": FORMAT_VERSION, "suppressed": rows}, ensure_ascii=False, indent=1)
        + "\n"
    )
