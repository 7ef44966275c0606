"""What was said of traits and told by steps, as the ledger's events have it → what stands on a day."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date

from cs_playbook.effects.event_text import read_event
from cs_playbook.effects.ledger_undone import still_counts
from cs_playbook.model.event import Ended, Notified, TextChanged
from cs_playbook.model.trait import Standing

# The last word: the latest day; of one day a person's, '~' being behind all keys; else the largest enrollment's.
_STANDING = f"""
select account, json_extract(body, '$.value'), day, json_extract(body, '$.by'),
  coalesce(json_extract(body, '$.because'), ''), enrollment, json_extract(body, '$.until'),
  max(day || coalesce(enrollment, '~') || printf('%012d', seq))
from event
where kind = 'TraitSet' and json_extract(body, '$.trait') = ?1 and {still_counts("event")}
  and iif(enrollment is null, day <= ?2, day < ?3) and (?4 is null or account = ?4)
group by account order by account
"""
_SET_BY_HAND = """
select distinct account, json_extract(body, '$.trait') from event
where kind = 'TraitSet' and enrollment is null and day >= ?
"""
_NOTES = (
    f"select body from event where kind = 'Notified' and day = ? and {still_counts('event')} order by seq"
)
_CHANGED_TEXTS = f"""
select body from event where day = ? and {still_counts("event")} and (kind = 'TextChanged'
  or kind = 'Ended' and json_extract(body, '$.why') in ('changed', 'restarted')) order by seq
"""
_FOR_EVER = "9999"


def standing(
    connection: sqlite3.Connection, trait: str, by_hand: date | None, by_steps: date, account: str | None
) -> Iterator[Standing]:
    """The last word on each account, also where it cleared the trait, in order of account.

    People's words up to the day `by_hand` count (None: all), those of steps before the day `by_steps`.
    """
    until = by_hand.isoformat() if by_hand else _FOR_EVER
    rows = connection.execute(_STANDING, (trait, until, by_steps.isoformat(), account))
    for whose, value, day, by, because, enrollment, end, _ in rows:
        last = None if end is None else date.fromisoformat(end)
        yield Standing(whose, value, date.fromisoformat(day), by, because, enrollment, last)


def set_by_hand(connection: sqlite3.Connection, since: date) -> frozenset[tuple[str, str]]:
    """(account, trait) that people have set on that day or later."""
    return frozenset(connection.execute(_SET_BY_HAND, (since.isoformat(),)))


def notes(connection: sqlite3.Connection, day: date) -> Iterator[Notified]:
    """What the runs of that day told, in order."""
    for (body,) in connection.execute(_NOTES, (day.isoformat(),)).fetchall():
        event = read_event(body)
        assert isinstance(event, Notified)
        yield event


def changed_texts(connection: sqlite3.Connection, day: date) -> Iterator[TextChanged | Ended]:
    """What became of enrollments on that day because a text changed, in order."""
    for (body,) in connection.execute(_CHANGED_TEXTS, (day.isoformat(),)).fetchall():
        event = read_event(body)
        assert isinstance(event, TextChanged | Ended)
        yield event
