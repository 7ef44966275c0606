"""A playbook: for whom, what starts it, what ends it, its steps; and the words the handbook prints."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal as OneOf
from typing import get_args

from msgspec import Struct, field

from cs_playbook.model.asks import Ask
from cs_playbook.model.condition import Condition
from cs_playbook.model.kpi import Aim
from cs_playbook.model.mail_policy import NO_CAPS, Caps
from cs_playbook.model.step import Step
from cs_playbook.model.stopping import NO_LIMITS, MostDone
from cs_playbook.model.team import People
from cs_playbook.model.time import Rhythm
from cs_playbook.model.value import FieldType
from cs_playbook.source.finding import Span


class Status(StrEnum):
    """draft: nothing happens. shadow: decides and counts, tells nobody. live: acts. paused: opens nothing, moves no
    date; answers, exit and goal still count. draining: no new ones, what is open goes on. retired: what is open ends.
    """

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"
    PAUSED = "paused"
    DRAINING = "draining"
    RETIRED = "retired"


PRIORITIES = ("urgent", "high", "normal", "low")
RULE, ANYONE = "rule", "anyone"  # in `started_by:`, beside the roles of team.yaml
PLAYBOOK = "playbook"  # there too: other playbooks, which need no leave, and nobody else
PLAYED = "playbook:"  # with the other one's name: by whom an enrollment was started
STARTING = (
    Status.SHADOW,
    Status.LIVE,
    Status.PAUSED,
)  # whose rule is asked; a paused one only remembers who fits


class PerValue(Struct, frozen=True):
    """A fact of which every value is an enrollment of its own: `one_per: renewal_date`."""

    fact: str
    type: FieldType


class Trigger(Struct, frozen=True):
    """`every`: it starts on the days of this rhythm, for whoever fits then (None: whenever somebody newly fits).

    `one_per`: what an enrollment is about: the account (None), or a row of that table. `per_value`: and the facts of
    which every value is an enrollment of its own. `per_person`: the role of which each person is one, about their book.
    """

    when: Condition | None
    started_by: tuple[str, ...]
    already_matching: OneOf["start", "skip"] | None
    one_per: str | None
    span: Span
    every: Rhythm | None = None
    per_value: tuple[PerValue, ...] = ()
    per_person: str | None = None


class Reentry(Struct, frozen=True):
    """It may start again so many days after its end, `at_most` times in all (None: always)."""

    days_after_end: int
    at_most: int | None


class Limits(Struct, frozen=True):
    """A trickle: how many new ones a day, how many open ones a person (None: any)."""

    new_per_day: int | None = None
    open_per_person: int | None = None


class Exit(Struct, frozen=True):
    """What ends an enrollment wherever it stands. `then`: the steps that undo, before it has ended."""

    when: Condition
    outcome: str
    then: tuple[Step, ...] = ()


class Goal(Struct, frozen=True):
    """`within` in days from the start; None: as long as the enrollment lasts."""

    when: Condition
    outcome: str
    within: int | None = None


WhatBecomes = OneOf["keep", "move", "restart", "stop"]
KEEP, MOVE, RESTART, STOP = WAYS_ON = get_args(WhatBecomes)


class Changes(Struct, frozen=True):
    """What becomes of open enrollments when the text changes. `renamed_steps`: what a step was called → what it is called now.

    `dropped_steps`: gone on purpose.
    """

    open_enrollments: WhatBecomes = "keep"
    renamed_steps: Mapping[str, str] = field(default_factory=dict)
    dropped_steps: tuple[str, ...] = ()


class Outline(Struct, frozen=True):
    """What can be read of a text whatever it names: `titles`, what each step says, by step; `title` of the playbook.

    `outcomes`: the answers that a step takes, where it says so.
    """

    title: str
    titles: Mapping[str, str]
    outcomes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Story(Struct, frozen=True):
    """The words of a playbook that the program only shows. `aim`: where the objective names a KPI."""

    title: str
    why: str = ""
    objective: str = ""
    root_causes: tuple[str, ...] = ()
    false_alarms: tuple[str, ...] = ()
    aim: Aim | None = None


class Playbook(Struct, frozen=True):
    """`definition`: hash of its meaning (comments and layout do not count); `text`: the file as it was written.

    `unread`: steps that could not be read; a playbook that has any is only looked at by `check`, never run.
    `asks`: what is given at the start, read as given.x.
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
    email_caps: Caps = NO_CAPS
    exits: tuple[Exit, ...] = ()
    goal: Goal | None = None
    unread: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    tags: tuple[str, ...] = ()
    not_together_with: tuple[str, ...] = ()  # names of playbooks, and tag:x
    not_together_at: tuple[Span, ...] = ()  # where each of them stands
    holdout: float = 0.0  # share of the starts by rule that are only watched, 0 to 1
    changes: Changes = Changes()
    stop_when: MostDone = NO_LIMITS  # beside that of the project

    def __hash__(self) -> int:
        """What is worked out for a playbook is kept by it: its whole tree need not be hashed each time."""
        return hash(self.definition)

    @property
    def first_name(self) -> str:
        """The name under which it is remembered for ever."""
        return self.formerly[0] if self.formerly else self.name

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """Its steps, and those that undo."""
        return (*self.steps, *(step for way_out in self.exits for step in way_out.then))

    def step(self, step_id: str) -> Step | None:
        return next((step for step in self.all_steps if step.id == step_id), None)
