"""What is decided about one subject → lines that name it: who, why, what comes first, by whom, until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from msgspec import Struct

from cs_playbook.model.about import about_words
from cs_playbook.model.condition import Evidence
from cs_playbook.model.enrollment import Enrollment, OpenTask, StepState
from cs_playbook.model.event import (
    CameBack,
    Ended,
    Ending,
    Notified,
    Started,
    StartRefused,
    StepEnded,
    StepOpened,
    StepOver,
    StepPassed,
    StepSkipped,
    TaskEscalated,
    TaskReassigned,
    TextChanged,
    TraitSet,
    ValueMoved,
)
from cs_playbook.model.playbook import PLAYED, Playbook
from cs_playbook.model.step import Step
from cs_playbook.model.value import Value
from cs_playbook.plan.advance import enrollment_values
from cs_playbook.plan.decision import Change, Held, HeldBy, Late, SubjectPlan, Today
from cs_playbook.plan.lines import account_name, again_words, line_of
from cs_playbook.plan.notes import note_of
from cs_playbook.study.behind import Facts, Reason, reason_of
from cs_playbook.values import replace

Moved = (
    Ending
    | StepOpened
    | StepEnded
    | StepPassed
    | StepSkipped
    | StepOver
    | TaskReassigned
    | CameBack
    | TextChanged
)


class LineKind(StrEnum):
    START = "start"
    MOVE = "advance"
    LATE = "late"
    END = "end"
    HELD = "held"
    REFUSED = "refused"
    SET = "set"
    TELL = "tell"


class PlanLine(Struct, frozen=True):
    """`step`, `title`, `owner`, `due`: of the task it is about, "" and None where there is none.

    `arr`: the account's, None where it is not known. `told`: who hears today that it is late. `instead_of`: who is
    away, and for whom the owner stands in; `pool`: the role for which the owner was picked. `again`: which time it is
    of what repeats; `about`: the value it is about; `asleep`: until when it is put off, and why. `held_by`, `until`:
    what holds it, and until which day.
    """

    account: str
    name: str
    row: str | None
    reason: Reason
    arr: float | None = None
    step: str = ""
    title: str = ""
    owner: str = ""
    owner_name: str = ""
    due: date | None = None
    told: tuple[str, ...] = ()
    instead_of: str = ""
    pool: str = ""
    again: str = ""
    about: str = ""
    asleep: str = ""
    held_by: HeldBy | None = None
    until: date | None = None


class Spoken:
    """Holds one subject's plan and answers what a line says of it."""

    def __init__(self, plan: SubjectPlan, today: Today) -> None:
        self.plan = plan
        self.today = today
        self.enrollment: Enrollment | None = plan.after[0] if plan.after else None

    def start(self, change: Change) -> PlanLine:
        """Why it starts, and its first task."""
        assert isinstance(change.event, Started)
        by = change.event.by
        played = by.startswith(PLAYED)
        words = f"played by {by.removeprefix(PLAYED)}" if played else f"asked for by {by}"
        asked = Reason(words) if by != "rule" else None
        asked = Reason("begins anew: the text of the playbook changed") if change.event.restarts else asked
        return self._with_first_task(asked or self._reason(change.evidence, "its rule fits"))

    def move(self) -> PlanLine:
        """What happened to it, and the first task that follows from it."""
        line = self._with_first_task(self._why_it_moves())
        return line if line.title else replace(line, reason=self._and_waits(line.reason))

    def late(self, late: Late) -> PlanLine:
        days = (self.today.day - late.task.due).days
        return self._line(Reason(f"{days} day{'' if days == 1 else 's'} late"), late.task)

    def end(self, change: Change) -> PlanLine:
        """The outcome, and what brought it."""
        assert isinstance(change.event, Ended)
        reason = self._reason(change.evidence, _ENDINGS.get(change.event.why, change.event.why))
        return self._line(Reason(f"{change.event.outcome}: {reason.text}", reason.seen))

    def held(self, held: Held) -> PlanLine:
        where = f"{held.step}: " if held.step else ""
        line = self._line(Reason(f"{where}{held.why}"))
        return replace(line, held_by=held.by, until=held.until, about=self._about())

    def held_out(self) -> PlanLine:
        line = self._line(Reason("held out: watched only, to compare with"))
        until = self.enrollment.watch_until if self.enrollment else None
        return replace(line, held_by=HeldBy.HELD_OUT, until=until, about=self._about())

    def refused(self, event: StartRefused) -> PlanLine:
        return self._line(Reason(f"asked for, and not started: {event.why}"))

    def sets(self, change: Change) -> PlanLine:
        """What a step sets, and whether it is the last word."""
        assert isinstance(change.event, TraitSet)
        event = change.event
        value = "cleared" if event.value is None else _said(event.value)
        beside = f" — {change.note}" if change.note else ""
        return self._line(Reason(f"{event.step}: {event.trait} {value}{beside}"))

    def tells(self, event: Notified) -> PlanLine:
        """Whom a step tells, and what."""
        line, text = self._line(Reason(f"{event.step}: a note")), self._text()
        if text is None or self.enrollment is None:
            return line
        note = note_of(event, text, self.enrollment, self.plan.subject, self.today)
        told = (event.channel,) if event.channel else event.to
        return replace(line, reason=Reason(f"{event.step}: {note.text}"), step=event.step, told=told)

    # --- the reason of a move ---

    def _why_it_moves(self) -> Reason:
        changes = [d for d in self.plan.decisions if isinstance(d, Change)]
        opened = next((c.event for c in changes if isinstance(c.event, StepOpened)), None)
        ended = [change for change in changes if isinstance(change.event, StepEnded)]
        before = self._came_before(opened) if opened else ""
        if before:
            return self._reason_of_end(ended, before) or Reason(before)
        if ended:
            event = ended[-1].event
            assert isinstance(event, StepEnded)
            words = f"{event.step}: {event.outcome}"
            return self._reason_of_end(ended, words) or Reason(words)
        return Reason(_quiet_words([c.event for c in changes]))

    def _and_waits(self, reason: Reason) -> Reason:
        """`reply: timed_out, then pause waits until 2026-03-11`: a wait has no task that would say what comes next."""
        opened = (d.event for d in self.plan.decisions if isinstance(d, Change))
        wait = next((one for one in opened if isinstance(one, StepOpened) and one.until is not None), None)
        if wait is None or wait.until is None:
            return reason
        return Reason(f"{reason.text}, then {wait.step} waits until {wait.until.isoformat()}", reason.seen)

    def _reason_of_end(self, ended: list[Change], words: str) -> Reason | None:
        """The same words, with the values that made the step end today."""
        for change in ended:
            event = change.event
            if isinstance(event, StepEnded) and words == f"{event.step}: {event.outcome}" and change.evidence:
                return Reason(words, self._reason(change.evidence, "").seen)
        return None

    def _came_before(self, opened: StepOpened) -> str:
        """`find_cause: champion_left`: what let the step open."""
        step = self._step(opened.step)
        if step is None or self.enrollment is None:
            return ""
        progress = self.enrollment.steps
        met = [
            f"{item.step}: {progress[item.step].outcome}"
            for item in step.after.requirements
            if item.step in progress and progress[item.step].state is StepState.DONE
        ]
        return met[0] if met else ""

    # --- the parts of a line ---

    def _reason(self, evidence: tuple[Evidence, ...], otherwise: str) -> Reason:
        values = dict(self.plan.subject.values)
        if self.enrollment is not None:
            values |= enrollment_values(self.enrollment)
        facts = Facts(values, self.today.reckoning, self.today.catalog)
        return reason_of(evidence, facts) or Reason(otherwise)

    def _with_first_task(self, reason: Reason) -> PlanLine:
        return self._line(reason, next(self._opened_tasks(), None))

    def _opened_tasks(self) -> Iterator[OpenTask]:
        for decision in self.plan.decisions:
            if isinstance(decision, Change) and isinstance(decision.event, StepOpened):
                yield from decision.event.tasks

    def _line(self, reason: Reason, task: OpenTask | None = None) -> PlanLine:
        subject = self.plan.subject
        arr = subject.values.get("arr")
        line = PlanLine(
            account=subject.account, name=account_name(subject), row=subject.row, reason=reason,
            arr=float(arr) if isinstance(arr, int | float) else None,
        )  # fmt: skip
        return line if task is None else self._with_task(line, task)

    def _with_task(self, line: PlanLine, task: OpenTask) -> PlanLine:
        text, step = self._text(), self._step(task.step)
        if text is None or step is None or self.enrollment is None:
            return line
        work = line_of(task, step, text, self.enrollment, self.plan.subject, self.today)
        return replace(
            line, step=work.step, title=work.title, owner=work.owner, owner_name=work.owner_name, due=work.due,
            told=self.told(task), instead_of=task.instead_of, pool=task.pool, again=again_words(step, self.enrollment),
            about=work.about, asleep=work.asleep,
        )  # fmt: skip

    def _about(self) -> str:
        """The value it is about; a row is said already."""
        text = self._text()
        if (
            text is None
            or self.enrollment is None
            or self.enrollment.row is None
            or not text.trigger.per_value
        ):
            return ""
        return about_words(text.trigger, self.enrollment.row, self.enrollment.about)

    def told(self, task: OpenTask) -> tuple[str, ...]:
        """Who hears today that it is late."""
        events = (d.event for d in self.plan.decisions if isinstance(d, Change))
        return next(
            (e.to or (e.channel,) for e in events if isinstance(e, TaskEscalated) and e.task == task.key), ()
        )

    def _text(self) -> Playbook | None:
        return self.today.texts.get(self.enrollment.definition) if self.enrollment else None

    def _step(self, step: str) -> Step | None:
        text = self._text()
        return text.step(step) if text else None


