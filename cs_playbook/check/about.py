"""Whom a line is about: one contact where a role may name several; and whom the row of an enrollment names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from cs_playbook.check.rule import Asked
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.expression import FieldType, Name, ScopeName, walk
from cs_playbook.model.step import Approve, Document, Email, Step, Task
from cs_playbook.model.team import AllOf, ContactsWhere, FirstOf, People, RoleRef
from cs_playbook.source.finding import Finding, warning


def a_line_is_about_one_contact(asked: Asked) -> Iterator[Finding]:
    """CSP347 A warning: a task is about one of several contacts

    `about:` opens one line, for one contact. A role of contacts without `pick:`, or with `pick: all`, may
    name several: the line is then about the one whose key comes first, whoever that is. `pick: newest
    last_seen` on the role says whom you mean; to write to all of them, `to:` of an email takes the role.

    Fails:

        # playbooks/example.yaml
        steps:
          - {id: call, task: "Call {{ contact.first_name }}", owner: csm, about: admins}

    Mended:

        # team.yaml
        roles:
          main_admin: {contacts: "'admin' in roles and not has_left", pick: newest last_seen}
        # playbooks/example.yaml
        steps:
          - {id: call, task: "Call {{ contact.first_name }}", owner: csm, about: main_admin}
    """
    for step in asked.playbook.steps:
        told: set[str] = set()
        for who in _about(step):
            ref = _several(who, asked.catalog)
            if ref is not None and ref.role not in told:
                told.add(ref.role)
                yield _about_the_first(step, ref, asked.catalog)


def roles_ask_for_rows_there_are(asked: Asked) -> Iterator[Finding]:
    """CSP348 A role asks for the row of an enrollment that is about none

    `contacts: id = row.contact_id` finds the person whom a row names, e.g. who wrote the answer to a survey.
    Only a playbook that says `one_per:` with a table has such a row, and it must have that field: elsewhere
    the role would be nobody.

    Fails:

        # team.yaml
        roles:
          around: {contacts: last_seen >= row.opened_on, pick: newest last_seen}

        # playbooks/example.yaml
        trigger: {when: paying, already_matching: start}
        steps:
          - {id: call, task: "Call {{ contact.first_name }}", owner: csm, about: around}

    Mended:

        # team.yaml
        roles:
          around: {contacts: last_seen >= row.opened_on, pick: newest last_seen}

        # playbooks/example.yaml
        trigger: {one_per: tickets, when: paying, already_matching: start}
        steps:
          - {id: call, task: "Call {{ contact.first_name }}", owner: csm, about: around}
    """
    table = asked.catalog.contract.table(asked.playbook.trigger.one_per or "")
    about = f"rows of '{table.name}'" if table is not None else "accounts"
    for step in asked.playbook.steps:
        for ref in (ref for who in _contacts_of(step) for ref in _roles(who)):
            missing = [name for name in _of_row(ref, asked.catalog) if table is None or not table.field(name)]
            if missing:
                fact = f"the role '{ref.role}' asks for row.{missing[0]}, and '{asked.playbook.name}' is about {about}"
                yield Finding(ref.span, "CSP348", fact, _with_field(missing[0], asked.catalog))


def _with_field(name: str, catalog: Catalog) -> str:
    tables = [table.name for table in catalog.contract.of_rows if table.key and table.field(name)]
    return f"say `one_per: {tables[0]}` in its trigger, or name another role" if tables else ""


def _of_row(ref: RoleRef, catalog: Catalog) -> list[str]:
    """The fields of the row that a role, or who stands in for it, asks for; each once."""
    role, seen, found = catalog.team.role(ref.role), {ref.role}, dict[str, None]()
    while role is not None:
        if isinstance(role.source, ContactsWhere):
            names = (part for part in walk(role.source.where) if isinstance(part, Name))
            found.update((name.name, None) for name in names if name.scope is ScopeName.ROW)
        stand_in = role.otherwise.role if role.otherwise is not None else ""
        role = catalog.team.role(stand_in) if stand_in not in seen else None
        seen.add(stand_in)
    return list(found)


def _contacts_of(step: Step) -> Iterator[People]:
    yield from _about(step)
    if isinstance(step.verb, Email):
        yield from (fit.value for fit in step.verb.to.fits)
        if step.verb.copies is not None:
            yield from (fit.value for fit in step.verb.copies.fits)


def _about(step: Step) -> Iterator[People]:
    match step.verb:
        case Task(about=about) | Approve(about=about) | Document(about=about) if about is not None:
            yield from (fit.value for fit in about.fits)
        case _:
            pass


def _several(who: People, catalog: Catalog) -> RoleRef | None:
    """The role by which it may be several contacts; None where it is one at most."""
    match who:
        case RoleRef(role=name):
            role = catalog.team.role(name)
            source = role.source if role is not None else None
            return who if isinstance(source, ContactsWhere) and source.pick == "all" else None
        case FirstOf(people=people):
            return next((ref for one in people if (ref := _several(one, catalog)) is not None), None)
        case AllOf(people=people):
            return _together(people, catalog)
        case _:
            assert_never(who)


def _together(people: tuple[People, ...], catalog: Catalog) -> RoleRef | None:
    """Two roles that name one each are several too. Our own people among them are reported elsewhere."""
    theirs = [ref for one in people for ref in _roles(one) if _is_contact(ref, catalog)]
    several = next((ref for one in people if (ref := _several(one, catalog)) is not None), None)
    return theirs[0] if len(theirs) > 1 else several


def _roles(who: People) -> Iterator[RoleRef]:
    if isinstance(who, RoleRef):
        yield who
    else:
        for one in who.people:
            yield from _roles(one)


def _is_contact(ref: RoleRef, catalog: Catalog) -> bool:
    role = catalog.team.role(ref.role)
    return role is not None and role.is_contact


def _about_the_first(step: Step, ref: RoleRef, catalog: Catalog) -> Finding:
    contacts = catalog.contract.table("contacts")
    key = contacts.key if contacts is not None and contacts.key else "key"
    dates = (
        [field.name for field in contacts.fields if field.type.reads_as is FieldType.DATE] if contacts else []
    )
    several = isinstance(_several(ref, catalog), RoleRef)
    one = (
        f"the one of '{ref.role}' whose {key} comes first" if several else f"'{ref.role}' where there is one"
    )
    fact = f"`about:` may name several contacts: step '{step.id}' is about one, {one}"
    pick = f"pick: newest {'last_seen' if 'last_seen' in dates or not dates else dates[0]}"
    return warning(
        ref.span, "CSP347", fact, f"name one role that says whom, in team.yaml: {{contacts: …, {pick}}}"
    )
