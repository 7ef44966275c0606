"""`send`: what is pending leaves once; what a cut leaves is in doubt, or finished; who may not be written to is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from cs_playbook.commands.looking import status
from cs_playbook.commands.people import Act
from cs_playbook.commands.resolving import resolve
from cs_playbook.commands.send import CUT, Clock, SendResult, rehearse, send
from cs_playbook.effects import mail_folder
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.lock import locked
from cs_playbook.effects.mail_folder import MailFolder, eml_folder, maildir
from cs_playbook.errors import ChoiceError, StoppedOnPurpose, UserError
from cs_playbook.model.enrollment import OpenTask
from cs_playbook.model.event import MailMoved
from cs_playbook.model.outbox import Delivered, Handed, InDoubt, MailState, Refused, Sealed, TryLater
from cs_playbook.report import sending as report
from tests.builders import Tables, World, account, contact, given, on, six, small

S = MailState
TUESDAY = on(1)
ACCOUNTS = ("acme", "bolt", "calm")
LEA = Act("lea@vendor.example", TUESDAY, "2026-03-03T09:00:00Z")


@dataclass
class Post:
    """A server of which one says what it answers; `sent`: what it was given."""

    answers: Mapping[str, Handed | BaseException] = field(default_factory=dict)
    sent: list[Sealed] = field(default_factory=list)
    name: str = "smtp here"

    def get_ready(self) -> None:
        """Nobody waits here."""

    def hand_over(self, mail: Sealed) -> Handed:
        said = self.answers.get(mail.recipients[0], Delivered("250 ok"))
        self.sent.append(mail)
        if isinstance(said, BaseException):
            raise said
        return said


class Cut(BaseException):
    """The program is killed."""


def exported(day: int, without: str = "", **changes: dict[str, object]) -> Tables:
    """`changes`: of an account, or of the contact of one (`claire_acme`)."""
    there = [key for key in ACCOUNTS if key != without]
    accounts = [account(key, **{"seats": 5, "strategic": "yes", **changes.get(key, {})}) for key in there]
    contacts = [
        contact(f"claire-{key}", key, **{"first_name": "Claire", **changes.get(f"claire_{key}", {})})
        for key in there
    ]
    return given(*accounts, day=day, contacts=contacts)


def with_mails(root: Path) -> World:
    """Three mails are pending on Tuesday."""
    world = small(root)
    world.edit("playbooks/few-seats.yaml", "send: draft", "send: auto")
    world.morning(on(0), exported(0))
    for key in ACCOUNTS:
        world.done(world.task(key, "ask"), "people", on(0))
    world.morning(TUESDAY, exported(1))
    return world


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return with_mails(tmp_path_factory.mktemp("made") / "small")


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    return made.copy(tmp_path / "small")


def sent_by(world: World, way: Post | MailFolder, day: date = TUESDAY) -> SendResult:
    return send(world.workspace, way, clock(day))


def clock(day: date = TUESDAY) -> Clock:
    return Clock(day, lambda: f"{day}T06:05:00Z")


def mail(world: World, key: str) -> OpenTask:
    """The newest of that account."""
    return [task for task in world.enrollment(key).tasks.values() if task.kind == "email"][-1]


def states(world: World) -> dict[str, str]:
    return {key: mail(world, key).mail for key in ACCOUNTS}


def test_each_leaves_once_and_a_second_send_does_nothing(world: World) -> None:
    post = Post()

    first, second = sent_by(world, post), sent_by(world, post)

    assert [told.state for told in first.moved] == [S.SENT] * 3
    assert (second.moved, second.waiting, first.is_whole, second.is_whole) == ((), (), True, True)
    assert sorted(sealed.recipients for sealed in post.sent) == [
        (f"claire-{key}@{key}.example",) for key in ACCOUNTS
    ]
    assert all(
        sealed.sender == "lea@vendor.example" and sealed.key.encode() in sealed.content
        for sealed in post.sent
    )
    assert (states(world), world.wrong()) == (dict.fromkeys(ACCOUNTS, "sent"), [])


def test_the_page_of_the_day_calls_what_goes_by_itself_no_draft(made: World) -> None:
    published = made.published()
    index = published[f"{TUESDAY}/index.html"].decode()

    assert "0 new drafts · 3 new mails in the outbox" in index
    assert '<a href="drafts.html">Look through the mails: 3</a>' in index
    assert "Mails of Tuesday 3 March 2026" in published[f"{TUESDAY}/drafts.html"].decode()


def test_what_follows_opens_with_the_next_run(world: World) -> None:
    sent_by(world, Post())

    world.morning(on(2), exported(2))

    assert {step: progress.outcome for step, progress in world.enrollment("acme").steps.items()} == {
        "ask": "people", "write": "sent", "reply": None,
    }  # fmt: skip


def test_it_is_recorded_before_it_is_handed_over_and_after(world: World) -> None:
    seen: list[str] = []

    class Looks(Post):
        def hand_over(self, mail: Sealed) -> Handed:
            # Another program can see it: the transaction is over.
            connection = sqlite3.connect(f"file:{world.ledger}?mode=ro", uri=True)
            seen.append(
                connection.execute("select state from outbox where task = ?", (mail.key,)).fetchone()[0]
            )
            connection.close()
            return super().hand_over(mail)

    sent_by(world, Looks())

    assert seen == ["sending"] * 3
    moves = [event for event in world.events() if isinstance(event, MailMoved)]
    assert [(move.to, move.attempt, move.through) for move in moves][:2] == [
        ("sending", 1, "smtp here"),
        ("sent", 1, ""),
    ]


@pytest.mark.parametrize(
    ("said", "state", "outcome"),
    [
        (TryLater("451 later"), "pending", None), (Refused("550 nobody"), "dead", "undeliverable"),
        (InDoubt("no answer"), "uncertain", None), (Delivered("250 ok", "copy refused"), "sent", "sent"),
    ],
)  # fmt: skip
def test_each_answer_of_a_server_has_its_state(
    world: World, said: Handed, state: str, outcome: str | None
) -> None:
    result = sent_by(world, Post({"claire-acme@acme.example": said}))

    assert (mail(world, "acme").mail, mail(world, "acme").outcome, mail(world, "acme").attempts) == (
        state,
        outcome,
        1,
    )
    assert states(world) == {"acme": state, "bolt": "sent", "calm": "sent"}
    assert result.is_whole is (state == "sent")


def test_what_was_not_taken_is_tried_again(world: World) -> None:
    sent_by(world, Post({"claire-acme@acme.example": TryLater("451 later")}))
    post = Post()

    sent_by(world, post)

    assert [sealed.recipients[0] for sealed in post.sent] == ["claire-acme@acme.example"]
    assert (mail(world, "acme").mail, mail(world, "acme").attempts) == ("sent", 2)


def test_a_way_that_gives_up_as_a_whole_has_taken_nothing(world: World) -> None:
    result = sent_by(
        world, Post(dict.fromkeys([f"claire-{key}@{key}.example" for key in ACCOUNTS], UserError("no login")))
    )

    assert result.stopped is not None
    assert (list(states(world).values()), len(result.moved)) == (["pending"] * 3, 1)
    assert "! stopped: no login" in report.as_text(result, 100)


class TestACut:
    def test_while_it_is_handed_over_leaves_it_in_doubt_and_nobody_sends_it_again(self, world: World) -> None:
        with pytest.raises(Cut):
            sent_by(world, Post({"claire-bolt@bolt.example": Cut()}))
        assert states(world)["bolt"] == "sending"
        post = Post()

        result = sent_by(world, post)

        assert states(world)["bolt"] == "uncertain"
        assert "claire-bolt@bolt.example" not in [sealed.recipients[0] for sealed in post.sent]
        assert ([told.why for told in result.cut], result.uncertain, result.is_whole) == ([CUT], 1, False)
        assert sent_by(world, post).moved == ()

    @pytest.mark.parametrize(
        ("make", "after"),
        [(eml_folder, "ready"), (maildir, "the first"), (eml_folder, "all"), (maildir, "settled")],
    )
    def test_of_a_folder_is_finished_by_the_next(
        self,
        world: World,
        tmp_path: Path,
        make: Callable[[Path], MailFolder],
        after: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        way = make(tmp_path / "box")
        with monkeypatch.context() as cut:
            cuts_after(cut, after)
            with pytest.raises(Cut):
                sent_by(world, way)

        result = sent_by(world, make(tmp_path / "box"))

        assert (states(world), result.uncertain, result.is_whole) == (
            dict.fromkeys(ACCOUNTS, "sent"),
            0,
            True,
        )
        assert sum(path.is_file() for path in (tmp_path / "box").rglob("*")) == 3
        assert world.wrong() == []

    def test_of_a_folder_leaves_it_in_doubt_for_another_way(
        self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as cut:
            cuts_after(cut, "the first")
            with pytest.raises(Cut):
                sent_by(world, eml_folder(tmp_path / "box"))
        post = Post()

        assert sent_by(world, post).uncertain == 3
        assert post.sent == []

    def test_of_a_server_leaves_a_new_folder_its_way(self, world: World, tmp_path: Path) -> None:
        """Nothing of it can be there; the folder need not even be."""
        with pytest.raises(Cut):
            sent_by(world, Post({"claire-bolt@bolt.example": Cut()}))

        result = sent_by(world, eml_folder(tmp_path / "box"))

        assert (states(world), result.stopped) == (
            {"acme": "sent", "bolt": "uncertain", "calm": "sent"},
            None,
        )

    def test_is_seen_by_status(self, world: World) -> None:
        with pytest.raises(Cut):
            sent_by(world, Post({"claire-bolt@bolt.example": Cut()}))

        assert status(world.workspace.place, six(world.workspace, TUESDAY)).outbox["sending"] == 1


def cuts_after(cut: pytest.MonkeyPatch, after: str) -> None:
    """The program ends right after that step."""
    step = {"ready": "make_ready", "settled": "settle"}.get(after, "hand_over")
    real = getattr(mail_folder.MailFolder, step)
    times = iter(range(1, 100))

    def then_ends(self: MailFolder, *arguments: object) -> object:
        done = real(self, *arguments)
        if next(times) == (3 if after == "all" else 1):
            raise Cut
        return done

    cut.setattr(mail_folder.MailFolder, step, then_ends)


class TestAPersonsWord:
    @pytest.fixture
    def doubted(self, world: World) -> World:
        sent_by(world, Post({"claire-acme@acme.example": InDoubt("no answer")}))
        return world

    @pytest.mark.parametrize(("word", "state"), [("sent", "sent"), ("again", "pending"), ("dead", "dead")])
    def test_settles_it(self, doubted: World, word: str, state: str) -> None:
        resolve(doubted.workspace, mail(doubted, "acme").key[:6], word, "I asked her", LEA)

        assert (mail(doubted, "acme").mail, mail(doubted, "acme").by, doubted.wrong()) == (
            state,
            "lea@vendor.example",
            [],
        )
        post = Post()
        sent_by(doubted, post)
        assert len(post.sent) == (word == "again")

    def test_after_its_end_is_not_again(self, doubted: World) -> None:
        doubted.stop("few-seats", "acme", TUESDAY)

        with pytest.raises(ChoiceError, match="not sent again"):
            resolve(doubted.workspace, mail(doubted, "acme").key, "again", "I asked her", LEA)
        resolve(doubted.workspace, mail(doubted, "acme").key, "sent", "I asked her", LEA)

    def test_needs_a_reason_a_word_and_a_mail_in_doubt(self, doubted: World) -> None:
        key = mail(doubted, "acme").key
        for wrong, because, said in (
            ((key, "sent"), "", "needs a reason"), ((key, "sned"), "x", "is none of"),
            ((mail(doubted, "bolt").key, "sent"), "x", "no uncertain mail"), (("ab", "sent"), "x", "too short"),
        ):  # fmt: skip
            with pytest.raises(ChoiceError, match=said):
                resolve(doubted.workspace, *wrong, because, LEA)

    def test_is_that_of_the_sender_their_manager_or_the_owner(self, doubted: World) -> None:
        key = mail(doubted, "acme").key

        with pytest.raises(ChoiceError, match="may not speak for"):
            resolve(doubted.workspace, key, "sent", "I asked", Act("marc@vendor.example", TUESDAY, "x"))
        resolve(doubted.workspace, key, "sent", "I asked", Act("nora@vendor.example", TUESDAY, "x"))


class TestWhoIsAskedAgain:
    """By the newest snapshot, right before it leaves."""

    def one(
        self, world: World, day: int = 2, without: str = "", **changes: dict[str, object]
    ) -> tuple[str, str]:
        """State of Acme's mail and what is said of it, when the export of the day after says so, without a run."""
        world.export(exported(day, without, **changes))
        assert world.build(on(day)).manifest is not None
        result = sent_by(world, Post(), on(day))
        told = next(told for told in (*result.moved, *result.waiting) if told.enrollment.account == "acme")
        assert world.wrong() == []
        return mail(world, "acme").mail, told.why

    def test_who_has_left_gets_nothing(self, world: World) -> None:
        assert self.one(world, claire_acme={"has_left": "yes"}) == ("suppressed", "has left")

    def test_who_has_another_address_gets_nothing_at_the_old_one(self, world: World) -> None:
        moved = {"email": "claire@new.example"}
        assert self.one(world, claire_acme=moved) == ("suppressed", "its contact has another address by now")

    def test_a_contact_that_is_missing_waits(self, world: World) -> None:
        assert self.one(world, claire_acme={"id": "someone"})[0] == "pending"

    def test_an_account_that_is_missing_waits(self, world: World) -> None:
        assert self.one(world, without="acme") == ("pending", "its account is missing from the snapshot")

    def test_an_account_that_is_left_alone_waits(self, world: World) -> None:
        rule = "hands_off: [{when: sector = 'law', because: legal asked for silence}]"
        world.edit("project.yaml", "format: 1", f"format: 1\n{rule}")
        assert self.one(world, acme={"sector": "law"}) == ("pending", "legal asked for silence")

    def test_an_account_that_is_not_active_waits(self, world: World) -> None:
        assert self.one(world, acme={"status": "ended"}) == ("pending", "its account is not active")

    def test_a_paused_playbook_waits(self, world: World) -> None:
        world.edit("playbooks/few-seats.yaml", "status: live", "status: paused")
        assert self.one(world) == ("pending", "its playbook is paused")

    def test_what_came_too_late_expires(self, world: World) -> None:
        last = mail(world, "acme").expires
        assert last == on(3 + 3)  # due on Thursday
        assert self.one(world, day=6)[0] == "sent"

    def test_the_day_after_its_last_it_expires_and_what_follows_is_that_it_was_not_sent(
        self, world: World
    ) -> None:
        state, why = self.one(world, day=7)

        assert (state, mail(world, "acme").outcome) == ("expired", "undeliverable")
        assert why == "2026-03-08 was the last day on which it could leave"


