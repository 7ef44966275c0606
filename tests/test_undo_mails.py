"""Runs taken back, run again and sent, in any order: nobody gets a mail twice, and a mail that comes again is the same one."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, settings
from hypothesis import given as that
from hypothesis import strategies as st

from cs_playbook.commands.people import Act
from cs_playbook.commands.resolving import resolve
from cs_playbook.model.outbox import Delivered, Handed, InDoubt, MailState, Refused, Sealed, TryLater
from tests.builders import World
from tests.test_send import ACCOUNTS, TUESDAY, Cut, Post, exported, sent_by, with_mails
from tests.test_undo import take_back

LEA = Act("lea@vendor.example", TUESDAY, "2026-03-03T09:00:00Z")
SAYS: dict[str, Handed | BaseException] = {
    "taken": Delivered("250 ok"),
    "later": TryLater("451 busy"),
    "never": Refused("550 nobody here"),
    "lost": InDoubt("lost after the dot"),
    "killed": Cut(),
}
# What somebody may have received; what surely nobody has.
PERHAPS = ("taken", "lost", "killed")
UNDO, RUN, SETTLE = "undo", "run", "settle"
Move = str | tuple[str, ...]  # a tuple: it is sent, and what the server says of each account
MOVES = st.lists(
    st.sampled_from((UNDO, RUN, SETTLE)) | st.tuples(*[st.sampled_from(list(SAYS))] * len(ACCOUNTS)),
    min_size=2,
    max_size=6,
)


@dataclass
class Told:
    """What has been handed over so far. `perhaps`: keys of mails that somebody may have received."""

    perhaps: set[str] = field(default_factory=set)
    keys: dict[str, set[str]] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)  # Message-IDs


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return with_mails(tmp_path_factory.mktemp("made") / "small")


@settings(max_examples=4, derandomize=True, database=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))  # fmt: skip
@that(moves=MOVES)
@example(moves=[("taken", "later", "lost"), UNDO, RUN, ("taken", "taken", "taken"), UNDO, RUN, SETTLE])
@example(moves=[("killed", "taken", "later"), UNDO, RUN, ("taken",) * 3, UNDO, RUN, ("taken",) * 3])
@example(moves=[UNDO, RUN, ("never", "taken", "lost"), SETTLE, UNDO, RUN, ("taken",) * 3])
def test_nobody_gets_a_mail_twice_however_runs_are_taken_back(made: World, moves: Sequence[Move]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world, told = made.copy(Path(folder) / "w"), Told()
        for move in moves:
            before = mails(world)
            play(world, move, told)
            assert world.wrong() == []
            if move == UNDO:
                stays_as_it_was(before, mails(world))
        play(world, RUN, told)
        play(world, ("taken",) * 3, told)  # whoever may get one has got it
        assert {key: len(names) for key, names in told.names.items()} == dict.fromkeys(told.names, 1)
        assert {account: len(keys) for account, keys in told.keys.items()} == dict.fromkeys(ACCOUNTS, 1)


def play(world: World, move: Move, told: Told) -> None:
    if isinstance(move, tuple):
        hand_over(world, dict(zip(ACCOUNTS, move, strict=True)), told)
    elif move == UNDO:
        take_back(world, TUESDAY)
    elif move == RUN:
        world.run(TUESDAY)
    else:
        for key, state in mails(world).items():
            if state == MailState.UNCERTAIN:
                resolve(world.workspace, key, "sent", "they told us", LEA)


def hand_over(world: World, says: dict[str, str], told: Told) -> None:
    post = Post({f"claire-{account}@{account}.example": SAYS[said] for account, said in says.items()})
    with suppress(Cut):
        sent_by(world, post)
    for mail in post.sent:
        assert mail.key not in told.perhaps, "somebody may have it already"
        account = account_of(mail)
        told.keys.setdefault(account, set()).add(mail.key)
        told.names.setdefault(mail.key, set()).add(str(message_from_bytes(mail.content)["Message-ID"]))
        if says[account] in PERHAPS:
            told.perhaps.add(mail.key)


def account_of(mail: Sealed) -> str:
    return mail.recipients[0].removeprefix("claire-").partition("@")[0]


def mails(world: World) -> dict[str, str]:
    """Key → state, of the mails of all enrollments."""
    return {
        task.key: task.mail
        for account in ACCOUNTS
        for enrollment in world.enrollments(account)
        for task in enrollment.tasks.values()
        if task.kind == "email"
    }


def stays_as_it_was(before: dict[str, str], after: dict[str, str]) -> None:
    """What has left, or may have, is as it was; of what is still ours nothing is left to be sent by that run."""
    for key, state in before.items():
        if state in (MailState.SENT, MailState.SENDING, MailState.UNCERTAIN, MailState.DEAD):
            assert after[key] == state
    assert MailState.PENDING not in after.values()


def test_a_letter_that_was_mended_leaves_in_its_new_words(made: World, tmp_path: Path) -> None:
    """Perhaps the run was taken back for its sake; and who reads French by now has another letter under the same key."""
    world, post = made.copy(tmp_path / "w"), Post()
    take_back(world, TUESDAY)
    world.edit("emails/few-seats/hello/en.md", "you have", "you now have")
    world.edit("emails/few-seats/hello/fr.md", "il vous reste", "maintenant il reste")
    world.export(exported(1, claire_acme={"language": "fr"}))
    assert world.build(TUESDAY).manifest is not None

    world.run(TUESDAY)
    sent_by(world, post)

    words = {
        account_of(mail): message_from_bytes(mail.content).get_payload(0).as_string() for mail in post.sent
    }
    assert "you now have" in words["bolt"]
    assert "maintenant" in words["acme"]
    assert world.wrong() == []
