"""What each kind of step does on its day: it opens tasks, drafts, waits; it decides; the data closes it; late ones escalate."""

from __future__ import annotations

import hashlib
from collections import ChainMap
from collections.abc import Mapping
from datetime import date
from typing import TypeVar, assert_never, cast

from cs_playbook.model.answer import UNFIT, Values, answer, choose, explain
from cs_playbook.model.condition import Cases, Evidence
from cs_playbook.model.enrollment import OpenTask
from cs_playbook.model.event import StepEnded, StepOpened, TaskEscalated, TaskReassigned
from cs_playbook.model.keys import task_key
from cs_playbook.model.playbook import Approve, Decide, Email, Escalation, Sentence, Step, Task, Wait
from cs_playbook.model.team import People
from cs_playbook.model.time import Moment
from cs_playbook.plan.advance import Day
from cs_playbook.plan.decision import HeldBy, Late, Subject
from cs_playbook.plan.moments import day_of
from cs_playbook.plan.people import Colleague, Contact, colleagues, contacts
from cs_playbook.plan.speaking import language_for, letter_values, say

T = TypeVar("T")


def work(day: Day, step: Step) -> bool:
    """Opens the step, or settles it if it is open. True if something happened."""
    is_open = step.id in day.enrollment.steps
    match step.verb:
        case Task():
            return _settle_task(day, step, step.verb) if is_open else _open_task(day, step, step.verb)
        case Approve():
            return _follow(day, step, step.verb) if is_open else _open_task(day, step, step.verb)
        case Email():
            return _follow(day, step, step.verb) if is_open else _open_email(day, step, step.verb)
        case Wait():
            return _settle_wait(day, step, step.verb) if is_open else _open_wait(day, step, step.verb)
        case Decide():
            return _decide(day, step, step.verb)
        case _:
            assert_never(step.verb)


# --- tasks and approvals ---


def _open_task(day: Day, step: Step, verb: Task | Approve) -> bool:
    contact = _about(day, verb.about)
    values = _with_contact(day.values, contact)
    if isinstance(verb, Task) and _closed_by_data(day, step, verb, values):
        return True
    owners = _owners(day, step, verb.owner, values)
    due = _due(day, step, verb.due, values)
    if not owners or due is None:
        return False
    title = say(_sentence(verb), day.subject, contact.row if contact else None, day.today.catalog)
    minutes = _minutes(day, verb.minutes, values)
    tasks = tuple(
        OpenTask(
            key=task_key(day.enrollment.key, step.id, 1, slot), step=step.id, kind=step.kind, owner=owner.email,
            opened_on=day.today.day, due=max(due, day.today.day), minutes=minutes,
            contact=contact.id if contact else None, payload=_hash(title, str(minutes)),
            late_at_once=due < day.today.day,
        )
        for owner, slot in _slots(owners, contact)
    )  # fmt: skip
    day.happen(StepOpened(day.enrollment.key, step.id, day.today.day, tasks))
    return True


def _sentence(verb: Task | Approve) -> Sentence:
    return verb.title if isinstance(verb, Task) else verb.question


def _slots(owners: tuple[Colleague, ...], contact: Contact | None) -> list[tuple[Colleague, str | None]]:
    """One line for each owner; several owners are told apart by the role under which they were asked, never by name."""
    about = contact.id if contact else None
    if len(owners) == 1:
        return [(owners[0], about)]
    return [(owner, f"{owner.role}{'' if about is None else f' {about}'}") for owner in owners]


def _about(day: Day, who: People | None) -> Contact | None:
    found = contacts(who, day.subject, day.today) if who else ()
    return found[0] if found else None


def _with_contact(values: Values, contact: Contact | None) -> Values:
    if contact is None:
        return values
    return ChainMap({f"contact.{name}": value for name, value in contact.row.items()}, values)  # type: ignore[arg-type]


def _owners(day: Day, step: Step, cases: Cases[People], values: Values) -> tuple[Colleague, ...]:
    who = _chosen(day, step, "who does it", cases, values)
    if who is None:
        return ()
    found = colleagues(who, day.subject, day.today)
    if not found:
        day.hold(HeldBy.NOBODY, step.id, "nobody is there to do it")
    return found


def _due(day: Day, step: Step, cases: Cases[Moment], values: Values) -> date | None:
    moment = _chosen(day, step, "the due date", cases, values)
    if moment is None:
        return None
    due = day_of(moment, day.today.day, day.enrollment.started_on, values, day.today)
    if due is None:
        day.hold(HeldBy.DATE, step.id, "the date from which it is due is empty")
    return due


def _minutes(day: Day, cases: Cases[int], values: Values) -> int:
    """An effort that cannot be known counts as none: no task waits for it."""
    chosen = choose(cases, values, day.today.reckoning)
    return chosen if isinstance(chosen, int) else 0


def _chosen(day: Day, step: Step, what: str, cases: Cases[T], values: Values) -> T | None:
    """The value that fits; where none fits, or an earlier case is unknown, the step waits and is listed."""
    chosen = choose(cases, values, day.today.reckoning)
    if chosen is UNFIT:
        day.hold(
            HeldBy.UNKNOWN, step.id, f"{what} cannot be decided: no case fits, or an earlier one is unknown"
        )
        return None
    return cast(T, chosen)


