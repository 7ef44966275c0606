"""The ledger → what counts of a trait on a day: the last word on each account, unless it has expired."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.exceptions import exceptions_of, settable
from cs_playbook.model.trait import NowSaid, Standing, Trait, as_fact
from cs_playbook.values import replace


def standing(trait: Trait, ledger: Ledger, day: date, account: str | None = None) -> Iterator[Standing]:
    """In order of account; who has nothing that counts is left out. What a step says counts from the next day on."""
    for said in last_words(trait, ledger, day, account):
        if said.value is not None and said.counts(trait, day):
            yield said


def last_words(trait: Trait, ledger: Ledger, day: date, account: str | None = None) -> Iterator[Standing]:
    """The same with what has expired or was cleared (value None); of a type that it no longer has it is left out."""
    for said in ledger.said_of(trait.name, _until(ledger, day), day, account):
        if said.value is None or as_fact(said.value, trait.type) is not None:
            # Said today, while the newest snapshot is of yesterday: it counts, and is no word from the future.
            yield replace(said, on=min(said.on, day))


def traits_of(account: str, catalog: Catalog, ledger: Ledger, day: date) -> Iterator[NowSaid]:
    """All that was ever said of an account and not cleared, its segments set by hand too, in order of name."""
    for _, trait in sorted(settable(catalog).items()):
        for said in last_words(trait, ledger, day, account):
            if said.value is not None:
                end = said.until or trait.expires_on(said.on)
                yield NowSaid(trait, said, not said.counts(trait, day), end)


def set_by_hand(catalog: Catalog, ledger: Ledger, day: date) -> Iterator[NowSaid]:
    """Segments and tags that people have set and that count, in order of name and account."""
    for _, trait in sorted(exceptions_of(catalog).items()):
        yield from (NowSaid(trait, said, False, said.until) for said in standing(trait, ledger, day))


def _until(ledger: Ledger, day: date) -> date | None:
    """A person's word counts at once, whatever day the newest snapshot is of; a past day is seen as it was."""
    last = ledger.last_run()
    return day if last is not None and day < last.day else None
