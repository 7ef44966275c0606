"""A ledger and a day → what of it has been kept long enough: the words of mails; which files runs have written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from datetime import date

from cs_playbook.effects import ledger_faults
from cs_playbook.model.outbox import FIRST, IN_OUTBOX

_OPEN_STATES = ", ".join(f"'{state.value}'" for state in sorted(FIRST | IN_OUTBOX))
# Of an enrollment that goes on the next letter may answer this one, and a person may look it up.
_BODIES = f"""
select outbox.task, outbox.sha256, enrollment.ended_on is not null from outbox
join enrollment on enrollment.key = outbox.enrollment
where (outbox.content is not null or outbox.words is not null) and outbox.state not in ({_OPEN_STATES})
  and json_extract(enrollment.state, '$.tasks."' || outbox.task || '".done_on') < ? order by outbox.task
"""
_DROP = "update outbox set content = null, words = null where task in (select value from json_each(?))"
# What a person wrote instead of the letter, of mails whose words are gone.
_EDITED = """
select json_extract(event.body, '$.sha256') from event
join outbox on outbox.task = json_extract(event.body, '$.task') and outbox.content is null
where event.kind = 'DraftRewritten'
"""
_OPEN = "select key from task where state in ('open', 'outbox')"
_FILES = "select path, sha256 from file where instr(path, ?) = 1"


def bodies_before(connection: sqlite3.Connection, day: date) -> tuple[dict[str, str], int]:
    """Task → sha256 of its mail, of those that were over before that day; and how many more belong to what is open."""
    found = connection.execute(_BODIES, (day.isoformat(),)).fetchall()
    return {str(task): str(sha) for task, sha, ended in found if ended}, sum(not ended for *_, ended in found)


def drop_bodies(connection: sqlite3.Connection, place: str, tasks: Collection[str]) -> None:
    """Their hashes stay."""
    with ledger_faults.transaction(connection, place):
        connection.execute(_DROP, (json.dumps(sorted(tasks)),))


def edited_without_words(connection: sqlite3.Connection) -> frozenset[str]:
    """The hashes of files of drafts in a person's own words, once those are gone from here."""
    return frozenset(sha for (sha,) in connection.execute(_EDITED))


def lines_still_open(connection: sqlite3.Connection) -> frozenset[str]:
    """Their keys: the draft of one, or the document to fill in, is a file of the day on which it was opened."""
    return frozenset(key for (key,) in connection.execute(_OPEN))


def written_below(connection: sqlite3.Connection, folder: str) -> Iterator[tuple[str, str]]:
    """(path below the output folder, sha256) of all that runs have published in a folder there: that of a day."""
    yield from connection.execute(_FILES, (f"{folder}/",))


def days_of_the_last_runs(connection: sqlite3.Connection) -> frozenset[date]:
    """Two: the last one may still be taken back, and the next one asks what has changed since."""
    found = connection.execute("select distinct day from run order by day desc limit 2")
    return frozenset(date.fromisoformat(day) for (day,) in found)
