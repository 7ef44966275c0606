"""Whom a person names on the command line → the key of an account; or, where a playbook is one per person, an address."""

from __future__ import annotations

from cs_playbook.commands.account import find_account
from cs_playbook.commands.workspace import Workspace
from cs_playbook.effects.ledger import Ledger
from cs_playbook.errors import ChoiceError
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.playbook import Playbook


def whom(written: str, workspace: Workspace, ledger: Ledger) -> str:
    """Raises ChoiceError where there is nobody, or several."""
    return person_meant(written, workspace.catalog) or find_account(workspace.place, written, ledger)


def person_meant(written: str, catalog: Catalog) -> str | None:
    """By address or name, in any case; nobody where no playbook is about people."""
    if not has_books(catalog):
        return None
    meant = written.casefold().strip()
    named = [one.email.lower() for one in catalog.team.people if one.name.casefold() == meant]
    if meant in catalog.team.addresses:
        return meant
    return named[0] if len(named) == 1 else None


def has_books(catalog: Catalog) -> bool:
    return any(playbook.trigger.per_person for playbook in catalog.playbooks.values())


def refuse_the_other_kind(playbook: Playbook, found: str, is_person: bool) -> None:
    """An account in a playbook about people, or one of our people in one about accounts."""
    role = playbook.trigger.per_person
    if role is not None and not is_person:
        fact = f"'{playbook.name}' is one per person ('{role}'), and {found} is an account"
        raise ChoiceError(fact, "name one of your people, by address or name")
    if role is None and is_person:
        raise ChoiceError(f"'{playbook.name}' is about accounts, and {found} is one of your people")
