"""A letter that is ready and whom it is for → who may have it today; whose waits, until when; who never gets it, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from cs_playbook.model.answer import UNFIT, choose
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.keys import task_key
from cs_playbook.model.mail_policy import Caps, MailPolicy
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Step
from cs_playbook.plan.advance import Day, met_on
from cs_playbook.plan.decision import HeldBy, Row, TooMany, Wish
from cs_playbook.plan.in_flight import playbook_of
from cs_playbook.plan.mail_caps import copy_key
from cs_playbook.plan.moments import day_of
from cs_playbook.plan.people import Contact
from cs_playbook.values import replace


class Closed(Struct, frozen=True):
    """Addresses that a letter does not go to, with the reason: whoever has left, opted out, or is suppressed."""

    reasons: dict[str, str]

    def why(self, contact: Contact) -> str:
        """ "" where one may write to them."""
        return "has no address" if contact.email is None else self.reasons.get(contact.email.casefold(), "")

    @property
    def addresses(self) -> frozenset[str]:
        return frozenset(self.reasons)


def closed_to(day: Day, letter: str) -> Closed:
    """Of all contacts of the account, in whichever row it says so: the person is the address."""
    fields = day.today.catalog.project.mail.closing(day.today.catalog.category_of(letter))
    reasons: dict[str, str] = {}
    for row in day.subject.contacts:
        address = row.get("email")
        why = (_row_says(row, fields) or day.today.barred(str(address))) if address else ""
        if why:
            reasons.setdefault(str(address).casefold(), why)
    return Closed(reasons)


def untold_opt_outs(letter: str, catalog: Catalog) -> tuple[str, ...]:
    """`contacts.opted_out`: the opt-outs of its category that nobody exports, so who has opted out is unknown."""
    table = catalog.contract.table("contacts")
    if table is None or not table.exported:
        return ()
    known = (table.field(name) for name in catalog.project.mail.opt_outs(catalog.category_of(letter)))
    return tuple(f"{table.name}.{field.name}" for field in known if field is not None and not field.exported)


def _row_says(row: Row, fields: Iterable[str]) -> str:
    said = next((field for field in fields if row.get(field)), None)
    match said:
        case None:
            return ""
        case "has_left":
            return "has left"
        case "opted_out":
            return "opted out"
        case _:
            return f"opted out ({said})"


def nobody_words(found: Sequence[Contact], closed: Closed) -> str:
    """Why it reaches nobody; contacts by their keys, because the ledger keeps it."""
    why = [f"{contact.id}: {closed.why(contact)}" for contact in found if closed.why(contact)]
    return f"nobody to write to ({', '.join(why)})" if why else ""


class Allotted(Struct, frozen=True):
    """Who gets the letter today, and whose waits."""

    now: tuple[Contact, ...]
    waiting: tuple[Contact, ...]


def allot(day: Day, step: Step, reached: Sequence[Contact]) -> Allotted:
    """What waits is held, with the reason and the first day on which it may go."""
    if not reached:
        return Allotted((), ())
    policy, calendar = day.today.catalog.project.mail, day.today.reckoning.calendar
    if policy.quiet.is_quiet(day.today.day, calendar):
        opens = policy.quiet.opens_on(day.today.day, calendar)
        day.hold(HeldBy.QUIET, step.id, f"no mail on a quiet day{_until(opens)}", opens)
        return Allotted((), tuple(reached))
    ask = day.today.mail_turn
    if ask is None:
        return Allotted(tuple(reached), ())
    refused = {contact.id: ask(_wish(day, step, contact)) for contact in reached}
    told = [one for one in refused.values() if one is not None]
    if told:
        _hold(day, step, told, policy)
    return Allotted(
        tuple(one for one in reached if refused[one.id] is None),
        tuple(one for one in reached if refused[one.id] is not None),
    )


def no_copy_for(day: Day, step: Step, contact: Contact, with_the_mail_to: Contact) -> str:
    """Why they get none; "" where they do. A copy counts for whoever reads it like a mail of their own; it is left out
    rather than waited for."""
    ask = day.today.mail_turn
    if ask is None:
        return ""
    mail = _wish(day, step, with_the_mail_to)
    key = copy_key(mail.key, contact.email or "")
    caps = tuple(replace(one, per_account=None) for one in mail.caps)
    place = (*mail.rank[:3], f"{mail.rank[3]}\x1f{contact.id}")
    address = contact.email or ""
    too_many = ask(Wish(key, place, "", contact.id, address, caps, day.today.reader(address)))
    return "" if too_many is None else f"no copy to {contact.id}: {too_many.why}"


def _hold(day: Day, step: Step, told: Sequence[TooMany], policy: MailPolicy) -> None:
    """Of several that wait, the one that may go first."""
    first = min(told, key=lambda one: one.until or date.max)
    until = first.until and policy.quiet.opens_on(first.until, day.today.reckoning.calendar)
    day.hold(HeldBy.CAPS, step.id, first.why, until)


def _until(opens: date | None) -> str:
    return f"; the next day for mails is {opens}" if opens is not None else ""


def _wish(day: Day, step: Step, contact: Contact) -> Wish:
    enrollment = day.enrollment
    key = task_key(enrollment.key, enrollment.key_name(step.id), day.occurrence(step.id), contact.id)
    playbook = playbook_of(enrollment, day.today) or day.playbook
    rank = (playbook.priority, _waits_since(day, step), playbook.name, _place(day, step, contact))
    address = contact.email or ""
    return Wish(
        key, rank, day.subject.account, contact.id, address, _caps(day, playbook), day.today.reader(address)
    )


def _place(day: Day, step: Step, contact: Contact) -> str:
    """In one playbook what it is about decides, then the order of its steps."""
    number = next((n for n, one in enumerate(day.playbook.all_steps) if one.id == step.id), 0)
    return "\x1f".join((day.enrollment.row or "", f"{day.enrollment.episode:06}", f"{number:04}", contact.id))


def _caps(day: Day, playbook: Playbook) -> tuple[Caps, ...]:
    """The playbook's own are those of today, like its priority, and count beside the project's."""
    return (day.today.catalog.project.mail.caps, playbook.email_caps)


def _waits_since(day: Day, step: Step) -> date:
    """The day on which it could have gone if nobody else had been in the way."""
    repeated = day.enrollment.repeats.get(step.id)
    if repeated is not None:
        return repeated.planned or repeated.ready_on
    ready = met_on(day, step)
    if step.not_before is None:
        return ready
    moment = choose(step.not_before, day.values, day.today.reckoning)
    if moment is UNFIT:
        return ready
    earliest = day_of(moment, ready, day.enrollment.day_zero, day.values, day.today)
    return max(ready, earliest) if earliest is not None else ready
