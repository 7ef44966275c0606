"""What people say on a day of a story → the events they make of it, or why it could not be said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cs_playbook.commands.story_why import ended_words, open_words, step_lines, subject_name
from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.event import Ended, Event, StartAsked, TaskAnswered
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.story import Run
from cs_playbook.source.finding import Span

SOMEBODY = "csm"  # who starts and stops by hand


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Something that cannot be said on that day, and what is so instead."""

    span: Span
    expected: str
    got: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """`who`: one of several recipients or owners (a contact, or an address); else all of the step's lines."""

    subject: str | None
    step: str
    outcome: str
    who: str | None = None


def answers_in(written: Mapping[str, Any], playbook: Playbook) -> Iterator[Answer]:
    """`{step: outcome}` or `{account: {step: outcome}}`; `{step: {contact: outcome}}` for one of several."""
    for key, value in written.items():
        if playbook.step(key) is not None:
            yield from _of_step(None, key, value)
        elif isinstance(value, dict):
            for step, said_of_it in value.items():
                yield from _of_step(key, step, said_of_it)


def _of_step(subject: str | None, step: str, value: Any) -> Iterator[Answer]:
    if isinstance(value, dict):
        yield from (Answer(subject, step, str(outcome), who) for who, outcome in value.items())
    else:
        yield Answer(subject, step, str(value))


@dataclass(frozen=True, slots=True)
class Inside:
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


def said(
    run: Run, on: date, playbook: Playbook, accounts: Iterable[str], ledger: Ledger
) -> list[Event] | Unsaid:
    """In this order: answers, stops, starts. Answers are given by whom the task belongs to."""
    if not (run.answers or run.stop or run.start):
        return []
    inside = Inside(playbook, on, tuple(_last(accounts, playbook, ledger)))
    events: list[Event] = []
    for answer in answers_in(run.answers, playbook):
        given = _given(answer, inside)
        if not given:
            return _not_open(answer, run, inside)
        events += given
    for name in run.stop:
        found = inside.named(name)
        if not found:
            expected = f"{name} is in {playbook.name}, to be stopped"
            return Unsaid(run.place("stop"), expected, "it is not", inside.words(name))
        events += [Ended(item.key, on, "stopped", "stopped", SOMEBODY) for item in found]
    for name in run.start:
        account, _, row = name.partition("/")
        events.append(StartAsked(playbook.first_name, account, row or None, on, SOMEBODY))
    return events


def _last(accounts: Iterable[str], playbook: Playbook, ledger: Ledger) -> Iterator[Enrollment]:
    for account in accounts:
        mine = [item for item in ledger.enrollments_of(account) if item.playbook == playbook.first_name]
        yield from {item.row: item for item in mine}.values()


def _names(enrollment: Enrollment) -> tuple[str, str]:
    return enrollment.account, subject_name(enrollment.account, enrollment.row)


def _given(answer: Answer, inside: Inside) -> list[Event]:
    """Nothing where the step is open nowhere, or for several accounts and none is named."""
    lines = [
        (item, task)
        for item in inside.named(answer.subject)
        for task in item.open_tasks
        if task.step == answer.step and answer.who in (None, task.contact, task.owner)
    ]
    if len({item.key for item, _ in lines}) > 1:
        return []
    return [_answered(item, task, answer.outcome, inside.on) for item, task in lines]


def _answered(enrollment: Enrollment, task: OpenTask, outcome: str, on: date) -> TaskAnswered:
    return TaskAnswered(enrollment.key, task.key, outcome, on, task.owner)


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
