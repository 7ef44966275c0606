"""The outbox → its mails handed over, once: what is asked, handed over and recorded of each, in this order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import assert_never

from msgspec import Struct, field

from cs_playbook.commands.leaving import Asked, ask_all, sealed
from cs_playbook.commands.mail_desks import Mail
from cs_playbook.commands.workspace import Workspace, open_ledger
from cs_playbook.effects.ledger import Ledger
from cs_playbook.effects.lock import locked
from cs_playbook.effects.mail_folder import MailFolder
from cs_playbook.errors import UserError
from cs_playbook.letters.sealed import wrong_mail
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.event import MailMoved
from cs_playbook.model.outbox import (
    OUTBOX,
    Delivered,
    Handed,
    InDoubt,
    MailState,
    Refused,
    Sealed,
    Transport,
    TryLater,
)
from cs_playbook.plan.mail_leaving import Leaves, NoCopy, Over, Waits

AT_ONCE = 200  # mails of a folder that are recorded together
MOST_ATTEMPTS = 5
CUT = "the program was cut while it was handed over"


class Clock(Struct, frozen=True):
    """`day`: the day of --as-of, or today in the project's zone. `now`: UTC, ISO text, for people only.
    `at`: the moment, by which the hours of readers are asked; None: they are not.
    """

    day: date
    now: Callable[[], str]
    at: datetime | None = None


class Told(Struct, frozen=True):
    """What came of one mail. `why`: the reason, or what the server answered. `without`: copies that stayed here."""

    enrollment: Enrollment
    task: OpenTask
    state: MailState
    why: str = ""
    until: date | None = None
    without: tuple[NoCopy, ...] = ()


class SendResult(Struct, frozen=True):
    """`moved`: those that changed, `waiting`: those that did not. `cut`: left by an earlier `send`, uncertain now.

    `uncertain`: all there are. `stopped`: why the way as a whole gave up; what was not handed over by then is in
    neither list.
    """

    day: date
    through: str
    moved: tuple[Told, ...] = ()
    waiting: tuple[Told, ...] = ()
    cut: tuple[Told, ...] = ()
    uncertain: int = 0
    stopped: UserError | None = None

    def of(self, state: MailState) -> tuple[Told, ...]:
        return tuple(told for told in self.moved if told.state is state)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left that somebody should look at."""
        wrong = (MailState.DEAD, MailState.UNCERTAIN, MailState.PENDING)
        return self.stopped is None and not self.cut and not any(told.state in wrong for told in self.moved)


def send(workspace: Workspace, way: Transport | MailFolder, clock: Clock) -> SendResult:
    """StoppedOnPurpose: another command is at work, or there is no snapshot to ask. A second time does nothing."""
    with locked(workspace.ledger, "send"), open_ledger(workspace, writing=True) as ledger:
        outbox = _Outbox(ledger, way.name, clock)
        cut = tuple(_after_a_cut(outbox, way))
        asked = ask_all(workspace, ledger, ledger.mails(MailState.PENDING), clock.day, clock.at)
        waiting = tuple(_waits(one) for one in asked if isinstance(one.verdict, Waits))
        outbox.close([one for one in asked if isinstance(one.verdict, Over)])
        leaving = [one for one in asked if isinstance(one.verdict, Leaves)]
        stopped = None
        try:
            if isinstance(way, MailFolder):
                _lay_down(outbox, way, leaving)
            else:
                _hand_over(outbox, way, leaving)
        except UserError as cause:
            stopped = cause
        moved, uncertain = tuple(outbox.told), len(ledger.mails(MailState.UNCERTAIN))
        return SendResult(clock.day, way.name, moved, waiting, cut, uncertain, stopped)


def rehearse(workspace: Workspace, clock: Clock) -> SendResult:
    """What `send` would do now; nothing is changed."""
    with open_ledger(workspace, writing=False) as ledger:
        asked = ask_all(workspace, ledger, ledger.mails(MailState.PENDING), clock.day, clock.at)
        cut = tuple(
            Told(enrollment, task, MailState.UNCERTAIN, CUT)
            for enrollment, task in ledger.mails(MailState.SENDING)
        )
        uncertain = len(ledger.mails(MailState.UNCERTAIN))
    moved = [_would(one) for one in asked if not isinstance(one.verdict, Waits)]
    waiting = tuple(_waits(one) for one in asked if isinstance(one.verdict, Waits))
    return SendResult(clock.day, "", tuple(moved), waiting, cut, uncertain)


def _would(one: Asked) -> Told:
    match one.verdict:
        case Over(state=state, why=why):
            return Told(one.enrollment, one.task, state, why)
        case _:
            return Told(one.enrollment, one.task, MailState.SENT, without=_without(one))


def _without(one: Asked) -> tuple[NoCopy, ...]:
    return one.verdict.without if isinstance(one.verdict, Leaves) else ()


def _waits(one: Asked) -> Told:
    assert isinstance(one.verdict, Waits)
    return Told(one.enrollment, one.task, MailState.PENDING, one.verdict.why, one.verdict.until)


