"""Enrollments as they stand → lines of work, with titles, reasons and people as they are today."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.model.about import about_words
from cs_playbook.model.answer import UNFIT, choose
from cs_playbook.model.condition import Cases, Condition, conditions
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.line import TaskLine
from cs_playbook.model.outbox import AUTO
from cs_playbook.model.playbook import PLAYED, Playbook
from cs_playbook.model.step import Approve, ChannelRef, Document, Email, Step, Task
from cs_playbook.plan.absence import away_words
from cs_playbook.plan.advance import enrollment_values
from cs_playbook.plan.decision import Row, Subject, Today
from cs_playbook.plan.documents import document_for
from cs_playbook.plan.left_alone import left_alone
from cs_playbook.plan.people import Colleague, colleagues, knowing
from cs_playbook.plan.speaking import of_enrollment, say

DRAFT = "draft"  # of a step's `send:`, the other word is model/outbox.AUTO


def told_of(
    task: OpenTask, step: Step, enrollment: Enrollment, subject: Subject, today: Today
) -> tuple[Colleague, ...]:
    """Who is told that a line is late; nobody before it has escalated."""
    verb = step.verb
    if task.escalated_on is None or not isinstance(verb, Task | Approve | Document) or verb.escalate is None:
        return ()
    values = {**enrollment_values(enrollment), **subject.values}
    who = choose(verb.escalate.tell, values, today.reckoning)
    if who is UNFIT or isinstance(who, ChannelRef):
        return ()
    return colleagues(who, knowing(subject, enrollment), today)


def line_of(
    task: OpenTask, step: Step, playbook: Playbook, enrollment: Enrollment, subject: Subject, today: Today
) -> TaskLine:
    """One open task as a line."""
    asleep = _asleep(task, enrollment, subject, today)
    subject = of_enrollment(subject, enrollment)
    contact = contact_row(task.contact, subject, today)
    person = today.catalog.team.person(task.owner)
    return TaskLine(
        key=task.key, state=_state(task, asleep, today), asleep=asleep, account=subject.account, account_name=account_name(subject),
        playbook=playbook.name, playbook_title=playbook.words.title, step=step.id, kind=step.kind,
        title=_again(_with_note(title_of(step, subject, contact, today, task.missing, task.sends or DRAFT), task, today), step, enrollment), owner=task.owner, owner_name=person.name if person else task.owner,
        due=task.due, opened_on=task.opened_on, minutes=task.minutes, outcomes=_answers(step), priority=playbook.priority,
        why=why_started(playbook, enrollment), contact=contact_words(contact), checklist=_checklist(step, subject, contact, today),
        missing=task.missing, row=enrollment.row or "", about=_about(playbook, enrollment), asks=tuple((ask.name, ask.words) for ask in step.asks),
    )  # fmt: skip


def _about(playbook: Playbook, enrollment: Enrollment) -> str:
    """A row of a table is named in the title, as its author likes; a value stands nowhere else."""
    if enrollment.row is None or not playbook.trigger.per_value:
        return ""
    return about_words(playbook.trigger, enrollment.row, enrollment.about)


def _again(title: str, step: Step, enrollment: Enrollment) -> str:
    """Which time it is, of what repeats."""
    again = again_words(step, enrollment)
    return f"{title} ({again})" if again else title


def again_words(step: Step, enrollment: Enrollment) -> str:
    """`every 2 weeks on monday, time 3`; nothing for a step that opens once."""
    so_far = enrollment.repeats.get(step.id)
    if so_far is None or not so_far.begun:
        return ""
    return f"every {so_far.rhythm}, time {so_far.begun}"


def _with_note(title: str, task: OpenTask, today: Today) -> str:
    """Whose line it is while somebody is away, and to whom a letter goes besides."""
    copies = f"copy to {', '.join(task.copies)}" if task.copies else ""
    away = away_words(task.owner, task.instead_of, today.catalog, today.day)
    note = "; ".join(part for part in (copies, away) if part)
    return f"{title} ({note})" if note else title


def _asleep(task: OpenTask, enrollment: Enrollment, subject: Subject, today: Today) -> str:
    """Until when and why nobody need do it now: it was put off, or its account is left alone."""
    alone = left_alone(subject, today) if subject.present else None
    if alone is not None:
        return f"until {alone.until.isoformat()}: {alone.why}" if alone.until else alone.why
    for until, because in (
        (enrollment.asleep_until, enrollment.asleep_because),
        (task.asleep_until, task.asleep_because),
    ):
        if until is not None and today.day < until:
            return f"until {until.isoformat()}: {because}"
    return ""


def _state(task: OpenTask, asleep: str, today: Today) -> str:
    if asleep:
        return "asleep"
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
    step: Step,
    subject: Subject,
    contact: Row | None,
    today: Today,
    missing: tuple[str, ...] = (),
    sends: str = "",
) -> str:
    """What the line says, as a sentence. `sends`: who sends this mail, where it is there already."""
    match step.verb:
        case Task(title=title):
            return say(title, subject, contact, today.catalog)
        case Approve(question=question):
            return say(question, subject, contact, today.catalog)
        case Email():
            return _mail_title(step.verb, contact_words(contact) or "the contact", missing, sends)
        case Document(name=cases):
            return _document_title(_name(cases, subject, today), subject, contact, today)
        case _:
            return step.id


def _mail_title(verb: Email, whom: str, missing: tuple[str, ...], sends: str) -> str:
    if missing:
        return f"Write to {whom}: no draft, {', '.join(missing)} is empty"
    by_itself = sends == AUTO if sends else all(fit.value == AUTO for fit in verb.sends.fits)
    return f"Mail to {whom}, by itself" if by_itself else f"Look at the draft to {whom} and send it"


def _name(cases: Cases[str], subject: Subject, today: Today) -> str:
    said = choose(cases, subject.values, today.reckoning)
    return cases.fits[-1].value if said is UNFIT else said


def _document_title(name: str, subject: Subject, contact: Row | None, today: Today) -> str:
    """What the document is called in the team's own language."""
    found = document_for(name, "", today.catalog)
    return f"Fill in: {say(found[1].title, subject, contact, today.catalog)}" if found else f"Fill in: {name}"


def contact_words(contact: Row | None) -> str:
    """`Claire <claire@acme.example>`; "" for nobody."""
    if contact is None:
        return ""
    names = [str(contact[name]) for name in ("first_name", "last_name", "name") if contact.get(name)]
    address = f"<{contact['email']}>" if contact.get("email") else ""
    return " ".join([*names, address]).strip()


def _checklist(step: Step, subject: Subject, contact: Row | None, today: Today) -> tuple[str, ...]:
    if isinstance(step.verb, Task | Approve | Document):
        return tuple(say(item, subject, contact, today.catalog) for item in step.verb.checklist)
    return ()


def why_started(playbook: Playbook, enrollment: Enrollment) -> str:
    """The reason that matters most, in the author's words; else the playbook's title."""
    if enrollment.by.startswith(PLAYED):
        return f"played by {enrollment.by.removeprefix(PLAYED)} since {enrollment.started_on.isoformat()}"
    if enrollment.by != "rule":
        return f"started by {enrollment.by} on {enrollment.started_on.isoformat()}"
    reasons = [item for item in _asked(playbook.trigger.when) if item.because]
    # People write the guards first and the sign of trouble last; what had to last is the sign itself.
    chosen = next((item for item in reversed(reasons) if item.lasting), reasons[-1] if reasons else None)
    return (chosen.because or "") if chosen else playbook.words.title


def _asked(condition: Condition | None) -> Iterator[Condition]:
    if condition is not None:
        yield from conditions(condition)
