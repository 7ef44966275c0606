"""What a step sets or tells, in words: the sentence of a note, and how the step itself is called."""

from __future__ import annotations

import json
from typing import Any

from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.event import Notified
from cs_playbook.model.note import Note
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import ChannelRef, Notify, Set, Step
from cs_playbook.model.team import AllOf, FirstOf, People, RoleRef
from cs_playbook.plan.decision import Subject, Today
from cs_playbook.plan.lines import account_name, title_of, why_started
from cs_playbook.plan.speaking import of_enrollment, say


def note_of(event: Notified, text: Playbook, enrollment: Enrollment, subject: Subject, today: Today) -> Note:
    """The note that was told, with its sentence as the account stands today."""
    return Note(
        event.note, event.on, subject.account, account_name(subject), enrollment.row or "", text.name,
        text.words.title, event.step, sentence_of(event, text, enrollment, subject, today), event.channel, event.to,
        handed_along(event, text),
    )  # fmt: skip


def handed_along(event: Notified, text: Playbook) -> Any:
    """Labels, a queue, whatever the reader of a channel asks for: the step's `meta:`."""
    step = text.step(event.step)
    said = step.verb.meta if step is not None and isinstance(step.verb, Notify) else ""
    return json.loads(said) if said else None


def sentence_of(
    event: Notified, text: Playbook, enrollment: Enrollment, subject: Subject, today: Today
) -> str:
    """The author's own; else the playbook's title, the account, and why it is in it."""
    step = text.step(event.step)
    if step is not None and event.late in enrollment.tasks:
        return _late_words(enrollment.tasks[event.late], step, of_enrollment(subject, enrollment), today)
    if step is not None and isinstance(step.verb, Notify) and step.verb.says is not None:
        return say(step.verb.says, of_enrollment(subject, enrollment), None, today.catalog)
    row = f" ({enrollment.row})" if enrollment.row else ""
    why = why_started(text, enrollment)
    because = "" if why == text.words.title else f" — {why}"
    return f"{text.words.title}: {account_name(subject)}{row}{because}"


def _late_words(task: OpenTask, step: Step, subject: Subject, today: Today) -> str:
    """`late since 2026-03-05: Find out what changed at Acme (Léa)`. A channel reads of no contact."""
    person = today.catalog.team.person(task.owner)
    title = title_of(step, subject, None, today)
    return f"late since {task.due.isoformat()}: {title} ({person.name if person else task.owner})"


def action_words(verb: Set | Notify) -> str:
    """`sets at_risk, sentiment`, `tells cs-risk`."""
    if isinstance(verb, Set):
        return f"sets {', '.join(trait for trait, _ in verb.values)}"
    whom = dict.fromkeys(_whom(fit.value) for fit in verb.to.fits)
    return f"tells {' or '.join(whom)}"


def _whom(who: People | ChannelRef) -> str:
    match who:
        case ChannelRef(channel=name) | RoleRef(role=name):
            return name
        case FirstOf(people=people):
            return f"the first of {', '.join(map(_whom, people))}"
        case AllOf(people=people):
            return " and ".join(map(_whom, people))
