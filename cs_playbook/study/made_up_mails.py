"""An account and a day go in; what came back on mails to its people until that day comes out, in order of the days.

Mails to people who have left come back; of the others a machine answers now and then, or they do.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from cs_playbook.study.made_up_accounts import HISTORY_BEGINS, Account
from cs_playbook.study.made_up_chance import between, share
from cs_playbook.study.made_up_contacts import Contact, contacts
from cs_playbook.study.made_up_life import is_there

# The mails to many go out on this day of a month; what comes back on one: kind → share of the people.
SENT_ON = 4
COMES_BACK = (("out_of_office", 0.03), ("soft_bounced", 0.005), ("replied", 0.01))
SOON = timedelta(days=14)  # longer than anybody who still comes stays away


class MailEvent(Struct, frozen=True):
    """What came back on one mail. `recipient`: the address it was sent to."""

    contact_id: str
    recipient: str
    kind: str
    happened_on: date


def mail_events(account: Account, day: date) -> list[MailEvent]:
    """What came back from the beginning of the history to `day`."""
    people = [contact for contact in contacts(account, day) if contact.email]
    found = [*_told(account, day), *_gone(account, people), *_to_many(account, people, day)]
    known = (one for one in found if HISTORY_BEGINS <= one.happened_on <= day)
    return sorted(known, key=lambda one: (one.happened_on, one.contact_id, one.kind))


def _told(account: Account, day: date) -> Iterator[MailEvent]:
    people = contacts(account, day)
    for said in account.mails:
        yield _event(people[said.who % len(people)], said.kind, said.on)


def _gone(account: Account, people: list[Contact]) -> Iterator[MailEvent]:
    """Every second mailbox of somebody who has left is closed within two months."""
    for n, contact in enumerate(people):
        if contact.has_left and contact.last_seen and share(account.luck, n, "mailbox") < 0.5:
            after = timedelta(days=between(0, 50, account.luck, n, "mailbox closes"))
            yield _event(contact, "bounced", contact.last_seen + SOON + after)


def _to_many(account: Account, people: list[Contact], day: date) -> Iterator[MailEvent]:
    for sent_on in _months(day):
        for n, contact in enumerate(people):
            drawn = share(account.luck, n, "comes back", sent_on)
            for kind, often in COMES_BACK:
                if 0 <= drawn < often:
                    on = sent_on + timedelta(days=between(0, 2, account.luck, n, kind, sent_on))
                    if contact.since < sent_on and is_there(account, on):
                        yield _event(contact, kind, on)
                drawn -= often


def _months(day: date) -> Iterator[date]:
    for month in range(HISTORY_BEGINS.year * 12 + HISTORY_BEGINS.month - 1, day.year * 12 + day.month):
        yield date(month // 12, month % 12 + 1, SENT_ON)


def _event(contact: Contact, kind: str, on: date) -> MailEvent:
    return MailEvent(contact.id, contact.email, kind, on)