class _Outbox(Struct, frozen=True):
    """Records each move, and keeps what came of each mail."""

    ledger: Ledger
    through: str
    clock: Clock
    told: list[Told] = field(default_factory=list)

    def begin(self, mails: Sequence[Asked]) -> None:
        """Before anything leaves: a cut from here on is seen by the next one."""
        tries = [one.task.attempts + 1 for one in mails]
        self._record(
            [
                self._move(
                    one.enrollment, one.task, MailState.SENDING, "; ".join(map(str, _without(one))), count
                )
                for one, count in zip(mails, tries, strict=True)
            ]
        )

    def end(self, mails: Sequence[tuple[Asked, Handed]]) -> None:
        said = [(one, *_given_up(one.task.attempts + 1, *_became(handed))) for one, handed in mails]
        self._record(
            [
                self._move(one.enrollment, one.task, state, why, one.task.attempts + 1)
                for one, state, why in said
            ]
        )
        self.told.extend(
            Told(one.enrollment, one.task, state, why, None, _without(one)) for one, state, why in said
        )

    def close(self, mails: Sequence[Asked]) -> None:
        """Those that are over without having left."""
        over = [(one, one.verdict) for one in mails if isinstance(one.verdict, Over)]
        self._record(
            [
                self._move(one.enrollment, one.task, said.state, said.why, one.task.attempts)
                for one, said in over
            ]
        )
        self.told.extend(Told(one.enrollment, one.task, said.state, said.why) for one, said in over)

    def settle_cut(self, mails: Sequence[tuple[Mail, MailState, str]]) -> Iterator[Told]:
        self._record([self._move(*mail, state, why, mail[1].attempts) for mail, state, why in mails])
        for (enrollment, task), state, why in mails:
            told = Told(enrollment, task, state, why)
            if state is MailState.UNCERTAIN:
                yield told
            else:
                self.told.append(told)

    def _move(self, enrollment: Enrollment, task: OpenTask, to: MailState, why: str, tries: int) -> MailMoved:
        through = self.through if to is MailState.SENDING else ""
        on = max(self.clock.day, task.opened_on)
        return MailMoved(
            enrollment.key, task.key, on, to.value, OUTBOX, why, self.clock.now(), tries, through
        )  # fmt: skip

    def _record(self, events: list[MailMoved]) -> None:
        if events:
            self.ledger.record(events, self.clock.now())


def _became(handed: Handed) -> tuple[MailState, str]:
    match handed:
        case Delivered(answer=answer, note=note):
            return MailState.SENT, "; ".join(part for part in (answer, note) if part)
        case TryLater(answer=answer):
            return MailState.PENDING, answer
        case Refused(answer=answer):
            return MailState.DEAD, answer
        case InDoubt(why=why):
            return MailState.UNCERTAIN, why
        case _:
            assert_never(handed)


def _given_up(tries: int, state: MailState, why: str) -> tuple[MailState, str]:
    """A server that says later so often means never."""
    if state is MailState.PENDING and tries >= MOST_ATTEMPTS:
        return MailState.DEAD, f"{tries} attempts, and still: {why}"
    return state, why


# --- what an earlier one left ---


def _after_a_cut(outbox: _Outbox, way: Transport | MailFolder) -> Iterator[Told]:
    """What was being handed over is uncertain; of the same folder one can see what came of it."""
    found = outbox.ledger.mails(MailState.SENDING)
    became = [(mail, *_left(outbox, way, mail)) for mail in found]
    if isinstance(way, MailFolder) and any(state is MailState.SENT for _, state, _ in became):
        way.settle()  # else nothing was put there; perhaps there is no such folder yet
    yield from outbox.settle_cut(became)


def _left(outbox: _Outbox, way: Transport | MailFolder, mail: Mail) -> tuple[MailState, str]:
    enrollment, task = mail
    last = outbox.ledger.last_move(enrollment, task)
    if not isinstance(way, MailFolder) or last is None or last.through != way.name:
        return MailState.UNCERTAIN, CUT
    content = outbox.ledger.mail_bytes(task.key) or b""
    return _became(way.hand_over(Sealed(task.key, task.owner, (), content)))


# --- the two ways ---


def _lay_down(outbox: _Outbox, way: MailFolder, mails: Sequence[Asked]) -> None:
    """Many at once: what a cut leaves is finished by the next one, so nothing needs to be sure one by one."""
    waiting = iter(mails)
    while some := list(islice(waiting, AT_ONCE)):
        ready = [sealed(one, outbox.ledger.mail_bytes(one.task.key) or b"") for one in some]
        wrong = [wrong_mail(mail) for mail in ready]
        way.make_ready(tuple(mail for mail, why in zip(ready, wrong, strict=True) if not why))
        outbox.begin(some)
        handed = [
            Refused(why) if why else way.hand_over(mail) for mail, why in zip(ready, wrong, strict=True)
        ]
        way.settle()
        outbox.end(list(zip(some, handed, strict=True)))


def _hand_over(outbox: _Outbox, way: Transport, mails: Sequence[Asked]) -> None:
    for one in mails:
        mail = sealed(one, outbox.ledger.mail_bytes(one.task.key) or b"")
        way.get_ready()
        outbox.begin([one])
        try:
            handed = way.hand_over(mail)
        except UserError as cause:
            outbox.end([(one, TryLater(cause.sentence))])
            raise
        outbox.end([(one, handed)])
