"""The ledger → what counts of a trait on a day: the last word on each account, unless it has expired."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.trait import NowSaid, Standing, Trait, as_fact


def standing(trait: Trait, ledger: Ledger, day: date, account: str | None = None) -> Iterator[Standing]:
    """In order of account; who has nothing that counts is left out. What a step says counts from the next day on."""
    for said in last_words(trait, ledger, day, account):
        if said.value is not None and trait.counts(said.on, day):
            yield said


def last_words(trait: Trait, ledger: Ledger, day: date, account: str | None = None) -> Iterator[Standing]:
    """The same with what has expired or was cleared (value None); of a type that it no longer has it is left out."""
    for said in ledger.said_of(trait.name, _until(ledger, day), day, account):
        if said.value is None or as_fact(said.value, trait.type) is not None:
            # Said today, while the newest snapshot is of yesterday: it counts, and is no word from the future.
            yield replace(said, on=min(said.on, day))


def traits_of(account: str, catalog: Catalog, ledger: Ledger, day: date) -> Iterator[NowSaid]:
    """All that was ever said of an account and not cleared, in order of trait."""
    for _, trait in sorted(catalog.traits.items()):
        for said in last_words(trait, ledger, day, account):
            if said.value is not None:
                yield NowSaid(trait, said, not trait.counts(said.on, day), trait.expires_on(said.on))


def _until(ledger: Ledger, day: date) -> date | None:
    """A person's word counts at once, whatever day the newest snapshot is of; a past day is seen as it was."""
    last = ledger.last_run()
    return day if last is not None and day < last.day else None
