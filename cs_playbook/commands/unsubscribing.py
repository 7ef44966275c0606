"""The ledger → by which token an address is known outside: to whoever takes back a click on `unsubscribe`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.project import Project
from cs_playbook.model.suppression import fingerprint


def token_of(ledger: Ledger) -> Callable[[str], str]:
    """The fingerprint that the suppression list knows too; "" as long as the ledger has no key. Read when it is asked."""

    @cache
    def key() -> str:
        return ledger.suppression_list().key

    return lambda address: fingerprint(address, key()) if key() else ""


def make_key(project: Project, ledger: Ledger) -> None:
    """Once, before the first mail with such a link is written."""
    if project.sending is not None and project.sending.unsubscribe:
        ledger.suppression_key()
