"""Mails that were sent lately or are still open, and those a plan writes → whether a contact may have one more, or since what, and until when, not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct, field

from cs_playbook.model.enrollment import Enrollment, OpenTask, TaskState
from cs_playbook.model.event import StepOpened
from cs_playbook.model.mail_policy import Cap
from cs_playbook.model.outbox import PERHAPS_TAKEN, RUN
from cs_playbook.model.recall import RECALLED
from cs_playbook.model.time import Calendar
from cs_playbook.plan.decision import Change, SubjectPlan, TooMany, Wish


class Counted(Struct, frozen=True):
    """A mail that counts: `sent` None is one that is not sent yet, `since`: it waits for that."""

    key: str
    sent: date | None
    playbook: str
    since: date


Tally = dict[str, dict[str, Counted]]  # contact, address or account → mails by their key


class Mails(Struct):
    """Holds what counts while a plan goes by, account by account. `contacts_key`: of the contacts table."""

    day: date
    calendar: Calendar
    contacts_key: str
    counted: Tally = field(default_factory=dict)

    def of_enrollment(self, enrollment: Enrollment, address: Callable[[str], str | None]) -> None:
        """Adds its mails that count. `address`: of a contact, by its key."""
        for task in enrollment.tasks.values():
            if task.kind == "email" and counts(task, self.day, enrollment):
                self._add(enrollment.account, enrollment.playbook, task, address)

    def hand_out(self, plans: Iterable[SubjectPlan]) -> None:
        """Adds the mails that are written today."""
        for plan in plans:
            rows = {str(row.get(self.contacts_key)): row.get("email") for row in plan.subject.contacts}
            playbooks = {enrollment.key: enrollment.playbook for enrollment in plan.after}
            for whose, task in opened_mails(plan):
                self._add(plan.subject.account, playbooks.get(whose, ""), task, rows.get)

    def _add(self, account: str, playbook: str, task: OpenTask, address: Callable[[str], str | None]) -> None:
        sent = task.done_on if task.outcome == "sent" else None
        mail = Counted(task.key, sent, playbook, task.opened_on)
        for name in (_account(account), *_readers(task, address)):
            self.counted.setdefault(name, {})[mail.key] = mail

    def too_many(self, wish: Wish, taken: Mapping[str, Mapping[str, Counted]]) -> TooMany | None:
        """None where it may go. `taken`: what others of the same account get today."""
        told = [
            found
            for caps in wish.caps
            for cap, names, who in (
                (caps.per_contact, _whose(wish), wish.contact),
                (caps.per_account, (_account(wish.account),), wish.account),
            )
            if cap is not None
            and (found := self._over(cap, who, self._of(names, taken, wish.key))) is not None
        ]
        return max(told, key=lambda one: one.until or date.max, default=None)

    def _of(
        self, names: Iterable[str], taken: Mapping[str, Mapping[str, Counted]], but: str
    ) -> Sequence[Counted]:
        found: dict[str, Counted] = {}
        for name in names:
            found |= self.counted.get(name, {})
            found |= taken.get(name, {})
        return [mail for key, mail in found.items() if key != but]

    def _over(self, cap: Cap, who: str, mails: Sequence[Counted]) -> TooMany | None:
        free = {mail.key: cap.free_on(mail.sent, self.calendar) for mail in mails if mail.sent is not None}
        binding = [mail for mail in mails if mail.sent is None or free[mail.key] > self.day]
        if len(binding) < cap.most:
            return None
        days = sorted(free[mail.key] for mail in binding if mail.sent is not None)
        needed = len(binding) - cap.most + 1
        until = days[needed - 1] if len(days) >= needed else None
        return TooMany(f"{who} {_had(binding, self.day)}; at most {cap}{_free(until)}", until)

    def take(self, wish: Wish, taken: Tally) -> None:
        """Into `taken`: this one is among those that go today."""
        mail = Counted(wish.key, None, wish.rank[2], self.day)
        for name in (_account(wish.account), *_whose(wish)):
            taken.setdefault(name, {})[wish.key] = mail


def counts(task: OpenTask, day: date, enrollment: Enrollment) -> bool:
    """What is open may be sent any day, what was handed over was perhaps taken; nobody got what was thrown away.

    What the plan of this very day has closed was open when it was made: a second run of the day must not see room there.
    """
    if task.state is TaskState.OPEN or task.outcome == "sent" or task.mail in PERHAPS_TAKEN:
        return True
    return task.done_on == day and enrollment.why_ended != "stopped" and _closed_by_the_plan(task)


def _closed_by_the_plan(task: OpenTask) -> bool:
    """A person's word counts at once, and so does what became of a mail on its way."""
    if task.state is TaskState.CANCELLED:
        return task.outcome != RECALLED
    return task.by in (RUN, "rule", "data")


def copy_key(mail: str, address: str) -> str:
    return f"{mail} {address.casefold()}"


def written(plans: Iterable[SubjectPlan]) -> set[str]:
    """The keys of the mails and copies that they write."""
    tasks = [task for plan in plans for _, task in opened_mails(plan)]
    return {task.key for task in tasks} | {copy_key(task.key, copy) for task in tasks for copy in task.copies}


def opened_mails(plan: SubjectPlan) -> Iterator[tuple[str, OpenTask]]:
    """(enrollment, task) of the mails that it writes."""
    for decision in plan.decisions:
        if isinstance(decision, Change) and isinstance(decision.event, StepOpened):
            event = decision.event
            yield from ((event.enrollment, task) for task in event.tasks if task.kind == "email")


def _readers(task: OpenTask, address: Callable[[str], str | None]) -> Iterator[str]:
    if task.contact is not None:
        yield _contact(task.contact)
        found = address(task.contact)
        if found:
            yield _address(found)
    if task.reader:
        yield _mark(task.reader)
    yield from (_address(copy) for copy in task.copies)


def _whose(wish: Wish) -> tuple[str, ...]:
    """The same person may have two keys, one after the other too, or one key and a new address."""
    marked = (_mark(wish.reader),) if wish.reader else ()
    return (_contact(wish.contact), _address(wish.address), *marked)


def _contact(key: str) -> str:
    return f"contact {key}"


def _address(written: str) -> str:
    return f"address {written.strip().casefold()}"


def _mark(reader: str) -> str:
    return f"mark {reader}"


def _account(key: str) -> str:
    return f"account {key}"


def _had(mails: Sequence[Counted], day: date) -> str:
    """`had one on 2026-03-03`, `has one, of usage-drop, not sent yet`: the one that is in the way the longest. A draft
    keeps its place until somebody sends or discards it, so since when is told."""
    waiting = [mail for mail in mails if mail.sent is None]
    many = "one" if len(mails) == 1 else f"{len(mails)} mails"
    if waiting:
        first = min(mail.since for mail in waiting)
        since = f", since {first}" if first < day else ""
        which = f"of {waiting[0].playbook}, not" if len(mails) == 1 else "not all"
        return f"has {many}, {which} sent yet{since}"
    last = max(mail.sent for mail in mails if mail.sent is not None)
    return f"had {many}, the last on {last}" if len(mails) > 1 else f"had one on {last}"


def _free(until: date | None) -> str:
    return f"; free on {until}" if until is not None else ""
