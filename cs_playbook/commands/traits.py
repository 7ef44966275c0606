"""What a person says of an account's trait → an event in the ledger; it counts at once."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from cs_playbook.commands.account import find_account
from cs_playbook.commands.people import Act
from cs_playbook.commands.standing import standing
from cs_playbook.commands.workspace import Workspace, open_ledger
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.lock import locked
from cs_playbook.errors import ChoiceError
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.event import TraitSet
from cs_playbook.model.exceptions import settable
from cs_playbook.model.trait import Standing, Trait
from cs_playbook.model.value import Value
from cs_playbook.parse.story_value import Wrong
from cs_playbook.parse.trait import trait_value
from cs_playbook.source.finding import did_you_mean


class Said(Struct, frozen=True):
    """What came of it. `before`: what counted until now. `already`: the same was said that day. `later`: what overrules it."""

    event: TraitSet
    trait: Trait
    before: Standing | None = None
    already: bool = False
    later: Standing | None = None


def set_trait(
    workspace: Workspace, account: str, name: str, written: str | None, because: str, act: Act,
    until: date | None = None,
) -> Said:  # fmt: skip
    """`written` None clears it. Raises ChoiceError for what there is not, with the nearest that there is.

    A segment is set `until` the day on which its rules decide again, and with a reason.
    """
    trait = trait_meant(name, workspace.catalog)
    if trait.name in workspace.catalog.traits:
        _refuse_an_end(trait, until)
    elif written is not None:
        _ask_for_end_and_reason(trait, until, because, act)
    value = None if written is None else _value(written, trait)
    with locked(workspace.ledger, "set"), open_ledger(workspace, writing=True) as ledger:
        found = find_account(workspace.place, account, ledger)
        before = next(standing(trait, ledger, act.on, found), None)
        event = TraitSet(found, trait.name, value, act.on, act.by, because, until=until)
        if _is_known(event, trait, ledger):
            return Said(event, trait, before, already=True)
        ledger.record([event], act.recorded_at)
        last = next(ledger.said_of(trait.name, None, date.max, found))
        later = last if last.on > act.on else None
        return Said(event, trait, before, later=later)


def _is_known(event: TraitSet, trait: Trait, ledger: Ledger) -> bool:
    """Whether the last word of that day, by a person, was the same."""
    last = next(ledger.said_of(trait.name, None, date.max, event.account), None)
    said = (event.on, event.value, None, event.until)
    return last is not None and (last.on, last.value, last.enrollment, last.until) == said


def _refuse_an_end(trait: Trait, until: date | None) -> None:
    if until is not None:
        fact = f"'{trait.name}' is a trait: it counts until something else is said"
        raise ChoiceError(fact, "leave out --until; `expires_after:` of the trait makes it expire")


def _ask_for_end_and_reason(trait: Trait, until: date | None, because: str, act: Act) -> None:
    """An exception that nobody explains and nothing ends would stand against the rules for ever."""
    if until is None:
        fact = f"'{trait.name}' is given by rules: an exception has an end"
        raise ChoiceError(fact, "say from when on the rules decide again: --until 2026-12-31")
    if until <= act.on:
        raise ChoiceError(f"{until.isoformat()} is over already", "--until is a day to come")
    if not because:
        raise ChoiceError(
            f"'{trait.name}' is given by rules: an exception has a reason", 'say it: --because "…"'
        )


def trait_meant(name: str, catalog: Catalog) -> Trait:
    known_ones = settable(catalog)
    if name in known_ones:
        return known_ones[name]
    one = catalog.segmentations.get(name)
    if one is not None:
        raise ChoiceError(
            f"'{name}' are tags: each is set on its own", f"there are: {', '.join(one.standing)}"
        )
    traits = sorted(catalog.traits)
    known = f"traits are: {', '.join(traits)}" if traits else "a file `traits:` defines them"
    if catalog.contract.accounts.field(name) is not None:
        raise ChoiceError(f"'{name}' is a field of accounts: it comes with the snapshot", known)
    if name in catalog.facts:
        raise ChoiceError(f"'{name}' is reckoned from other facts: only traits are set", known)
    raise ChoiceError(f"there is no trait '{name}'", did_you_mean(name, traits) or known)


def _value(written: str, trait: Trait) -> Value:
    value = trait_value(written, trait)
    if isinstance(value, Wrong):
        raise ChoiceError(value.message, value.hint.replace("null clears it", "--clear clears it"))
    return value
