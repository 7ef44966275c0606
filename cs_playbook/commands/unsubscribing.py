"""The ledger → by which token an address is known outside, to whoever takes back a click on `unsubscribe`; by which mark the
caps know it again."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.suppression import fingerprint, reader_mark


def token_of(ledger: Ledger) -> Callable[[str], str]:
    """The fingerprint that the suppression list knows too; "" as long as the ledger has no key. Read when it is asked."""

    @cache
    def key() -> str:
        return ledger.suppression_list().key

    return lambda address: fingerprint(address, key()) if key() else ""


def marks_of(ledger: Ledger, catalog: Catalog) -> Callable[[str], str]:
    """An address → its mark; "" where nothing is capped, or the ledger had no key when the morning began: what a dry run
    says must be what the run does, and only a run makes a key."""
    key = ledger.suppression_list().key if _is_capped(catalog) else ""
    return lambda address: reader_mark(address, key)


def make_key(catalog: Catalog, ledger: Ledger) -> None:
    """Once, before the first mail with such a link is written, or any that is capped; a new ledger has one."""
    sending = catalog.project.sending
    if (sending is not None and sending.unsubscribe) or _is_capped(catalog):
        ledger.suppression_key()


def _is_capped(catalog: Catalog) -> bool:
    caps = (catalog.project.mail.caps, *(playbook.email_caps for playbook in catalog.playbooks.values()))
    return any(one.said for one in caps)
