"""What people say on a day of a story → the events they make of it, or why it could not be said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct, field

from cs_playbook.commands.story_mails import became
from cs_playbook.commands.story_rest import SOMEBODY, at_rest
from cs_playbook.commands.story_why import ended_words, open_words, step_lines, subject_name
from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.asks import Ask, Holds, Misread, unfit, value_of
from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.event import Ended, Event, GivenCorrected, StartAsked, TaskAnswered
from cs_playbook.model.outbox import MailState
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Email, Step
from cs_playbook.model.story import Run
from cs_playbook.model.value import FieldType, Value, to_day
from cs_playbook.parse.story_value import Days, read_day
from cs_playbook.source.finding import Span
from cs_playbook.values import replace

OUTCOME = "outcome"  # `{step: {outcome: done, reason: price}}`


class Unsaid(Struct, frozen=True):
    """Something that cannot be said on that day, and what is so instead."""

    span: Span
    expected: str
    got: str
    why: tuple[str, ...]


class Said(Struct, frozen=True):
    """What counts before the run; `later`: what is said of mails that the run puts into the outbox."""

    events: list[Event]
    later: tuple[Answer, ...] = ()


class Answer(Struct, frozen=True):
    """`who`: one of several recipients or owners (a contact, or an address); else all of the step's lines.

    `besides`: the answers to what the step asks.
    """

    subject: str | None
    step: str
    outcome: str
    who: str | None = None
    besides: Mapping[str, Any] = field(default_factory=dict)


def answers_in(written: Mapping[str, Any], playbook: Playbook) -> Iterator[Answer]:
    """`{step: outcome}` or `{account: {step: outcome}}`; `{step: {contact: outcome}}` for one of several."""
    for key, value in written.items():
        if playbook.step(key) is not None or ("." in key and not _of_steps(value)):
            yield from _of_step(None, key, value)
        elif isinstance(value, dict):
            for step, said_of_it in value.items():
                yield from _of_step(key, step, said_of_it)


def _of_steps(value: Any) -> bool:
    """Whether it speaks of steps, so that what stands before it is an account."""
    return isinstance(value, dict) and OUTCOME not in value


def _of_step(subject: str | None, step: str, value: Any) -> Iterator[Answer]:
    if isinstance(value, dict) and OUTCOME in value:
        besides = {name: said_of_it for name, said_of_it in value.items() if name != OUTCOME}
        yield Answer(subject, step, str(value[OUTCOME]), besides=besides)
    elif isinstance(value, dict):
        yield from (Answer(subject, step, str(outcome), who) for who, outcome in value.items())
    else:
        yield Answer(subject, step, str(value))


class Inside(Struct, frozen=True):
    """Everybody who is or was in the playbook when people speak, the last time each."""

    playbook: Playbook
    on: date
    last: tuple[Enrollment, ...]

    def named(self, name: str | None) -> list[Enrollment]:
        """Those that are in it; `name`: an account, or one of its rows."""
        return [item for item in self.last if item.is_open and name in (None, *_names(item))]

    def words(self, name: str | None) -> tuple[str, ...]:
        """Why it is not: it was, or others are."""
        before = [
            ended_words(item) for item in self.last if not item.is_open and name in (None, *_names(item))
        ]
        inside = ", ".join(_names(item)[1] for item in self.named(None))
        others = (
            f"in {self.playbook.name} there is {inside}" if inside else f"nobody is in {self.playbook.name}"
        )
        return tuple(before) or (others,)


class Room(Struct, frozen=True):
    """Where people speak. `holds`: of an account, whether an answer can be so; one that cannot is not taken."""

    playbooks: Mapping[str, Playbook]
    playbook: Playbook
    accounts: Collection[str]
    ledger: Ledger
    days: Days
    holds: Callable[[str], Holds]


def said(run: Run, on: date, room: Room) -> Said | Unsaid:
    """In this order: answers, stops, what rests, starts. Answers are given by whom the task belongs to."""
    playbooks, playbook, accounts = room.playbooks, room.playbook, room.accounts
    ledger, days, holds = room.ledger, room.days, room.holds
    if not (run.answers or run.stop or run.start or run.mute or run.snooze or run.given):
        return Said([])
    inside = Inside(playbook, on, tuple(_last(accounts, playbook, ledger)))
    events: list[Event] = []
    later: list[Answer] = []
    for spoken in answers_in(run.answers, playbook):
        there, answer = _where(spoken, inside, playbooks, accounts, ledger)
        given = _given(answer, there, days)
        if not given and _goes_by_itself(there.playbook.step(answer.step)):
            later.append(spoken)
            continue
        if not given:
            return _not_open(answer, run, there)
        events += _fit(given, answer, there, holds)
    events += _corrected(run, inside, days)
    for name in run.stop:
        found = inside.named(name)
        if not found:
            expected = f"{name} is in {playbook.name}, to be stopped"
            return Unsaid(run.place("stop"), expected, "it is not", inside.words(name))
        events += [Ended(item.key, on, "stopped", "stopped", SOMEBODY) for item in found]
    rest = at_rest(run, on, inside.last, days)
    if isinstance(rest, str):
        return Unsaid(run.place("snooze"), f"{rest} is open, to be put off", "it is not", inside.words(None))
    return Said([*events, *rest, *_starts(run, on, playbook, days)], tuple(later))


def _goes_by_itself(step: Step | None) -> bool:
    return step is not None and isinstance(step.verb, Email) and step.verb.may_go_by_itself


def after_the_run(later: Sequence[Answer], run: Run, on: date, room: Room) -> list[Event] | Unsaid:
    """What becomes of the mails of the day: they are sent, unless the story answers otherwise."""
    answered: dict[str, str] = {}
    for spoken in later:
        playbooks, accounts, ledger = room.playbooks, room.accounts, room.ledger
        inside = Inside(room.playbook, on, tuple(_last(accounts, room.playbook, ledger)))
        there, answer = _where(spoken, inside, playbooks, accounts, ledger)
        mails = {
            task.key: answer.outcome
            for item in there.named(answer.subject)
            for task in item.mails
            if task.step == answer.step and answer.who in (None, task.contact)
        }
        if not mails:
            return _not_open(answer, run, there)
        answered |= mails
    waiting = room.ledger.mails(MailState.PENDING)
    return [
        event for item, task in waiting for event in became(item, task, answered.get(task.key, "sent"), on)
    ]


def _where(
    answer: Answer, inside: Inside, playbooks: Mapping[str, Playbook], accounts: Iterable[str], ledger: Ledger
) -> tuple[Inside, Answer]:
    """`champion-change.meet` is a step of a playbook that this one plays."""
    name, _, step = answer.step.rpartition(".")
    other = playbooks.get(name)
    if other is None:
        return inside, answer
    return Inside(other, inside.on, tuple(_last(accounts, other, ledger))), replace(answer, step=step)


def _corrected(run: Run, inside: Inside, days: Days) -> Iterator[GivenCorrected]:
    """What people say otherwise of those that are in it; with a start it is what is given at the start."""
    for name, row in run.given.items():
        values = asked_values(row or {}, inside.playbook.asks, days)
        yield from (GivenCorrected(item.key, inside.on, values, SOMEBODY) for item in inside.named(name))


def asked_values(row: Mapping[str, Any], asks: Iterable[Ask], days: Days) -> dict[str, Value]:
    """What a story writes for questions → values; dates count from its day 0."""
    known = {ask.name: ask for ask in asks}
    return {name: _asked_value(known[name], said, days) for name, said in row.items() if name in known}


def _asked_value(ask: Ask, said: Any, days: Days) -> Value:
    if said is None:
        return None
    if ask.type is FieldType.DATE:
        day = read_day(said, days)
        return to_day(day) if isinstance(day, date) else None
    value = value_of(ask, ("yes" if said else "no") if isinstance(said, bool) else str(said))
    return None if isinstance(value, Misread) else value


def _starts(run: Run, on: date, playbook: Playbook, days: Days) -> Iterator[StartAsked]:
    for name in run.start:
        account, _, row = name.partition("/")
        with_it = run.starts.get(name, {})
        began = read_day(with_it["began"], days) if with_it.get("began") else None
        yield StartAsked(
            playbook.first_name, account, row or None, on, str(with_it.get("by") or SOMEBODY),
            at=with_it.get("at"), began=began if isinstance(began, date) else None,
            although=str(with_it.get("although") or ""),
            given=asked_values(with_it.get("given") or {}, playbook.asks, days),
        )  # fmt: skip


def _last(accounts: Iterable[str], playbook: Playbook, ledger: Ledger) -> Iterator[Enrollment]:
    for account in accounts:
        mine = [item for item in ledger.enrollments_of(account) if item.playbook == playbook.first_name]
        yield from {item.row: item for item in mine}.values()


def _names(enrollment: Enrollment) -> tuple[str, str]:
    return enrollment.account, subject_name(enrollment.account, enrollment.row)


def _given(answer: Answer, inside: Inside, days: Days) -> list[TaskAnswered]:
    """Nothing where the step is open nowhere, or for several accounts and none is named."""
    lines = [
        (item, task)
        for item in inside.named(answer.subject)
        for task in item.open_tasks
        if task.step == answer.step and answer.who in (None, task.contact, task.owner)
    ]
    if len({item.key for item, _ in lines}) > 1:
        return []
    step = inside.playbook.step(answer.step)
    besides = asked_values(answer.besides, step.asks if step else (), days)
    return [
        TaskAnswered(item.key, task.key, answer.outcome, inside.on, task.owner, answers=besides)
        for item, task in lines
    ]


def _fit(
    given: Sequence[TaskAnswered], answer: Answer, inside: Inside, holds: Callable[[str], Holds]
) -> list[Event]:
    """Those that satisfy what their questions must."""
    step, accounts = inside.playbook.step(answer.step), {item.key: item.account for item in inside.last}
    asks = step.asks if step else ()
    if all(ask.must is None for ask in asks):
        return list(given)
    return [event for event in given if not unfit(event.answers, asks, holds(accounts[event.enrollment]))]


def _not_open(answer: Answer, run: Run, inside: Inside) -> Unsaid:
    """What is open instead, and how the step stands."""
    whose = f" of {answer.subject}" if answer.subject else ""
    expected = f"{answer.step}{whose} is open, to be answered {answer.outcome}"
    asked = inside.named(answer.subject)
    step = inside.playbook.step(answer.step)
    lines = [line for item in asked for line in step_lines(step, item, inside.playbook)] if step else []
    if sum(any(task.step == answer.step for task in item.open_tasks) for item in asked) > 1:
        lines = [f"it is open more than once: write answers: {{{_names(asked[0])[1]}: {{{answer.step}: …}}}}"]
    why = tuple(lines) or inside.words(answer.subject)
    return Unsaid(run.place("answers"), expected, open_words(asked), why)
