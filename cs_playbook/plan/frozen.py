"""A line of an enrollment whose text no longer binds → what can still be told of it: it stays on somebody's list."""

from __future__ import annotations

import re

from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.line import TaskLine
from cs_playbook.model.playbook import Outline
from cs_playbook.model.step import APPROVE_OUTCOMES, TASK_DONE
from cs_playbook.plan.decision import Subject, Today
from cs_playbook.plan.in_flight import playbook_of
from cs_playbook.plan.lines import account_name

FROZEN = "frozen"
_WHY = "frozen: the text of its playbook no longer binds, nothing follows from it for now"
_BLANK = re.compile(r"\{\{\s*account\.(\w+)\s*\}\}")
_UNKNOWN_BLANK = re.compile(r"\{\{.*?\}\}")
_NOTHING = Outline("", {})


def frozen_line(task: OpenTask, enrollment: Enrollment, subject: Subject, today: Today) -> TaskLine:
    """What the ledger knows; its title as far as the text can be read."""
    outline = today.outlines.get(enrollment.definition, _NOTHING)
    person, playbook = today.catalog.team.person(task.owner), playbook_of(enrollment, today)
    return TaskLine(
        key=task.key, state=FROZEN, account=subject.account, account_name=account_name(subject),
        playbook=playbook.name if playbook else enrollment.playbook, playbook_title=outline.title, step=task.step,
        kind=task.kind, title=rough_title(task.step, outline, subject), owner=task.owner,
        owner_name=person.name if person else task.owner, due=task.due, opened_on=task.opened_on,
        minutes=task.minutes, outcomes=rough_outcomes(task, outline), why=_WHY, row=enrollment.row or "",
    )  # fmt: skip


def rough_title(step: str, outline: Outline, subject: Subject) -> str:
    """The sentence of a step, its blanks filled with what the account is known to have."""
    filled = _BLANK.sub(
        lambda found: str(subject.values.get(found[1]) or "–"), outline.titles.get(step, step)
    )
    return _UNKNOWN_BLANK.sub("–", filled)


def rough_outcomes(task: OpenTask, outline: Outline) -> tuple[str, ...]:
    match task.kind:
        case "email":
            return ("sent", "discarded")
        case "approve":
            return APPROVE_OUTCOMES
        case _:
            return outline.outcomes.get(task.step, (TASK_DONE,))
