"""What happened: the only thing the ledger stores. Everything else it knows is the fold of these, in order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import field

from cs_playbook.model.enrollment import Arm, OpenTask
from cs_playbook.model.forgetting import ContactForgotten
from cs_playbook.model.mail_event import DraftRewritten as DraftRewritten  # noqa: PLC0414 - an event like all others
from cs_playbook.model.mail_event import MailMoved as MailMoved  # noqa: PLC0414
from cs_playbook.model.moved import AccountMoved, LedgerBegan, SubjectMoved
from cs_playbook.model.posting import Posted
from cs_playbook.model.recall import Recalled, RunUndone
from cs_playbook.model.recorded import Happened
from cs_playbook.model.suppression import Suppressed, SuppressionLifted
from cs_playbook.model.value import Value

# What becomes of an enrollment because the text of its playbook changed.
RESTARTED = "restarted"  # why it ended, and its outcome: it begins anew, and this time counts for nothing
STOPPED_BY_CHANGE = "stopped_by_change"
CHANGED = "changed"  # why it ended


class Started(Happened, frozen=True):
    """An account (or one of its rows) entered a playbook. `by`: rule, the person who asked, or playbook:<name>.

    `given`: what that person, or that playbook, gave it.
    """

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
    began: date | None = None  # where a person says that it began elsewhere, earlier
    given: Mapping[str, Value] = field(default_factory=dict)
    per_value: bool = False  # its row names values of facts, besides the key of a table's row
    restarts: str = ""  # the enrollment that ended because the text changed, and that this one begins anew


class TextChanged(Happened, frozen=True):
    """From now on it goes by another text of its playbook (`before`: the one so far). Steps are named as that text names them.

    `renamed`: old name → new (`x~2`: set aside, another step is called x now). `gone`: what is open of these is
    cancelled. `back`: what an earlier move had cancelled is open again, but for the mails `asks` (their keys): nobody got
    them, and their contacts wait for one. `anew`: skipped before, or a letter that nobody got; asked again.
    `passed`: new, and only before what has begun. `once`: repeats no more; `often`: repeats from now on,
    `begun`: and how many times of it there were, where more than one. `key_names`: new steps whose own name has made keys of another step.
    """

    enrollment: str
    definition: str
    on: date
    renamed: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    anew: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    often: tuple[str, ...] = ()
    key_names: Mapping[str, str] = field(default_factory=dict)
    watch_until: date | None = None
    before: str = ""
    asks: tuple[str, ...] = ()
    begun: Mapping[str, int] = field(default_factory=dict)


class StepOpened(Happened, frozen=True):
    """A step became ready and is now open: its tasks (none for a wait), the last day of a wait, or the enrollment
    that it `plays`. `waits`: contacts whose letter may not go yet; it is said again when some of them get theirs.
    `no_copies`: who gets no copy because of a cap, in words."""

    enrollment: str
    step: str
    on: date
    tasks: tuple[OpenTask, ...] = ()
    until: date | None = None
    plays: str = ""
    waits: tuple[str, ...] = ()
    no_copies: tuple[str, ...] = ()


class StepEnded(Happened, frozen=True):
    """A step is done. `by`: data, time, rule, playbook, or a person. Its open tasks are closed with the same outcome.

    `because`: why the playbook that it plays did not start.
    """

    enrollment: str
    step: str
    on: date
    outcome: str
    by: str
    because: str = ""


class StepPassed(Happened, frozen=True):
    """Its own `when` said no when it was ready, or all have had its letter (`because`); what follows goes on."""

    enrollment: str
    step: str
    on: date
    because: str = ""


class StepSkipped(Happened, frozen=True):
    """It can no longer be reached."""

    enrollment: str
    step: str
    on: date


class StepRepeats(Happened, frozen=True):
    """A repeated step is ready (occurrence 0), or the day of its next occurrence has come: it may open.

    `planned`: that day; `since`: the day from which `rhythm` is counted.
    """

    enrollment: str
    step: str
    on: date
    occurrence: int = 0
    planned: date | None = None
    since: date | None = None
    rhythm: str = ""


class StepOver(Happened, frozen=True):
    """A repeated step opens no more: met, or timed_out. What is open of it is cancelled."""

    enrollment: str
    step: str
    on: date
    outcome: str


class TaskAnswered(Happened, frozen=True):
    """A person closed a task. Counts at once. `via`: done, or the name of the returned list."""

    enrollment: str
    task: str
    outcome: str
    on: date
    by: str
    note: str = ""
    via: str = "done"
    answers: Mapping[str, Value] = field(default_factory=dict)
    words: str = ""  # the answers as they were written


class TaskEscalated(Happened, frozen=True):
    """A late task was told to these people, or to a channel, once."""

    enrollment: str
    task: str
    on: date
    to: tuple[str, ...]
    channel: str = ""


class TaskReassigned(Happened, frozen=True):
    """An open task went to a new owner: with its role, or to who stands in for somebody away, and back."""

    enrollment: str
    task: str
    on: date
    owner: str
    instead_of: str = ""
    pool: str = ""


class TaskSnoozed(Happened, frozen=True):
    """An open task sleeps: until that day it is not late; on it, it is due, if it was due before."""

    enrollment: str
    task: str
    on: date
    until: date
    because: str
    by: str


TaskWord = TaskAnswered | TaskSnoozed  # what a person says of one open task


class Snoozed(Happened, frozen=True):
    """A whole enrollment sleeps: until that day nothing opens or times out, no task of it is late."""

    enrollment: str
    on: date
    until: date
    because: str
    by: str


class GoalMet(Happened, frozen=True):
    """What the playbook is for has come true, within its window."""

    enrollment: str
    on: date


class Ending(Happened, frozen=True):
    """An exit fits: what was open is cancelled, and the steps `then` undo before it has ended with that outcome."""

    enrollment: str
    on: date
    outcome: str
    then: tuple[str, ...]


class ValueMoved(Happened, frozen=True):
    """A value that it is about was corrected while it ran: it goes on, about this (`about` reads like a row)."""

    enrollment: str
    on: date
    about: str


class GivenCorrected(Happened, frozen=True):
    """A person corrected what was given at the start. Counts at once; what is open stays as it is."""

    enrollment: str
    on: date
    given: Mapping[str, Value]
    by: str
    because: str = ""
    words: str = ""  # as it was written


class Ended(Happened, frozen=True):
    """`why`: exit, goal, answer, finished, gone, stopped, retired, changed, restarted. `because`: the reason a person gave."""

    enrollment: str
    on: date
    outcome: str
    why: str
    by: str = "rule"
    because: str = ""


class WentMissing(Happened, frozen=True):
    """The account or row is not in the snapshot: everything of this enrollment waits."""

    enrollment: str
    on: date


class CameBack(Happened, frozen=True):
    """The account or row is in the snapshot again: the enrollment goes on."""

    enrollment: str
    on: date


class StartAsked(Happened, frozen=True):
    """A person wants a playbook (its first name) for an account; the next run starts it, or says why not.

    `at`: the step at which it stands already. `began`: its day 0, if that has passed. `although`: why it may start
    although it has been here, and too lately, or too often.
    """

    playbook: str
    account: str
    row: str | None
    on: date
    by: str
    because: str = ""
    at: str | None = None
    began: date | None = None
    although: str = ""
    given: Mapping[str, Value] = field(default_factory=dict)


class StartRefused(Happened, frozen=True):
    """A start asked for by a person could not be: `why` is the sentence they read."""

    playbook: str
    account: str
    row: str | None
    on: date
    why: str


class Muted(Happened, frozen=True):
    """A person's hands-off: until that day no playbook touches the account."""

    account: str
    on: date
    until: date
    because: str
    by: str


