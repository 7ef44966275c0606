"""A letter and an account as it stands today → who would read it, from whom, in which language, with which values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from cs_playbook.commands.one_account import row_subjects
from cs_playbook.commands.planning import Morning
from cs_playbook.model.answer import UNFIT, answer, choose
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.condition import Cases
from cs_playbook.model.enrollment import Arm, Enrollment
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Email
from cs_playbook.model.team import People, RoleRef
from cs_playbook.plan.decision import Row, Subject, Today
from cs_playbook.plan.people import Colleague, colleagues, contacts
from cs_playbook.plan.speaking import language_for, letter_values


class Use(Struct, frozen=True):
    """A letter, and the first step that sends it; without one nobody does."""

    letter: str
    category: str
    playbook: Playbook | None = None
    step: str = ""
    verb: Email | None = None


class Reader(Struct, frozen=True):
    """`subject`: the account, or its row. `contact`, `sender` None: there is nobody. `language`: the contact's."""

    subject: Subject
    contact: Row | None
    sender: Colleague | None
    language: str
    values: Mapping[str, Any]


def use_of(letter: str, catalog: Catalog) -> Use:
    # In every language the category is the same.
    category = next(
        (one.category for place, one in sorted(catalog.letters.items()) if place[0] == letter), ""
    )
    for playbook in catalog.playbooks.values():
        for step in playbook.all_steps:
            if isinstance(step.verb, Email) and letter in [fit.value for fit in step.verb.letter.fits]:
                return Use(letter, category, playbook, step.id, step.verb)
    return Use(letter, category)


def in_reach(use: Use, account: Subject, today: Today) -> bool:
    """Whom the audience surely leaves out is not; whom it cannot tell yet is."""
    audience = use.playbook.audience if use.playbook is not None else None
    return audience is None or answer(audience, account.values, today.reckoning) is not False


def reader_of(use: Use, account: Subject, morning: Morning) -> Reader | None:
    """None where the account has no row of the kind that the playbook is about."""
    subject, today = _about(use, account, morning), morning.today
    if subject is None:
        return None
    contact = _contact(use, subject, today)
    who = _owning(today.catalog) if use.verb is None else _chosen(use.verb.sender, subject, today)
    sender = next(iter(colleagues(who, subject, today)), None) if who is not None else None
    values = letter_values(subject, _as_if_it_began(use, subject, today), contact, today)
    return Reader(subject, contact, sender, language_for(contact, subject, use.letter, today.catalog), values)


def _about(use: Use, account: Subject, morning: Morning) -> Subject | None:
    """The account itself, or its first row."""
    name = use.playbook.trigger.one_per if use.playbook is not None else None
    table = morning.today.catalog.contract.table(name or "")
    return account if table is None else next(row_subjects(account, None, table, morning), None)


def _contact(use: Use, subject: Subject, today: Today) -> Row | None:
    """The first who may be written to: of the step's roles, or of all."""
    rows = subject.contacts
    if use.verb is not None:
        rows = tuple(one.row for one in contacts(_chosen(use.verb.to, subject, today), subject, today))
    closing = today.catalog.project.mail.closing(use.category)
    return next((row for row in rows if _may_be_written_to(row, closing, today)), None)


def _may_be_written_to(row: Row, closing: Sequence[str], today: Today) -> bool:
    address = str(row.get("email") or "")
    return bool(address) and not any(row.get(name) for name in closing) and not today.barred(address)


def _chosen(cases: Cases[People], subject: Subject, today: Today) -> People:
    """Where only a run can tell which case fits: the first."""
    found = choose(cases, subject.values, today.reckoning)
    return cases.fits[0].value if found is UNFIT else found


def _owning(catalog: Catalog) -> People | None:
    role = catalog.team.role("csm")
    return None if role is None else RoleRef(role.name, role.span)


def _as_if_it_began(use: Use, subject: Subject, today: Today) -> Enrollment | None:
    """Today: nothing has been answered."""
    text = use.playbook
    return None if text is None else Enrollment(
        "", text.first_name, subject.account, subject.row, 1, text.definition, Arm.TREATED, today.day, "rule"
    )  # fmt: skip