def _closed_by_data(day: Day, step: Step, verb: Task, values: Values) -> bool:
    for fit in verb.done_when:
        if fit.when is not None and answer(fit.when, values, day.today.reckoning):
            said = (explain(fit.when, values, day.today.reckoning),)
            day.happen(StepEnded(day.enrollment.key, step.id, day.today.day, fit.value, "data"), said)
            return True
    return False


def _settle_task(day: Day, step: Step, verb: Task) -> bool:
    open_tasks = [task for task in day.enrollment.open_tasks if task.step == step.id]
    contact_id = open_tasks[0].contact if open_tasks else None
    values = _with_contact(day.values, _contact(day, contact_id))
    return _closed_by_data(day, step, verb, values) or _follow(day, step, verb)


def _contact(day: Day, contact_id: str | None) -> Contact | None:
    table = day.today.catalog.contract.table("contacts")
    if contact_id is None or table is None or table.key is None:
        return None
    return next(
        (Contact(contact_id, row, "") for row in day.subject.contacts if row[table.key] == contact_id), None
    )


# --- what happens to every open line ---


def _follow(day: Day, step: Step, verb: Task | Approve | Email) -> bool:
    """An open line follows its role to a new owner; a late one is told to whom it may concern, once."""
    tasks = [task for task in day.enrollment.open_tasks if task.step == step.id]
    return _reassigned(day, verb, tasks) or any(_late(day, verb, task) for task in tasks)


def _reassigned(day: Day, verb: Task | Approve | Email, tasks: list[OpenTask]) -> bool:
    cases = verb.sender if isinstance(verb, Email) else verb.owner
    who = choose(cases, day.values, day.today.reckoning)
    if who is UNFIT:
        return False
    owners = colleagues(cast(People, who), day.subject, day.today)
    # Several owners of one step keep their lines: one cannot tell who followed whom.
    if len(owners) != 1 or (not isinstance(verb, Email) and len(tasks) > 1):
        return False
    moved = [task for task in tasks if task.owner != owners[0].email]
    for task in moved:
        day.happen(TaskReassigned(day.enrollment.key, task.key, day.today.day, owners[0].email))
    return bool(moved)


def _late(day: Day, verb: Task | Approve | Email, task: OpenTask) -> bool:
    if not task.is_late(day.today.day):
        return False
    if not any(isinstance(known, Late) and known.task.key == task.key for known in day.decisions):
        day.decisions.append(Late(task, day.playbook.name))
    escalation = None if isinstance(verb, Email) else verb.escalate
    return escalation is not None and task.escalated_on is None and _escalate(day, escalation, task)


def _escalate(day: Day, escalation: Escalation, task: OpenTask) -> bool:
    if day.today.day < day.today.reckoning.calendar.add(task.due, escalation.when_late_by):
        return False
    told = tuple(person.email for person in colleagues(escalation.tell, day.subject, day.today))
    if not told:
        day.hold(HeldBy.NOBODY, task.step, "it is late, and nobody is there to be told")
        return False
    day.happen(TaskEscalated(day.enrollment.key, task.key, day.today.day, told))
    return True


# --- letters ---


def _open_email(day: Day, step: Step, verb: Email) -> bool:
    letter = _chosen(day, step, "the letter", verb.letter, day.values)
    to = _chosen(day, step, "the recipients", verb.to, day.values)
    senders = _owners(day, step, verb.sender, day.values)
    due = _due(day, step, verb.due, day.values)
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
    minutes = _minutes(day, verb.minutes, day.values)
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
        payload=_hash(letter, language), missing=day.today.lacks(letter, language, values),
        late_at_once=due < day.today.day,
    )  # fmt: skip


# --- waits and decisions ---


def _open_wait(day: Day, step: Step, verb: Wait) -> bool:
    lasting = _chosen(day, step, "how long to wait", verb.lasting, day.values)
    if lasting is None:
        return False
    until = day.today.reckoning.calendar.add(day.today.day, lasting)
    day.happen(StepOpened(day.enrollment.key, step.id, day.today.day, until=until))
    return True


def _settle_wait(day: Day, step: Step, verb: Wait) -> bool:
    """`until` is asked first, also on the last day; unknown does not meet, the date still comes."""
    if verb.until is not None and answer(verb.until, day.values, day.today.reckoning):
        said = (explain(verb.until, day.values, day.today.reckoning),)
        day.happen(StepEnded(day.enrollment.key, step.id, day.today.day, "met", "data"), said)
        return True
    until = day.enrollment.steps[step.id].until
    if until is not None and day.today.day >= until:
        day.happen(StepEnded(day.enrollment.key, step.id, day.today.day, "timed_out", "time"))
        return True
    return False


def _decide(day: Day, step: Step, verb: Decide) -> bool:
    outcome = _chosen(day, step, "which way to go", verb.cases, day.values)
    if outcome is None:
        return False
    day.happen(StepEnded(day.enrollment.key, step.id, day.today.day, outcome, "rule"), _why(day, verb.cases))
    return True


def _why(day: Day, cases: Cases[str]) -> tuple[Evidence, ...]:
    return tuple(
        explain(fit.when, day.values, day.today.reckoning) for fit in cases.fits if fit.when is not None
    )


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()
