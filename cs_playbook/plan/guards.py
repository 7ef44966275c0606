"""When nothing at all may be done: a pure look at the snapshot, at the last run and at what the rules would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from cs_playbook.model.project import StopWhen

# What a person may let pass, with a reason; of the others (`Stop.allowable` no) nobody may.
ALLOWABLE = ("snapshot_older_than", "newly_fitting_a_playbook", "a_table_shrinks_by", "empty_cells_rise_by")
SMALLEST_PORTFOLIO = 100  # below, a share says nothing: only the number counts


@dataclass(frozen=True, slots=True)
class Stop:
    """`rule` is what --allow takes; `sentence` carries every number. Not `allowable`: no person can let it pass."""

    rule: str
    sentence: str
    allowable: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """How big a snapshot is: rows per table, and empty cells per `table.field`."""

    rows: Mapping[str, int]
    empties: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class NewlyFitting:
    """How many a playbook's rule newly fits, of how many that were seen."""

    playbook: str
    new: int
    seen: int


def too_old(day: date, clock: datetime, zone: tzinfo, rules: StopWhen) -> list[Stop]:
    """`clock`: now. The age of a snapshot counts from 00:00 of its day, in the project's zone."""
    began = datetime(day.year, day.month, day.day, tzinfo=zone)
    age = clock - began
    if age > timedelta(hours=rules.snapshot_older_than_hours):
        hours = int(age.total_seconds() // 3600)
        old = f"{hours} hours" if hours < 96 else f"{hours // 24} days"
        return [
            Stop(
                "snapshot_older_than",
                f"the snapshot is of {day.isoformat()}, {old} old; at most {rules.snapshot_older_than_hours} hours are allowed",
            )
        ]
    if age < timedelta(0):
        return [
            Stop(
                "snapshot_from_the_future",
                f"the snapshot is of {day.isoformat()}, which has not come yet",
                allowable=False,
            )
        ]
    return []


def already_passed(day: date, last: date | None) -> list[Stop]:
    """A day before the last committed one is never run again."""
    if last is None or day >= last:
        return []
    return [
        Stop(
            "a_day_already_passed",
            f"the snapshot is of {day.isoformat()}, and the run of {last.isoformat()} is done already: time does not go back",
            allowable=False,
        )
    ]


def broken(now: Shape, before: Shape | None, rules: StopWhen) -> list[Stop]:
    """Tables that shrank and columns that emptied since the last run."""
    if before is None:
        return []
    return [*_shrunk(now, before, rules), *_emptied(now, before, rules)]


def _shrunk(now: Shape, before: Shape, rules: StopWhen) -> Iterable[Stop]:
    for table, rows in sorted(before.rows.items()):
        left = now.rows.get(table, 0)
        lost = (rows - left) / rows if rows else 0.0
        if lost > rules.a_table_shrinks_by and (rows >= SMALLEST_PORTFOLIO or left == 0):
            yield Stop(
                "a_table_shrinks_by",
                f"the table {table} shrank from {rows} to {left} rows ({_percent(-lost)}); at most {_percent(-rules.a_table_shrinks_by)} is allowed",
            )


def _emptied(now: Shape, before: Shape, rules: StopWhen) -> Iterable[Stop]:
    for place, empty in sorted(now.empties.items()):
        table = place.partition(".")[0]
        rows, rows_before = now.rows.get(table, 0), before.rows.get(table, 0)
        if place not in before.empties or not rows or not rows_before:
            continue
        share, share_before = empty / rows, before.empties[place] / rows_before
        if share - share_before > rules.empty_cells_rise_by and rows >= SMALLEST_PORTFOLIO:
            points = round((share - share_before) * 100)
            yield Stop(
                "empty_cells_rise_by",
                f"{place} is empty in {_percent(share)} of the rows, was {_percent(share_before)}: {points} points more; at most {round(rules.empty_cells_rise_by * 100)} are allowed",
            )


def too_many(found: Iterable[NewlyFitting], rules: StopWhen) -> list[Stop]:
    """Playbooks that suddenly fit many: counted before their limits make it a trickle."""
    return [
        Stop("newly_fitting_a_playbook", f"{item.playbook} fits {item.new} accounts that did not fit at the last run ({_percent(item.new / item.seen)} of {item.seen}); stopped above {rules.newly_fitting_more_than} and {_percent(rules.newly_fitting_and_share)}")
        for item in found
        if item.new > rules.newly_fitting_more_than
        and (item.seen < SMALLEST_PORTFOLIO or item.new / item.seen > rules.newly_fitting_and_share)
    ]  # fmt: skip


def _percent(share: float) -> str:
    return f"{share * 100:.3g} %".replace("-", "−")
