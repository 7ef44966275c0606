"""What people say on a day of a story → the events they make of it, or why it could not be said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cs_playbook.commands.story_why import open_words, step_lines, subject_name
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


def said(run: Run, on: date, playbook: Playbook, ledger: Ledger) -> list[Event] | Unsaid:
    """In this order: answers, stops, starts. Answers are given by whom the task belongs to."""
    going = [item for item in ledger.enrollments(on) if item.playbook == playbook.first_name and item.is_open]
    events: list[Event] = []
    for answer in answers_in(run.answers, playbook):
        given = _given(answer, on, going)
        if not given:
            return _not_open(answer, run, playbook, going)
        events += given
    for name in run.stop:
        found = [item for item in going if name in _names(item)]
        if not found:
            why = _not_going(playbook, going)
            return Unsaid(run.place("stop"), f"{name} is in {playbook.name}, to be stopped", "it is not", why)
        events += [Ended(item.key, on, "stopped", "stopped", SOMEBODY) for item in found]
    for name in run.start:
        account, _, row = name.partition("/")
        events.append(StartAsked(playbook.first_name, account, row or None, on, SOMEBODY))
    return events


def _names(enrollment: Enrollment) -> tuple[str, str]:
    return enrollment.account, subject_name(enrollment.account, enrollment.row)


def _given(answer: Answer, on: date, going: list[Enrollment]) -> list[Event]:
    """Nothing where the step is open nowhere, or for several accounts and none is named."""
    lines = [
        (item, task)
        for item in going
        if answer.subject is None or answer.subject in _names(item)
        for task in item.open_tasks
        if task.step == answer.step and answer.who in (None, task.contact, task.owner)
    ]
    if len({item.key for item, _ in lines}) > 1:
        return []
    return [_answered(item, task, answer.outcome, on) for item, task in lines]


def _answered(enrollment: Enrollment, task: OpenTask, outcome: str, on: date) -> TaskAnswered:
    return TaskAnswered(enrollment.key, task.key, outcome, on, task.owner)


def _not_open(answer: Answer, run: Run, playbook: Playbook, going: list[Enrollment]) -> Unsaid:
    whose = f" of {answer.subject}" if answer.subject else ""
    expected = f"{answer.step}{whose} is open, to be answered {answer.outcome}"
    asked = [item for item in going if answer.subject is None or answer.subject in _names(item)]
    got = open_words(asked)
    step = playbook.step(answer.step)
    lines = [line for item in asked for line in step_lines(step, item, playbook)] if step else []
    if sum(any(task.step == answer.step for task in item.open_tasks) for item in asked) > 1:
        lines = [f"it is open more than once: write answers: {{{_names(asked[0])[1]}: {{{answer.step}: …}}}}"]
    return Unsaid(run.place("answers"), expected, got, tuple(lines) or _not_going(playbook, going))


def _not_going(playbook: Playbook, going: list[Enrollment]) -> tuple[str, ...]:
    inside = ", ".join(_names(item)[1] for item in going)
    return (f"in {playbook.name} there is {inside}" if inside else f"nobody is in {playbook.name}",)
