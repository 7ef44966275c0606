"""What is recorded when a run is taken back: one event for each enrollment, and one for the run."""

from __future__ import annotations

from datetime import date

from cs_playbook.model.enrollment import Enrollment
from cs_playbook.model.recorded import Happened

RECALLED = "recalled"  # why it ended, and its outcome: it counts for nothing


class Recalled(Happened, frozen=True):
    """What a run has decided about an enrollment is taken back. `back`: how it stands without; None: it began there.

    What the run has recorded of it (traits, notes, picks from a pool) counts no more. Lines that the run had opened
    stay in `back`, cancelled: they keep their keys.
    """

    enrollment: str
    run: int
    on: date
    by: str
    because: str = ""
    back: Enrollment | None = None


class RunUndone(Happened, frozen=True):
    """A person took a run back. `stays`: how many enrollments are as the run left them. `later`: how many runs had come
    after it; with any, what it had observed stays, and its day has been."""

    run: int
    on: date
    by: str
    because: str
    stays: int = 0
    later: int = 0
