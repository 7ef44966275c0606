"""A playbook: for whom, what starts it, what ends it, its steps; and the words the handbook prints."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal as OneOf

from cs_playbook.model.condition import Cases, Condition, Fit
from cs_playbook.model.expression import Name
from cs_playbook.model.team import People
from cs_playbook.model.time import Duration, Moment
from cs_playbook.source.finding import Span


class Status(StrEnum):
    """draft: nothing happens. shadow: decides and counts, tells nobody. live: acts."""

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"


PRIORITIES = ("urgent", "high", "normal", "low")
STARTERS = ("rule", "csm")

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


@dataclass(frozen=True, slots=True)
class Trigger:
    """`one_per`: what an enrollment is about: the account (None), or a row of that table."""

    when: Condition | None
    started_by: tuple[str, ...]
    already_matching: OneOf["start", "skip"] | None
    one_per: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Reentry:
    """It may start again so many days after its end, `at_most` times in all (None: always)."""

    days_after_end: int
    at_most: int | None


@dataclass(frozen=True, slots=True)
class Limits:
    """A trickle: how many new ones a day, how many open ones a person (None: any)."""

    new_per_day: int | None = None
    open_per_person: int | None = None


@dataclass(frozen=True, slots=True)
class Exit:
    """What ends an enrollment wherever it stands."""

    when: Condition
    outcome: str


@dataclass(frozen=True, slots=True)
class Goal:
    """`within` in days from the start; None: as long as the enrollment lasts."""

    when: Condition
    outcome: str
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """The words of a playbook that the program only shows."""

    title: str
    why: str = ""
    objective: str = ""
    root_causes: tuple[str, ...] = ()
    false_alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Playbook:
    """`definition`: hash of its meaning (comments and layout do not count); `text`: the file as it was written.

    `unread`: steps that could not be read; a playbook that has any is only looked at by `check`, never run.
    """

    name: str
    words: Story
    status: Status
    owner: People | None
    priority: int  # index in PRIORITIES
    trigger: Trigger
    steps: tuple[Step, ...]
    span: Span
    definition: str
    text: str
    audience: Condition | None = None
    sees_inactive: bool = False
    formerly: tuple[str, ...] = ()
    reentry: Reentry | None = None
    limits: Limits = Limits()
    exits: tuple[Exit, ...] = ()
    goal: Goal | None = None
    unread: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """What is worked out for a playbook is kept by it: its whole tree need not be hashed each time."""
        return hash(self.definition)

    @property
    def first_name(self) -> str:
        """The name under which it is remembered for ever."""
        return self.formerly[0] if self.formerly else self.name

    def step(self, step_id: str) -> Step | None:
        return next((step for step in self.steps if step.id == step_id), None)
