"""A letter on its day: for each contact who may be written to a draft, or a mail for the outbox, with who reads it besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from cs_playbook.model.enrollment import OpenTask, TaskState
from cs_playbook.model.event import StepEnded, StepOpened, StepPassed
from cs_playbook.model.keys import task_key
from cs_playbook.model.step import Email, Step
from cs_playbook.plan.advance import Day
from cs_playbook.plan.decision import HeldBy
from cs_playbook.plan.mail_policy import allot, closed_to, no_copy_for, nobody_words
from cs_playbook.plan.people import Colleague, Contact, Someone, contacts, people, with_pick
from cs_playbook.plan.step_email_auto import Sheet, by_itself, only_by_hand, sheet_for
from cs_playbook.plan.step_parts import chosen, due_on, minutes_of, owners_of, said_hash
from cs_playbook.values import replace


def open_email(day: Day, step: Step, verb: Email) -> bool:
    letter = chosen(day, step, "the letter", verb.letter, day.values)
    to = chosen(day, step, "the recipients", verb.to, day.values)
    senders = owners_of(day, step, verb.sender, day.values)
    due = due_on(day, step, verb.due, day.values)
    sends = chosen(day, step, "whether it goes by itself", verb.sends, day.values)
    if letter is None or to is None or not senders or due is None or sends is None:
        return False
    closed = closed_to(day, letter)
    waited = _waiting(day, step)
    found = _still_there(day, waited) if waited else contacts(to, day.subject, day.today)
    there = [contact for contact in found if not closed.why(contact)]
    had = _had(day, step, verb, there)
    allotted = allot(day, step, [contact for contact in there if contact.id not in had])
    reached = allotted.now
    if not reached and not allotted.waiting:
        return _nobody(day, step, had, nobody_words(found, closed))
    if not reached:
        return False
    wanted = _copies(day, step, verb, senders[0], reached, closed.addresses)
    if wanted is None:
        return False
    no_copies = _no_copies(day, step, wanted, reached[0])
    copies = tuple(one for one in wanted if not (isinstance(one, Contact) and one.id in no_copies))
    minutes = minutes_of(day, verb.minutes, day.values)
    sheets = [sheet_for(day, letter, contact, senders[0]) for contact in reached]
    tasks = [
        replace(
            _draft(day, step, sheet, due, minutes),
            copies=_of_draft(copies, number, senders[0]),
            thread=_goes_on_from(day, verb, sheet.contact),
        )
        for number, sheet in enumerate(sheets, 1 if waited else 0)
    ]
    by_hand = only_by_hand(letter, day.today.catalog) if sends == "auto" else ""
    if sends == "auto" and not by_hand:
        tasks = [by_itself(day, verb, task, sheet) for task, sheet in zip(tasks, sheets, strict=True)]
    new_thread = _new_thread(verb) if any(not task.thread for task in tasks) else ""
    note = "; ".join(part for part in (_had_words(had, len(there)), new_thread, by_hand) if part)
    waits = tuple(contact.id for contact in allotted.waiting)
    opened = StepOpened(
        day.enrollment.key, step.id, day.today.day, tuple(tasks), waits=waits, no_copies=tuple(no_copies.values())
    )  # fmt: skip
    day.happen(opened, note=note)
    return True


# --- whose letter had to wait ---


def open_the_rest(day: Day, step: Step, verb: Email) -> bool:
    """Of a step that is open: the letters that could not go with the first."""
    if not _waiting(day, step):
        return False
    if not day.subject.active and not day.playbook.sees_inactive and day.enrollment.ending is None:
        day.hold(HeldBy.INACTIVE, step.id, "the account is not active: it gets nothing new")
        return False
    return open_email(day, step, verb)


def _waiting(day: Day, step: Step) -> tuple[str, ...]:
    progress = day.enrollment.steps.get(step.id)
    return progress.waits if progress is not None else ()


def _still_there(day: Day, waiting: tuple[str, ...]) -> tuple[Contact, ...]:
    """As they stand today: whoever has left the snapshot gets nothing."""
    table = day.today.catalog.contract.table("contacts")
    key = (table.key if table else None) or ""
    known = (Contact(str(row.get(key)), row, "") for row in day.subject.contacts)
    those = frozenset(waiting)
    return tuple(contact for contact in known if contact.id in those)


# --- who has had it already, for an account of the same family ---


def _had(day: Day, step: Step, verb: Email, found: Sequence[Someone]) -> dict[str, str]:
    """Contact → the account for which the letter has gone to the same address."""
    if verb.once_per != "family":
        return {}
    theirs = [one for one in found if isinstance(one, Contact) and one.email]
    asked = ((one.id, day.today.had(day.subject, day.enrollment, step.id, one.email or "")) for one in theirs)
    return {contact: account for contact, account in asked if account}


def _nobody(day: Day, step: Step, had: Mapping[str, str], why: str) -> bool:
    """Passed over where all have had it: nothing is wrong with the addresses, and what follows an answer has none."""
    key, today = day.enrollment.key, day.today.day
    if _waiting(day, step):
        day.happen(_without_the_rest(day, step))
    elif had:
        day.happen(StepPassed(key, step.id, today, _had_words(had, len(had))))
    else:
        ended = StepEnded(key, step.id, today, "undeliverable", "data", why)
        day.happen(ended, note=why or "nobody to write to")
    return True


def _without_the_rest(day: Day, step: Step) -> StepOpened | StepEnded:
    """Whoever waited is to have it no more: the step is done with the letters that went."""
    key, today, occurrence = day.enrollment.key, day.today.day, day.occurrence(step.id)
    first = [
        task
        for task in day.enrollment.tasks.values()
        if (task.step, task.occurrence) == (step.id, occurrence)
    ]
    if any(task.state is TaskState.OPEN for task in first):
        return StepOpened(key, step.id, today)
    done = [task for task in first if task.state is TaskState.DONE]
    given = [task.outcome or "" for task in sorted(done, key=lambda task: (task.done_on or today, task.key))]
    return StepEnded(key, step.id, today, "sent" if "sent" in given else given[-1], "data")


def _had_words(had: Mapping[str, str], of: int) -> str:
    """Accounts by their keys: the ledger and other programs read this too."""
    if not had:
        return ""
    who = "all" if len(had) == of else f"{len(had)} of {of}"
    return f"{who} had this letter for {', '.join(sorted(set(had.values())))}"


# --- who reads it besides ---


def _copies(
    day: Day, step: Step, verb: Email, sender: Colleague, reached: Sequence[Contact], closed: frozenset[str]
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
        and not day.today.barred(one.email)
        and not (isinstance(one, Contact) and one.id in had)
    )


def _no_copies(day: Day, step: Step, wanted: Iterable[Someone], with_the_mail_to: Contact) -> dict[str, str]:
    """Contacts who get none because of a cap, with the words of it."""
    asked = (
        (one.id, no_copy_for(day, step, one, with_the_mail_to)) for one in wanted if isinstance(one, Contact)
    )
    return {key: why for key, why in asked if why}


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


def _draft(day: Day, step: Step, sheet: Sheet, due: date, minutes: int) -> OpenTask:
    """The recipient is frozen here: whoever holds the role tomorrow, this draft is for the one of today."""
    contact, sender, occurrence = sheet.contact, sheet.sender, day.occurrence(step.id)
    return OpenTask(
        key=task_key(day.enrollment.key, day.enrollment.key_name(step.id), occurrence, contact.id), step=step.id, kind=step.kind, owner=sender.email,
        opened_on=day.today.day, due=max(due, day.today.day), minutes=minutes, contact=contact.id,
        payload=said_hash(sheet.letter, sheet.language), missing=day.today.lacks(sheet.letter, sheet.language, sheet.values),
        late_at_once=due < day.today.day, occurrence=occurrence, instead_of=sender.instead_of, pool=sender.pool,
        reader=day.today.reader(contact.email or ""),
    )  # fmt: skip
