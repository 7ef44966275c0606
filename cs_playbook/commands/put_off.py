"""What a line of a returned list says: an answer, or until when its task is put off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from cs_playbook.model.enrollment import OpenTask
from cs_playbook.model.event import TaskAnswered, TaskWord
from cs_playbook.model.value import Value

_SNOOZE = re.compile(r"snooze until ([0-9]{4}-[0-9]{2}-[0-9]{2})", re.IGNORECASE)


def put_off_until(written: str) -> date | None:
    """The day of `snooze until 2026-04-01`; None for anything else."""
    said = _SNOOZE.fullmatch(written.strip())
    try:
        return date.fromisoformat(said[1]) if said else None
    except ValueError:
        return None


def is_known(task: OpenTask, until: date, day: date) -> bool:
    """A day that has come, or that the task sleeps past already, is nothing new: lists stay where they are."""
    return until <= day or (task.asleep_until is not None and until <= task.asleep_until)


FIRST_COUNTS = (
    "the first answer counts; if it was wrong, stop the playbook for this account and start it anew"
)


def other_answers(task: OpenTask, said: Mapping[str, Value]) -> str:
    """`amount`: the questions that a task which is done has answered otherwise; "" where `said` is known already."""
    return ", ".join(name for name, value in said.items() if task.answers.get(name) != value)


def contradicts(earlier: TaskWord, said: TaskWord) -> str:
    """What is wrong where two lists say different things of one task; "" where they agree."""
    if _word(earlier) == _word(said):
        same = _besides(earlier) == _besides(said)
        return "" if same else "the same task has other answers in another list or row"
    via = f" in {earlier.via}" if isinstance(earlier, TaskAnswered) else ""
    return f"the same task is answered '{_word(earlier)}'{via} and '{_word(said)}' here"


def _besides(said: TaskWord) -> Mapping[str, Value]:
    return said.answers if isinstance(said, TaskAnswered) else {}


def _word(said: TaskWord) -> str:
    return said.outcome if isinstance(said, TaskAnswered) else f"snooze until {said.until.isoformat()}"
