"""Files and a snapshot → letters with a blank that no contact of an account can fill: warnings that count the accounts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from cs_playbook.commands.workspace import calendar_of
from cs_playbook.compile import in_reach, placing
from cs_playbook.compile.own_functions import own_functions
from cs_playbook.compile.rows import view_of
from cs_playbook.errors import UserError
from cs_playbook.letters.template import Template, compile_letter, needed
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Cases
from cs_playbook.model.expression import to_day
from cs_playbook.model.functions import Reckoning
from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.model.step import Email
from cs_playbook.model.team import ContactsWhere, People, Role, RoleRef
from cs_playbook.source import snapshot as snapshots
from cs_playbook.source.finding import Finding, Span, warning
from cs_playbook.source.snapshot import Snapshot

_CONTACT = "contact"


class _Use(Struct, frozen=True):
    """A letter, sent by one step. `reach`: the roles its recipients have; `fields`: what it prints of each of them."""

    letter: str
    span: Span
    playbook: Playbook
    reach: Mapping[str, Role]
    fields: tuple[str, ...]


class _Lacking(Struct, frozen=True):
    """In `count` of the `accounts` that a letter may reach, nobody has the field."""

    use: _Use
    field: str
    count: int
    accounts: int


def unfilled(catalog: Catalog, folder: Path) -> list[Finding]:
    """`folder`: of the snapshots. Nothing where there is none, or none that can be read: others tell of that."""
    try:
        newest = snapshots.newest(folder)  # before any letter is read again
        uses = list(_uses(catalog))
        if not uses:
            return []
        with Snapshot.open(newest, placing.shape(catalog.contract)) as snapshot:
            return list(_asked(uses, catalog, snapshot))
    except (UserError, sqlite3.Error):
        return []


def _uses(catalog: Catalog) -> Iterator[_Use]:
    """Each letter once for each step that sends it."""
    for playbook in catalog.playbooks.values():
        for step in playbook.all_steps if playbook.status is not Status.RETIRED else ():
            verb = step.verb
            if not isinstance(verb, Email):
                continue
            reach = {role.name: role for role in _roles(verb.to, catalog)}
            for name in dict.fromkeys(fit.value for fit in verb.letter.fits):
                fields = _fields(name, catalog)
                if reach and fields:
                    yield _Use(name, verb.span, playbook, reach, fields)


def _fields(name: str, catalog: Catalog) -> tuple[str, ...]:
    """The fields of contacts that the letter cannot do without; in every language they are the same."""
    table = catalog.contract.table("contacts")
    written = catalog.letters.get((name, catalog.project.languages.default))
    template = compile_letter(written) if written is not None else None
    parts = (blank.partition(".") for blank in needed(template)) if isinstance(template, Template) else ()
    named = (field for first, _, field in parts if first == _CONTACT)
    return tuple(name for name in named if table is not None and table.field(name) is not None)


def _roles(to: Cases[People], catalog: Catalog) -> Iterator[Role]:
    """Every role of contacts that may be written to, and who stands in for it."""
    waiting = [ref for fit in to.fits for ref in _named(fit.value)]
    met: set[str] = set()
    while waiting:
        ref = waiting.pop()
        role = catalog.team.role(ref.role)
        if role is None or ref.role in met:
            continue
        met.add(ref.role)
        waiting += [role.otherwise] if role.otherwise else []
        if role.is_contact:
            yield role


def _named(who: People) -> list[RoleRef]:
    return [who] if isinstance(who, RoleRef) else [ref for one in who.people for ref in _named(one)]


def _asked(uses: list[_Use], catalog: Catalog, snapshot: Snapshot) -> Iterator[Finding]:
    contract = catalog.contract
    reckoning = Reckoning(to_day(snapshot.day), calendar_of(catalog.project.calendar))
    for name, function in own_functions(reckoning).items():
        snapshot.add_function(name, -1, function)
    table = contract.table("contacts")
    assert table is not None, "roles of contacts pick rows of that table"
    snapshot.connection.execute(view_of(table, contract))
    lacking = [found for use in uses for found in _of_use(use, catalog, snapshot.connection)]
    # One field that the source does not fill is one thing to mend, however many letters ask for it: the worst is named.
    for field in dict.fromkeys(found.field for found in lacking):
        first, *others = sorted((found for found in lacking if found.field == field), key=lambda f: -f.count)
        yield _finding(first, len({other.use.letter for other in others} - {first.use.letter}))


def _of_use(use: _Use, catalog: Catalog, connection: sqlite3.Connection) -> Iterator[_Lacking]:
    asked = (catalog.contract.active if not use.playbook.sees_inactive else None, use.playbook.audience)
    chosen = [role.source.where for role in use.reach.values() if isinstance(role.source, ContactsWhere)]
    seen_by = [condition for condition in asked if condition is not None]
    query = in_reach.without(use.fields, chosen, seen_by, catalog.contract)
    if query is None:
        return
    accounts, *empty = connection.execute(query).fetchone()
    for field, count in zip(use.fields, empty, strict=True):
        if count:
            yield _Lacking(use, field, int(count), accounts)


def _finding(found: _Lacking, others: int) -> Finding:
    use, field = found.use, found.field
    who = ", ".join(sorted(use.reach))
    where = f"{found.count} of {found.accounts} account{'' if found.accounts == 1 else 's'} in reach"
    fact = f"email {use.letter} needs contact.{field}: in {where} nobody of {who} has one, and no draft can be sent"
    more = (
        f"{others} more email{'' if others == 1 else 's'} need{'s' if others == 1 else ''} it; "
        if others
        else ""
    )
    hint = f"{more}fill it in the source, or let the letter do without: {{% if contact.{field} %}} … {{% endif %}}"
    return warning(use.span, "CSP412", fact, hint)
