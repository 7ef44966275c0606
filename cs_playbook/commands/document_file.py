"""A line of work about a document → the line with its file, and on the day it opened the file itself."""

from __future__ import annotations

from collections.abc import Callable

from cs_playbook.commands.owner_folder import folder_of
from cs_playbook.commands.planning import Morning
from cs_playbook.letters.document import fill_document
from cs_playbook.letters.template import Template
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.line import TaskLine
from cs_playbook.plan.decision import Subject
from cs_playbook.plan.lines import contact_row
from cs_playbook.plan.speaking import letter_values
from cs_playbook.values import replace

Templates = Callable[[str, str], Template | None]


def document_of(
    line: TaskLine,
    task: OpenTask,
    enrollment: Enrollment,
    subject: Subject,
    morning: Morning,
    templates: Templates,
) -> tuple[TaskLine, list[tuple[str, bytes]]]:
    """(path below the day's folder, bytes). One of an earlier day stays the file it was: a colleague writes in it."""
    name, _, language = task.document.rpartition("/")
    if task.opened_on != morning.today.day:
        return replace(line, document=_of_an_earlier_day(name, task, morning)), []
    template = templates(name, language)
    if template is None:
        return replace(line, unsendable="the document is gone"), []
    contact = contact_row(task.contact, subject, morning.today)
    text = fill_document(template, letter_values(subject, enrollment, contact, morning.today), language)
    path = f"owners/{folder_of(task.owner)}/documents/{_file(name, task)}"
    return replace(line, document=f"documents/{_file(name, task)}"), [(path, text.encode())]


def _file(name: str, task: OpenTask) -> str:
    return f"{name.replace('/', '-')}-{task.key}.md"


def _of_an_earlier_day(name: str, task: OpenTask, morning: Morning) -> str:
    """Where it was written, be it in the folder of who had it then; "" where no run has made it."""
    day = task.opened_on.isoformat()
    path = f"{day}/owners/{folder_of(task.owner)}/documents/{_file(name, task)}"
    if morning.ledger.has_made(path, task.opened_on):
        return f"../../../{path}"
    ending = f"/documents/{_file(name, task)}"
    made = (path for path in morning.ledger.paths_of(task.opened_on) if path.endswith(ending))
    return next((f"../../../{path}" for path in made), "")
