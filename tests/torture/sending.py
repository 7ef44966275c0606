"""A `send` and a point of it → what was wrong after the kill, and after sending again: nothing lost, nobody told twice.

To folders each mail arrives exactly once. Over SMTP at most once: what was on the way when the kill came is uncertain.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cs_playbook.commands.send import Clock, send
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.mail_folder import MailFolder, eml_folder, maildir
from cs_playbook.effects.pace import Pace
from cs_playbook.effects.smtp import Dialled, SmtpTransport
from cs_playbook.model.sending import Smtp
from tests.builders import World, account, contact, files_in, given, on, small
from tests.torture.cuts import Cut, Work, in_a_child, killed
from tests.torture.kills import Outcome
from tests.torture.post_office import PostOffice

ACCOUNTS = ("acme", "bolt", "calm", "dell")
DAY = on(1)
CLOCK = Clock(DAY, lambda: f"{DAY}T09:00:00Z")
_FOLDERS: Mapping[str, Callable[[Path], MailFolder]] = {"send-folder": eml_folder, "send-maildir": maildir}
NAMES = ("send-smtp", *_FOLDERS)


def mails_waiting(root: Path) -> World:
    """Four mails are pending."""
    world = small(root)
    world.edit("playbooks/few-seats.yaml", "send: draft", "send: auto")
    rows = [account(key, seats=5, strategic="yes") for key in ACCOUNTS]
    contacts = [contact(f"claire-{key}", key, first_name="Claire") for key in ACCOUNTS]
    world.morning(on(0), given(*rows, contacts=contacts))
    for key in ACCOUNTS:
        world.done(world.task(key, "ask"), "people", on(0))
    world.morning(DAY, given(*rows, contacts=contacts, day=1))
    return world


@dataclass(frozen=True)
class SendTorture:
    """`office`: where mails go over SMTP; by the other names they go to a folder. `whole`: its files when nobody is cut."""

    name: str
    before: World
    place: Path
    office: PostOffice
    whole: Mapping[str, bytes]

    @classmethod
    def of(cls, name: str, folder: Path, office: PostOffice) -> SendTorture:
        before = mails_waiting(folder / "before")
        blank = cls(name, before, folder / "cut", office, {})
        blank.work()()
        return cls(name, before, folder / "cut", office, blank._delivered())

    def work(self) -> Work:
        """The sending of a fresh copy, always in the same place."""
        if self.place.exists():
            shutil.rmtree(self.place)
        world = self.before.copy(self.place)
        self.office.forget()
        return lambda: _send(world, self._way)

    def after(self, cut: Cut) -> Outcome:
        was_killed = killed(self.work(), cut)
        return Outcome(was_killed, True, tuple(self._wrong(World(self.place))))

    def _way(self, world: World) -> SmtpTransport | MailFolder:
        if self.name in _FOLDERS:
            return _FOLDERS[self.name](world.root / "sent")
        return SmtpTransport(
            Dialled(Smtp("127.0.0.1", self.office.port, "none"), "vendor.example"),
            Pace(None, lambda: 0.0, lambda rest: None),
        )

    def _wrong(self, world: World) -> Iterator[str]:
        with Ledger.open(world.ledger, None, writing=True) as ledger:
            yield from ledger.verify()
        in_a_child(lambda: json.dumps(_send(world, self._way)))
        states = _states(world)
        yield from (
            f"{key} is {state}" for key, state in states.items() if state not in ("sent", "uncertain")
        )
        if _send(world, self._way) != 0 or world.wrong():
            yield "another send does something"
        yield from self._lost_or_doubled(states) if self.name == "send-smtp" else self._not_once(states)

    def _lost_or_doubled(self, states: Mapping[str, str]) -> Iterator[str]:
        taken = self.office.taken()
        for key, state in states.items():
            times = sum(count for name, count in taken.items() if key in name)
            if times > 1:
                yield f"{key} was sent {times} times"
            elif times == 0 and state == "sent":
                yield f"{key} is marked as sent, and nobody has it"
        if len(states) != len(ACCOUNTS) or list(states.values()).count("uncertain") > 1:
            yield f"more is uncertain than was on its way: {states}"

    def _not_once(self, states: Mapping[str, str]) -> Iterator[str]:
        if self._delivered() != self.whole or set(states.values()) != {"sent"}:
            yield f"not each mail is there once: {sorted(self._delivered())}, {states}"

    def _delivered(self) -> Mapping[str, bytes]:
        return files_in(self.place / "sent")


def _send(world: World, way: Callable[[World], SmtpTransport | MailFolder]) -> int:
    """How many mails changed."""
    chosen = way(world)
    if isinstance(chosen, MailFolder):
        return len(send(world.workspace, chosen, CLOCK).moved)
    with chosen as line:
        return len(send(world.workspace, line, CLOCK).moved)


def _states(world: World) -> dict[str, str]:
    """Task → its state in the outbox."""
    with closing(sqlite3.connect(world.ledger)) as connection:
        return dict(connection.execute("select task, state from outbox order by task"))
