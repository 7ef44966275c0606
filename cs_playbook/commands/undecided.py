"""Facts or rules that cannot be worked out → whose they are: those playbooks are left out whole, the others are decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager

from cs_playbook.commands.planning import Sources, prepare
from cs_playbook.commands.too_large import values_may_be_too_large
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import Undecidable, UserError
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.model.step import Play
from cs_playbook.source.snapshot import Snapshot
from cs_playbook.values import replace

Reopen = Callable[[], AbstractContextManager[Snapshot]]


def left_out(sources: Sources, reopen: Reopen, failure: UserError) -> Mapping[str, str]:
    """First name of each playbook that cannot be decided → why. Raises `failure` where it is nobody's in particular.

    Halves of the playbooks are tried, and halves of these: a portfolio of a hundred is not planned a hundred times.
    """
    everybody = _names(sources.catalog, sources.ledger)

    def why_not(some: Iterable[str]) -> str | None:
        without = dict.fromkeys(set(everybody) - set(some), "")
        try:
            with values_may_be_too_large(), reopen() as snapshot:
                for _ in prepare(replace(sources, snapshot=snapshot, undecided=without)).plans():
                    pass
        except Undecidable as found:
            return found.sentence
        return None

    found = _search(everybody, why_not) if why_not(()) is None else {}
    if not found:
        raise failure
    return with_players(found, sources.catalog)


def _search(names: tuple[str, ...], why_not: Callable[[Iterable[str]], str | None]) -> dict[str, str]:
    why = why_not(names)
    if why is None:
        return {}
    if len(names) == 1:
        return {names[0]: why}
    middle = len(names) // 2
    return _search(names[:middle], why_not) | _search(names[middle:], why_not)


def _names(catalog: Catalog, ledger: Ledger) -> tuple[str, ...]:
    """Of today's, and of those of which only open enrollments are left."""
    acting = (playbook for playbook in catalog.playbooks.values() if playbook.status is not Status.DRAFT)
    gone = (name for name, _, _ in ledger.texts_in_use())
    return tuple(sorted({*(playbook.first_name for playbook in acting), *gone}))


def with_players(found: Mapping[str, str], catalog: Catalog) -> dict[str, str]:
    """Who would begin one of them by a step cannot go on either: it would be told that it did not start."""
    out = dict(found)
    while True:
        more = {
            playbook.first_name: f"it plays {played}, which cannot be decided"
            for playbook in catalog.playbooks.values()
            for played in _played(playbook, catalog)
            if played in out and playbook.first_name not in out
        }
        if not more:
            return out
        out |= more


def _played(playbook: Playbook, catalog: Catalog) -> Iterator[str]:
    for step in playbook.all_steps:
        if isinstance(step.verb, Play):
            for fit in step.verb.playbook.fits:
                other = catalog.playbooks.get(fit.value)
                yield other.first_name if other else fit.value