class Unmuted(Happened, frozen=True):
    """The account is no longer left alone by a person's word."""

    account: str
    on: date
    because: str
    by: str


class TraitSet(Happened, frozen=True):
    """A trait of an account has a new value; None clears it. `by`: a person, or rule where a step sets it.

    A person's word counts at once, a step's from the next day on. Of one day a person's word is the last; among
    steps the one of the enrollment with the largest key. Of a segment set by hand: `until`, the day on which its
    rules decide again.
    """

    account: str
    trait: str
    value: Value
    on: date
    by: str
    because: str = ""
    enrollment: str | None = None
    step: str = ""
    until: date | None = None


class Notified(Happened, frozen=True):
    """A step told a channel, or these people, what its sentence says. `note`: names the note, once and for ever.

    `late`: the task of which a channel is told that it is late.
    """

    enrollment: str
    step: str
    on: date
    note: str
    channel: str = ""
    to: tuple[str, ...] = ()
    late: str = ""


class Allowed(Happened, frozen=True):
    """A person let one run pass a stop. Bound to that plan, used once."""

    rule: str
    because: str
    by: str
    plan: str
    on: date


EnrollmentEvent = (
    Started | StepOpened | StepEnded | StepPassed | StepSkipped | TaskAnswered | TaskEscalated | TaskReassigned | GoalMet
    | Ended | WentMissing | CameBack | TaskSnoozed | Snoozed | Ending | GivenCorrected | ValueMoved
    | Notified | StepRepeats | StepOver | TextChanged | MailMoved | DraftRewritten | Recalled
    | SubjectMoved
)  # fmt: skip
Event = (
    EnrollmentEvent | StartAsked | StartRefused | Muted | Unmuted | TraitSet | Allowed | Suppressed | SuppressionLifted
    | RunUndone | AccountMoved | LedgerBegan | Posted | ContactForgotten
)  # fmt: skip
