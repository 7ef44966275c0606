"""Mails and their moves: the fold, the rows of the ledger and its triggers agree, and nobody is told twice without a person's word."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import product

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.ledger_outbox import Written
from cs_playbook.model.enrollment import OpenTask, TaskState
from cs_playbook.model.event import Ended, Event, MailMoved, Snoozed, TaskAnswered
from cs_playbook.model.outbox import IN_OUTBOX, OUTBOX, RUN, SAID, MailState, mail_state
from tests.unit.ledgers import DAY, NOW, commit, on, opened, started

S = MailState
PENDING = {"sends": "auto", "mail": "pending", "expires": on(3)}
PEOPLE = ("lea@v.example", "marc@v.example")


def moved(to: str, by: str = OUTBOX, task: str = "t1", **more: object) -> MailMoved:
    return MailMoved("e1", task, DAY, to, by, **more)  # type: ignore[arg-type]


@contextmanager
def pending() -> Iterator[Ledger]:
    """With one mail that is pending, and its bytes."""
    with Ledger.in_memory() as ledger:
        commit(ledger, started(), opened(**PENDING))
        ledger.record([], NOW, [Written("t1", b"mail")])
        yield ledger


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with pending() as ledger:
        yield ledger


def task_of(ledger: Ledger, key: str = "t1") -> OpenTask:
    enrollment = ledger.enrollment("e1")
    assert enrollment is not None
    return enrollment.tasks[key]


def at(ledger: Ledger, state: MailState) -> None:
    """Brings the mail into that state by legal moves."""
    ways: dict[MailState, list[Event]] = {
        S.PENDING: [],
        S.DRAFT: [moved("draft", RUN)],
        S.DISCARDED: [moved("draft", RUN), TaskAnswered("e1", "t1", "discarded", DAY, "lea")],
        S.UNCERTAIN: [moved("sending"), moved("uncertain")],
        S.SENT: [moved("sending"), moved("sent")],
        S.DEAD: [moved("sending"), moved("dead")],
    }
    for event in ways.get(state, [moved(state.value)]):
        ledger.record([event], NOW)
    assert mail_state(task_of(ledger)) is state


@pytest.mark.parametrize("old", S, ids=lambda state: state.value)
def test_a_person_may_do_what_the_table_of_moves_allows_and_nothing_else(old: MailState) -> None:
    legal = SAID.get(old, frozenset())
    with pending() as ledger:
        at(ledger, old)
        for new in set(S) - legal - {old, S.DISCARDED}:
            with pytest.raises(sqlite3.IntegrityError):
                ledger.record([moved(new.value, "lea")], NOW)
            assert mail_state(task_of(ledger)) is old
    for new in legal:
        with pending() as ledger:
            at(ledger, old)
            ledger.record([moved(new.value, "lea")], NOW)
            assert (mail_state(task_of(ledger)), ledger.verify()) == (new, [])


def test_what_became_of_an_uncertain_mail_only_a_person_says(ledger: Ledger) -> None:
    at(ledger, S.UNCERTAIN)

    for to, by in product(("sent", "pending", "dead"), (OUTBOX, RUN, "")):
        with pytest.raises(sqlite3.IntegrityError, match="no such move"):
            ledger.record([moved(to, by)], NOW)


@pytest.mark.parametrize(
    ("state", "outcome"),
    [(S.SENT, "sent"), (S.DEAD, "undeliverable"), (S.SUPPRESSED, "undeliverable"), (S.EXPIRED, "undeliverable"), (S.CANCELLED, "discarded")],
)  # fmt: skip
def test_a_mail_that_is_over_ends_its_step(ledger: Ledger, state: MailState, outcome: str) -> None:
    at(ledger, state)

    enrollment = ledger.enrollment("e1")
    assert enrollment is not None
    assert (enrollment.steps["mail"].outcome, enrollment.tasks["t1"].state) == (outcome, TaskState.DONE)


@pytest.mark.parametrize("state", [S.PENDING, S.UNCERTAIN])
def test_a_mail_in_the_outbox_is_nobodys_work(ledger: Ledger, state: MailState) -> None:
    at(ledger, state)

    enrollment = ledger.enrollment("e1")
    assert enrollment is not None
    assert (enrollment.open_tasks, enrollment.mails) == ((), (enrollment.tasks["t1"],))
    assert not enrollment.tasks["t1"].is_late(on(30))
    assert ledger.open_count_by_owner("usage-drop") == {}


@pytest.mark.parametrize(
    ("state", "after"), [(S.PENDING, S.CANCELLED), (S.DRAFT, S.CANCELLED), (S.UNCERTAIN, S.UNCERTAIN)]
)
def test_an_end_takes_back_what_nobody_has(ledger: Ledger, state: MailState, after: MailState) -> None:
    at(ledger, state)

    ledger.record([Ended("e1", DAY, "lost", "exit")], NOW)

    assert mail_state(task_of(ledger)) is after
    assert ledger.verify() == []


def test_after_the_end_a_person_may_still_say_that_it_arrived(ledger: Ledger) -> None:
    at(ledger, S.UNCERTAIN)
    ledger.record([Ended("e1", DAY, "lost", "exit")], NOW)

    ledger.record([moved("sent", "lea")], NOW)

    assert (mail_state(task_of(ledger)), task_of(ledger).state) == (S.SENT, TaskState.CANCELLED)


@pytest.mark.parametrize(
    ("state", "answer", "after"),
    [
        (S.PENDING, "discarded", S.CANCELLED),
        (S.UNCERTAIN, "sent", S.SENT),
        (S.UNCERTAIN, "discarded", S.DEAD),
    ],
)
def test_an_answer_about_its_line_is_a_word_about_the_mail(
    ledger: Ledger, state: MailState, answer: str, after: MailState
) -> None:
    at(ledger, state)

    ledger.record([TaskAnswered("e1", "t1", answer, DAY, "lea")], NOW)

    assert (mail_state(task_of(ledger)), task_of(ledger).outcome) == (after, answer)


def test_who_puts_a_playbook_off_puts_off_when_its_mails_expire(ledger: Ledger) -> None:
    ledger.record([Snoozed("e1", DAY, on(10), "fair", "lea")], NOW)

    assert (task_of(ledger).due, task_of(ledger).expires) == (on(10), on(12))


def test_a_released_draft_expires_as_well(ledger: Ledger) -> None:
    at(ledger, S.DRAFT)

    ledger.record([moved("pending", "lea", expires=on(7))], NOW)

    assert (task_of(ledger).sends, task_of(ledger).expires) == ("", on(7))


class TestItsBytes:
    def test_nothing_is_sent_without_bytes(self) -> None:
        with Ledger.in_memory() as ledger:
            commit(ledger, started(), opened(**PENDING))

            with pytest.raises(sqlite3.IntegrityError, match="no bytes"):
                ledger.record([moved("sending")], NOW)

    @pytest.mark.parametrize("state", [S.SENDING, S.UNCERTAIN, S.SENT])
    def test_once_handed_over_they_stay(self, ledger: Ledger, state: MailState) -> None:
        at(ledger, state)

        with pytest.raises(sqlite3.IntegrityError, match="stay as they were"):
            ledger.record([], NOW, [Written("t1", b"another")])

    def test_before_that_they_may_be_written_anew(self, ledger: Ledger) -> None:
        ledger.record([], NOW, [Written("t1", b"another", "Subject: another")])

        assert (ledger.mail_bytes("t1"), ledger.words_of_mail("t1")) == (b"another", "Subject: another")
        assert ledger.verify() == []

    def test_changed_ones_are_noticed(self, ledger: Ledger) -> None:
        ledger._connection.execute("update outbox set content = x'00'")

        assert ledger.verify() == ["the bytes of the mail t1 are not those that were recorded"]

    def test_a_changed_hash_is_noticed_too(self, ledger: Ledger) -> None:
        ledger._connection.execute("update outbox set content = null, sha256 = ?", ("0" * 64,))

        assert ledger.verify() == ["the rows of outbox are not those that were recorded"]


def test_what_waits_is_found_by_an_index_and_not_by_reading_all_mails(ledger: Ledger) -> None:
    asked: list[str] = []
    ledger._connection.set_trace_callback(asked.append)
    ledger.mails(S.PENDING)
    ledger.outbox_counts()
    ledger._connection.set_trace_callback(None)

    plans = [
        ledger._connection.execute(f"explain query plan {query}").fetchall()
        for query in asked
        if "outbox" in query
    ]
    assert len(plans) == 2
    assert all("outbox_waiting" in str(plan) for plan in plans)


class Outboxes(RuleBasedStateMachine):
    """Whatever people, runs and `send` try, legal or not: the ledger refuses, or it is the fold; and each key is handed
    over at most once between two words of a person."""

    @initialize()
    def begin(self) -> None:
        self.ledger = Ledger.in_memory()
        commit(self.ledger, started(), opened("t1", **PENDING), opened("t2"))
        self.ledger.record([], NOW, [Written("t1", b"one"), Written("t2", b"two")])
        self.may_leave = {"t1": 1, "t2": 0}  # how often people, and the step itself, have let it go
        self.written = 0
        self.left = {"t1": 0, "t2": 0}  # perhaps received by somebody

    def try_to(self, *events: Event) -> bool:
        with suppress(sqlite3.IntegrityError, AssertionError):
            self.ledger.record(events, NOW)
            return True
        return False

    @rule(task=st.sampled_from(["t1", "t2"]), to=st.sampled_from(list(S)), by=st.sampled_from([OUTBOX, RUN]))
    def machine(self, task: str, to: MailState, by: str) -> None:
        before = mail_state(task_of(self.ledger, task))
        done = self.try_to(moved(to.value, by, task))
        if done and to in (S.SENT, S.UNCERTAIN):
            self.left[task] += 1
        assert not (done and before is S.UNCERTAIN)
        assert not (done and before is S.DRAFT and to is S.PENDING)

    @rule(task=st.sampled_from(["t1", "t2"]), to=st.sampled_from(list(S)), by=st.sampled_from(PEOPLE))
    def person(self, task: str, to: MailState, by: str) -> None:
        before = mail_state(task_of(self.ledger, task))
        done = self.try_to(moved(to.value, by, task))
        if done and to is S.PENDING and before is not S.PENDING:
            self.may_leave[task] += 1

    @rule(task=st.sampled_from(["t1", "t2"]), outcome=st.sampled_from(["sent", "discarded"]))
    def answer(self, task: str, outcome: str) -> None:
        if task_of(self.ledger, task).state is TaskState.OPEN:
            self.try_to(TaskAnswered("e1", task, outcome, DAY, "lea"))

    @rule(task=st.sampled_from(["t1", "t2"]))
    def rewrite(self, task: str) -> None:
        state = mail_state(task_of(self.ledger, task))
        with suppress(sqlite3.IntegrityError):
            self.written += 1
            self.ledger.record([], NOW, [Written(task, f"again {self.written}".encode())])
            assert state in (S.DRAFT, S.PENDING)

    @precondition(lambda self: self.ledger.enrollment("e1").ended_on is None)
    @rule()
    def end(self) -> None:
        self.ledger.record([Ended("e1", DAY, "lost", "exit")], NOW)

    @invariant()
    def the_ledger_is_the_fold(self) -> None:
        assert self.ledger.verify() == []

    @invariant()
    def nobody_is_told_twice_without_a_word(self) -> None:
        assert all(self.left[task] <= self.may_leave[task] for task in self.left)

    @invariant()
    def what_waits_is_what_the_fold_says(self) -> None:
        enrollment = self.ledger.enrollment("e1")
        assert enrollment is not None
        waiting = {task.key for state in IN_OUTBOX for _, task in self.ledger.mails(state)}
        assert waiting == {key for key, task in enrollment.tasks.items() if mail_state(task) in IN_OUTBOX}

    def teardown(self) -> None:
        self.ledger.__exit__()


TestOutboxes = Outboxes.TestCase
TestOutboxes.settings = settings(max_examples=15, stateful_step_count=15)


@pytest.mark.parametrize(
    ("state", "change", "why"),
    [
        (S.SENT, "state = 'pending'", "no such move"),
        (S.UNCERTAIN, "state = 'pending'", "only a person"),
        (S.UNCERTAIN, "state = 'sent', by = 'run'", "only a person"),
        (S.DEAD, "state = 'sending'", "no such move"),
        (S.PENDING, "state = 'sent'", "no such move"),
        (S.PENDING, "attempts = -1", "an attempt was made"),
        (S.SENT, "payload = 'p2'", "keeps its words"),
        (S.SENT, "sha256 = null, content = null", "stay as they were"),
        (S.UNCERTAIN, "content = null", "stay as they were"),
    ],
)
def test_the_triggers_refuse_it_too_whoever_writes(
    ledger: Ledger, state: MailState, change: str, why: str
) -> None:
    at(ledger, state)
    ledger._connection.execute("update outbox set by = '' where state <> 'sent'")

    with pytest.raises(sqlite3.IntegrityError, match=why):
        ledger._connection.execute(f"update outbox set {change}")


@pytest.mark.parametrize("state", ["sending", "uncertain", "dead", "suppressed", "expired"])
def test_a_mail_begins_at_the_beginning(ledger: Ledger, state: str) -> None:
    columns = "insert into outbox(task, enrollment, contact, payload, state)"

    with pytest.raises(sqlite3.IntegrityError, match="begins as a draft, or pending"):
        ledger._connection.execute(f"{columns} values ('t9', 'e1', 'bob', 'p', '{state}')")


def test_the_bytes_of_what_is_over_may_be_forgotten(ledger: Ledger) -> None:
    at(ledger, S.SENT)

    ledger._connection.execute("update outbox set content = null")

    assert (ledger.mail_bytes("t1"), ledger.verify()) == (None, [])
