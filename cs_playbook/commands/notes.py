"""What the runs of a day told → notes with their sentences, as the accounts stand today."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.commands.planning import Morning
from cs_playbook.commands.subjects import Follower, want, wanted_rows, wanted_subjects
from cs_playbook.compile.wanted import ADD_WANTED_ROW
from cs_playbook.model.about import table_row
from cs_playbook.model.data import Table
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.event import Notified
from cs_playbook.model.note import Note
from cs_playbook.model.playbook import Playbook
from cs_playbook.plan.decision import Row, Subject
from cs_playbook.plan.notes import note_of
from cs_playbook.plan.planner import Account, subject_of

Told = tuple[Notified, Enrollment, Playbook]


def notes_of_the_day(morning: Morning) -> list[Note]:
    """In order of account and note; also those of an earlier run of the day: the files of a day tell all of it.

    Empties what was wanted of the stage before: whatever streams from it must have been read.
    """
    told = _told(morning)
    _want(told, morning)
    found = [note for subject, rows in _subjects(told, morning) for note in _of(subject, rows, told, morning)]
    return sorted(found, key=lambda note: (note.account, note.row, note.playbook, note.step, note.key))


def _told(morning: Morning) -> dict[str, list[Told]]:
    """By account; the text is the one that told it, also where its enrollment ended with that."""
    found: dict[str, list[Told]] = {}
    for event in morning.ledger.notes(morning.today.day):
        enrollment = morning.ledger.enrollment(event.enrollment)
        text = morning.today.texts.get(enrollment.definition) if enrollment else None
        if enrollment is not None and text is not None:
            found.setdefault(enrollment.account, []).append((event, enrollment, text))
    return found


def _want(told: dict[str, list[Told]], morning: Morning) -> None:
    connection = morning.stage.connection
    want(connection, told)
    for account, mine in told.items():
        for _, enrollment, text in mine:
            key = table_row(text.trigger, enrollment.row)
            if key is not None:
                connection.execute(ADD_WANTED_ROW, (account, text.trigger.one_per, key))


def _subjects(
    told: dict[str, list[Told]], morning: Morning
) -> Iterator[tuple[Subject, dict[tuple[str, str], Row]]]:
    followers = {table.name: Follower(wanted_rows(morning.stage, table)) for table in _tables(told, morning)}
    for subject in wanted_subjects(morning.stage):
        yield (
            subject,
            {
                (name, key): row
                for name, follower in followers.items()
                for key, row in follower.of(subject.account)
            },
        )


def _tables(told: dict[str, list[Told]], morning: Morning) -> list[Table]:
    names = sorted({text.trigger.one_per or "" for mine in told.values() for _, _, text in mine})
    contract = morning.today.catalog.contract
    return [table for name in names if (table := contract.table(name)) is not None]


def _of(
    subject: Subject, rows: dict[tuple[str, str], Row], told: dict[str, list[Told]], morning: Morning
) -> Iterator[Note]:
    for event, enrollment, text in told[subject.account]:
        about = subject_of(Account(subject, rows, ()), text, enrollment.row)
        yield note_of(event, text, enrollment, about, morning.today)
