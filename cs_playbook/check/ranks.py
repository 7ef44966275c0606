"""Ranks: where they may stand, and that nobody's activity hangs on a rank among the active."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import leaves
from cs_playbook.model.expression import Expression, Name, Rank, walk
from cs_playbook.source.finding import Finding


def ranks_stand_in_signals(catalog: Catalog) -> Iterator[Finding]:
    """CSP234 A rank that cannot stand here

    `rank() over (partition by csm_email order by arr desc)` looks at all active accounts at once: 1 is the
    first, equals share a place, and who has nothing to be ranked by has none. It is defined once, as a
    signal without `from:`; conditions ask the signal. Who is active cannot hang on it.

    Fails:

        # playbooks/example.yaml
        audience: rank() over (partition by csm_email order by arr desc) <= 10

    Mended:

        # signals.yaml
        signals:
          place_in_book: {value: rank() over (partition by csm_email order by arr desc)}
        # playbooks/example.yaml
        audience: place_in_book <= 10
    """
    active = catalog.contract.active
    for leaf in () if active is None else leaves(active):
        if _is_ranked(leaf.expression, catalog, frozenset()):
            fact = "who is active hangs on a rank, and only the active are ranked"
            yield Finding(leaf.span, "CSP234", fact, "`active:` asks what needs no rank")


def _is_ranked(expression: Expression, catalog: Catalog, seen: frozenset[str]) -> bool:
    for part in walk(expression):
        signal = catalog.signals.get(part.name) if isinstance(part, Name) else None
        if isinstance(part, Rank):
            return True
        if signal is None or signal.name in seen:
            continue
        if _is_ranked(signal.value, catalog, seen | {signal.name}):
            return True
    return False
