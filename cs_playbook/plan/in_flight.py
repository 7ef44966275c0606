"""An open enrollment whose playbook has another text today → what becomes of it: it goes on, moves, begins anew, or ends."""

from __future__ import annotations

from collections.abc import Iterable

from cs_playbook.model.enrollment import Arm, Enrollment, StepState
from cs_playbook.model.event import (
    CHANGED,
    RESTARTED,
    STOPPED_BY_CHANGE,
    Ended,
    StartAsked,
    Started,
    TextChanged,
)
from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.plan.decision import Change, Held, Subject, Today
from cs_playbook.plan.enroll import Before, start
from cs_playbook.plan.moving import moving
from cs_playbook.values import replace


def playbook_of(enrollment: Enrollment, today: Today) -> Playbook | None:
    """The playbook as it is today; None where its file is gone."""
    known = today.catalog.playbooks.values()
    return next((playbook for playbook in known if playbook.first_name == enrollment.playbook), None)


def new_text(
    enrollment: Enrollment, text: Playbook | None, subject: Subject, resting: Held | None, today: Today
) -> Playbook | None:
    """Today's text where something becomes of the enrollment because of it; None: it goes on by its own.

    `text`: its own, None where that no longer binds. A change waits while nothing of the playbook may happen: paused, a
    draft, its account missing; an exit that is being undone is brought to its end.
    """
    new = playbook_of(enrollment, today)
    if new is None or new.definition == enrollment.definition or not _is_ready(enrollment, subject):
        return None
    if not _acts(new, enrollment) or (text is not None and _answered_its_end(enrollment, text)):
        return None
    match new.changes.open_enrollments:
        case "keep":
            return None
        case "stop":
            return new
        case "move":
            return new if same_subject(enrollment, text, new) else None
        case "restart":
            may_begin = resting is None and (subject.active or new.sees_inactive)
            return new if may_begin and same_subject(enrollment, text, new) else None


def _is_ready(enrollment: Enrollment, subject: Subject) -> bool:
    return enrollment.is_open and enrollment.ending is None and subject.present


def _acts(new: Playbook, enrollment: Enrollment) -> bool:
    if new.status is Status.SHADOW:
        return enrollment.arm is Arm.SHADOW
    return new.status in (Status.LIVE, Status.DRAINING)


def _answered_its_end(enrollment: Enrollment, text: Playbook) -> bool:
    """Whoever has answered by the text they knew is taken at their word."""
    return any(
        progress.state is StepState.DONE and progress.outcome in step.ends
        for step in text.steps
        for progress in enrollment.endings(step.id)
    )


def same_subject(enrollment: Enrollment, text: Playbook | None, new: Playbook) -> bool:
    """Both are about the account, or about rows of the same table and values of the same facts."""
    if text is None:
        return (enrollment.row is None) == (new.trigger.one_per is None and not new.trigger.per_value)
    before, after = text.trigger, new.trigger
    same = (before.one_per, before.per_value) == (after.one_per, after.per_value)
    return same and before.per_person == after.per_person


def move(enrollment: Enrollment, before: Iterable[str], new: Playbook, today: Today) -> Change:
    """`before`: the steps of its own text."""
    event = moving(enrollment, before, new, today.day)
    return Change(event, note=_lost(event))


def _lost(event: TextChanged) -> str:
    return f"no longer there, and cancelled: {', '.join(event.gone)}" if event.gone else ""


def stop(enrollment: Enrollment, today: Today) -> Change:
    return Change(Ended(enrollment.key, today.day, STOPPED_BY_CHANGE, CHANGED))


def make_way(enrollment: Enrollment, today: Today) -> Change:
    """Its last day; another one begins in its place."""
    return Change(Ended(enrollment.key, today.day, RESTARTED, RESTARTED))


def again(
    enrollment: Enrollment, new: Playbook, subject: Subject, before: Before, today: Today
) -> Change | None:
    """The start anew by the new text: as whoever had started it, in the same arm. None: its exit or goal fits already."""
    asked = StartAsked(
        new.first_name, enrollment.account, enrollment.row, today.day, enrollment.by, given=enrollment.given
    )
    counted = replace(before, count=max(before.count, enrollment.episode))
    started = start(new, subject, counted, asked, today)
    if started is None:
        return None
    assert isinstance(started.event, Started)
    event = replace(started.event, arm=enrollment.arm, restarts=enrollment.key)
    return Change(event, note="its text changed: it begins anew")