def test_a_dry_run_says_what_would_leave_and_changes_nothing(world: World) -> None:
    before = world.ledger.read_bytes()

    result = rehearse(world.workspace, clock())

    assert [told.state for told in result.moved] == [S.SENT] * 3
    assert "3 would leave" in report.rehearsed_text(result, 100)
    assert world.ledger.read_bytes() == before


def test_only_one_at_a_time(world: World) -> None:
    with locked(world.ledger, "run"), pytest.raises(StoppedOnPurpose, match="another cs-playbook is at work"):
        sent_by(world, Post())


def test_a_mail_whose_bytes_were_changed_does_not_leave(world: World) -> None:
    with Ledger.open(world.ledger, None, writing=True) as ledger:
        ledger._connection.execute("update outbox set content = x'00'")
    post = Post()

    with pytest.raises(StoppedOnPurpose, match="not those that were recorded"):
        sent_by(world, post)
    assert post.sent == []


def test_many_are_recorded_together(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded: list[int] = []
    real = Ledger.record

    def counting(self: Ledger, events: list[MailMoved], *more: object) -> None:
        recorded.append(len(events))
        real(self, events, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Ledger, "record", counting)
    sent_by(world, maildir(tmp_path / "box"))

    assert recorded == [3, 3]


def bytes_of(world: World, key: str) -> bytes | None:
    with Ledger.open(world.ledger, None, writing=False) as ledger:
        return ledger.mail_bytes(mail(world, key).key)
