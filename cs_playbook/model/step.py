"""A step: its verb, what comes before it, when it is due, what it may end with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from cs_playbook.model.condition import Cases, Condition, Fit
from cs_playbook.model.expression import Name
from cs_playbook.model.team import People
from cs_playbook.model.time import Duration, Moment
from cs_playbook.source.finding import Span

TASK_DONE = "done"
EMAIL_OUTCOMES = ("sent", "discarded", "undeliverable")
WAIT_OUTCOMES = ("met", "timed_out")
APPROVE_OUTCOMES = ("approved", "refused")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text with blanks: pieces of text and names (`{{ account.x }}`, `{{ row.x }}`, `{{ contact.x }}`)."""

    text: str
    pieces: tuple[str | Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Requirement:
    """A step that must have ended; with outcomes: done with one of these."""

    step: str
    outcomes: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class After:
    """When a step becomes ready. `all` of no requirements means at once."""

    kind: OneOf["all", "any"]
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told when a line is late, and after how long."""

    when_late_by: Duration
    tell: People


@dataclass(frozen=True, slots=True)
class Task:
    """Something a person does. `about`: the contact it is about. `done_when`: the data closes it, with that outcome."""

    title: Sentence
    owner: Cases[People]
    due: Cases[Moment]
    minutes: Cases[int]
    outcomes: tuple[str, ...] = (TASK_DONE,)
    checklist: tuple[Sentence, ...] = ()
    about: People | None = None
    escalate: Escalation | None = None
    done_when: tuple[Fit[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Email:
    """A letter to each of `to`, drafted for `sender`, who answers sent or discarded."""

    letter: Cases[str]
    to: Cases[People]
    sender: Cases[People]
    due: Cases[Moment]
    minutes: Cases[int]
    span: Span


@dataclass(frozen=True, slots=True)
class Wait:
    """Over when `until` says yes (met), or after so long (timed_out)."""

    lasting: Cases[Duration]
    until: Condition | None


@dataclass(frozen=True, slots=True)
class Decide:
    """The first case that fits is the outcome."""

    cases: Cases[str]


@dataclass(frozen=True, slots=True)
class Approve:
    """A question that somebody approves or refuses."""

    question: Sentence
    owner: Cases[People]
    due: Cases[Moment]
    minutes: Cases[int]
    checklist: tuple[Sentence, ...] = ()
    escalate: Escalation | None = None
    about: People | None = None


Verb = Task | Email | Wait | Decide | Approve


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `ends`: outcomes that end the whole enrollment."""

    id: str
    verb: Verb
    after: After
    span: Span
    when: Condition | None = None
    not_before: Cases[Moment] | None = None
    ends: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return type(self.verb).__name__.lower()

    @property
    def outcomes(self) -> tuple[str, ...]:
        """All it can end with."""
        match self.verb:
            case Task(outcomes=outcomes):
                return outcomes
            case Email():
                return EMAIL_OUTCOMES
            case Wait():
                return WAIT_OUTCOMES
            case Approve():
                return APPROVE_OUTCOMES
            case Decide(cases=cases):
                return tuple(dict.fromkeys(fit.value for fit in cases.fits))
