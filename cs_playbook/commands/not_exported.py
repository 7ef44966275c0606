"""Files → what nobody exports and who asks for it: notes, and a warning where no account may count as active, or no mail may
leave by itself."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.model.catalog import Catalog
from cs_playbook.model.playbook import Status
from cs_playbook.model.step import Email
from cs_playbook.plan.mail_policy import untold_opt_outs
from cs_playbook.source.finding import Finding, Severity, Span, warning
from cs_playbook.study.not_exported import NotExported, not_exported

CODE = "CSP775"


def told_not_exported(catalog: Catalog) -> list[Finding]:
    """Only what somebody asks for."""
    if catalog.sources is None:
        return []
    places = dict(catalog.sources.absent)
    asked = [one for one in not_exported(catalog) if one.playbooks or one.stops_all]
    by_hand = _by_hand(catalog)
    return [
        *(_finding(one, places[one.name]) for one in asked),
        *(_drafts(name, letters, places[name]) for name, letters in by_hand.items()),
    ]


def _finding(one: NotExported, at: Span) -> Finding:
    if one.stops_all:
        fact = f"`active:` asks for {one.name}, which nobody exports: no account may count as active"
        hint = 'say what it is for all, e.g. {is: ""}; or take it out of `active:` in data.yaml'
        return warning(at, CODE, fact, hint)
    return Finding(at, CODE, one.said, f"unknown there: {', '.join(one.playbooks)}", Severity.NOTE)


def _by_hand(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Opt-out → the letters that become drafts, because who has opted out is unknown."""
    found: dict[str, dict[str, None]] = {}
    for letter in _sent_by_themselves(catalog):
        for name in untold_opt_outs(letter, catalog):
            found.setdefault(name, {})[letter] = None
    return {name: tuple(letters) for name, letters in found.items()}


def _sent_by_themselves(catalog: Catalog) -> Iterator[str]:
    for playbook in catalog.playbooks.values():
        for step in playbook.all_steps if playbook.status is not Status.RETIRED else ():
            if isinstance(step.verb, Email) and step.verb.may_go_by_itself:
                yield from (fit.value for fit in step.verb.letter.fits)


def _drafts(name: str, letters: tuple[str, ...], at: Span) -> Finding:
    one, more = len(letters) == 1, len(letters) - 1
    named = letters[0] if one else f"{letters[0]} and {more} more"
    fact = f"{name} is not exported, so who has opted out is unknown: {named}, `send: auto`, {'becomes a draft' if one else 'become drafts'}"
    return warning(
        at,
        "CSP776",
        fact,
        "its sender looks at each and sends it; export the field, and they leave by themselves",
    )
