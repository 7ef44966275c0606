"""A task or an approval on its day: it opens a line for each owner, unless the data has closed it already."""

from __future__ import annotations

from cs_playbook.model.answer import Values, answer, explain
from cs_playbook.model.condition import Cases
from cs_playbook.model.enrollment import OpenTask
from cs_playbook.model.event import StepEnded, StepOpened
from cs_playbook.model.keys import task_key
from cs_playbook.model.step import Approve, Document, Step, Task
from cs_playbook.model.team import People
from cs_playbook.plan.advance import Day
from cs_playbook.plan.documents import document_for
from cs_playbook.plan.people import Colleague, Contact, contacts
from cs_playbook.plan.speaking import of_enrollment, say
from cs_playbook.plan.step_lines import follow
from cs_playbook.plan.step_parts import chosen, due_on, minutes_of, owners_of, said_hash, with_contact


def open_task(day: Day, step: Step, verb: Task | Approve | Document) -> bool:
    known = _about(day, step, verb.about)
    if known is None:
        return False
    contact = known[0] if known else None
    values = with_contact(day.values, contact)
    if isinstance(verb, Task | Document) and _closed_by_data(day, step, verb, values):
        return True
    owners = owners_of(day, step, verb.owner, values)
    due = due_on(day, step, verb.due, values)
    document = chosen(day, step, "which document", verb.name, values) if isinstance(verb, Document) else ""
    if not owners or due is None or document is None:
        return False
    title = "" if isinstance(verb, Document) else _title(day, verb, contact)
    minutes = minutes_of(day, verb.minutes, values)
    tasks = tuple(
        OpenTask(
            key=task_key(day.enrollment.key, day.enrollment.key_name(step.id), day.occurrence(step.id), slot), step=step.id, kind=step.kind, owner=owner.email,
            opened_on=day.today.day, due=max(due, day.today.day), minutes=minutes,
            contact=contact.id if contact else None, payload=said_hash(title or document, str(minutes)),
            late_at_once=due < day.today.day, occurrence=day.occurrence(step.id),
            instead_of=owner.instead_of, pool=owner.pool, document=_written(day, document, owner),
        )
        for owner, slot in _slots(owners, contact)
    )  # fmt: skip
    day.happen(StepOpened(day.enrollment.key, step.id, day.today.day, tasks))
    return True


def _title(day: Day, verb: Task | Approve, contact: Contact | None) -> str:
    sentence = verb.title if isinstance(verb, Task) else verb.question
    subject = of_enrollment(day.subject, day.enrollment)
    return say(sentence, subject, contact.row if contact else None, day.today.catalog)


def _written(day: Day, document: str, owner: Colleague) -> str:
    """The document in the language of who fills it."""
    found = document_for(document, owner.email, day.today.catalog) if document else None
    return f"{document}/{found[0]}" if found else document


def _slots(owners: tuple[Colleague, ...], contact: Contact | None) -> list[tuple[Colleague, str | None]]:
    """One line for each owner; several owners are told apart by the role under which they were asked, never by name."""
    about = contact.id if contact else None
    if len(owners) == 1:
        return [(owners[0], about)]
    return [(owner, f"{owner.role}{'' if about is None else f' {about}'}") for owner in owners]


def _about(day: Day, step: Step, cases: Cases[People] | None) -> tuple[Contact, ...] | None:
    """None: whom it is about cannot be decided, it waits. Empty: nobody is there, and it opens all the same."""
    if cases is None:
        return ()
    who = chosen(day, step, "whom it is about", cases, day.values)
    return None if who is None else contacts(who, day.subject, day.today)


def _closed_by_data(day: Day, step: Step, verb: Task | Document, values: Values) -> bool:
    for fit in verb.done_when:
        if fit.when is not None and answer(fit.when, values, day.today.reckoning):
            said = (explain(fit.when, values, day.today.reckoning),)
            day.happen(StepEnded(day.enrollment.key, step.id, day.today.day, fit.value, "data"), said)
            return True
    return False


def settle_task(day: Day, step: Step, verb: Task | Document) -> bool:
    open_tasks = [task for task in day.enrollment.open_tasks if task.step == step.id]
    contact_id = open_tasks[0].contact if open_tasks else None
    values = with_contact(day.values, _contact(day, contact_id))
    return _closed_by_data(day, step, verb, values) or follow(day, step, verb)


def _contact(day: Day, contact_id: str | None) -> Contact | None:
    table = day.today.catalog.contract.table("contacts")
    if contact_id is None or table is None or table.key is None:
        return None
    return next(
        (Contact(contact_id, row, "") for row in day.subject.contacts if row[table.key] == contact_id), None
    )
