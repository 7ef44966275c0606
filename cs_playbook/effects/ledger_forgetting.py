"""A ledger and the traces of a person → the same ledger without them, its chain made anew; in one transaction, or not at all.

What was decided stays: keys, days, outcomes. In the place of an id, an address or a name stands a mark. The bytes of
their mails go, the fact that these were sent stays.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct, field

from cs_playbook.effects import ledger_faults, ledger_sums, ledger_suppression, ledger_writing
from cs_playbook.effects.enrollment_text import read_enrollment
from cs_playbook.effects.forgotten_rows import Rewriting
from cs_playbook.effects.ledger_cache import fold_into_cache
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.event import Ended, Event, MailMoved
from cs_playbook.model.forgetting import ADDRESS, CONTACT, ContactForgotten, contact_print
from cs_playbook.model.outbox import OUTBOX, MailState, mail_state
from cs_playbook.model.suppression import Suppressed, fingerprint
from cs_playbook.model.traces import Traces

FORGOTTEN = "forgotten"  # the outcome of what was about them as a row, and why a mail does not leave
# They guard what never changes; this is the one thing that changes it, on purpose and once.
_IN_THE_WAY = ("event_stays", "outbox_stays_with_its_contact")
_TRIGGER = "select sql from sqlite_schema where type = 'trigger' and name = ?"
_NAMED = "select state from enrollment where instr(state, ?) order by key"
_OVER = "select body from event where kind = 'ContactForgotten' order by seq"


class Erasure(Struct, frozen=True):
    """`token`: names it, see ContactForgotten. `files`: path below the output folder → (sha256 as published, sha256 as it
    is to be)."""

    traces: Traces
    by: str
    on: date
    because: str
    recorded_at: str
    token: str
    files: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def erase(connection: sqlite3.Connection, place: str, erasure: Erasure) -> Mapping[str, int]:
    """Gives how much was taken out, by place. `connection`: open for writing, its process holds the lock."""
    with ledger_faults.transaction(connection, place):
        ledger_sums.begin(connection)
        head = ledger_writing.head_of(connection)[1]
        taken = Counter[str]()
        _append(connection, list(_last_words(connection, erasure, taken)), erasure)
        triggers = [connection.execute(_TRIGGER, (name,)).fetchone()[0] for name in _IN_THE_WAY]
        for name in _IN_THE_WAY:
            connection.execute(f"drop trigger {name}")
        taken += Rewriting(connection, erasure.traces).all_of_it()
        _name_new_files(connection, erasure.files)
        for sql in triggers:
            connection.execute(sql)
        marks = tuple(sorted(set(erasure.traces.contacts.values())))
        because = erasure.traces.without(erasure.because)
        said = ContactForgotten(
            marks, erasure.on, erasure.by, because, head, erasure.token, {k: n for k, n in taken.items() if n}
        )
        _append(connection, [said], erasure)
    return dict(taken)


def own_key(connection: sqlite3.Connection, place: str) -> str:
    """The key of the fingerprints, made where there was none, with the sum of what stands beside it."""
    with ledger_faults.transaction(connection, place):
        ledger_sums.begin(connection)
        return ledger_suppression.with_a_key(connection)


def name_new_files(connection: sqlite3.Connection, place: str, files: Mapping[str, tuple[str, str]]) -> None:
    """`files`: as of Erasure; where nothing but files is left to do."""
    with ledger_faults.transaction(connection, place):
        ledger_sums.begin(connection)
        _name_new_files(connection, files)


def wipe(connection: sqlite3.Connection) -> None:
    """What was overwritten is nowhere in the file any more, not in pages that nobody uses either."""
    connection.execute("vacuum")


def is_done(connection: sqlite3.Connection, token: str) -> bool:
    """Whether the ledger's part of an erasure is recorded already."""
    return any(json.loads(body)["token"] == token for (body,) in connection.execute(_OVER))


