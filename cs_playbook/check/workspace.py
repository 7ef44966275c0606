"""What holds for the whole workspace: contacts one can write to, languages one can tell, unused names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_playbook.check.rule import note
from cs_playbook.model.asking import (
    handed_over,
    later_conditions,
    named_in_sentences,
    people_of,
    rule_conditions,
    step_dates,
)
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Condition, leaves
from cs_playbook.model.data import ACCOUNTS, Table
from cs_playbook.model.expression import Expression, FieldType
from cs_playbook.model.kpi import parts_of
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.scorecard import conditions_of
from cs_playbook.model.step import Email
from cs_playbook.model.team import ContactsWhere, FromField, ManagerOf, People, RoleRef
from cs_playbook.model.wording import write
from cs_playbook.source.finding import Finding, warning

_WORD = re.compile(r"[^\W\d]\w*")


def contacts_can_be_written_to(catalog: Catalog) -> Iterator[Finding]:
    """CSP709 The table of contacts cannot serve

    A draft belongs to one contact and is remembered by the contact's key, so that nobody is written to
    twice: `contacts` needs a `key:`. To write an email it needs a field `email`.

    Fails:

        # data.yaml
        tables:
          contacts:
            account: account_id
            fields: {account_id: text, first_name: text, roles: list, last_seen: date, has_left: boolean}

    Mended:

        # data.yaml
        tables:
          contacts:
            key: id
            account: account_id
            fields:
              {id: text, account_id: text, email: email, first_name: text, roles: list, last_seen: date, has_left: boolean}
    """
    table = catalog.contract.table("contacts")
    if table is None:
        return
    if table.key is None and any(role.is_contact for role in catalog.team.roles):
        fact = "contacts have no `key:`, so one could not be told from another tomorrow"
        yield Finding(table.span, "CSP709", fact, "say which field names a contact, e.g. key: id")
    if _writes(catalog) and not _has_addresses(table):
        fact = "contacts have no field 'email', and playbooks write emails"
        yield Finding(table.span, "CSP709", fact, "add `email: email` to its fields")


def _writes(catalog: Catalog) -> bool:
    return any(
        isinstance(step.verb, Email) for playbook in catalog.playbooks.values() for step in playbook.all_steps
    )


def _has_addresses(table: Table) -> bool:
    field = table.field("email")
    return field is not None and field.type in (FieldType.EMAIL, FieldType.TEXT)


def languages_can_be_told(catalog: Catalog) -> Iterator[Finding]:
    """CSP123 A warning: several languages, and nothing says who reads which

    A letter goes out in the language of the contact, or else of the account. Without a field `language`
    in either table everybody gets the default one.

    Fails:

        # project.yaml
        languages: {supported: [en, fr], default: en}

        # data.yaml
        tables:
          contacts:
            key: id
            account: account_id
            fields:
              {id: text, account_id: text, email: email, first_name: text, roles: list, last_seen: date, has_left: boolean}

    Mended:

        # project.yaml
        languages: {supported: [en], default: en}
    """
    languages = catalog.project.languages
    tables = (catalog.contract.table(name) for name in (ACCOUNTS, "contacts"))
    told = any(table is not None and table.field("language") is not None for table in tables)
    if len(languages.supported) > 1 and not told:
        fact = f"nobody can be told to read anything but '{languages.default}': there is no field `language`"
        yield warning(catalog.project.span, "CSP123", fact, "add `language: text` to accounts or contacts")


def every_role_is_used(catalog: Catalog) -> Iterator[Finding]:
    """CSP144 A note: a role that nobody uses

    No mistake; shown by `validate -v` only. Perhaps a playbook that should name it does not.

    Fails:

        # team.yaml
        roles:
          sponsor: {contacts: "'sponsor' in roles", pick: newest last_seen}

    Mended:

        # team.yaml
        roles:
          champion: {contacts: "'champion' in roles", pick: newest last_seen, else: sponsor}
          sponsor: {contacts: "'sponsor' in roles", pick: newest last_seen}
    """
    used = {
        ref
        for playbook in catalog.playbooks.values()
        for who in people_of(playbook)
        for ref in _roles_in(who)
    }
    used |= {ref for trait in catalog.traits.values() if trait.owner for ref in _roles_in(trait.owner)}
    for one in catalog.assignments.values():
        used |= {one.role, *(rule.to.called for rule in one.rules)}
    for role in catalog.team.roles:
        used |= {role.otherwise.role} if role.otherwise is not None else set()
        used |= {role.source.role.role} if isinstance(role.source, ManagerOf) else set()
    used |= {word for text in _letter_texts(catalog) for word in _WORD.findall(text)}
    for role in catalog.team.roles:
        if role.name not in used:
            yield note(role.span, "CSP144", f"nobody uses the role '{role.name}'", "")


def _roles_in(who: People) -> Iterator[str]:
    if isinstance(who, RoleRef):
        yield who.role
    else:
        for inner in who.people:
            yield from _roles_in(inner)


def every_signal_is_used(catalog: Catalog) -> Iterator[Finding]:
    """CSP225 A note: a signal that nobody asks for

    No mistake; shown by `validate -v` only. A signal costs time each day only if something asks for it.

    Fails:

        # signals.yaml
        signals:
          seats_left: {value: seats - active_users}

    Mended:

        # signals.yaml
        signals:
          seats_left: {value: seats - active_users}

        # playbooks/example.yaml
        audience: seats_left < 3
    """
    pending = set(catalog.signals) - {word for text in _few_texts(catalog) for word in _WORD.findall(text)}
    for playbook in catalog.playbooks.values():
        if any(name in playbook.text for name in pending):  # a glance; the words around may be no question
            pending.difference_update(word for text in _texts(playbook) for word in _WORD.findall(text))
    for name in pending:
        yield note(catalog.signals[name].span, "CSP225", f"nobody asks for the signal '{name}'", "")


def every_list_is_used(catalog: Catalog) -> Iterator[Finding]:
    """CSP228 A note: a list of resources that nobody asks for

    No mistake; shown by `validate -v` only. A list of `resources:` is offered to nobody until a playbook
    is about its items (`one_per:`), a condition asks it (`has(articles, …)`) or a letter goes through it
    (`rows('articles', …)`).

    Fails:

        # articles.yaml
        resources: articles
        fields: {title: text}
        items:
          reports: {title: Reports that get read}

    Mended:

        # articles.yaml
        resources: articles
        fields: {title: text}
        items:
          reports: {title: Reports that get read}

        # playbooks/example.yaml
        audience: has(articles, title is not null)
    """
    lists = {table.name: table for table in catalog.contract.resources}
    if not lists:
        return
    about = {playbook.trigger.one_per for playbook in catalog.playbooks.values()}
    texts = (*_few_texts(catalog), *(text for one in catalog.playbooks.values() for text in _texts(one)))
    unread = (*catalog.unread_playbooks, *(one.text for one in catalog.playbooks.values() if one.unread))
    named = {word for text in (*texts, *unread) for word in _WORD.findall(text)}
    for name in sorted(lists.keys() - named - about):
        yield note(lists[name].span, "CSP228", f"nobody asks for the list '{name}'", "")


def _few_texts(catalog: Catalog) -> Iterator[str]:
    """What may name a signal outside of playbooks."""
    yield from (write(signal.value) for signal in catalog.signals.values())
    yield from (leaf.text for condition in _conditions(catalog) for leaf in leaves(condition))
    yield from (fact for one in catalog.assignments.values() for fact in one.facts)
    yield from (measure.name for card in catalog.scorecards.values() for measure in card.measures)
    for part in (part for kpi in catalog.kpis.values() for part in parts_of(kpi)):
        yield from [write(part)] if isinstance(part, Expression) else (leaf.text for leaf in leaves(part))
    for role in catalog.team.roles:
        match role.source:
            case FromField(fact=fact) | ContactsWhere(where=fact):
                yield write(fact)
            case _:
                pass
    yield from _letter_texts(catalog)


def _conditions(catalog: Catalog) -> Iterator[Condition]:
    for segmentation in catalog.segmentations.values():
        yield from (segment.when for segment in segmentation.segments if segment.when is not None)
    for assignment in catalog.assignments.values():
        yield from (rule.when for rule in assignment.rules if rule.when is not None)
    yield from (when for card in catalog.scorecards.values() for when in conditions_of(card))
    yield from (signal.where for signal in catalog.signals.values() if signal.where is not None)
    yield from (condition for table in catalog.contract.tables for condition in table.expect)
    if catalog.contract.active is not None:
        yield catalog.contract.active


def _texts(playbook: Playbook) -> Iterator[str]:
    for condition in (*rule_conditions(playbook), *later_conditions(playbook)):
        yield from (leaf.text for leaf in leaves(condition))
    yield from (name.name for name in named_in_sentences(playbook))
    for step in playbook.all_steps:
        yield from (write(named) for named in (*step_dates(step), *handed_over(step)))


def _letter_texts(catalog: Catalog) -> Iterator[str]:
    return (f"{letter.subject} {letter.body}" for letter in catalog.letters.values())
