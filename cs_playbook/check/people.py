"""Who is named where: our people do the work, theirs are written to; roles that may have nobody."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.check.rule import Asked
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.playbook import Approve, Email, Playbook, Step, Task
from cs_playbook.model.team import Always, ContactsWhere, FirstOf, FromField, ManagerOf, People, Role, RoleRef, Team
from cs_playbook.source.finding import Finding, warning


def contacts_where_contacts_are_meant(asked: Asked) -> Iterator[Finding]:
    """CSP340 An email or a task is about one of our own people

    `to:` and `about:` name people of the customer: a role that says `contacts:` in team.yaml. With a role of
    ours there is nobody to write to, and {{ contact.first_name }} stays empty.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: call, task: Call them, owner: csm, about: csm_manager}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: call, task: Call them, owner: csm, about: champion}
    """
    theirs = ", ".join(role.name for role in asked.catalog.team.roles if role.is_contact)
    hint = f"people of the customer are: {theirs}" if theirs else "give it a role with `contacts:` in team.yaml"
    for step in asked.playbook.steps:
        for key, who in _about(step):
            for ref in _roles_in(who):
                role = asked.catalog.team.role(ref.role)
                if role is not None and not role.is_contact:
                    fact = f"`{key}:` names a person of the customer, and '{ref.role}' is one of ours"
                    yield Finding(ref.span, "CSP340", fact, hint)


def colleagues_where_colleagues_are_meant(asked: Asked) -> Iterator[Finding]:
    """CSP341 The customer would do our work

    `owner:`, `from:` and `tell:` name people of our own, who find the task on their list. A role that says
    `contacts:` in team.yaml is a person of the customer.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: call, task: Call them, owner: champion}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: call, task: Call them, owner: csm, about: champion}
    """
    ours = ", ".join(role.name for role in asked.catalog.team.roles if not role.is_contact)
    for key, who in _doing(asked.playbook):
        for ref in _roles_in(who):
            role = asked.catalog.team.role(ref.role)
            if role is not None and role.is_contact:
                fact = f"`{key}:` names one of ours, and '{ref.role}' is a person of the customer"
                yield Finding(ref.span, "CSP341", fact, f"our roles are: {ours}")


def somebody_is_always_there(asked: Asked) -> Iterator[Finding]:
    """CSP342 A warning: on some accounts there may be nobody to do it

    The role is read from a field, and where the field is empty there is nobody: the step waits and is listed as
    held. A role can say who stands in: `else:`.

    Fails:

        # team.yaml
        roles:
          csm: {from: csm_email, else: null}

    Mended:

        # team.yaml
        roles:
          csm: {from: csm_email, else: cs_ops}
    """
    told: set[str] = set()
    for key, who in _doing(asked.playbook):
        empty = _maybe_empty(who, asked.catalog.team)
        if empty is not None and key in ("owner", "from") and empty[0].role not in told:
            ref, fact = empty
            told.add(ref.role)
            hint = f"say who stands in, in team.yaml: {ref.role}: {{…, else: <role>}}"
            yield warning(ref.span, "CSP342", f"where {fact} is empty, '{ref.role}' is nobody and the step waits", hint)


def no_circles_of_roles(catalog: Catalog) -> Iterator[Finding]:
    """CSP138 A role stands in for itself

    Who stands in for a role (`else:`), or is the manager of it, must not lead back to the same role: where the
    first is empty, all of them are.

    Fails:

        # team.yaml
        roles:
          csm: {from: csm_email, else: csm_manager}
          csm_manager: {manager_of: csm, else: null}

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
            yield Finding(role.span, "CSP138", fact, "where one of them is empty all are: let `else:` name another role")


def _circle_from(role: Role, team: Team) -> tuple[str, ...]:
    """The way from a role back to itself over `else` and `manager_of`; nothing where there is none."""
    ways = [(role.name,)]
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

    Somebody of ours cannot stand in for a contact (nobody writes a customer's mail to a colleague), a contact
    cannot stand in for one of ours, and contacts have no manager among us.

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
            fact = f"'{stand_in.name}' cannot stand in for '{role.name}': one is ours, the other the customer's"
            yield Finding(role.otherwise.span, "CSP139", fact, "`else:` names a role of the same side")
        managed = catalog.team.role(role.source.role.role) if isinstance(role.source, ManagerOf) else None
        if managed is not None and managed.is_contact:
            fact = f"'{managed.name}' is a person of the customer: nobody here is the manager"
            yield Finding(role.span, "CSP139", fact, "`manager_of:` names a role of ours")


def managers_have_names(catalog: Catalog) -> Iterator[Finding]:
    """CSP137 A warning: a role of managers has nobody for some of the people

    `manager_of: csm` looks up the manager of whoever is the CSM, under `people:`. Somebody who has none there
    leaves the role empty: the step waits, and nobody is told when it is late. `else:` says who stands in.

    Fails:

        # team.yaml
        roles:
          csm_manager: {manager_of: csm, else: null}

    Mended:

        # team.yaml
        roles:
          csm_manager: {manager_of: csm, else: cs_ops}
    """
    for role in catalog.team.roles:
        if isinstance(role.source, ManagerOf) and role.otherwise is None:
            alone = list(_without_manager(role.source.role.role, catalog.team))
            if alone:
                names = " and ".join([", ".join(alone[:-1]), alone[-1]] if alone[1:] else alone)
                has = "has" if len(alone) == 1 else "have"
                fact = f"'{role.name}' is nobody where '{role.source.role.role}' is {names}: they {'have' if alone[1:] else 'have'} no manager"
                yield warning(role.span, "CSP137", fact.replace("they have", f"who {has}"), f"name the manager under `people:`, or say {role.name}: {{…, else: <role>}}")


def _without_manager(name: str, team: Team) -> Iterator[str]:
    """The people known to be in a role, now or one day, who have no manager."""
    for email in dict.fromkeys(_known_in(name, team, frozenset())):
        person = team.person(email)
        if person is None or person.manager is None:
            yield person.name if person else email


def _known_in(name: str, team: Team, seen: frozenset[str]) -> Iterator[str]:
    """Addresses that a role may give. Whose address stands in a field may be anybody under `people:`."""
    role = team.role(name)
    if role is None or name in seen:
        return
    match role.source:
        case Always(email=email):
            yield email
        case FromField():
            # Who is a manager of others and stands in by another role is no CSM, as far as one can tell.
            yield from (person.email for person in team.people if person.manager is not None)
        case ManagerOf(role=managed):
            below = (team.person(email) for email in _known_in(managed.role, team, seen | {name}))
            yield from (person.manager for person in below if person is not None and person.manager)
        case ContactsWhere():
            return
    if role.otherwise is not None:
        yield from _known_in(role.otherwise.role, team, seen | {name})
