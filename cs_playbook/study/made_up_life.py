"""An account and a day go in; what it bought, asked, paid and talked about until that day comes out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import takewhile

from msgspec import Struct

from cs_playbook.study.made_up_accounts import HISTORY_BEGINS, Account, renewal_dates
from cs_playbook.study.made_up_chance import between, digest, share

ADD_ONS = (("Reports", 0.33), ("Connect", 0.2))
KINDS = ("meeting", "call", "email_in", "email_out")
A_WEEK = {"large": (64, 51, 90, 102), "middle": (15, 20, 38, 51), "small": (1, 2, 10, 12)}  # of 256, by kind
TICKETS_A_WEEK = {"large": 0.10, "middle": 0.05, "small": 0.02}
PRIORITIES = ("urgent", "high", "high", "high", *["normal"] * 10, *["low"] * 4)


class Subscription(Struct, frozen=True):
    """A product that an account has from a day on; the end may still lie ahead."""

    id: str
    product: str
    started_on: date
    ended_on: date | None


class Activity(Struct, frozen=True):
    """Somebody of ours and somebody of theirs; `who` counts their contacts."""

    happened_on: date
    kind: str
    who: int


class Ticket(Struct, frozen=True):
    """A question to support. `closed_on` may still lie ahead."""

    id: str
    priority: str
    opened_on: date
    closed_on: date | None


class Invoice(Struct, frozen=True):
    """A year paid in advance. `paid_on` may still lie ahead."""

    id: str
    amount: int
    issued_on: date
    due_on: date
    paid_on: date | None


def subscriptions(account: Account) -> tuple[Subscription, ...]:
    """Core for everybody, Reports for a third, Connect for a fifth of the customers."""
    core = Subscription(f"S{account.id[1:]}-1", "Core", account.appeared_on, account.leaves_on)
    if account.signed_on is None:
        return (core,)
    wanted = [name for name, chance in ADD_ONS if share(account.luck, name) < chance]
    return (core, *(_add_on(account, n, name, account.signed_on) for n, name in enumerate(wanted, 2)))


def activities(account: Account, day: date) -> Iterator[Activity]:
    """Meetings, calls and mails of the eighteen months, week by week; and for which webinars a story signs up."""
    yield from (Activity(on, "signed_up", 0) for on in account.signs_up_on if on <= day)
    for week in _weeks(account, day):
        drawn = digest(account.luck, "talks", week, size=16)
        for n, (kind, often) in enumerate(zip(KINDS, A_WEEK[account.size], strict=True)):
            happened_on = week + timedelta(days=drawn[4 + n] % 5)
            if drawn[n] < often and _talks(account, kind, happened_on) and happened_on <= day:
                yield Activity(happened_on, kind, drawn[8 + n])


def tickets(account: Account, day: date) -> Iterator[Ticket]:
    """At most one a week, and the urgent ones of a story."""
    for opened_on in account.urgent_since:
        if opened_on <= day:
            yield Ticket(f"T{account.id[1:]}-{opened_on:%y%m%d}", "urgent", opened_on, None)
    for week in _weeks(account, day):
        if share(account.luck, "asks?", week) < TICKETS_A_WEEK[account.size]:
            opened_on = week + timedelta(days=between(0, 4, account.luck, "asks", week))
            if is_there(account, opened_on) and opened_on <= day:
                yield _ticket(account, opened_on)


def invoices(account: Account, day: date) -> Iterator[Invoice]:
    """What became due in the eighteen months: large accounts pay a year in two halves, the others at once."""
    halves = 2 if account.size == "large" else 1
    for year in _contract_years(account, day):
        for half in range(halves):
            issued_on = year + timedelta(days=182 * half)
            if HISTORY_BEGINS <= issued_on <= day and is_there(account, issued_on):
                yield _invoice(account, account.arr // halves, issued_on)


def is_there(account: Account, on: date) -> bool:
    """Whether it tries or has a contract on that day."""
    return account.appeared_on <= on and (account.leaves_on is None or on < account.leaves_on)


def _add_on(account: Account, n: int, product: str, signed_on: date) -> Subscription:
    started_on = signed_on + timedelta(days=between(0, 300, account.luck, product, "after"))
    given_up = started_on + timedelta(days=365)
    ended_on = given_up if share(account.luck, product, "given up") < 0.15 else account.leaves_on
    if ended_on and account.leaves_on:
        ended_on = min(ended_on, account.leaves_on)
    return Subscription(f"S{account.id[1:]}-{n}", product, started_on, ended_on)


def _weeks(account: Account, day: date) -> Iterator[date]:
    """The Mondays on which something may be known of the account, without the weeks before it appeared."""
    first = max(HISTORY_BEGINS, account.appeared_on - timedelta(days=account.appeared_on.weekday()))
    last = min(day, account.leaves_on or day)
    for n in range((last - first).days // 7 + 1):
        yield first + timedelta(days=7 * n)


def _talks(account: Account, kind: str, on: date) -> bool:
    """Who has gone quiet still gets our mails."""
    quiet = account.quiet_since is not None and on >= account.quiet_since
    return is_there(account, on) and not (quiet and kind != "email_out")


def _ticket(account: Account, opened_on: date) -> Ticket:
    drawn = digest(account.luck, "ticket", opened_on)
    priority = PRIORITIES[drawn[0] % len(PRIORITIES)]
    closed_on = opened_on + timedelta(days=1 + drawn[1] % (4 if priority == "urgent" else 18))
    return Ticket(f"T{account.id[1:]}-{opened_on:%y%m%d}", priority, opened_on, closed_on)


def _contract_years(account: Account, day: date) -> Iterator[date]:
    if account.signed_on is not None:
        yield account.signed_on
        yield from takewhile(lambda begins: begins <= day, renewal_dates(account))


def _invoice(account: Account, amount: int, issued_on: date) -> Invoice:
    due_on = issued_on + timedelta(days=30)
    return Invoice(f"F{issued_on:%y%m}-{account.id[1:]}", amount, issued_on, due_on, _paid(account, due_on))


def _paid(account: Account, due_on: date) -> date | None:
    """Most pay around the day it is due, one invoice in twenty five is late by months."""
    if account.stops_paying_on is not None and due_on >= account.stops_paying_on:
        return None
    late = share(account.luck, "late", due_on) < 0.04
    earliest, latest = (40, 100) if late else (-12, 12)
    return due_on + timedelta(days=between(earliest, latest, account.luck, "pays", due_on))