def _append(connection: sqlite3.Connection, events: Sequence[Event], erasure: Erasure) -> None:
    recorded = ledger_writing.append(connection, None, events, erasure.recorded_at)
    fold_into_cache(connection, recorded, None)


# --- what is said of them for the last time ---


def _last_words(connection: sqlite3.Connection, erasure: Erasure, taken: Counter[str]) -> Iterator[Event]:
    """Nothing that waits leaves, what was about them ends, and neither id nor address comes back."""
    about = Rewriting(connection, erasure.traces)
    for enrollment in enrollments_of(connection, erasure.traces):
        for task in enrollment.tasks.values():
            if task.contact in erasure.traces.contacts and task.kind == "email":
                moves = list(_taken_back(enrollment, task, erasure))
                taken["mails that waited"] += bool(moves)
                yield from moves
        if enrollment.is_open and about.is_about_them(enrollment.playbook, enrollment.row):
            taken["enrollments about them"] += 1
            day = max(erasure.on, enrollment.started_on)
            yield Ended(enrollment.key, day, FORGOTTEN, "stopped", erasure.by, FORGOTTEN)
    yield from _kept_away(connection, erasure)


def enrollments_of(connection: sqlite3.Connection, traces: Traces) -> Iterator[Enrollment]:
    """Those that name one of the ids."""
    found: dict[str, Enrollment] = {}
    for contact in traces.contacts:
        for (state,) in connection.execute(_NAMED, (json.dumps(contact, ensure_ascii=False),)):
            enrollment = read_enrollment(state)
            found[enrollment.key] = enrollment
    yield from (found[key] for key in sorted(found))


def written_to(connection: sqlite3.Connection, addresses: Collection[str]) -> Iterator[tuple[str, str]]:
    """(contact, account) of mails that went to one of the addresses, or were to go there."""
    for mark in sorted(ledger_suppression.reader_marks(connection, addresses)):
        for (state,) in connection.execute(_NAMED, (json.dumps(mark),)):
            enrollment = read_enrollment(state)
            for task in enrollment.tasks.values():
                if task.reader == mark and task.contact is not None:
                    yield task.contact, enrollment.account


def _taken_back(enrollment: Enrollment, task: OpenTask, erasure: Erasure) -> Iterator[MailMoved]:
    def moved(to: MailState, by: str) -> MailMoved:
        day = max(erasure.on, task.opened_on)
        return MailMoved(
            enrollment.key, task.key, day, to.value, by, FORGOTTEN, erasure.recorded_at, task.attempts
        )

    match mail_state(task):
        case MailState.DRAFT | MailState.PENDING:
            yield moved(MailState.SUPPRESSED, erasure.by)
        case MailState.SENDING:
            yield moved(MailState.UNCERTAIN, OUTBOX)
            yield moved(MailState.DEAD, erasure.by)
        case MailState.UNCERTAIN:
            yield moved(MailState.DEAD, erasure.by)
        case _:
            return


def _kept_away(connection: sqlite3.Connection, erasure: Erasure) -> Iterator[Suppressed]:
    key = ledger_suppression.with_a_key(connection)
    known = ledger_suppression.read_list([(key,)], connection.execute(ledger_suppression.SAID)).entries
    prints = {contact_print(contact, key): CONTACT for contact in erasure.traces.contacts}
    prints |= {fingerprint(address, key): ADDRESS for address in erasure.traces.addresses}
    because = erasure.traces.without(erasure.because)
    for mark, forgets in prints.items():
        if mark not in known or known[mark].forgets != forgets:
            yield Suppressed(mark, erasure.on, because, erasure.by, forgets)


def _name_new_files(connection: sqlite3.Connection, files: Mapping[str, tuple[str, str]]) -> None:
    """A list without them is the same list: nobody takes it for one that somebody has changed."""
    for path, (before, after) in files.items():
        connection.execute("update file set sha256 = ? where path = ? and sha256 = ?", (after, path, before))
    ledger_sums.recount(connection, "file")
