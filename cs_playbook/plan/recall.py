"""All that was recorded of one enrollment, and the run that is taken back → how that is recorded, or why it stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce

from msgspec import Struct

from cs_playbook.model.enrollment import Enrollment, OpenTask, TaskState
from cs_playbook.model.event import (
    DraftRewritten,
    Ended,
    EnrollmentEvent,
    MailMoved,
    Started,
    StepOpened,
    TaskAnswered,
    TaskSnoozed,
)
from cs_playbook.model.outbox import OUTBOX, PERHAPS_TAKEN, RUN, MailState, mail_state
from cs_playbook.model.recall import Recalled
from cs_playbook.plan.fold import fold
from cs_playbook.plan.fold_move import asks_again, last_lines
from cs_playbook.plan.fold_recall import taken_back
from cs_playbook.values import replace

History = Sequence[tuple[int | None, EnrollmentEvent]]  # (run, None where people did it; event), in order

_STILL_OURS = (MailState.DRAFT, MailState.PENDING, MailState.CANCELLED)


class Undo(Struct, frozen=True):
    """Which run a person takes back, and why. `later`: how many runs have come after it."""

    run: int
    on: date
    by: str
    because: str
    later: int = 0


class Stays(Struct, frozen=True):
    """Why an enrollment is left as the run made it: `kind` in one word, `why` in a sentence."""

    kind: str
    why: str


class Part(Struct, frozen=True):
    """What the run has done with one enrollment, which is `now` as it stands. `began`: the run began it.

    `opened`: keys of the lines it opened. `goes_with`: keys of the enrollments that can only be taken back together.
    """

    now: Enrollment
    began: bool
    opened: frozenset[str]
    goes_with: frozenset[str]
    events: tuple[EnrollmentEvent, ...]
    verdict: Recalled | Stays


def part_of(history: History, undo: Undo) -> Part:
    """`history` holds at least one event that the run has decided."""
    told = _still_told(history, undo.run)
    first = next(number for number, (run, _) in enumerate(told) if run == undo.run)
    of_run = [event for run, event in told[first:] if run == undo.run]
    later = [(run, event) for run, event in told[first:] if run != undo.run]
    answers = [event for event in of_run if _by_people(event)]
    done = [event for event in of_run if not _by_people(event)]
    then = _folded(None, [*(event for _, event in told[:first]), *answers])
    now = _folded(None, (event for _, event in told))
    stands = _folded(None, (event for _, event in history))
    assert now is not None
    assert stands is not None
    began = any(isinstance(event, Started) for event in done)
    opened = frozenset(task.key for event in done if isinstance(event, StepOpened) for task in event.tasks)
    verdict: Recalled | Stays | None = _in_the_way(then, now, opened, done, later)
    if verdict is None:
        back = None if began else _with_lines_of(stands, _without(then, now, opened, done, later, undo))
        verdict = Recalled(now.key, undo.run, undo.on, undo.by, undo.because, back)
    return Part(now, began, opened, _goes_with(done), tuple(done), verdict)


def _still_told(history: History, run: int) -> History:
    """Without the later runs that were taken back already, the word about it, and what was said of their lines."""
    gone = {event.run for _, event in history if isinstance(event, Recalled) and event.run > run}
    told: list[tuple[int | None, EnrollmentEvent]] = []
    lines: set[str] = set()
    for number, event in history:
        if number in gone or (isinstance(event, Recalled) and event.run in gone):
            continue
        if isinstance(event, StepOpened):
            lines |= {task.key for task in event.tasks}
        line = getattr(event, "task", None)
        if line is None or line in lines:
            told.append((number, event))
    return told


def _by_people(event: EnrollmentEvent) -> bool:
    """What came in by returned lists is recorded with the run, and is no decision of it."""
    return isinstance(event, TaskAnswered | TaskSnoozed)


def _folded(before: Enrollment | None, events: Iterable[EnrollmentEvent]) -> Enrollment | None:
    return reduce(fold, events, before)


def _goes_with(done: Sequence[EnrollmentEvent]) -> frozenset[str]:
    played = (event.plays for event in done if isinstance(event, StepOpened))
    begun = (event.restarts for event in done if isinstance(event, Started))
    return frozenset(key for key in (*played, *begun) if key)


# --- why it stays ---


def _in_the_way(
    then: Enrollment | None,
    now: Enrollment,
    opened: frozenset[str],
    done: Sequence[EnrollmentEvent],
    later: History,
) -> Stays | None:
    run = next((run for run, _ in later if run is not None), None)
    if run is not None:
        return Stays("gone on", f"run {run} has gone on with it")
    after = _folded(then, done)
    assert after is not None
    for _, word in later:
        found = _said(word, after, frozenset() if then is None else _untouched(then, after))
        if found is not None:
            return found
    mails = (now.tasks[key] for key in sorted(opened & now.tasks.keys()) if now.tasks[key].kind == "email")
    return next((found for mail in mails if (found := _left(mail)) is not None), None)


def _untouched(then: Enrollment, after: Enrollment) -> frozenset[str]:
    """The lines that were there before and that the run has not changed: what is said of them holds either way."""
    return frozenset(key for key, task in then.tasks.items() if after.tasks.get(key) == task)


def _said(word: EnrollmentEvent, after: Enrollment, free: frozenset[str]) -> Stays | None:
    match word:
        case Ended(by=by):
            return Stays("stopped", f"{by} has stopped it")
        case TaskAnswered(task=key, by=by) if key not in free:
            return Stays("answered", f"{by} has answered {after.tasks[key].step}")
        case DraftRewritten(task=key, by=by) if key not in free:
            return Stays("answered", f"{by} has written in the draft {after.tasks[key].step}")
        case MailMoved(task=key, to=MailState.PENDING, by=by) if key not in free and by not in (OUTBOX, RUN):
            return Stays("answered", f"{by} has let the mail {after.tasks[key].step} go")
        case _:
            return None


def _left(mail: OpenTask) -> Stays | None:
    """What somebody has received, or may have; and what can never be sent under its key again."""
    state = mail_state(mail)
    if state in _STILL_OURS:
        return None
    if state in PERHAPS_TAKEN:
        return Stays("sent", f"the mail {mail.step} has perhaps been received ({state.value})")
    return Stays("sent" if state is MailState.SENT else "settled", f"the mail {mail.step} is {state.value}")


# --- how it stands without ---


def _without(
    then: Enrollment | None,
    now: Enrollment,
    opened: frozenset[str],
    done: Sequence[EnrollmentEvent],
    later: History,
    undo: Undo,
) -> Enrollment:
    """As it was, with what people have said since; what became of mails is not taken back. Lines of the run are cancelled."""
    assert then is not None
    moved = [event for event in done if isinstance(event, MailMoved) and event.task in then.tasks]
    said = [event for _, event in later if getattr(event, "task", None) not in opened]  # put off, for nothing
    back = _folded(then, [*moved, *said])
    assert back is not None
    back = _asking_anew(back, now, undo)
    ours = {key: taken_back(now.tasks[key], undo.on) for key in sorted(opened) if key in now.tasks}
    return replace(back, tasks={**ours, **back.tasks})


def _asking_anew(back: Enrollment, now: Enrollment, undo: Undo) -> Enrollment:
    """Letters that the run had cancelled gave their place among the caps away, and a later run may have given it to others:
    they ask for it once more. Where no run has come since, they are as they were."""
    keys = {
        key for key, task in back.tasks.items()
        if undo.later and _waits(task) and now.tasks[key].state is TaskState.CANCELLED
    }  # fmt: skip
    closed = {key: replace(now.tasks[key], done_on=undo.on) for key in keys}
    asking = replace(back, tasks={**back.tasks, **closed})
    steps = dict(back.steps)
    for step in {task.step for task in closed.values()}:
        lines = last_lines(asking, step)
        asks = tuple(task.contact for task in lines if task.key in keys and task.contact)
        if all(asks_again(task) for task in lines):  # also one that has waited for its place since before
            del steps[step]
        else:
            steps[step] = replace(steps[step], waits=(*steps[step].waits, *asks))
    return replace(asking, steps=steps)


def _waits(task: OpenTask) -> bool:
    """A letter that nobody has sent yet."""
    return task.kind == "email" and task.state is TaskState.OPEN and mail_state(task) in _STILL_OURS


def _with_lines_of(stands: Enrollment, back: Enrollment) -> Enrollment:
    """Also lines of later runs that were taken back already stay known: a list that is out may still name them."""
    return replace(back, tasks={**stands.tasks, **back.tasks})
