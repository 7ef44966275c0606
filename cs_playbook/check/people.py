"""Whom a playbook names, and where: our people do the work, theirs are written to, and somebody is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cs_playbook.check.rule import Asked
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Cases
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Approve, ChannelRef, Document, Email, Notify, Step, Task
from cs_playbook.model.team import ROW, FromField, People, Role, RoleRef, Team
from cs_playbook.model.wording import write
from cs_playbook.source.finding import Finding, warning


def contacts_where_contacts_are_meant(asked: Asked) -> Iterator[Finding]:
    """CSP340 An email or a task is about one of our own people

    `to:` and `about:` name people of the customer: a role that says `contacts:` in team.yaml. With a
    role of ours there is nobody to write to, and {{ contact.first_name }} stays empty.

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
    hint = f"people of the customer are: {theirs}" if theirs else _no_people(asked.catalog)
    for step in asked.playbook.steps:
        for key, who in _about(step):
            for ref in _roles_in(who):
                role = asked.catalog.team.role(ref.role)
                if role is not None and not role.is_contact:
                    fact = f"`{key}:` names a person of the customer, and '{ref.role}' is one of ours"
                    yield Finding(ref.span, "CSP340", fact, hint)


def _no_people(catalog: Catalog) -> str:
    if catalog.contract.table("contacts") is None:
        return (
            "data.yaml has no table contacts: nobody there can be written to; make it a task for one of ours"
        )
    return "give it a role with `contacts:` in team.yaml"


def colleagues_where_colleagues_are_meant(asked: Asked) -> Iterator[Finding]:
    """CSP341 The customer would do our work

    `owner:`, `from:`, `tell:` and `notify:` name people of our own, who find the task, or the note, on
    their list. A role that says `contacts:` in team.yaml is a person of the customer.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: call, task: Call them, owner: champion}

    Mended:

        # playbooks/example.yaml
        steps:
          - {id: call, task: Call them, owner: csm, about: champion}
    """
    theirs = {role.name for role in asked.catalog.team.roles if role.is_contact} | {ROW}
    owner = [("owner", asked.playbook.owner)] if asked.playbook.owner is not None else []
    ours = [role.name for role in asked.catalog.team.roles if not role.is_contact]
    hint = f"our roles are: {', '.join(ours)}"
    for key, who in (*owner, *_doing(asked.playbook)):
        for ref in _roles_in(who):
            if ref.role in theirs:
                fact = f"`{key}:` names one of ours, and '{ref.role}' is a person of the customer"
                yield Finding(ref.span, "CSP341", fact, hint)


def somebody_is_always_there(asked: Asked) -> Iterator[Finding]:
    """CSP342 A warning: on some accounts there may be nobody to do it

    The role is read from a field, and where the field is empty there is nobody: the step waits and is
    listed as held. A role can say who stands in: `else:`.

    Fails:

        # team.yaml
        roles:
          csm: {from: csm_email}

    Mended:

        # team.yaml
        roles:
          csm: {from: csm_email, else: cs_ops}
    """
    team = asked.catalog.team
    fields = {role.name: _empty_field(role, team, frozenset()) for role in team.roles}
    told: set[str] = set()
    for key, who in _doing(asked.playbook) if any(fields.values()) else ():
        ref = None if key == "tell" else _maybe_nobody(who, fields)
        if ref is not None and ref.role not in told:
            told.add(ref.role)
            fact = f"where {fields[ref.role]} is empty, '{ref.role}' is nobody and the step waits"
            hint = f"say who stands in, in team.yaml: {ref.role}: {{…, else: <role>}}"
            yield warning(ref.span, "CSP342", fact, hint)


def _maybe_nobody(who: People, fields: Mapping[str, str | None]) -> RoleRef | None:
    """The role that may be nobody; None where somebody is always there. `fields`: role → what empties it."""
    if isinstance(who, RoleRef):
        return who if fields.get(who.role) else None
    nobody = [_maybe_nobody(inner, fields) for inner in who.people]
    return None if None in nobody else nobody[0]


def _empty_field(role: Role, team: Team, seen: frozenset[str]) -> str | None:
    """The field whose emptiness makes the role nobody. Of roles of managers a rule of team.py speaks."""
    if not isinstance(role.source, FromField) or role.name in seen:
        return None
    stand_in = team.role(role.otherwise.role) if role.otherwise is not None else None
    if stand_in is not None and _empty_field(stand_in, team, seen | {role.name}) is None:
        return None
    return write(role.source.fact)


def _about(step: Step) -> Iterator[tuple[str, People]]:
    """The people of the customer that a step names, with the key that names them."""
    match step.verb:
        case Email(to=to):
            yield from (("to", fit.value) for fit in to.fits)
        case Task(about=about) | Approve(about=about) | Document(about=about) if about is not None:
            yield from (("about", fit.value) for fit in about.fits)
        case _:
            pass


def _doing(playbook: Playbook) -> Iterator[tuple[str, People]]:
    """Our people who are to do something, with the key that names them."""
    for step in playbook.steps:
        match step.verb:
            case Task() | Approve() | Document() as verb:
                yield from (("owner", fit.value) for fit in verb.owner.fits)
                if verb.escalate is not None:
                    yield from _told("tell", verb.escalate.tell)
            case Email(sender=sender):
                yield from (("from", fit.value) for fit in sender.fits)
            case Notify(to=to):
                yield from _told("notify", to)
            case _:
                pass


def _told(key: str, to: Cases[People | ChannelRef]) -> Iterator[tuple[str, People]]:
    yield from ((key, fit.value) for fit in to.fits if not isinstance(fit.value, ChannelRef))


def _roles_in(who: People) -> Iterator[RoleRef]:
    if isinstance(who, RoleRef):
        yield who
    else:
        for inner in who.people:
            yield from _roles_in(inner)
