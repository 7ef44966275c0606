"""The rows of a ledger that name a person → the same rows with marks; events, what they add up to, memory, bytes of mails."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any

from cs_playbook.effects import ledger_sums
from cs_playbook.effects.event_text import read_event
from cs_playbook.effects.ledger_cache import enrollment_row, folded, is_outward, of_enrollments, outbox_row
from cs_playbook.effects.ledger_suppression import reader_marks
from cs_playbook.effects.ledger_text import encode
from cs_playbook.effects.ledger_writing import link
from cs_playbook.effects.named_in_mail import named_in_mail
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.outbox import IN_OUTBOX, MailState
from cs_playbook.model.traces import Traces

_AT_ONCE = 5_000  # events
# Names of what is no person, keys and hashes: never searched, so that a customer called like a playbook breaks nothing.
_NOBODY = frozenset(
    ("account", "definition", "enrollment", "key", "kind", "payload", "playbook", "plays", "step", "task", "thread")
)  # fmt: skip
_EVENTS = """
select seq, hash, run, day, recorded_at, kind, enrollment, account, body from event where seq > ? order by seq limit ?
"""
_OF_ENROLLMENTS = """
select enrollment, body from event where enrollment in (select value from json_each(?)) order by enrollment, seq
"""
_ABOUT_CONTACTS = re.compile(r"\bone_per:(?:(?!\n\S).){0,300}?\bcontacts\b", re.DOTALL)
_SEPARATOR = "\x1f"  # between an account and a row, in what is remembered


class Rewriting:
    """One ledger, open for writing, from which one person is taken out."""

    def __init__(self, connection: sqlite3.Connection, traces: Traces) -> None:
        self._connection = connection
        self._traces = traces

    def all_of_it(self) -> Counter[str]:
        """How much was taken out, by place."""
        changed = self._events()
        self._fold_again({enrollment for enrollment in changed.values() if enrollment})
        taken = Counter({"events": len(changed)})
        taken["remembered values"] = self._memory("memory") + self._memory("memory_before")
        return taken + self._bytes()

    def is_about_them(self, playbook: str, row: str | None) -> bool:
        """Whether a row of that playbook is one of their ids."""
        return row is not None and self._row(row, playbook) != row

    @cached_property
    def _about_contacts(self) -> frozenset[str]:
        """The playbooks, by their first names, that were ever about contacts."""
        texts = self._connection.execute("select playbook, text from definition")
        return frozenset(str(playbook) for playbook, text in texts if _ABOUT_CONTACTS.search(text))

    @cached_property
    def _playbooks(self) -> dict[str, str]:
        return dict(self._connection.execute("select key, playbook from enrollment"))

    def _row(self, row: str, playbook: str) -> str:
        if playbook in self._about_contacts and row in self._traces.contacts:
            return self._traces.contacts[row]
        return self._traces.without(row)

    # --- events ---

    def _events(self) -> dict[int, str | None]:
        """Number of each event that was changed → its enrollment. From the first of them on the chain is made anew."""
        changed: dict[int, str | None] = {}
        (previous,) = self._connection.execute("select v from meta where k = 'id'").fetchone()
        seq = 0
        while some := self._connection.execute(_EVENTS, (seq, _AT_ONCE)).fetchall():
            new = []
            for number, written, *frame, body in some:
                after = self._body(body)
                if after != body:
                    changed[number] = frame[4]
                previous = link(previous, (*frame, after)) if changed else written
                if changed:
                    new.append((after, previous, number))
            self._connection.executemany("update event set body = ?, hash = ? where seq = ?", new)
            seq = some[-1][0]
        return changed

    def _body(self, body: str) -> str:
        wanted = (*self._quoted, *self._readers)
        if not any(one in body for one in wanted) and not self._traces.count(body):
            return body
        said = json.loads(body)
        playbook = said.get("playbook") or self._playbooks.get(said.get("enrollment", ""), "")
        return encode(self._without(said, "", playbook))

    @cached_property
    def _quoted(self) -> tuple[str, ...]:
        """As the ids stand in JSON, whole."""
        return tuple(encode(contact) for contact in self._traces.contacts)

    @cached_property
    def _readers(self) -> frozenset[str]:
        """The marks of their addresses: of mails to an id, too, that nothing else tells is theirs."""
        return reader_marks(self._connection, self._traces.addresses)

    def _without(self, value: Any, name: str, playbook: str) -> Any:
        """`name`: of the field that holds it."""
        match value:
            case dict():
                playbook = value.get("playbook") or playbook
                about = value.get("contact") in self._traces.contacts
                return {
                    key: self._note(part, key, about=about) or self._without(part, key, playbook)
                    for key, part in value.items()
                    if key != "reader" or not (about or part in self._readers)  # the mark of their address
                }
            case list() if name == "copies":  # a mark is no address
                return [copy for copy in value if not self._traces.count(copy)]
            case list():
                return [self._without(part, name, playbook) for part in value]
            case str():
                return self._text(value, name, playbook)
            case _:
                return value

    def _note(self, value: Any, name: str, *, about: bool) -> str:
        """What somebody wrote beside a line that is about them; "" where this is no such text."""
        is_text = about and name in ("note", "asleep_because") and isinstance(value, str)
        return self._traces.without_any_name(value) if is_text else ""

    def _text(self, value: str, name: str, playbook: str) -> str:
        if name in _NOBODY:
            return value
        if name in ("contact", "waits"):
            return self._traces.contacts.get(value, value)
        return self._row(value, playbook) if name in ("row", "about") else self._traces.without(value)

    # --- what they add up to ---

    def _fold_again(self, enrollments: set[str]) -> None:
        keys = json.dumps(sorted(enrollments))
        for _, group in groupby(self._connection.execute(_OF_ENROLLMENTS, (keys,)).fetchall(), itemgetter(0)):
            self._write(folded(None, of_enrollments(read_event(body) for _, body in group)))

    def _write(self, enrollment: Enrollment) -> None:
        row = enrollment_row(enrollment)
        changed = (row[3], row[-1], enrollment.key)
        self._connection.execute("update enrollment set row = ?, state = ? where key = ?", changed)
        for task in enrollment.tasks.values():
            if is_outward(enrollment, task):
                contact, payload = outbox_row(enrollment, task)[2:4]
                self._connection.execute(
                    "update outbox set contact = ?, payload = ? where task = ? and contact is not ?",
                    (contact, payload, task.key, contact),
                )

    def _memory(self, table: str) -> int:
        """The rows of subjects that are rows of theirs, and values that name them."""
        found = list(self._remembered(table))
        for subject, value, *place in found:
            self._connection.execute(
                f"update {table} set subject = ?, value = ? where series = ? and subject = ? and day = ?",
                (subject, value, *place),
            )
        if found:
            ledger_sums.recount(self._connection, table)
        return len(found)

    def _remembered(self, table: str) -> Iterator[tuple[Any, ...]]:
        """New subject, new value, series, subject, day."""
        query = f"select series, subject, day, value from {table} where instr(subject, char(31)) or typeof(value) in ('text', 'blob')"
        for series, subject, day, value in self._connection.execute(query).fetchall():
            account, separator, row = subject.partition(_SEPARATOR)
            playbook = next((name for name in self._about_contacts if name in series), "")
            new = (f"{account}{separator}{self._row(row, playbook)}", self._value(value))
            if new != (subject, value):
                yield *new, series, subject, day

    def _value(self, value: Any) -> Any:
        if isinstance(value, bytes):  # a list
            return self._traces.without(value.decode()).encode()
        return self._traces.without(value) if isinstance(value, str) else value

    # --- mails ---

    def _bytes(self) -> Counter[str]:
        """Of mails to them, and of others in which they are named."""
        taken = Counter[str]()
        marks = set(self._traces.contacts.values())
        tasks = self._connection.execute(
            "select task from outbox where content is not null or words is not null"
        )
        for (task,) in tasks.fetchall():
            query = "select contact, state, content, words from outbox where task = ?"
            contact, state, content, words = self._connection.execute(query, (task,)).fetchone()
            theirs = contact in marks
            if theirs or named_in_mail(content or b"", self._traces) or self._traces.count(words or ""):
                taken["mail bodies"] += self._drop(task, MailState(state), None if theirs else words)
        ledger_sums.recount(self._connection, "outbox")
        return taken

    def _drop(self, task: str, state: MailState, words: str | None) -> int:
        """What waits for another person is written anew by the next run; what is on its way to them stays as it is."""
        if state in IN_OUTBOX - {MailState.PENDING}:
            return 0
        new = None if words is None else self._traces.without(words)
        hashed = ", sha256 = null" if state is MailState.PENDING else ""
        self._connection.execute(
            f"update outbox set content = null, words = ?{hashed} where task = ?", (new, task)
        )
        return 1


def named(connection: sqlite3.Connection, traces: Traces) -> Mapping[str, int]:
    """The playbooks whose kept texts name them, by how often: these are hashed by what they say, and stay."""
    texts = connection.execute("select playbook, text from definition").fetchall()
    return {str(playbook): count for playbook, text in texts if (count := traces.count(text))}
