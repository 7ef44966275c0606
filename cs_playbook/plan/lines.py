"""Enrollments as they stand → lines of work, with titles, reasons and people as they are today."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.model.condition import Condition, conditions
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.line import TaskLine
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Approve, Email, Step, Task
from cs_playbook.plan.decision import Row, Subject, Today
from cs_playbook.plan.people import Colleague, colleagues
from cs_playbook.plan.speaking import say


def told_of(task: OpenTask, step: Step, subject: Subject, today: Today) -> tuple[Colleague, ...]:
    """Who is told that a line is late; nobody before it has escalated."""
    verb = step.verb
    if task.escalated_on is None or not isinstance(verb, Task | Approve) or verb.escalate is None:
        return ()
    return colleagues(verb.escalate.tell, subject, today)


def line_of(
    task: OpenTask, step: Step, playbook: Playbook, enrollment: Enrollment, subject: Subject, today: Today
) -> TaskLine:
    """One open task as a line."""
    contact = contact_row(task.contact, subject, today)
    person = today.catalog.team.person(task.owner)
    return TaskLine(
        key=task.key, state=_state(task, today), account=subject.account, account_name=account_name(subject),
        playbook=playbook.name, playbook_title=playbook.words.title, step=step.id, kind=step.kind,
        title=title_of(step, subject, contact, today, task.missing), owner=task.owner, owner_name=person.name if person else task.owner,
        due=task.due, opened_on=task.opened_on, minutes=task.minutes, outcomes=_answers(step), priority=playbook.priority,
        why=why_started(playbook, enrollment), contact=_contact_words(contact), checklist=_checklist(step, subject, contact, today),
        missing=task.missing, row=enrollment.row or "",
    )  # fmt: skip


def _state(task: OpenTask, today: Today) -> str:
    if task.is_late(today.day):
        return "late"
    return "new" if task.opened_on == today.day else "open"


def _answers(step: Step) -> tuple[str, ...]:
    return ("sent", "discarded") if isinstance(step.verb, Email) else step.outcomes


def account_name(subject: Subject) -> str:
    return str(subject.values.get("name") or subject.account)


def contact_row(contact: str | None, subject: Subject, today: Today) -> Row | None:
    """The row of a contact; None where there is none, or it has left the snapshot."""
    table = today.catalog.contract.table("contacts")
    if contact is None or table is None or table.key is None:
        return None
    return next((row for row in subject.contacts if row[table.key] == contact), None)


def title_of(
    step: Step, subject: Subject, contact: Row | None, today: Today, missing: tuple[str, ...] = ()
) -> str:
    """What the line says, as a sentence."""
    match step.verb:
        case Task(title=title):
            return say(title, subject, contact, today.catalog)
        case Approve(question=question):
            return say(question, subject, contact, today.catalog)
        case Email():
            whom = _contact_words(contact) or "the contact"
            return (
                f"Write to {whom}: no draft, {', '.join(missing)} is empty"
                if missing
                else f"Look at the draft to {whom} and send it"
            )
        case _:
            return step.id


def _contact_words(contact: Row | None) -> str:
    if contact is None:
        return ""
    names = [str(contact[name]) for name in ("first_name", "last_name", "name") if contact.get(name)]
    address = f"<{contact['email']}>" if contact.get("email") else ""
    return " ".join([*names, address]).strip()


def _checklist(step: Step, subject: Subject, contact: Row | None, today: Today) -> tuple[str, ...]:
    if isinstance(step.verb, Task | Approve):
        return tuple(say(item, subject, contact, today.catalog) for item in step.verb.checklist)
    return ()


def why_started(playbook: Playbook, enrollment: Enrollment) -> str:
    """The reason that matters most, in the author's words; else the playbook's title."""
    if enrollment.by != "rule":
        return f"started by {enrollment.by} on {enrollment.started_on.isoformat()}"
    reasons = [item for item in _asked(playbook.trigger.when) if item.because]
    # People write the guards first and the sign of trouble last; what had to last is the sign itself.
    chosen = next((item for item in reversed(reasons) if item.lasting), reasons[-1] if reasons else None)
    return (chosen.because or "") if chosen else playbook.words.title


def _asked(condition: Condition | None) -> Iterator[Condition]:
    if condition is not None:
        yield from conditions(condition)
