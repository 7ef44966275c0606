"""Weeks of mails that go by themselves, beside a server that one can count at: nobody has one twice, or one that may not be.

Runs, answers, drafts let go, mails in doubt, opt-outs, suppression, silence, other texts, undo, `forget` and kills, in any
order. `python -m tests.torture.mail_weeks EXAMPLES` plays many; tests/test_mail_weeks.py plays a few.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress as apart_from
from datetime import date, timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from cs_playbook.commands import resting, suppress
from cs_playbook.commands.forget import forget
from cs_playbook.commands.forgotten_files import Whose
from cs_playbook.commands.people import Act, stop_playbook
from cs_playbook.commands.releasing import Chosen, discard, release
from cs_playbook.commands.resolving import resolve
from cs_playbook.commands.rewriting import rewrite
from cs_playbook.commands.send import Clock, send
from cs_playbook.commands.undo import Words, undo
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.mail_folder import MailFolder, eml_folder
from cs_playbook.errors import ChoiceError
from cs_playbook.model.enrollment import Enrollment, OpenTask, TaskState
from cs_playbook.model.outbox import FIRST, MailState, mail_state
from tests.builders import VERSION
from tests.torture.cuts import AtMoment, Work, killed
from tests.torture.histories import play_histories
from tests.torture.mail_truth import CUT_AFTER, LOST, WORDS, Cut, Seen, Server, Truth, readers_of
from tests.torture.mail_world import (
    ACCOUNTS,
    ADDRESSES,
    CONTACTS,
    GONE,
    OFTEN,
    ONCE,
    Exported,
    Text,
    world_of_mails,
)

S = MailState
BEGINNINGS = (date(2026, 3, 25), date(2026, 10, 22), date(2028, 2, 25))
PEOPLE = frozenset({"nora@vendor.example", "lea@vendor.example", "marc@vendor.example"})
# What the export says of a contact; None: they are missing from it.
SAID = st.none() | st.fixed_dictionaries(
    {
        "email": st.sampled_from(ADDRESSES),
        "opted_out": st.sampled_from(("no", "no", "no", "yes")),
        "has_left": st.sampled_from(("no", "no", "no", "no", "yes")),
        "roles": st.sampled_from(("champion", "champion|admin", "admin", "user")),
    }
)
OF_ACCOUNT = st.none() | st.tuples(
    st.sampled_from((3, 3, 3, 15, 30)), st.sampled_from(("active", "active", "ended"))
)
MOMENTS = st.sampled_from((4_000, 15_000, 30_000, 60_000))
LOOKS = st.sampled_from(("let go", "let go", "rewrite", "sent", "discard", "put off"))
CUTS = st.none() | st.none() | st.none() | MOMENTS


class MailWeeks(RuleBasedStateMachine):
    """One workspace, one server, one folder. `clock`: the day on the wall; `day`: that of the newest snapshot."""

    @initialize(day=st.sampled_from(BEGINNINGS))
    def begin(self, day: date) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mail-weeks-"))
        self.world = world_of_mails(self.folder / "w")
        self.book, self.box = self.folder / "book", self.folder / "box"
        self.text, self.truth = Text(), Truth()
        self.clock, self.day = day, None
        self.muted: dict[str, date] = {}
        self.said_sent: set[str] = set()
        self.exported = Exported()
        self.exported.begin_anew()
        self.a_morning(1, [], [], None)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    # --- mornings ---

    @rule(
        after=st.sampled_from((1, 1, 1, 1, 2, 3, 8)),
        people=st.lists(st.tuples(st.sampled_from(CONTACTS), SAID), max_size=2),
        accounts=st.lists(st.tuples(st.sampled_from(ACCOUNTS), OF_ACCOUNT), max_size=1),
        cut=CUTS,
    )
    def a_morning(
        self,
        after: int,
        people: Sequence[tuple[str, Mapping[str, object] | None]],
        accounts: Sequence[tuple[str, tuple[int, str] | None]],
        cut: int | None,
    ) -> None:
        self.clock += timedelta(days=after)
        for key, said in people:
            self._say_of_contact(key, said)
        for key, row in accounts:
            (self.exported.missing.add if row is None else self.exported.missing.discard)(key)
            if row is not None:
                self.exported.accounts[key].update(seats=row[0], status=row[1])
        self.exported.write(self.world, self.clock)
        assert self.world.build(self.clock).manifest is not None
        self.day = self.clock
        self.runs(cut)

    def _say_of_contact(self, key: str, said: Mapping[str, object] | None) -> None:
        (self.exported.missing.add if said is None else self.exported.missing.discard)(key)
        self.exported.contacts[key].update(said or {})

    @rule(
        said=st.lists(st.tuples(st.integers(0, 9), LOOKS), min_size=2, max_size=4),
        words=st.lists(st.sampled_from(WORDS[:6]), max_size=3),
    )
    def ordinary_days(self, said: Sequence[tuple[int, str]], words: Sequence[str]) -> None:
        """In the morning it runs, somebody looks at a mail, then it is sent."""
        for number, how in said:
            self.a_morning(1, [], [], None)
            self.somebody_looks_at_a_mail(number, how)
            self.it_is_sent(words, 0)

    @rule(
        how=st.sampled_from(("stopped", "restarted", "lost")),
        key=st.sampled_from(ACCOUNTS),
        word=st.sampled_from((LOST, LOST, CUT_AFTER)),
    )
    def what_is_in_doubt_ends(self, how: str, key: str, word: str) -> None:
        """The mails of an evening are in doubt when their playbook ends; others want to write to the same people."""
        self.a_new_week()
        self.it_is_sent([word] * 6, 0)
        match how:
            case "stopped":
                self.somebody_stops("hello", key)
                self.somebody_stops("news", key)
            case "restarted":
                self.rewritten(changes="restart")
            case "lost":
                self.a_morning(1, [], [(key, (3, "ended"))], None)
                self.exported.accounts[key].update(seats=3, status="active")
        self.ordinary_days([(0, "let go"), (1, "let go")], [])

    @rule(
        step=st.sampled_from(("write", "write", "more")),
        before=st.sampled_from((ONCE, OFTEN)),
        after=st.sampled_from((ONCE, OFTEN)),
        weeks=st.integers(0, 1),
    )
    def a_step_is_gone_for_a_while(self, step: str, before: str, after: str, weeks: int) -> None:
        """Its mails wait, others get their places, and it is back; after a week another time of it waits."""
        self.text.send = "auto"
        self.a_new_week(before if step == "write" else ONCE)
        if weeks or step == "more":
            self.it_is_sent([], 0)
            self.a_morning(7, [], [], None)
        gone, back = (
            ({"write": GONE}, {"write": after}) if step == "write" else ({"more": False}, {"more": True})
        )
        self.rewritten(changes="move", **gone)
        self.ordinary_days([(0, "let go"), (1, "let go")], [])
        self.rewritten(**back)
        self.ordinary_days([(0, "let go"), (1, "rewrite")], [])

    @rule(key=st.sampled_from(ACCOUNTS))
    def two_rows_are_merged(self, key: str) -> None:
        """Who was written to is gone from the export, and another row has the address and the role."""
        gone, stays = (one for one in CONTACTS if one.startswith(key))
        self.a_new_week(people=[(stays, {"roles": "user"})])
        self.it_is_sent([], 0)
        address = self.exported.contacts[gone]["email"]
        self._say_of_contact(gone, None)
        self._say_of_contact(stays, {"email": address, "roles": "champion"})
        self.ordinary_days([(0, "let go"), (1, "let go")], [])

    @rule(key=st.sampled_from(ACCOUNTS))
    def a_bad_export_is_taken_back_late(self, key: str) -> None:
        """It ended what waited to be sent, and another mail has gone out since."""
        self.a_new_week()
        self.a_morning(1, [], [(key, (3, "ended"))], None)
        self.exported.accounts[key].update(status="active")
        self.ordinary_days([(0, "let go")], [])
        self.a_run_is_taken_back(back=1)
        self.it_is_sent([], 0)

    def a_new_week(
        self, write: str = ONCE, people: Sequence[tuple[str, Mapping[str, object] | None]] = ()
    ) -> None:
        """A Monday after a week without mails; nothing waits, all may be written to, and `hello` begins anew."""
        for key in sorted(self.in_state(S.UNCERTAIN) | self.in_state(S.SENDING)):
            self.settled(key, "dead")
        for key in sorted(self.in_state(S.DRAFT) | self.in_state(S.PENDING)):
            with apart_from(ChoiceError):
                discard(self.world.workspace, key, "not now", self.act())
        for address in sorted(self.truth.suppressed):
            self.an_address_is_suppressed(address, off=False)
        self.exported.begin_anew()
        self.rewritten(changes="restart", status="live", write=write, more=True)
        self.a_morning(14 - self.clock.weekday(), people, [], None)

    def rewritten(self, **changes: object) -> None:
        """Other words each time: who is to begin anew does."""
        for name, value in changes.items():
            setattr(self.text, name, value)
        self.text.edition += 1
        self.written()

    @rule(cut=CUTS)
    def it_runs_again(self, cut: int | None) -> None:
        if self.day == self.clock:
            self.runs(cut)

    def runs(self, cut: int | None) -> None:
        assert self.day is not None
        self.taken_back = 0
        planned, known = self.world.planned(self.day), len(self.world.events())
        if cut is not None:
            whole = self.world.copy(self.folder / "whole")
            self.killed(self.world.ready(self.day), cut)
        self.world.run(self.day)
        assert self.world.events()[known:] == planned, "a dry run says just what the run does"
        if cut is not None:
            whole.run(self.day)
            assert (whole.events(), whole.published()) == (self.world.events(), self.world.published()), (
                "as if never cut"
            )
            shutil.rmtree(whole.root)
        assert self.world.run(self.day).nothing, "the second run does nothing"
        self.is_whole()

    def killed(self, work: Work, at: int) -> None:
        """What SQLite had not finished is taken back by whoever writes next."""
        killed(work, AtMoment(at))
        with Ledger.open(self.world.ledger, None, writing=True):
            pass

    def is_whole(self) -> None:
        wrong = self.world.wrong()
        assert wrong == [], wrong

    # --- the server, the folder ---

    @rule(words=st.lists(st.sampled_from(WORDS), max_size=6), later=st.sampled_from((0, 0, 0, 1, 3)))
    def it_is_sent(self, words: Sequence[str], later: int) -> None:
        self.clock += timedelta(days=later)
        with apart_from(Cut):
            self._send(Server(words, self.book))
        self.counted()

    @rule(at=MOMENTS, words=st.lists(st.sampled_from(WORDS[:6]), max_size=4))
    def the_sending_is_killed(self, at: int, words: Sequence[str]) -> None:
        self.killed(lambda: self._send(Server(words, self.book)), at)
        self.counted()

    @rule(at=st.none() | MOMENTS)
    def it_is_laid_down(self, at: int | None) -> None:
        """A cut is finished by the next one: each mail is there once, and nothing is in doubt that was not before."""
        doubted = self.in_state(S.UNCERTAIN) | self.in_state(S.SENDING)
        if at is not None:
            self.killed(lambda: self._send(eml_folder(self.box)), at)
        self._send(eml_folder(self.box))
        assert self.in_state(S.UNCERTAIN) <= doubted
        self.counted()

    def _send(self, way: Server | MailFolder) -> None:
        send(self.world.workspace, way, Clock(self.clock, lambda: f"{self.clock}T09:00:00Z"))

    def counted(self) -> None:
        """All that has arrived since is looked at, each for itself."""
        mails = self.mails()
        seen = Seen(
            self.clock, self.exported.seen_contacts(), self.exported.seen_accounts(),
            frozenset(key for key, until in self.muted.items() if self.clock < until),
        )  # fmt: skip
        wrong = self.truth.take([*self._of_server(), *self._of_folder()], mails, seen)
        assert wrong == [], "\n".join(wrong)
        had = {one.key for one in self.truth.reached}
        for key, (_, task) in mails.items():
            state = mail_state(task)
            if task.mail == S.SENT and key not in self.said_sent:
                assert key in had, f"{key} is marked as sent, and nobody has it"
            if key in had - self.truth.unheard:
                assert state in (S.SENT, S.SENDING, S.UNCERTAIN), f"{key} has arrived, and is {state}"
        self.is_whole()

    def _of_server(self) -> Iterator[tuple[str, list[str]]]:
        lines = self.book.read_text("utf-8").splitlines() if self.book.exists() else []
        self.book.write_text("", encoding="utf-8")
        for line in lines:
            key, *readers = line.split("\t")
            yield key, readers

    def _of_folder(self) -> Iterator[tuple[str, list[str]]]:
        for path in sorted(self.box.glob("*.eml")):
            yield path.stem, readers_of(path.read_bytes())
            path.rename(self.folder / f"{path.stem}.had")  # somebody has taken it away

    # --- people ---

    @rule(number=st.integers(0, 9), word=st.sampled_from(("sent", "again", "dead")))
    def a_doubt_is_settled(self, number: int, word: str) -> None:
        doubted = sorted(self.in_state(S.UNCERTAIN) | self.in_state(S.SENDING))
        if not doubted:
            return
        self.settled(doubted[number % len(doubted)], word)

    def settled(self, key: str, word: str) -> None:
        with apart_from(ChoiceError):  # again, of an enrollment that is over
            resolve(self.world.workspace, key, word, "they told us", self.act())
            if word == "sent":
                self.said_sent.add(key)
            else:
                self.truth.unheard.add(key)
            if word == "again":
                self.truth.again.add(key)
        self.is_whole()

    @rule(number=st.integers(0, 9), how=LOOKS)
    def somebody_looks_at_a_mail(self, number: int, how: str) -> None:
        open_ones = sorted(self.in_state(S.DRAFT) | self.in_state(S.PENDING))
        if not open_ones:
            return
        key = open_ones[number % len(open_ones)]
        is_draft = key in self.in_state(S.DRAFT)
        with apart_from(ChoiceError):  # a draft of somebody who has no address any more
            match how:
                case "let go" if is_draft:
                    release(self.world.workspace, Chosen((key,)), self.act())
                case "rewrite" if is_draft:
                    rewrite(self.world.workspace, key, f"Subject: {self.clock}\n\nCome.", self.act())
                case "sent" if is_draft:
                    self.world.done(key, "sent", self.clock, "lea@vendor.example")
                    self.said_sent.add(key)
                case "discard":
                    discard(self.world.workspace, key, "not now", self.act())
                case "put off":
                    resting.snooze(
                        self.world.workspace, key, self.clock + timedelta(days=2), "later", self.act()
                    )
        self.is_whole()

    @rule(key=st.sampled_from(ACCOUNTS), days=st.integers(1, 4))
    def an_account_is_left_alone(self, key: str, days: int) -> None:
        until = self.clock + timedelta(days=days)
        with apart_from(ChoiceError):  # nobody has ever heard of it
            resting.mute(self.world.workspace, key, until, "they asked", self.act())
            self.muted[key] = until

    @rule(address=st.sampled_from(ADDRESSES), off=st.booleans())
    def an_address_is_suppressed(self, address: str, off: bool) -> None:
        if len(self.truth.reached) < 2:
            return
        with apart_from(ChoiceError):  # as it stands already
            if off:
                suppress.suppress(self.world.workspace, address, "asked", self.act())
                self.truth.suppressed.add(address.casefold())
            elif address.casefold() in self.truth.suppressed:
                suppress.lift(self.world.workspace, address, "asked", self.act())
                self.truth.suppressed.discard(address.casefold())

    @rule(key=st.sampled_from(CONTACTS))
    def somebody_is_forgotten(self, key: str) -> None:
        if len(self.truth.reached) < 3 * (1 + len(self.truth.forgotten)):
            return  # else soon nobody is left
        doubted = self.in_state(S.UNCERTAIN) | self.in_state(S.SENDING)
        with apart_from(ChoiceError):  # nobody is known by that any more
            forget(self.world.workspace.place, key, "asked", self.act(), PEOPLE, Whose.PEOPLE)
            self.truth.forgotten.add(key)
        self.truth.unheard |= doubted & self.in_state(S.DEAD)  # nobody can settle it any more
        self.is_whole()

    @rule(playbook=st.sampled_from(("hello", "news")), key=st.sampled_from(ACCOUNTS))
    def somebody_stops(self, playbook: str, key: str) -> None:
        with apart_from(ChoiceError):  # nothing of it is open
            stop_playbook(self.world.workspace, playbook, key, "they asked", self.act())
        self.is_whole()

    @rule(
        what=st.sampled_from(("status", "changes", "wait", "send", "more", "write")), which=st.integers(0, 2)
    )
    def the_text_is_edited(self, what: str, which: int) -> None:
        values = {
            "status": ("live", "live", "paused"), "changes": ("keep", "move", "restart"), "wait": (1, 2, 4),
            "send": ("draft", "auto", "auto"), "more": (True, False, True), "write": (ONCE, OFTEN, GONE),
        }  # fmt: skip
        setattr(self.text, what, values[what][which])
        self.written()

    def written(self) -> None:
        self.world.write("playbooks/hello.yaml", str(self.text))

    @precondition(lambda self: self.taken_back < 2)
    @rule(back=st.sampled_from((0, 0, 1, 2)))
    def a_run_is_taken_back(self, back: int = 0) -> None:
        """The last one, or one on which others have followed."""
        self.taken_back += 1
        with Ledger.open(self.world.ledger, None, writing=False) as ledger:
            there = [run.number for run in ledger.runs() if run.taken_back is None]
        words = Words(self.clock, "lea@vendor.example", "the wrong export", f"{self.clock}T08:00:00Z")
        had = {
            one.key: mail_state(self.mails()[one.key][1])
            for one in self.truth.reached
            if one.key in self.mails()
        }
        with apart_from(ChoiceError):  # all are taken back already
            undo(
                self.world.workspace.place, str(there[back]) if back < len(there) else "last", words, VERSION
            )
        now = self.mails()
        assert {key: mail_state(now[key][1]) for key in had} == had, "what somebody has is as it was"
        self.is_whole()

    # --- what there is ---

    def mails(self) -> dict[str, tuple[Enrollment, OpenTask]]:
        return {
            task.key: (enrollment, task)
            for key in ACCOUNTS
            for enrollment in self.world.enrollments(key)
            for task in enrollment.tasks.values()
            if task.kind == "email"
        }

    def in_state(self, state: MailState) -> set[str]:
        """Those a person may speak of."""
        return {
            key
            for key, (enrollment, task) in self.mails().items()
            if mail_state(task) is state and (state not in FIRST or task.state is TaskState.OPEN)
        }

    def act(self) -> Act:
        return Act("lea@vendor.example", self.clock, f"{self.clock}T10:00:00Z")


def play(examples: int, steps: int, derandomize: bool = False) -> None:
    play_histories(MailWeeks, examples, steps, derandomize)


if __name__ == "__main__":
    examples = int(sys.argv[1])
    if examples:
        play(examples, 25)
    print(f"{examples} histories of mails, of up to 25 steps: nobody was told twice, or against their will")
