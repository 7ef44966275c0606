"""A playbook: for whom, what starts it, what ends it, its steps; and the words the handbook prints."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal as OneOf

from cs_playbook.model.condition import Condition
from cs_playbook.model.step import Step
from cs_playbook.model.team import People
from cs_playbook.source.finding import Span


class Status(StrEnum):
    """draft: nothing happens. shadow: decides and counts, tells nobody. live: acts."""

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"


PRIORITIES = ("urgent", "high", "normal", "low")
STARTERS = ("rule", "csm")


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
