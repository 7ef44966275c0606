"""What the ledger remembers of one account in one playbook: its steps and tasks as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from cs_playbook.model.value import Value


class Arm(StrEnum):
    """treated: steps run. shadow: counted, nobody is told. held_out: watched only (not yet assigned by any rule)."""

    TREATED = "treated"
    SHADOW = "shadow"
    HELD_OUT = "held_out"


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class StepState(StrEnum):
    OPEN = "open"
    DONE = "done"
    PASSED = "passed over"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A line of somebody's list: a task, an approval, or a draft to send to `contact`.

    `payload` is the hash of what the line says; `missing` the blanks of a letter that could not be filled.
    `late_at_once`: its day had passed before it could be opened, and `due` is the day on which it was.
    """

    key: str
    step: str
    kind: str
    owner: str
    opened_on: date
    due: date
    minutes: int
    contact: str | None = None
    payload: str = ""
    missing: tuple[str, ...] = ()
    occurrence: int = 1
    state: TaskState = TaskState.OPEN
    outcome: str | None = None
    done_on: date | None = None
    by: str = ""
    note: str = ""
    escalated_on: date | None = None
    late_at_once: bool = False

    def is_late(self, day: date) -> bool:
        return self.state is TaskState.OPEN and (self.late_at_once or day > self.due)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one step is. `until`: the last day of a wait."""

    state: StepState
    ready_on: date
    until: date | None = None
    outcome: str | None = None
    done_on: date | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Enrollment:
    """`definition`: the text it goes by. `at_start`: facts as they were on `started_on`. `absent_since`: frozen."""

    key: str
    playbook: str
    account: str
    row: str | None
    episode: int
    definition: str
    arm: Arm
    started_on: date
    by: str
    at_start: Mapping[str, Value] = field(default_factory=dict)
    steps: Mapping[str, Progress] = field(default_factory=dict)
    tasks: Mapping[str, OpenTask] = field(default_factory=dict)
    outcome: str | None = None
    ended_on: date | None = None
    why_ended: str = ""
    goal_on: date | None = None
    watch_until: date | None = None
    absent_since: date | None = None

    @property
    def is_open(self) -> bool:
        return self.ended_on is None

    def is_watched(self, day: date) -> bool:
        """Ended, but its goal may still be met within the window."""
        return (
            self.ended_on is not None
            and self.goal_on is None
            and self.watch_until is not None
            and day <= self.watch_until
        )

    @property
    def open_tasks(self) -> tuple[OpenTask, ...]:
        return tuple(task for task in self.tasks.values() if task.state is TaskState.OPEN)
