"""A letter on its day: a draft for each contact who may be written to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from cs_playbook.model.enrollment import OpenTask
from cs_playbook.model.event import StepEnded, StepOpened
from cs_playbook.model.keys import task_key
from cs_playbook.model.step import Email, Step
from cs_playbook.plan.advance import Day
from cs_playbook.plan.decision import Subject
from cs_playbook.plan.people import Colleague, Contact, contacts
from cs_playbook.plan.speaking import language_for, letter_values
from cs_playbook.plan.step_parts import chosen, due_on, minutes_of, owners_of, said_hash


def open_email(day: Day, step: Step, verb: Email) -> bool:
    letter = chosen(day, step, "the letter", verb.letter, day.values)
    to = chosen(day, step, "the recipients", verb.to, day.values)
    senders = owners_of(day, step, verb.sender, day.values)
    due = due_on(day, step, verb.due, day.values)
    if letter is None or to is None or not senders or due is None:
        return False
    closed = _closed_addresses(day.subject)
    reached = [
        contact
        for contact in contacts(to, day.subject, day.today)
        if contact.email is not None and contact.email.casefold() not in closed
    ]
    if not reached:
        day.happen(
            StepEnded(day.enrollment.key, step.id, day.today.day, "undeliverable", "data"),
            note="nobody to write to",
        )
        return True
    minutes = minutes_of(day, verb.minutes, day.values)
    tasks = tuple(_draft(day, step, letter, contact, senders[0], due, minutes) for contact in reached)
    day.happen(StepOpened(day.enrollment.key, step.id, day.today.day, tasks))
    return True


def _closed_addresses(subject: Subject) -> frozenset[str]:
    """Addresses that opted out or have left, in whichever row it says so: the person is the address."""
    rows = (row for row in subject.contacts if row.get("opted_out") or row.get("has_left"))
    return frozenset(str(row["email"]).casefold() for row in rows if row.get("email"))


def _draft(
    day: Day, step: Step, letter: str, contact: Contact, sender: Colleague, due: date, minutes: int
) -> OpenTask:
    """The recipient is frozen here: whoever holds the role tomorrow, this draft is for the one of today."""
    language = language_for(contact.row, day.subject, letter, day.today.catalog)
    values: Mapping[str, object] = letter_values(day.subject, day.enrollment, contact.row, day.today)
    return OpenTask(
        key=task_key(day.enrollment.key, step.id, 1, contact.id), step=step.id, kind=step.kind, owner=sender.email,
        opened_on=day.today.day, due=max(due, day.today.day), minutes=minutes, contact=contact.id,
        payload=said_hash(letter, language), missing=day.today.lacks(letter, language, values),
        late_at_once=due < day.today.day,
    )  # fmt: skip
