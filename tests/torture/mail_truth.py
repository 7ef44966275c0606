"""What a server was given, word by word → whom it reached, on which days, and which of the promises about mails that breaks.

Knows the exports and what people have said, and of the program only which mail a key names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from email import message_from_bytes
from email.utils import getaddresses
from pathlib import Path

from cs_playbook.errors import UserError
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.outbox import Delivered, Handed, InDoubt, Refused, Sealed, TryLater

PER_CONTACT, PER_ACCOUNT = (1, 3), (2, 4)  # mails per days, as the project file of the world says
OURS = "@vendor.example"
TAKEN, LATER, NEVER, LOST, AWAY = "taken", "later", "never", "lost", "away"
HELD_BEFORE, CUT_BEFORE, CUT_AFTER = "no line", "cut before", "cut after"
WORDS = (TAKEN, TAKEN, TAKEN, LATER, NEVER, LOST, AWAY, HELD_BEFORE, CUT_BEFORE, CUT_AFTER)
_REACHES = (TAKEN, LOST, CUT_AFTER)  # somebody may have it


class Cut(BaseException):
    """The program is killed."""


@dataclass
class Server:
    """Answers the n-th mail with the n-th word, and then takes all. `book`: the mails that somebody may have, one a line."""

    words: Sequence[str]
    book: Path
    name: str = "smtp here"
    asked: int = 0

    def get_ready(self) -> None:
        if self._word() == HELD_BEFORE:
            self.asked += 1
            raise UserError("nobody answers at smtp.vendor.example")

    def hand_over(self, mail: Sealed) -> Handed:
        word, self.asked = self._word(), self.asked + 1
        if word in _REACHES:
            with self.book.open("a", encoding="utf-8") as book:
                book.write("\t".join((mail.key, *mail.recipients)) + "\n")
        match word:
            case "later":
                return TryLater("451 busy")
            case "never":
                return Refused("550 nobody here")
            case "lost":
                return InDoubt("lost after the dot")
            case "away":
                raise UserError("it takes no login")
            case "cut before" | "cut after":
                raise Cut
            case _:
                return Delivered("250 ok")

    def _word(self) -> str:
        return self.words[self.asked] if self.asked < len(self.words) else TAKEN


@dataclass(frozen=True)
class Reached:
    """A mail that somebody may have. `readers`: addresses in small letters, the To first."""

    key: str
    enrollment: str
    account: str
    step: tuple[str, int]
    contact: str
    readers: tuple[str, ...]
    on: date


@dataclass(frozen=True)
class Seen:
    """The world when it was sent. `rows`: contacts of the export, by key. `muted`: accounts that are left alone."""

    day: date
    rows: Mapping[str, Mapping[str, object]]
    accounts: Mapping[str, Mapping[str, object]]
    muted: frozenset[str]


@dataclass
class Truth:
    """All that happened to mails. `again`: keys that a person wants sent once more. `unheard`: a person said nobody had
    them. `forgotten`: contacts of whom nobody knows any more what they had.
    """

    reached: list[Reached] = field(default_factory=list)
    again: set[str] = field(default_factory=set)
    unheard: set[str] = field(default_factory=set)
    suppressed: set[str] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)

    def take(
        self,
        found: Sequence[tuple[str, Sequence[str]]],
        mails: Mapping[str, tuple[Enrollment, OpenTask]],
        seen: Seen,
    ) -> list[str]:
        """`found`: key and readers of what arrived now. What is wrong with it, in words."""
        wrong = []
        for key, readers in found:
            enrollment, task = mails[key]
            small = tuple(address.casefold() for address in readers)
            mail = Reached(
                key, enrollment.key, enrollment.account, (task.step, task.occurrence), str(task.contact), small, seen.day
            )  # fmt: skip
            wrong += [
                f"{enrollment.account} {task.step} {key[:6]}: {why}" for why in self._wrong(mail, task, seen)
            ]
            self.again.discard(key)
            self.unheard.discard(key)
            self.reached = [one for one in self.reached if one.key != key]
            self.reached.append(mail)
        return wrong

    def _wrong(self, mail: Reached, task: OpenTask, seen: Seen) -> Iterator[str]:
        yield from self._twice(mail)
        yield from self._to_nobody(mail, seen)
        yield from self._over_cap(mail)
        if task.expires is not None and seen.day > task.expires:
            yield f"it had expired on {task.expires}"
        if seen.day.weekday() > 4:
            yield "it left at a weekend"
        account = seen.accounts.get(mail.account)
        if account is None or account["status"] == "ended" or mail.account in seen.muted:
            yield "its account rests"

    def _twice(self, mail: Reached) -> Iterator[str]:
        for one in self.reached:
            same_step = (one.enrollment, one.step) == (mail.enrollment, mail.step)
            if one.key == mail.key:
                if mail.key not in self.again | self.unheard:
                    yield f"it was sent on {one.on} already"
            elif same_step and one.key not in self.unheard and set(_theirs(one)) & set(_theirs(mail)):
                yield f"{set(one.readers) & set(mail.readers)} had the mail of this step on {one.on}"

    def _to_nobody(self, mail: Reached, seen: Seen) -> Iterator[str]:
        row = seen.rows.get(mail.contact)
        if row is None or mail.contact in self.forgotten:
            yield f"{mail.contact} is nobody any more"
        elif str(row["email"]).casefold() != mail.readers[0]:
            yield f"{mail.contact} has another address"
        for one in seen.rows.values():
            closed = one["opted_out"] == "yes" or one["has_left"] == "yes"
            if closed and one["account_id"] == mail.account and str(one["email"]).casefold() in mail.readers:
                yield f"{one['id']} opted out or left"
        if found := self.suppressed & set(mail.readers):
            yield f"{found} are suppressed"

    def _over_cap(self, mail: Reached) -> Iterator[str]:
        others = [one for one in self.reached if one.key not in self.unheard | {mail.key}]
        most, days = PER_CONTACT
        same = [
            one for one in others
            if (mail.contact == one.contact and mail.account == one.account)
            or (set(_theirs(one)) & set(_theirs(mail)) and one.contact not in self.forgotten)
        ]  # fmt: skip
        yield from _too_many("contact", same, mail, most, days)
        most, days = PER_ACCOUNT
        yield from _too_many(
            "account", [one for one in others if one.account == mail.account], mail, most, days
        )


def _theirs(mail: Reached) -> Iterator[str]:
    return (address for address in mail.readers if not address.endswith(OURS))


def _too_many(who: str, others: Sequence[Reached], mail: Reached, most: int, days: int) -> Iterator[str]:
    since = mail.on - timedelta(days=days)
    lately = [one for one in others if one.on > since]
    if len(lately) >= most:
        told = ", ".join(f"{one.step[0]} to {one.contact} on {one.on}" for one in lately)
        yield f"over the cap of its {who}, beside {told}"


def readers_of(content: bytes) -> list[str]:
    """Whom a mail in a folder is for, by its head."""
    head = message_from_bytes(content)
    return [address for _, address in getaddresses([*head.get_all("To", []), *head.get_all("Cc", [])])]
