"""The ledger: events and observations go in, once and for ever; what they add up to comes out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Self

from cs_playbook.effects import (
    ledger_asked,
    ledger_check,
    ledger_faults,
    ledger_place,
    ledger_sums,
    ledger_suppression,
    ledger_traits,
    ledger_writing,
)
from cs_playbook.effects.enrollment_text import read_enrollment
from cs_playbook.effects.event_text import read_event
from cs_playbook.effects.ledger_cache import fold_into_cache
from cs_playbook.effects.ledger_look import ASKED, IN_MEMORY
from cs_playbook.effects.ledger_made import NOTHING_MORE, Afterwards, write_made
from cs_playbook.effects.ledger_moving import HISTORY, LedgerMoving
from cs_playbook.effects.ledger_outbox import LedgerOutbox, Written
from cs_playbook.effects.ledger_records import Observation, Past, Recorded, RunDay
from cs_playbook.effects.ledger_undo import LedgerUndo
from cs_playbook.effects.ledger_undone import NO_ARM, STANDS, still_counts
from cs_playbook.effects.ledger_writing import Hear, nobody
from cs_playbook.effects.past_rows import past
from cs_playbook.effects.run_record import RunRecord
from cs_playbook.model.about import Once
from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask
from cs_playbook.model.event import Ended, Event, Muted, Notified, StartAsked, TextChanged
from cs_playbook.model.recall import RECALLED
from cs_playbook.model.trait import Standing
from cs_playbook.model.value import Value, from_day, to_day

_AT_ONCE = 1_000  # subjects asked about in one query
_AFTER_ALL_KEYS = "\U0010ffff"

# Who ended as `restarted` began anew: that time counts for nobody (the iif). No number is given twice, also after an undo.
_PAST = f"""
select e.account, e.row, max(count(*), max(e.episode)), sum(e.arm = 'treated' and not iif(e.outcome = 'restarted', json_extract(e.state, '$.why_ended') = 'restarted', 0)), max(e.ended_on is null),
  substr(max(e.ended_on || ' ' || printf('%09d', e.episode)), 1, 10), e.outcome,
  sum(e.ended_on is null and e.arm = 'treated'),
  sum(e.arm = 'held_out' and not iif(e.outcome = 'restarted', json_extract(e.state, '$.why_ended') = 'restarted', 0)), sum(e.ended_on is null and e.arm = 'held_out'),
  (select l.started_on from enrollment l where l.playbook = e.playbook and l.account = e.account
    and l.row is e.row and l.arm <> '{NO_ARM}' order by l.episode desc limit 1)
from json_each(?) s cross join enrollment e indexed by enrollment_of_playbook
  on e.playbook = ? and e.account = json_extract(s.value, '$[0]') and e.row is json_extract(s.value, '$[1]')
where e.arm <> '{NO_ARM}' group by s.key order by s.key
"""
_OPEN_BY_OWNER = """
select owner, count(*) from (
  select owner, max(opened_on || key) from task where playbook = ? and arm = ? and state = 'open'
  group by enrollment
) group by owner
"""
_TASKS = """
select task.key, e.state from task join enrollment e on e.key = task.enrollment
where task.key >= ? and task.key < ? order by task.key
"""
_RUNNING = """
select distinct account from enrollment
where playbook = ? and arm = 'treated' and started_on < ? and (ended_on is null or ended_on >= ?)
order by account
"""
_FINISHED = """
select distinct account from enrollment e
where playbook = ? and arm = 'treated' and ended_on >= ? and ended_on < ? and not iif(e.outcome = 'restarted', json_extract(e.state, '$.why_ended') = 'restarted', 0) order by account
"""
_REMEMBERED = """
select subject, value, max(day) from memory where series = ? and day < ? group by subject order by subject
"""
_RUN_DAYS = f"select day, fresh, max(id) from run where {STANDS} group by day order by day"
_SOURCES_BEFORE = (
    f"select sources_hash from run where day < ? and {STANDS} order by day desc, id desc limit 1"
)
_LAST_OUTCOME = """
select account, outcome, max(ended_on || printf(' %09d', episode)) from enrollment e
where playbook = ? and arm = 'treated' and ended_on < ? and not iif(e.outcome = 'restarted', json_extract(e.state, '$.why_ended') = 'restarted', 0) group by account order by account
"""
_ABOUT = f"""
select e.account, e.row, coalesce(json_extract(e.state, '$.about'), e.row), coalesce(e.ended_on >= ?, 1)
from json_each(?) s cross join enrollment e indexed by enrollment_of_playbook
  on e.playbook = ? and e.account = s.value
