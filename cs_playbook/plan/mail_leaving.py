"""A mail that is about to leave, and its account as it stands now → whether it may; else whether it waits or is over, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from cs_playbook.model.answer import UNFIT, choose
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.outbox import AUTO, MailState
from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.model.step import Email
from cs_playbook.plan.advance import Day
from cs_playbook.plan.decision import Row, Subject, Today
from cs_playbook.plan.in_flight import playbook_of
from cs_playbook.plan.left_alone import left_alone
from cs_playbook.plan.lines import contact_row
from cs_playbook.plan.mail_policy import Closed, closed_to, untold_opt_outs
from cs_playbook.plan.people import Contact

_RESTING = {Status.PAUSED: "its playbook is paused", Status.DRAFT: "its playbook is a draft"}


class NoCopy(Struct, frozen=True):
    """Somebody who was to read it besides, and does not. `who`: the key of a contact, or one of ours."""

    address: str
    who: str
    why: str

    def __str__(self) -> str:
        return f"no copy to {self.who}: {self.why}"


class Leaves(Struct, frozen=True):
    """It may leave, to this address. `without`: copies that stay here. `zone`: the reader's, "" where none is known."""

    address: str
    without: tuple[NoCopy, ...] = ()
    zone: str = ""


class Waits(Struct, frozen=True):
    """Not now; perhaps the next time. It does not live longer for that."""

    why: str
    until: date | None = None


class Over(Struct, frozen=True):
    """Nobody gets it any more."""

    state: MailState
    why: str


Verdict = Leaves | Waits | Over


def may_leave(
    task: OpenTask, enrollment: Enrollment, text: Playbook | None, verb: Email | None, subject: Subject, today: Today, on: date
) -> Verdict:  # fmt: skip
    """`on`: the day on which it would leave; `today` is that of the newest snapshot. `text` None: it binds no more."""
    if task.expires is not None and on > task.expires:
        return Over(MailState.EXPIRED, f"{task.expires.isoformat()} was the last day on which it could leave")
    rests = _rests(task, enrollment, subject, today, on)
    if rests is not None:
        return rests
    if text is None or verb is None:
        return Waits("the text of its playbook no longer binds")
    if not subject.active and not text.sees_inactive and enrollment.ending is None:
        return Waits("its account is not active")
    row = contact_row(task.contact, subject, today)
    if row is None:
        return Waits("its contact is missing from the snapshot")
    return _to(row, Day(enrollment, text, subject, today), task, verb)


def _rests(task: OpenTask, enrollment: Enrollment, subject: Subject, today: Today, on: date) -> Waits | None:
    if not subject.present:
        return Waits("its account is missing from the snapshot")
    alone = left_alone(subject, today)
    if alone is not None:
        return Waits(alone.why, alone.until)
    for until, because in (
        (enrollment.asleep_until, enrollment.asleep_because),
        (task.asleep_until, task.asleep_because),
    ):
        if until is not None and on < until:
            return Waits(f"put off: {because}", until)
    playbook, quiet, calendar = (
        playbook_of(enrollment, today),
        today.catalog.project.mail.quiet,
        today.reckoning.calendar,
    )
    if playbook is not None and playbook.status in _RESTING:
        return Waits(_RESTING[playbook.status])
    if quiet.is_quiet(on, calendar):
        return Waits("no mail on a quiet day", quiet.opens_on(on, calendar))
    return None


def _to(row: Row, day: Day, task: OpenTask, verb: Email) -> Verdict:
    contact = Contact(str(task.contact), row, "")
    chosen = choose(verb.letter, day.values, day.today.reckoning)
    letter = "" if chosen is UNFIT else chosen
    closed = closed_to(day, letter)
    if why := closed.why(contact):
        return Over(MailState.SUPPRESSED, why)
    untold = untold_opt_outs(letter, day.today.catalog) if task.sends == AUTO else ()
    if untold:
        return Waits(f"{', '.join(untold)}: not exported, so who opted out is unknown")
    return Leaves(contact.email or "", tuple(_no_copies(task, day, closed)), str(row.get("timezone") or ""))


def _no_copies(task: OpenTask, day: Day, closed: Closed) -> Iterator[NoCopy]:
    """The mail does not wait for them, like at its beginning."""
    for address in task.copies:
        if why := closed.reasons.get(address.casefold(), "") or day.today.barred(address):
            yield NoCopy(address, _known_as(address, day), why)


def _known_as(address: str, day: Day) -> str:
    """The ledger keeps no addresses of customers."""
    if day.today.catalog.team.person(address) is not None:
        return address
    table = day.today.catalog.contract.table("contacts")
    same = (
        row for row in day.subject.contacts if str(row.get("email") or "").casefold() == address.casefold()
    )
    keys = (str(row.get((table.key if table else None) or "")) for row in same)
    return next(keys, "somebody who is no contact any more")
