"""The node of `stop_when:`, of a project or of a playbook → its limits; what is left out is as usual."""

from __future__ import annotations

import re

from cs_playbook.model.stopping import NO_LIMITS, USUAL, USUAL_STOPS, Above, MostDone, StopWhen
from cs_playbook.parse.nodes import block, number, scalar, text
from cs_playbook.source.finding import Finding
from cs_playbook.source.tree import Mapping
from cs_playbook.values import replace

_LIMITS = (
    "snapshot_older_than", "a_table_shrinks_by", "a_table_grows_by", "a_table_falls_back_by", "empty_cells_rise_by",
    "words_shift_by", "numbers_change_by", "dates_move_by", "known_cells_change_by", "known_rows_change_by",
    "a_segment_grows_by",
)  # fmt: skip
_MOST = ("newly_fitting_a_playbook", "endings", "emails")


def read_stop_when(root: Mapping) -> tuple[StopWhen, list[Finding]]:
    """Of the project: every limit there is."""
    node, usual = block(root, "stop_when"), USUAL_STOPS
    if node is None:
        return usual, []
    limits = StopWhen(
        snapshot_older_than_hours=_hours(text(node, "snapshot_older_than"), usual.snapshot_older_than_hours),
        a_table_shrinks_by=_share(text(node, "a_table_shrinks_by"), usual.a_table_shrinks_by),
        a_table_grows_by=_share(text(node, "a_table_grows_by"), usual.a_table_grows_by),
        a_table_falls_back_by=_days(text(node, "a_table_falls_back_by"), usual.a_table_falls_back_by),
        empty_cells_rise_by=_share(text(node, "empty_cells_rise_by"), usual.empty_cells_rise_by),
        words_shift_by=_share(text(node, "words_shift_by"), usual.words_shift_by),
        numbers_change_by=_times(text(node, "numbers_change_by"), usual.numbers_change_by),
        dates_move_by=_days(text(node, "dates_move_by"), usual.dates_move_by),
        known_cells_change_by=_share(text(node, "known_cells_change_by"), usual.known_cells_change_by),
        known_rows_change_by=_share(text(node, "known_rows_change_by"), usual.known_rows_change_by),
        a_segment_grows_by=_share(text(node, "a_segment_grows_by"), usual.a_segment_grows_by),
        most=_most(node, USUAL),
    )
    return limits, _stops_for_nothing(node)


def read_own_stops(root: Mapping) -> tuple[MostDone, list[Finding]]:
    """Of a playbook: how much of it one run may do, beside what holds for the project."""
    node = block(root, "stop_when")
    key = root.key("stop_when")
    return (NO_LIMITS, []) if node is None or key is None else (replace(_most(node, NO_LIMITS), span=key.span), [])  # fmt: skip


def _most(node: Mapping, usual: MostDone) -> MostDone:
    tasks = number(node, "tasks_for_one_person")
    return MostDone(
        _above(block(node, "newly_fitting_a_playbook"), usual.newly_fitting_a_playbook),
        _above(block(node, "endings"), usual.endings),
        _above(block(node, "emails"), usual.emails),
        usual.tasks_for_one_person if tasks is None else tasks,
    )


def _above(node: Mapping | None, usual: Above | None) -> Above | None:
    more_than = number(node, "more_than") if node else None
    if node is None or more_than is None:
        return usual
    return Above(more_than, _share(text(node, "and_share"), usual.and_share if usual else 0.0))


def _stops_for_nothing(node: Mapping) -> list[Finding]:
    """A limit of zero: the smallest change, or the mere age of any snapshot, would stop every run."""
    said = [scalar(node, key) for key in _LIMITS]
    said += [scalar(most, "and_share") for key in _MOST if (most := block(node, key))]
    return [
        Finding(
            value.span,
            "CSP122",
            f"'{value.text}': every run would stop",
            "a limit is more than nothing: 36 hours, 10%, 10 points, 3 times",
        )
        for value in said
        if value is not None and re.match(r"(0+(\.0+)?\D|[01](\.0+)? times?$)", value.text)
    ]


def _hours(written: str, usual: int) -> int:
    count, _, unit = written.partition(" ")
    return int(count) * (24 if unit.startswith("day") else 1) if count.isdigit() else usual


def _days(written: str, usual: int) -> int:
    count = written.partition(" ")[0]
    return int(count) if count.isdigit() else usual


def _times(written: str, usual: float) -> float:
    return _figure(written.removesuffix("times")) or usual


def _share(written: str, usual: float) -> float:
    figure = _figure(written.removesuffix("%").removesuffix("points").removesuffix("point"))
    return usual if figure is None else figure / 100


def _figure(written: str) -> float | None:
    try:
        return float(written.strip())
    except ValueError:
        return None
