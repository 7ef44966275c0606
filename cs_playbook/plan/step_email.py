"""A letter on its day: a draft for each contact who may be written to, with who reads it besides, in its thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from cs_playbook.model.enrollment import OpenTask
from cs_playbook.model.event import StepEnded, StepOpened, StepPassed
from cs_playbook.model.keys import task_key
from cs_playbook.model.step import Email, Step
from cs_playbook.plan.advance import Day
from cs_playbook.plan.decision import Subject
from cs_playbook.plan.people import Colleague, Contact, Someone, contacts, people, with_pick
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
    there = _each_open(contacts(to, day.subject, day.today), closed)
    had = _had(day, step, verb, there)
    reached = [contact for contact in there if contact.id not in had]
    if not reached:
        _nobody(day, step, had)
        return True
    copies = _copies(day, step, verb, senders[0], reached, closed)
    if copies is None:
        return False
    minutes = minutes_of(day, verb.minutes, day.values)
    drafts = [_draft(day, step, letter, contact, senders[0], due, minutes) for contact in reached]
    tasks = tuple(
        replace(draft, copies=_of_draft(copies, number, senders[0]), thread=_goes_on_from(day, verb, contact))
        for number, (draft, contact) in enumerate(zip(drafts, reached, strict=True))
    )
    new_thread = _new_thread(verb) if any(not task.thread for task in tasks) else ""
    note = "; ".join(part for part in (_had_words(had, len(there)), new_thread) if part)
    day.happen(StepOpened(day.enrollment.key, step.id, day.today.day, tasks), note=note)
    return True


def _each_open(found: tuple[Contact, ...], closed: frozenset[str]) -> list[Contact]:
    return [one for one in found if one.email is not None and one.email.casefold() not in closed]


# --- who has had it already, for an account of the same family ---


def _had(day: Day, step: Step, verb: Email, found: Sequence[Someone]) -> dict[str, str]:
    """Contact → the account for which the letter has gone to the same address."""
    if verb.once_per != "family":
        return {}
    theirs = [one for one in found if isinstance(one, Contact) and one.email]
    asked = ((one.id, day.today.had(day.subject, day.enrollment, step.id, one.email or "")) for one in theirs)
    return {contact: account for contact, account in asked if account}


def _nobody(day: Day, step: Step, had: Mapping[str, str]) -> None:
    """Passed over where all have had it: nothing is wrong with the addresses, and what follows an answer has none."""
    key, today = day.enrollment.key, day.today.day
    if had:
        day.happen(StepPassed(key, step.id, today, _had_words(had, len(had))))
    else:
        ended = StepEnded(key, step.id, today, "undeliverable", "data")
        day.happen(ended, note="nobody to write to")


def _had_words(had: Mapping[str, str], of: int) -> str:
    """Accounts by their keys: the ledger and other programs read this too."""
    if not had:
        return ""
    who = "all" if len(had) == of else f"{len(had)} of {of}"
    return f"{who} had this letter for {', '.join(sorted(set(had.values())))}"


# --- who reads it besides ---


def _copies(
    day: Day, step: Step, verb: Email, sender: Colleague, reached: list[Contact], closed: frozenset[str]
) -> tuple[Someone, ...] | None:
    """No address gets the letter twice, nobody who opted out or left gets it at all; None where it is not known who.

    The sender may have been picked from a pool just now: in copy too the pool is then that person.
    """
    if verb.copies is None:
        return ()
    who = chosen(day, step, "who gets a copy", verb.copies, day.values)
    if who is None:
        return None
    has_it = closed | {contact.email.casefold() for contact in reached if contact.email}
    found = people(who, with_pick(day.subject, sender), day.today)
    had = _had(day, step, verb, found)
    return tuple(
        one
        for one in found
        if one.email
        and one.email.casefold() not in has_it
        and not (isinstance(one, Contact) and one.id in had)
    )


def _of_draft(copies: tuple[Someone, ...], number: int, sender: Colleague) -> tuple[str, ...]:
    """Ours are in every conversation; one of theirs gets the letter once, with the first."""
    theirs_too = [one for one in copies if number == 0 or isinstance(one, Colleague)]
    return tuple(one.email for one in theirs_too if one.email and one.email != sender.email)


# --- in whose thread ---


def _goes_on_from(day: Day, verb: Email, contact: Contact) -> str:
    """The key of the newest mail of that step which was sent to the same contact; "" where there is none."""
    if verb.thread is None:
        return ""
    sent = [
        task
        for task in day.enrollment.tasks.values()
        if task.step == verb.thread.step and task.contact == contact.id and task.outcome == "sent"
    ]
    return max(sent, key=lambda task: (task.opened_on, task.key)).key if sent else ""


def _new_thread(verb: Email) -> str:
    return f"a new mail: {verb.thread.step} was not sent to everybody" if verb.thread else ""


def _closed_addresses(subject: Subject) -> frozenset[str]:
    """Addresses that opted out or have left, in whichever row it says so: the person is the address."""
    rows = (row for row in subject.contacts if row.get("opted_out") or row.get("has_left"))
    return frozenset(str(row["email"]).casefold() for row in rows if row.get("email"))


def _draft(
    day: Day, step: Step, letter: str, contact: Contact, sender: Colleague, due: date, minutes: int
) -> OpenTask:
    """The recipient is frozen here: whoever holds the role tomorrow, this draft is for the one of today."""
    language = language_for(contact.row, day.subject, letter, day.today.catalog)
    subject = with_pick(day.subject, sender)
    values: Mapping[str, object] = letter_values(subject, day.enrollment, contact.row, day.today)
    return OpenTask(
        key=task_key(day.enrollment.key, day.enrollment.key_name(step.id), day.occurrence(step.id), contact.id), step=step.id, kind=step.kind, owner=sender.email,
        opened_on=day.today.day, due=max(due, day.today.day), minutes=minutes, contact=contact.id,
        payload=said_hash(letter, language), missing=day.today.lacks(letter, language, values),
        late_at_once=due < day.today.day, occurrence=day.occurrence(step.id),
        instead_of=sender.instead_of, pool=sender.pool,
    )  # fmt: skip
