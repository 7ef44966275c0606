"""A draft that goes on in the thread of an earlier mail → the keys of the mails before it, and their subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cs_playbook.letters.render import Rendered, render
from cs_playbook.letters.template import Template
from cs_playbook.model.catalog import Catalog
from cs_playbook.model.enrollment import Enrollment, OpenTask
from cs_playbook.model.playbook import Playbook
from cs_playbook.model.step import Email
from cs_playbook.plan.step_parts import said_hash

_ANSWER = "Re: "


def mails_before(task: OpenTask, enrollment: Enrollment) -> tuple[OpenTask, ...]:
    """The mails of its thread, the oldest first."""
    return tuple(reversed(list(_backwards(task, enrollment))))


def _backwards(task: OpenTask, enrollment: Enrollment) -> Iterator[OpenTask]:
    before = enrollment.tasks.get(task.thread)
    if before is not None and before.key != task.key:
        yield before
        yield from _backwards(before, enrollment)


def subject_in_thread(
    task: OpenTask, subject: str, enrollment: Enrollment, text: Playbook, catalog: Catalog,
    template: Callable[[str, str], Template | None], values: Mapping[str, Any],
) -> str:  # fmt: skip
    """`Re:` and the subject of the first mail of the thread, which the ledger names by its hash; else its own."""
    before = mails_before(task, enrollment)
    if not before:
        return subject
    found = _letter_of(before[0], text, catalog)
    first = template(*found) if found else None
    rendered = render(first, values, found[1]) if first and found else None
    said = rendered.subject if isinstance(rendered, Rendered) else subject
    return said if said.startswith(_ANSWER) else f"{_ANSWER}{said}"


def _letter_of(task: OpenTask, text: Playbook, catalog: Catalog) -> tuple[str, str] | None:
    """Name and language of what was written then."""
    step = text.step(task.step)
    names = {fit.value for fit in step.verb.letter.fits} if step and isinstance(step.verb, Email) else set()
    known = (letter for letter in sorted(catalog.letters) if letter[0] in names)
    return next((letter for letter in known if said_hash(*letter) == task.payload), None)
