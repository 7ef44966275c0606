"""A draft that need not wait for a person → a mail for the outbox; what lacks something, or may be unwanted, stays a draft."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from cs_playbook.model.answer import UNFIT, choose
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.duration import Duration
from cs_playbook.model.enrollment import OpenTask, TaskState
from cs_playbook.model.outbox import AUTO, MailState
from cs_playbook.model.step import Email, Step
from cs_playbook.plan.absence import Colleague
from cs_playbook.plan.advance import Day
from cs_playbook.plan.decision import HeldBy
from cs_playbook.plan.mail_policy import untold_opt_outs
from cs_playbook.plan.people import Contact, with_pick
from cs_playbook.plan.speaking import language_for, letter_values
from cs_playbook.values import replace


class Sheet(Struct, frozen=True):
    """A letter about to be written: to whom, by whom, in which language; `values`: all that it may name."""

    letter: str
    contact: Contact
    sender: Colleague
    language: str
    values: Mapping[str, object]


def sheet_for(day: Day, letter: str, contact: Contact, sender: Colleague) -> Sheet:
    language = language_for(contact.row, day.subject, letter, day.today.catalog)
    subject = with_pick(day.subject, sender)
    return Sheet(
        letter, contact, sender, language, letter_values(subject, day.enrollment, contact.row, day.today)
    )


def by_itself(day: Day, verb: Email, draft: OpenTask, sheet: Sheet) -> OpenTask:
    """Nobody's minutes; it may leave until its last day. What no mail can be made of is a person's to write."""
    if draft.missing or _unwritable(day, draft, sheet):
        return draft
    lasting = _lasting(day, verb)
    if lasting is None:
        return draft
    last_day = day.today.reckoning.calendar.add(draft.due, lasting)
    return replace(draft, sends=AUTO, mail=MailState.PENDING.value, minutes=0, expires=last_day)


def only_by_hand(letter: str, catalog: Catalog) -> str:
    """Why no mail of this letter may leave by itself, as things are exported; "" where it may."""
    untold = untold_opt_outs(letter, catalog)
    names, verb = ", ".join(untold), "is" if len(untold) == 1 else "are"
    return f"a person sends it: {names} {verb} not exported, so who opted out is unknown" if untold else ""


def hold_by_hand(day: Day, step: Step, verb: Email) -> None:
    """As long as a draft waits that would have left by itself, the reason stands beside it."""
    letter = choose(verb.letter, day.values, day.today.reckoning)
    if letter is UNFIT or choose(verb.sends, day.values, day.today.reckoning) != AUTO:
        return
    drafts = (task for task in day.enrollment.tasks.values() if task.step == step.id and _waits(task))
    if any(drafts) and (why := only_by_hand(letter, day.today.catalog)):
        day.hold(HeldBy.UNKNOWN, step.id, why)


def _waits(draft: OpenTask) -> bool:
    return draft.state is TaskState.OPEN and draft.sends != AUTO and not draft.missing


def _lasting(day: Day, verb: Email) -> Duration | None:
    """None where it cannot be known: nothing is sent on an unknown."""
    if verb.expires_after is None:
        return day.today.catalog.project.expires_after
    chosen = choose(verb.expires_after, day.values, day.today.reckoning)
    return None if chosen is UNFIT else chosen


def _unwritable(day: Day, draft: OpenTask, sheet: Sheet) -> str:
    contact, sender = sheet.contact, sheet.sender
    names = (sender.name, str(contact.row.get("first_name") or ""))
    addresses = (sender.email, contact.email or "", *draft.copies)
    return day.today.unwritable(sheet.letter, sheet.language, sheet.values, names, addresses)
