"""What a changed text took off people's lists today → notes in their digests."""

from __future__ import annotations

from collections.abc import Iterator

from cs_playbook.commands.planning import Morning
from cs_playbook.commands.subjects import want, wanted_subjects
from cs_playbook.model.enrollment import Arm, Enrollment, OpenTask, TaskState
from cs_playbook.model.event import CHANGED, RESTARTED, Ended, TextChanged
from cs_playbook.model.note import Note
from cs_playbook.parse.outline import read_outline
from cs_playbook.plan.decision import Subject
from cs_playbook.plan.frozen import rough_title
from cs_playbook.plan.in_flight import playbook_of
from cs_playbook.plan.lines import account_name

Lost = tuple[Enrollment, OpenTask, str]  # and the definition that had its step


def cancelled_by_changes(morning: Morning) -> list[Note]:
    """In order of account; also those of an earlier run of the day. Empties what was wanted of the stage before."""
    lost: dict[str, list[Lost]] = {}
    for enrollment, task, definition in _lost(morning):
        lost.setdefault(enrollment.account, []).append((enrollment, task, definition))
    if not lost:
        return []
    want(morning.stage.connection, lost)
    subjects = list(wanted_subjects(morning.stage))
    return [_note(item, subject, morning) for subject in subjects for item in lost[subject.account]]


def _lost(morning: Morning) -> Iterator[Lost]:
    for event in morning.ledger.changed_texts(morning.today.day):
        enrollment = morning.ledger.enrollment(event.enrollment)
        if enrollment is None or enrollment.arm is not Arm.TREATED:
            continue
        for task in enrollment.tasks.values():
            if task.state is TaskState.CANCELLED and task.done_on == event.on and _is_of(event, task):
                yield enrollment, task, _definition(event, enrollment)


def _is_of(event: TextChanged | Ended, task: OpenTask) -> bool:
    match event:
        case TextChanged(gone=gone):
            return task.step in gone
        case Ended(why=why):
            return why in (CHANGED, RESTARTED)


def _definition(event: TextChanged | Ended, enrollment: Enrollment) -> str:
    return event.before if isinstance(event, TextChanged) else enrollment.definition


def _note(lost: Lost, subject: Subject, morning: Morning) -> Note:
    enrollment, task, definition = lost
    outline = read_outline(morning.ledger.definition(definition) or "")
    playbook = playbook_of(enrollment, morning.today)
    step = task.step.partition("~")[0]
    text = f"no longer to do, the playbook has changed: {rough_title(step, outline, subject)}"
    return Note(
        task.key, morning.today.day, subject.account, account_name(subject), enrollment.row or "",
        playbook.name if playbook else enrollment.playbook, outline.title, step, text, to=(task.owner,),
    )  # fmt: skip
