"""A line of somebody's list → its step, by the text with which the enrollment began, and what may be answered."""

from __future__ import annotations

from cs_playbook.commands.workspace import Workspace
from cs_playbook.effects.ledger import Ledger
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.outbox import MailState
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Email, Step
from cs_playbook.parse.catalog import read_pinned
from cs_playbook.parse.outline import read_outline
from cs_playbook.plan.frozen import rough_outcomes


def step_of(workspace: Workspace, ledger: Ledger, enrollment: Enrollment, task: OpenTask) -> Step | None:
    """The step of a line, by the text with which the enrollment began."""
    text = text_of(workspace, ledger, enrollment)
    return text.step(task.step) if text else None


def text_of(workspace: Workspace, ledger: Ledger, enrollment: Enrollment) -> Playbook | None:
    """The playbook as it was when the enrollment began; None where that no longer binds."""
    for playbook in workspace.catalog.playbooks.values():
        if playbook.definition == enrollment.definition:  # nothing has changed since: it is read already
            return playbook
    source = ledger.definition(enrollment.definition)
    return read_pinned(source, enrollment.playbook, workspace.around)[0] if source else None


def outcomes_of(
    workspace: Workspace, ledger: Ledger, enrollment: Enrollment, task: OpenTask
) -> tuple[str, ...]:
    """What a person may answer, by the text with which the enrollment began."""
    return allowed_answers(step_of(workspace, ledger, enrollment, task), ledger, enrollment, task)


def allowed_answers(
    step: Step | None, ledger: Ledger, enrollment: Enrollment, task: OpenTask
) -> tuple[str, ...]:
    """`step`: None where its text no longer binds. Of a mail in the outbox nobody says that they have sent it."""
    if task.mail == MailState.PENDING:
        return ("discarded",)
    if step is None:
        return rough_outcomes(task, read_outline(ledger.definition(enrollment.definition) or ""))
    return ("sent", "discarded") if isinstance(step.verb, Email) else step.outcomes
