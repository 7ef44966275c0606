"""What a person says of an account's trait → an event in the ledger; it counts at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cs_playbook.commands.account import find_account
from cs_playbook.commands.people import Act
from cs_playbook.commands.standing import standing
from cs_playbook.commands.workspace import Workspace, open_ledger
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.lock import locked
from cs_playbook.errors import ChoiceError
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.event import TraitSet
from cs_playbook.model.trait import Standing, Trait
from cs_playbook.model.value import Value
from cs_playbook.parse.story_value import Wrong
from cs_playbook.parse.trait import trait_value
from cs_playbook.source.finding import did_you_mean


@dataclass(frozen=True, slots=True)
class Said:
    """What came of it. `before`: what counted until now. `already`: the same was said that day. `later`: what overrules it."""

    event: TraitSet
    trait: Trait
    before: Standing | None = None
    already: bool = False
    later: Standing | None = None


def set_trait(
    workspace: Workspace, account: str, name: str, written: str | None, because: str, act: Act
) -> Said:
    """`written` None clears it. Raises ChoiceError for what there is not, with the nearest that there is."""
    trait = trait_meant(name, workspace.catalog)
    value = None if written is None else _value(written, trait)
    with locked(workspace.ledger, "set"), open_ledger(workspace, writing=True) as ledger:
        found = find_account(workspace.place, account, ledger)
        before = next(standing(trait, ledger, act.on, found), None)
        event = TraitSet(found, trait.name, value, act.on, act.by, because)
        if _is_known(event, trait, ledger):
            return Said(event, trait, before, already=True)
        ledger.record([event], act.recorded_at)
        last = next(ledger.said_of(trait.name, None, date.max, found))
        later = last if last.on > act.on else None
        return Said(event, trait, before, later=later)


def _is_known(event: TraitSet, trait: Trait, ledger: Ledger) -> bool:
    """Whether the last word of that day, by a person, was the same."""
    last = next(ledger.said_of(trait.name, None, date.max, event.account), None)
    return last is not None and (last.on, last.value, last.enrollment) == (event.on, event.value, None)


def trait_meant(name: str, catalog: Catalog) -> Trait:
    trait = catalog.traits.get(name)
    if trait is not None:
        return trait
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
