"""When a run does nothing at all: how old, small, empty or other a snapshot may be, and how much one run may do."""

from __future__ import annotations

from msgspec import Struct

from cs_playbook.source.finding import Span
from cs_playbook.values import Placed


class Above(Struct, frozen=True):
    """Too many: more than so many, and more than such a share (0 to 1) of all. Below 100 in all only the number counts."""

    more_than: int
    and_share: float


class MostDone(Placed, frozen=True):
    """How much one run may do; None: no limit of its own. `endings`: enrollments ended by the data, of the open ones.

    `emails`: shares are of the accounts. `tasks_for_one_person`: new ones.
    """

    newly_fitting_a_playbook: Above | None = None
    endings: Above | None = None
    emails: Above | None = None
    tasks_for_one_person: int | None = None
    span: Span | None = None  # where a playbook says so


NO_LIMITS = MostDone()
USUAL = MostDone(Above(40, 0.10), Above(40, 0.20), Above(100, 0.10), 60)


class StopWhen(Struct, frozen=True):
    """When nothing at all is done. Shares are 0 to 1; `empty_cells_rise_by` and `words_shift_by` in points of a share
    (0.10: from 5 % to 15 %); `numbers_change_by` a factor, up or down; the others in days."""

    snapshot_older_than_hours: int = 36
    a_table_shrinks_by: float = 0.10
    a_table_grows_by: float = 0.50
    a_table_falls_back_by: int = 7
    empty_cells_rise_by: float = 0.10
    words_shift_by: float = 0.20
    numbers_change_by: float = 3.0
    dates_move_by: int = 150
    known_cells_change_by: float = 0.50
    known_rows_change_by: float = 0.20
    a_segment_grows_by: float = 1.0
    most: MostDone = USUAL


USUAL_STOPS = StopWhen()