where e.row is not null and e.arm <> '{NO_ARM}' order by e.account, e.started_on, e.episode, e.row
"""
_EVENTS = "select seq, day, recorded_at, run, body from event order by seq"
_IN_USE = """
select playbook, json_extract(state, '$.definition') as text, count(*) from enrollment
where ended_on is null group by 1, 2 order by 1, 2
"""
_GOING_BY = """
select state from enrollment where ended_on is null and json_extract(state, '$.definition') = ?
order by account, coalesce(row, ''), playbook, episode
"""
_UNPUBLISHED = """
select run, path, content from file
where content is not null and run in (select id from run where published = 0) order by run, path
"""


class Ledger(LedgerOutbox, LedgerUndo, LedgerMoving):
    """One open ledger, a context manager. Whoever opens it for writing holds the lock (lock.py).

    Days are logical days. All that is streamed may be read while `commit` writes, see there.
    """

    @classmethod
    def create(cls, path: Path, ledger_id: str, version: str, made_at: str) -> None:
        """Makes an empty one; `made_at` is UTC, ISO text. UserError if something is there already."""
        ledger_place.create(path, ledger_id, version, made_at)

    @classmethod
    def open(cls, path: Path, ledger_id: str | None, writing: bool) -> Self:
        """StoppedOnPurpose when it is lost, damaged, of another project or version. `ledger_id` None: any."""
        connect = ledger_place.connect_to_write if writing else ledger_place.connect_to_read
        return cls(connect(path, ledger_id), str(path))

    @classmethod
    def in_memory(cls) -> Self:
        """An empty one that nobody else sees."""
        return cls(ledger_place.in_memory(IN_MEMORY), IN_MEMORY)

    # ------------------------------------------------------------------------------------- what there is

    def enrollments_of(self, account: str) -> list[Enrollment]:
        """All there ever were, in the order in which they started; those that were taken back are as if never."""
        return [item for item in self.ever_of(account) if item.why_ended != RECALLED]

    def ever_of(self, account: str) -> list[Enrollment]:
        """The same with those that were taken back."""
        query = "select state from enrollment where account = ? order by started_on, playbook, row, episode"
        return [read_enrollment(state) for (state,) in self._ask(query, account)]

    def enrollment(self, key: str) -> Enrollment | None:
        found = self._ask("select state from enrollment where key = ?", key)
        return next((read_enrollment(state) for (state,) in found), None)

    def past_episodes(self, playbook: str, subjects: Iterable[tuple[str, str | None]]) -> Iterator[Past]:
        """One for each subject that has any, in the order given. A subject is (account, row)."""
        waiting = iter(subjects)
        while some := list(islice(waiting, _AT_ONCE)):
            yield from map(past, self._ask(_PAST, json.dumps(some), playbook))

    def about_before(self, playbook: str, accounts: Sequence[str], day: date) -> dict[str, list[Once]]:
        """What an account has been in that playbook for, the oldest first. What ended on `day` was open that morning."""
        found: dict[str, list[Once]] = {}
        asked = (day.isoformat(), json.dumps(list(accounts)), playbook)
        for account, row, about, is_open in self._ask(_ABOUT, *asked):
            found.setdefault(account, []).append(Once(row, about, bool(is_open)))
        return found

    def open_count_by_owner(self, playbook: str, arm: Arm = Arm.TREATED) -> dict[str, int]:
        """Enrollments with an open task, by the owner of the task that was opened last."""
        return dict(self._ask(_OPEN_BY_OWNER, playbook, arm))

    def started_on(self, playbook: str, day: date, arm: Arm) -> int:
        """How many enrollments of an arm began on that day."""
        query = "select count(*) from enrollment where playbook = ? and started_on = ? and arm = ?"
        return int(next(self._ask(query, playbook, day.isoformat(), arm))[0])

    def find_tasks(self, prefix: str) -> list[tuple[Enrollment, OpenTask]]:
        """Tasks in any state whose key begins like this, in order of the key."""
        found = self._ask(_TASKS, prefix, prefix + _AFTER_ALL_KEYS)
        with ledger_faults.understood("a task"):
            return [(enrollment := read_enrollment(state), enrollment.tasks[key]) for key, state in found]

    def running(self, playbook: str, before: date) -> Iterator[str]:
        """Accounts in a treated enrollment at the end of the day before `before`, each once, in order."""
        day = before.isoformat()
        for (account,) in self._ask(_RUNNING, playbook, day, day):
            yield account

    def finished(self, playbook: str, since: date, before: date) -> Iterator[str]:
        """Accounts of treated enrollments that ended on `since` or later and before `before`, each once."""
        for (account,) in self._ask(_FINISHED, playbook, since.isoformat(), before.isoformat()):
            yield account

    def last_outcomes(self, playbook: str, before: date) -> Iterator[tuple[str, str]]:
        """(account, outcome) of the treated enrollment that ended last before `before`, in order of account."""
        for account, outcome, _ in self._ask(_LAST_OUTCOME, playbook, before.isoformat()):
            yield account, outcome

    def open_in(
        self, accounts: Sequence[str], playbooks: Iterable[str]
    ) -> Iterator[tuple[str, str, str | None, date]]:
        """(account, playbook, row, since) of what is open and treated, of these accounts in these playbooks."""
        found = self._ask(ledger_asked.OPEN_IN, json.dumps(list(accounts)), json.dumps(sorted(playbooks)))
        yield from ((account, name, row, date.fromisoformat(since)) for account, name, row, since in found)

    def muted(self, day: date) -> dict[str, Muted]:
        """Account → the person's word by which it is left alone on that day."""
        return ledger_asked.muted((body for (body,) in self._ask(ledger_asked.MUTED)), day)

    def said_of(
        self, trait: str, by_hand: date | None, by_steps: date, account: str | None = None
    ) -> Iterator[Standing]:
        """As ledger_traits.standing has it."""
        with ledger_faults.reading(self._place):
            yield from ledger_traits.standing(self._connection, trait, by_hand, by_steps, account)

    def set_by_hand(self, since: date) -> frozenset[tuple[str, str]]:
        with ledger_faults.reading(self._place):
            return ledger_traits.set_by_hand(self._connection, since)

    def notes(self, day: date) -> list[Notified]:
        """What the runs of that day told, in order."""
        with ledger_faults.reading(self._place):
            return list(ledger_traits.notes(self._connection, day))

    def changed_texts(self, day: date) -> list[TextChanged | Ended]:
        """What became of enrollments on that day because the text of their playbook changed, in order."""
        with ledger_faults.reading(self._place):
            return list(ledger_traits.changed_texts(self._connection, day))

    # ------------------------------------------------------------------------------------- what was known

    def remembered(self, series: str, before: date) -> Iterator[tuple[str, Value, date]]:
        """(subject, value at the end of the day before `before`, since which day), in order of subject."""
        for subject, value, since in self._ask(_REMEMBERED, series, to_day(before)):
            yield subject, ledger_writing.recalled(value), from_day(since)

    def remembered_as_stored(self, series: str, before: date) -> Iterator[tuple[Any, ...]]:
        """The same for another database: straight from SQLite, a list as it is stored, `since` as the number of the day."""
        return self._ask(_REMEMBERED, series, to_day(before))

    def changed(self, series: str, since: date, before: date) -> Iterator[tuple[str, int | None]]:
        """(subject, 1 where its value has changed on `since` or later and before `before`, 0 where it has not).

        None where it is known for too short a time: the first value ever recorded is no change.
        """
        yield from self._ask(ledger_asked.CHANGED, to_day(since), to_day(since), series, to_day(before))

    def ever_remembered(self, series: str) -> date | None:
        """The first day on which the series was observed."""
        query = "select first_day from series where series = ?"
        return next((from_day(day) for (day,) in self._ask(query, series)), None)

    def run_days(self) -> tuple[RunDay, ...]:
        """Each day with a run once, in order; the last run of a day speaks for it."""
        with ledger_faults.understood("a run"):
            found = self._ask(_RUN_DAYS)
            return tuple(RunDay(date.fromisoformat(day), bool(fresh)) for day, fresh, _ in found)

    def sources_before(self, day: date) -> str | None:
        """The hash of the exports of the last run before that day."""
        found = self._ask(_SOURCES_BEFORE, day.isoformat())
        return next((str(sources) for (sources,) in found), None)

    def pending_starts(self) -> tuple[StartAsked, ...]:
        """Asked for and neither started nor refused since; asked twice is asked once, the first time."""
        asked: dict[tuple[str, str, str | None], StartAsked] = {}
        for (body,) in self._ask(ASKED):
            event = read_event(body)
            assert isinstance(event, StartAsked)
            asked.setdefault((event.playbook, event.account, event.row), event)
        return tuple(asked.values())

    def history(self, account: str) -> list[Recorded]:
        """All that ever happened to an account, under any id it has had, in the order in which it was recorded."""
        return [_recorded(row) for row in self._ask(HISTORY, account)]

    def events(self) -> Iterator[Recorded]:
        return map(_recorded, self._ask(_EVENTS))

    def last_picked(self, role: str) -> str | None:
        """The address of who got the newest line of that pool, asked backwards from the last event; None: nobody yet."""
        query = (
            f"select body from event where kind = 'StepOpened' and instr(body, ?) > 0 and {still_counts('event')} "
            "order by seq desc limit 1"
        )
        for (body,) in self._ask(query, f'"pool":{json.dumps(role)}'):
            tasks = [task for task in json.loads(body)["tasks"] if task.get("pool") == role]
            return str(tasks[-1].get("instead_of") or tasks[-1]["owner"])
        return None

    def head(self) -> str:
        """The hash of the last event: another one means that something was recorded in between."""
        return self._head()[1]

    def _head(self) -> tuple[int, str]:
        with ledger_faults.reading(self._place):
            return ledger_writing.head_of(self._connection)

    def acted_since_the_last_run(self) -> bool:
        """Whether people have recorded anything after it."""
        last = self.last_run()
        length = self._head()[0]
        return last is None or last.counts.get(ledger_writing.LENGTH) != length

    def definition(self, sha: str) -> str | None:
        """The text of a playbook as it was."""
        return next((text for (text,) in self._ask("select text from definition where sha = ?", sha)), None)

    def texts_in_use(self) -> tuple[tuple[str, str, int], ...]:
        """(playbook, definition, how many open enrollments go by it), in order."""
        return tuple(self._ask(_IN_USE))

    def going_by(self, definition: str) -> Iterator[Enrollment]:
        """The open enrollments that go by a text, in order of account."""
        for (state,) in self._ask(_GOING_BY, definition):
            yield read_enrollment(state)

    # ------------------------------------------------------------------------------------- what is new

    def suppression_key(self) -> str:
        """The key of the fingerprints, made when it is first asked for."""
        with ledger_faults.transaction(self._connection, self._place):
            return ledger_suppression.with_a_key(self._connection)

    def record(self, events: Sequence[Event], recorded_at: str, mails: Sequence[Written] = ()) -> None:
        """What people did between runs; it counts at once. `recorded_at` is UTC, ISO text. `mails`: bytes written with it."""
        with ledger_faults.transaction(self._connection, self._place):
            self._append_after(None, Afterwards(mails), recorded_at)
            self._append(None, events, recorded_at)

    def commit(
        self,
        run: RunRecord,
        events: Iterable[Event],
        definitions: Iterable[tuple[str, str, str]],
        observations: Iterable[Observation],
        files: Iterable[tuple[str, bytes]],
        recorded_at: str,
        afterwards: Afterwards = NOTHING_MORE,
    ) -> int:
        """All of a run in one transaction, or nothing of it; gives its number.

        Definitions are (hash, playbook, text), files (path below the output folder, bytes). First the
        definitions are taken, then events, what is made afterwards, observations, files. All may be generators that read
        this ledger meanwhile: until the last event is taken they see the enrollments as they were, then as the run leaves
        them.
        """
        with ledger_faults.transaction(self._connection, self._place):
            ledger_sums.begin(self._connection)
            number = ledger_writing.write_run(self._connection, run)
            ledger_writing.write_definitions(self._connection, definitions, run.day)
            self._append(number, events, recorded_at, afterwards.hear)
            self._append_after(number, afterwards, recorded_at)
            if afterwards.seal is not None:
                ledger_writing.seal(self._connection, number, afterwards.seal())
            ledger_sums.recount_run(self._connection, number)
            ledger_writing.write_observations(self._connection, observations, number, run.day)
            ledger_writing.write_files(self._connection, number, files)
        return number

    def _append(
        self, run: int | None, events: Iterable[Event], recorded_at: str, hear: Hear = nobody
    ) -> None:
        recorded = ledger_writing.append(self._connection, run, events, recorded_at, hear)
        fold_into_cache(self._connection, recorded, run)

    def _append_after(self, run: int | None, afterwards: Afterwards, recorded_at: str) -> None:
        unwritten = list(write_made(self._connection, run, afterwards.made))
        if unwritten:
            self._append(run, unwritten, recorded_at, afterwards.hear)

    def unpublished(self) -> Iterator[tuple[int, str, bytes]]:
        """(run, path, bytes) of what is recorded and perhaps not in place, runs in their order."""
        yield from self._ask(_UNPUBLISHED)

    def paths_of(self, day: date) -> Iterator[str]:
        """The path of every file that the runs of that day have made so far."""
        query = (
            "select distinct path from file where run in (select id from run where day = ?) "
            "and instr(path, 'undone/') <> 1 order by path"  # what was put aside is no file of the day
        )
        yield from (path for (path,) in self._ask(query, day.isoformat()))

    def hashes_of(self, path: str) -> frozenset[str]:
        """The sha256 of all that runs ever put there; the first folder of a path is its day."""
        query = "select sha256 from run join file on file.run = run.id and file.path = ? where run.day = ?"
        return frozenset(sha for (sha,) in self._ask(query, path, path.partition("/")[0]))

    def has_made(self, path: str, day: date) -> bool:
        """Whether a run of that day made the file."""
        query = "select 1 from run join file on file.run = run.id and file.path = ? where run.day = ?"
        return next(self._ask(query, path, day.isoformat()), None) is not None

    def mark_published(self, run: int) -> None:
        """All of the run is in place: its bytes are dropped here, their hashes stay."""
        with ledger_faults.transaction(self._connection, self._place):
            self._connection.execute("update file set content = null where run = ?", (run,))
            self._connection.execute("update run set published = 1 where id = ?", (run,))

    def verify(self) -> list[str]:
        """What is wrong with it, as sentences; nothing when all is well."""
        return ledger_check.verify(self._connection)


def _recorded(row: tuple[int, str, str, int | None, str]) -> Recorded:
    seq, day, recorded_at, run, body = row
    with ledger_faults.understood("an event"):
        return Recorded(seq, date.fromisoformat(day), recorded_at, run, read_event(body))
