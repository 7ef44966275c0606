"""An account and a day go in; what its people answered to surveys until that day comes out, in order of the answers.

The survey on recommending us goes out in April and in October; after a ticket one in five says how it went.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from cs_playbook.study.made_up_accounts import HISTORY_BEGINS, Account, Answer
from cs_playbook.study.made_up_chance import between, one_of, share
from cs_playbook.study.made_up_contacts import Contact, contacts
from cs_playbook.study.made_up_life import is_there, tickets

ANSWERING = 0.3
WAVES = ((4, 8), (10, 7))  # month and day on which the survey goes out
LIKED = ("It saves us an hour a day", "Easy to learn, quick answers from support", "Does what it promises")
NEUTRAL = ("Good, but the reports are slow", "Fine for what we do with it", "")
DISLIKED = ("Too complicated for our people", "We still keep our old lists beside it", "Support took a week")


class Survey(Struct, frozen=True):
    """One answer of one person. `score`: nps 0 to 10, csat 1 to 5."""

    id: str
    contact_id: str
    kind: str
    score: int
    comment: str
    answered_on: date


def surveys(account: Account, day: date) -> list[Survey]:
    """What was answered from the beginning of the history to `day`."""
    people = contacts(account, day)
    found = [
        *_told(account, people),
        *_recommending(account, people, day),
        *_after_tickets(account, people, day),
    ]
    return sorted((one for one in found if one.answered_on <= day), key=lambda one: (one.answered_on, one.id))


def _told(account: Account, people: tuple[Contact, ...]) -> Iterator[Survey]:
    for said in account.answers:
        contact = people[said.who % len(people)]
        yield _survey(account, contact, said)


def _recommending(account: Account, people: tuple[Contact, ...], day: date) -> Iterator[Survey]:
    """A third of those who have an address answer; few of them are angry."""
    for sent_on in _waves(day):
        for n, contact in enumerate(people):
            on = sent_on + timedelta(days=between(0, 9, account.luck, n, "answers", sent_on))
            answers = share(account.luck, n, "answers?", sent_on) < ANSWERING
            if answers and contact.email and contact.since < sent_on and is_there(account, on):
                yield _survey(account, contact, _opinion(account, n, on))


def _waves(day: date) -> Iterator[date]:
    for year in range(HISTORY_BEGINS.year, day.year + 1):
        for month, on in WAVES:
            if HISTORY_BEGINS <= date(year, month, on) <= day:
                yield date(year, month, on)


def _opinion(account: Account, n: int, on: date) -> Answer:
    """Who has most of its people in likes it better."""
    drawn = 10 * (0.45 * share(account.luck, n, "likes it", on) + 0.5 * account.adoption + 0.22)
    score = max(0, min(10, int(drawn)))
    words = LIKED if score >= 9 else NEUTRAL if score >= 7 else DISLIKED
    return Answer(on, n, "nps", score, one_of(words, account.luck, n, "words", on))


def _after_tickets(account: Account, people: tuple[Contact, ...], day: date) -> Iterator[Survey]:
    for ticket in tickets(account, day):
        if ticket.closed_on is not None and share(ticket.id, "says how it went") < 0.2:
            contact = people[between(0, 6, ticket.id, "who") % min(2, len(people))]
            said = Answer(ticket.closed_on, 0, "csat", between(3, 5, ticket.id, "score"), "")
            yield _survey(account, contact, said)


def _survey(account: Account, contact: Contact, said: Answer) -> Survey:
    key = f"{said.kind[0].upper()}{account.id[1:]}-{contact.id.rpartition('-')[2]}-{said.on:%y%m%d}"
    return Survey(key, contact.id, said.kind, said.score, said.comment, said.on)
