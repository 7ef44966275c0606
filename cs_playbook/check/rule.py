"""What a rule is asked about, and what it answers: a playbook with the ways through its steps → findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cs_playbook.check.ways import Ways, ways_of
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.playbook import Playbook
from cs_playbook.source.finding import Finding, Severity, Span


@dataclass(frozen=True, slots=True)
class Asked:
    """One playbook under question; `ways` through its steps are reckoned once for all rules."""

    playbook: Playbook
    catalog: Catalog
    ways: Ways


CatalogRule = Callable[[Catalog], Iterable[Finding]]
PlaybookRule = Callable[[Asked], Iterable[Finding]]
Rule = CatalogRule | PlaybookRule


def asked(playbook: Playbook, catalog: Catalog) -> Asked:
    return Asked(playbook, catalog, ways_of(playbook))


def note(span: Span, code: str, message: str, hint: str = "") -> Finding:
    """Something worth knowing that is no mistake: shown only to who asks for all."""
    return Finding(span, code, message, hint, Severity.NOTE)