def _said(value: Value) -> str:
    return (
        ("yes" if value else "no")
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


_ENDINGS = {
    "answer": "a step was answered so",
    "finished": "nothing is left to do",
    "gone": "missing from the snapshot for too long",
    "stopped": "stopped by a person",
    "retired": "the playbook is retired",
    "changed": "the text of the playbook changed",
    "restarted": "the text of the playbook changed, it begins anew",
}


def _quiet_words(events: list[object]) -> str:
    """What is said of a day on which no step opened and none was done."""
    for event in events:
        match event:
            case TextChanged(gone=gone):
                lost = f", cancelled: {', '.join(gone)}" if gone else ""
                return f"goes by the text of today{lost}"
            case StepOpened(step=step):
                return f"{step} begins"
            case StepPassed(step=step, because=because):
                return f"{step}: passed over{because and f', {because}'}"
            case StepOver(step=step, outcome=outcome):
                return f"{step} is over: {outcome}"
            case StepSkipped(step=step):
                return f"{step}: skipped, it can no longer be reached"
            case TaskReassigned(owner=owner, instead_of=absent) if absent:
                return f"{owner} stands in for {absent}"
            case Ending(outcome=outcome):
                return f"{outcome}: it is ending, and undoes what was done"
            case TaskReassigned():
                return "its owner changed"
            case ValueMoved():
                return "the value it is about was corrected"
            case CameBack():
                return "back in the snapshot"
            case _:
                pass
    return "goes on"
