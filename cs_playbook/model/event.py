"""What happened: the only thing the ledger stores. Everything else it knows is the fold of these, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cs_playbook.model.enrollment import Arm, OpenTask
from cs_playbook.model.value import Value


@dataclass(frozen=True, slots=True)
class Started:
    """An account (or one of its rows) entered a playbook. `by`: rule, or the person who asked."""

    enrollment: str
    playbook: str
    account: str
    row: str | None
    episode: int
    definition: str
    arm: Arm
    on: date
    by: str
    at_start: Mapping[str, Value] = field(default_factory=dict)
    watch_until: date | None = None


@dataclass(frozen=True, slots=True)
class StepOpened:
    """A step became ready and is now open: its tasks (none for a wait), or the last day of a wait."""

    enrollment: str
    step: str
    on: date
    tasks: tuple[OpenTask, ...] = ()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step is done. `by`: data, time, rule, or a person. Its open tasks are closed with the same outcome."""

    enrollment: str
    step: str
    on: date
    outcome: str
    by: str


@dataclass(frozen=True, slots=True)
class StepPassed:
    """Its own `when` said no when it was ready; what follows goes on."""

    enrollment: str
    step: str
    on: date


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """It can no longer be reached."""

    enrollment: str
    step: str
    on: date


@dataclass(frozen=True, slots=True)
class TaskAnswered:
    """A person closed a task. Counts at once. `via`: done, or the name of the returned list."""

    enrollment: str
    task: str
    outcome: str
    on: date
    by: str
    note: str = ""
    via: str = "done"


@dataclass(frozen=True, slots=True)
class TaskEscalated:
    """A late task was told to these people, once."""

    enrollment: str
    task: str
    on: date
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskReassigned:
    """An open task followed its role to a new owner."""

    enrollment: str
    task: str
    on: date
    owner: str


@dataclass(frozen=True, slots=True)
class GoalMet:
    """What the playbook is for has come true, within its window."""

    enrollment: str
    on: date


@dataclass(frozen=True, slots=True)
class Ended:
    """`why`: exit, goal, answer, finished, gone, stopped. `because`: the reason a person gave."""

    enrollment: str
    on: date
    outcome: str
    why: str
    by: str = "rule"
    because: str = ""


@dataclass(frozen=True, slots=True)
class WentMissing:
    """The account or row is not in the snapshot: everything of this enrollment waits."""

    enrollment: str
    on: date


@dataclass(frozen=True, slots=True)
class CameBack:
    """The account or row is in the snapshot again: the enrollment goes on."""

    enrollment: str
    on: date


@dataclass(frozen=True, slots=True)
class StartAsked:
    """A person wants a playbook (its first name) for an account; the next run starts it, or says why not."""

    playbook: str
    account: str
    row: str | None
    on: date
    by: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class StartRefused:
    """A start asked for by a person could not be: `why` is the sentence they read."""

    playbook: str
    account: str
    row: str | None
    on: date
    why: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """A person let one run pass a stop. Bound to that plan, used once."""

    rule: str
    because: str
    by: str
    plan: str
    on: date


EnrollmentEvent = (
    Started | StepOpened | StepEnded | StepPassed | StepSkipped | TaskAnswered | TaskEscalated | TaskReassigned | GoalMet
    | Ended | WentMissing | CameBack
)  # fmt: skip
Event = EnrollmentEvent | StartAsked | StartRefused | Allowed
