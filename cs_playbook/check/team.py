"""The team's roles: who stands in for whom, whose manager is whose, ours and the customer's."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from cs_playbook.check.rule import note
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.team import Always, ContactsWhere, FromField, ManagerOf, Pool, Role, Team
from cs_playbook.source.finding import Finding, warning

NEARLY = 0.8  # of two names that are probably the same one
RESERVED = ("account", "parent", "contact", "row", "steps", "given", "today", "rows")


def role_names_are_free(catalog: Catalog) -> Iterator[Finding]:
    """CSP145 A role has a name that means something else in letters

    In a letter {{ csm.name }} is the name of whoever is the CSM, {{ account.name }} that of the
    account. A role called account, contact, row, steps, given or today would hide what everybody
    expects there.

    Fails:

        # team.yaml
        roles:
          contact: {contacts: "'champion' in roles", pick: newest last_seen}

    Mended:

        # team.yaml
        roles:
          main_contact: {contacts: "'champion' in roles", pick: newest last_seen}
    """
    for role in catalog.team.roles:
        if role.name in RESERVED:
            fact = f"a role cannot be called '{role.name}': that means something else in letters"
            yield Finding(role.span, "CSP145", fact, f"e.g. main_{role.name}")


def no_circles_of_roles(catalog: Catalog) -> Iterator[Finding]:
    """CSP138 A role stands in for itself

    Who stands in for a role (`else:`), or is the manager of it, must not lead back to the same role:
    where the first is empty, all of them are.

    Fails:

        # team.yaml
        roles:
          csm: {from: csm_email, else: csm_manager}
          csm_manager: {manager_of: csm}

    Mended:

        # team.yaml
        roles:
          csm: {from: csm_email, else: cs_ops}
          csm_manager: {manager_of: csm, else: cs_ops}
    """
    told: set[str] = set()
    for role in catalog.team.roles:
        circle = _circle_from(role, catalog.team)
        if circle and not told & set(circle):
            told |= set(circle)
            fact = f"the role '{role.name}' leads back to itself: {' → '.join((*circle, role.name))}"
            yield Finding(
                role.span, "CSP138", fact, "where one of them is empty all are: let `else:` name another role"
            )


def _circle_from(role: Role, team: Team) -> tuple[str, ...]:
    """The way from a role back to itself over `else` and `manager_of`; nothing where there is none."""
    ways: list[tuple[str, ...]] = [(role.name,)]
    seen = {role.name}
    while ways:
        way = ways.pop(0)
        for name in _leads_to(team.role(way[-1])):
            if name == role.name:
                return way
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()


def _leads_to(role: Role | None) -> Iterator[str]:
    if role is not None and role.otherwise is not None:
        yield role.otherwise.role
    if role is not None and isinstance(role.source, ManagerOf):
        yield role.source.role.role


def one_kind_of_people(catalog: Catalog) -> Iterator[Finding]:
    """CSP139 A role is half ours, half the customer's

    Somebody of ours cannot stand in for a contact (nobody writes a customer's mail to a colleague), a
    contact cannot stand in for one of ours, and contacts have no manager among us.

    Fails:

        # team.yaml
        roles:
          champion: {contacts: "'champion' in roles", pick: newest last_seen, else: csm}

    Mended:

        # team.yaml
        roles:
          champion: {contacts: "'champion' in roles", pick: newest last_seen, else: admins}
    """
    for role in catalog.team.roles:
        stand_in = catalog.team.role(role.otherwise.role) if role.otherwise is not None else None
        if stand_in is not None and role.otherwise is not None and stand_in.is_contact != role.is_contact:
            fact = (
                f"'{stand_in.name}' cannot stand in for '{role.name}': one is ours, the other the customer's"
            )
            yield Finding(role.otherwise.span, "CSP139", fact, "`else:` names a role of the same side")
        managed = catalog.team.role(role.source.role.role) if isinstance(role.source, ManagerOf) else None
        if managed is not None and managed.is_contact:
            fact = f"'{managed.name}' is a person of the customer: nobody here is the manager"
            yield Finding(role.span, "CSP139", fact, "`manager_of:` names a role of ours")


def people_of_roles_are_known(catalog: Catalog) -> Iterator[Finding]:
    """CSP146 A role names somebody whom nobody knows

    `is:` names one person by the address. An address that is nearly one of `people:` is a warning: it is
    probably a slip of the pen, and tasks would go to nobody. A shared mailbox need not stand there (a note,
    shown by `validate -v`). A name without @ is an error: names are not unique, and change.

    Fails:

        # team.yaml
        roles:
          cs_ops: {is: norah@vendor.example}

    Mended:

        # team.yaml
        roles:
          cs_ops: {is: nora@vendor.example}
    """
    people = {person.email.casefold(): person for person in catalog.team.people}
    named = {person.name.casefold(): person.email for person in catalog.team.people}
    for role in catalog.team.roles:
        if not isinstance(role.source, Always) or role.source.email.casefold() in people:
            continue
        written = role.source.email
        if "@" not in written:
            address = named.get(written.casefold())
            hint = f"write {role.name}: {{is: {address}}}" if address else "e.g. is: cs-ops@vendor.example"
            fact = f"the role '{role.name}' is '{written}', which is no address"
            yield Finding(role.span, "CSP146", fact, hint)
            continue
        fact = f"'{written}' of the role '{role.name}' is not among the people"
        near = [person.email for person in catalog.team.people if _nearly(written, person.email)]
        if near:
            yield warning(role.span, "CSP146", fact, f"did you mean '{near[0]}'?")
        elif people:
            yield note(role.span, "CSP146", fact, "name them under `people:`, unless it is a shared mailbox")


def _nearly(one: str, other: str) -> bool:
    """Colleagues share a domain: it is what stands before it that must be alike."""
    name, other_name = (address.casefold().partition("@")[0] for address in (one, other))
    return SequenceMatcher(None, name, other_name).ratio() >= NEARLY


def managers_have_names(catalog: Catalog) -> Iterator[Finding]:
    """CSP137 A warning: a role of managers has nobody for some of the people

    `manager_of: csm` looks up the manager of whoever is the CSM, under `people:`. Somebody who has none
    there leaves the role empty: the step waits, and nobody is told when it is late. `else:` says who
    stands in.

    Fails:

        # team.yaml
        roles:
          csm_manager: {manager_of: csm}

    Mended:

        # team.yaml
        roles:
          csm_manager: {manager_of: csm, else: cs_ops}
    """
    for role in catalog.team.roles:
        if not isinstance(role.source, ManagerOf) or role.otherwise is not None:
            continue
        managed = role.source.role.role
        alone = tuple(dict.fromkeys(_without_manager(managed, catalog.team)))
        if alone:
            fact = f"where '{managed}' is {_one_of(alone)}, '{role.name}' is nobody: no manager is named"
            hint = f"name one under `people:`, or say {role.name}: {{…, else: <role>}}"
            yield warning(role.span, "CSP137", fact, hint)


def _one_of(names: tuple[str, ...]) -> str:
    shown = (*names[:3], f"{len(names) - 3} others") if len(names) > 4 else names
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)


def _without_manager(role: str, team: Team) -> Iterator[str]:
    for email in _known_in(role, team, frozenset()):
        person = team.person(email)
        if person is None or person.manager is None:
            yield person.name if person else email


def _known_in(name: str, team: Team, seen: frozenset[str]) -> Iterator[str]:
    """The addresses that a role may give, as far as the team's file tells."""
    role = team.role(name)
    if role is None or name in seen:
        return
    match role.source:
        case Always(email=email):
            yield email
        case Pool(people=several):
            yield from several
        case FromField():
            yield from _working(team)
        case ManagerOf(role=managed):
            below = (team.person(email) for email in _known_in(managed.role, team, seen | {name}))
            known = {person.email for person in team.people} | team.always
            yield from (person.manager for person in below if person is not None and person.manager in known)
        case ContactsWhere():
            return
    if role.otherwise is not None:
        yield from _known_in(role.otherwise.role, team, seen | {name})


def _working(team: Team) -> Iterator[str]:
    """Anybody's address may stand in a field, but that of whoever is above all others: they own no account."""
    above = {person.manager for person in team.people}
    yield from (person.email for person in team.people if person.manager or person.email not in above)
