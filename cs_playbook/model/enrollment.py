"""What the ledger remembers of one account in one playbook: its steps and tasks as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from msgspec import field

from cs_playbook.model.recorded import Kept
from cs_playbook.model.value import Value


class Arm(StrEnum):
    """treated: steps run. shadow: counted, nobody is told. held_out: watched only, to compare with."""

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


class OpenTask(Kept, frozen=True):
    """A line of somebody's list: a task, an approval, or a draft to send to `contact`.

    `payload` is the hash of what the line says; `missing` the blanks of a letter that could not be filled.
    `late_at_once`: its day had passed before it could be opened, and `due` is the day on which it was.
    `asleep_until`: somebody has put it off until that day.
    `instead_of`: who is away, and for whom the owner stands in. `pool`: the role for which the owner was picked.
    `copies`: addresses a draft goes to besides. `thread`: the key of the mail that a draft goes on from.
    `sends`: "" where a person sends it, "auto" where the outbox does. `mail`: its state there ("" while a person has
    it), see model/outbox. `expires`: the last day on which it may leave. `attempts`: how often it was handed over.
    `rewritten_by`: whose words stand in it. `reader`: a mark of the address it is for (model/suppression), where mails are
    capped: whoever has that address counts it as theirs, also once the contact's row is gone.
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
    asleep_until: date | None = None
    asleep_because: str = ""
    answers: Mapping[str, Value] = field(default_factory=dict)
    document: str = ""  # its name and language: save-plan/en
    instead_of: str = ""
    pool: str = ""
    copies: tuple[str, ...] = ()
    thread: str = ""
    sends: str = ""
    mail: str = ""
    expires: date | None = None
    rewritten_by: str = ""
    attempts: int = 0
    reader: str = ""

    @property
    def in_outbox(self) -> bool:
        """Nobody's work: it waits to be sent, or for word of what came of it."""
        return self.state is TaskState.OPEN and self.mail != ""

    def sleeps(self, day: date) -> bool:
        return self.state is TaskState.OPEN and self.asleep_until is not None and day < self.asleep_until

    def is_late(self, day: date) -> bool:
        return self.state is TaskState.OPEN and not self.mail and (self.late_at_once or day > self.due)


class Progress(Kept, frozen=True):
    """How far one step is. `until`: the last day of a wait. `answers`: to what it asks. `plays`: the enrollment it
    has begun, and waits for. `waits`: contacts whose letter may not go yet. `because`: why it reached nobody, or why
    that playbook did not start."""

    state: StepState
    ready_on: date
    until: date | None = None
    outcome: str | None = None
    done_on: date | None = None
    by: str = ""
    answers: Mapping[str, Value] = field(default_factory=dict)
    plays: str = ""
    waits: tuple[str, ...] = ()
    because: str = ""


class Repeated(Kept, frozen=True):
    """A step that opens again and again. `begun`, `finished`: how many of its occurrences have.

    `planned`: the day of the newest one; `since`: from when its `rhythm` is counted; `last`: how the last finished one
    ended. While one is open, and when all is over, the step has its progress beside this.
    """

    ready_on: date
    begun: int = 0
    finished: int = 0
    planned: date | None = None
    since: date | None = None
    rhythm: str = ""
    last: Progress | None = None


class Enrollment(Kept, frozen=True):
    """`definition`: the text it goes by. `at_start`: facts as they were on `started_on`. `absent_since`: frozen.

    `began`: its day 0 where a person has said an earlier one. `asleep_until`: put off until that day.
    `row`: what it is about besides the account, by which it is known for ever; `about`: the same as it stands since a value
    of it was corrected.
    `ending`: the outcome that an exit has fixed while the steps `undo` are being done.
    """

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
    given: Mapping[str, Value] = field(default_factory=dict)
    ending: str | None = None
    undo: tuple[str, ...] = ()
    began: date | None = None
    asleep_until: date | None = None
    asleep_because: str = ""
    repeats: Mapping[str, Repeated] = field(default_factory=dict)
    about: str | None = None
    key_names: Mapping[str, str] = field(
        default_factory=dict
    )  # step → under which its keys are made, where it is another
    moved_on: date | None = None  # to the text it goes by

    def key_name(self, step: str) -> str:
        """The name under which the keys of a step are made: its first one, so that they outlive its new name."""
        return self.key_names.get(step, step)

    @property
    def text_of(self) -> date:
        """The day of the text it goes by."""
        return self.moved_on or self.started_on

    @property
    def day_zero(self) -> date:
        """From where day N, the goal's window and `started_on` count."""
        return self.began or self.started_on

    def sleeps(self, day: date) -> bool:
        return self.asleep_until is not None and day < self.asleep_until

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
    def so_far(self) -> Mapping[str, Progress]:
        """What has become of its steps; of one that repeats the last time counts that is over."""
        last = {step: known.last for step, known in self.repeats.items() if known.last is not None}
        return {**self.steps, **last}

    def endings(self, step: str) -> tuple[Progress, ...]:
        """How a step has ended, if it has: its last occurrence, and as a whole."""
        so_far = self.repeats.get(step)
        found = (so_far.last if so_far is not None else None, self.steps.get(step))
        return tuple(progress for progress in found if progress is not None)

    @property
    def open_tasks(self) -> tuple[OpenTask, ...]:
        """What people have to do; a mail in the outbox is none of it."""
        return tuple(task for task in self.tasks.values() if task.state is TaskState.OPEN and not task.mail)

    @property
    def mails(self) -> tuple[OpenTask, ...]:
        """Those in the outbox that are not over: they wait, or nobody knows yet."""
        return tuple(task for task in self.tasks.values() if task.in_outbox)
