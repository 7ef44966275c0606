"""An account and a playbook → whether it belongs to the lot that is only watched: the same answer for ever, on any machine."""

from __future__ import annotations

import hashlib

from cs_playbook.model.playbook import Playbook
from cs_playbook.plan.decision import Subject

_LOTS = 10_000  # a hundredth of a percent


def in_lot(playbook: Playbook, account: str, parent: str | None) -> bool:
    """`holdout: 10%`: the accounts whose lot, from 0 to 9999, is below 1000.

    The lot is the blake2b hash of the playbook's first name and of the parent account's key (the account's own
    where it has none): neither the day nor the number of accounts changes it, sisters share it, and another
    playbook draws anew. A larger share keeps all who were in the smaller one.
    """
    return lot(playbook.first_name, parent or account) < round(playbook.holdout * _LOTS)


def lot(playbook: str, account: str) -> int:
    """0 to 9999. The length stands before the name, so that no two pairs write the same text."""
    text = f"holdout {len(playbook)}:{playbook} {account}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") % _LOTS


def drawn(playbook: Playbook, subject: Subject, parent: str | None) -> bool:
    """`parent`: the field that names the parent account, if the contract has one."""
    above = subject.values.get(parent) if parent else None
    return playbook.holdout > 0 and in_lot(playbook, subject.account, None if above is None else str(above))
