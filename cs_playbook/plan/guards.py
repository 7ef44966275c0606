"""When nothing at all may be done: a pure look at the snapshot, at the last run and at what the rules would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo

from msgspec import Struct, field

from cs_playbook.model.stopping import NO_LIMITS, Above, MostDone, StopWhen

# What a person may let pass, with a reason; of the others (`Stop.allowable` no) nobody may.
ALLOWABLE = (
    "snapshot_older_than", "newly_fitting_a_playbook", "a_table_shrinks_by", "a_table_grows_by", "a_table_falls_back_by",
    "empty_cells_rise_by", "words_shift_by", "numbers_change_by", "dates_move_by", "known_cells_change_by", "known_rows_change_by",
    "a_segment_grows_by", "endings", "emails", "tasks_for_one_person",
)  # fmt: skip
SMALLEST_PORTFOLIO = 100  # below, a share says nothing: only the number counts
FILLED = 10  # so many cells of a column are not emptied by chance, however small the table
MOST_SHOWN = 10


class Stop(Struct, frozen=True):
    """`rule` is what --allow takes; `sentence` carries every number. Not `allowable`: no person can let it pass.

    `largest`: those that contribute most, ten at most, where that helps: playbooks, people, keys of accounts.
    """

    rule: str
    sentence: str
    allowable: bool = True
    largest: tuple[str, ...] = ()


class Shape(Struct, frozen=True):
    """How big a snapshot is: rows per table, and empty cells per `table.field`.

    `measures`: by table, what else is measured of it (model/measure). `others`: `table.field` → how many percent of
    its known rows had another one than at the run before.
    """

    rows: Mapping[str, int]
    empties: Mapping[str, int]
    measures: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=dict)


class NewlyFitting(Struct, frozen=True):
    """How many a playbook's rule newly fits, of how many that were seen. `own`: limits of the playbook itself.

    `largest`: keys of the largest accounts among them.
    """

    playbook: str
    new: int
    seen: int
    own: MostDone = NO_LIMITS
    largest: tuple[str, ...] = ()


def too_old(day: date, clock: datetime, zone: tzinfo, rules: StopWhen) -> list[Stop]:
    """`clock`: now. The age of a snapshot counts from 00:00 of its day, in the project's zone."""
    began = datetime(day.year, day.month, day.day, tzinfo=zone)
    # By the clock on the wall, in one zone: on a day on which clocks change nothing is an hour older or younger.
    age = clock.astimezone(zone) - began
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
    """Tables that shrank or grew, and columns that emptied, since the last run."""
    if before is None:
        return []
    return [*_shrunk(now, before, rules), *_grown(now, before, rules), *_emptied(now, before, rules)]


def _shrunk(now: Shape, before: Shape, rules: StopWhen) -> Iterable[Stop]:
    for table, rows in sorted(before.rows.items()):
        left = now.rows.get(table, 0)
        lost = (rows - left) / rows if rows else 0.0
        if lost > rules.a_table_shrinks_by and (rows >= SMALLEST_PORTFOLIO or left == 0):
            yield Stop(
                "a_table_shrinks_by",
                f"the table {table} shrank from {rows} to {left} rows ({percent(-lost)}); at most {percent(-rules.a_table_shrinks_by)} is allowed",
            )


def _grown(now: Shape, before: Shape, rules: StopWhen) -> Iterable[Stop]:
    for table, rows in sorted(before.rows.items()):
        more = now.rows.get(table, 0) - rows
        if rows >= SMALLEST_PORTFOLIO and more > rules.a_table_grows_by * rows:
            yield Stop(
                "a_table_grows_by",
                f"the table {table} grew from {rows} to {rows + more} rows (+{percent(more / rows)}); at most +{percent(rules.a_table_grows_by)} is allowed: do rows stand there twice?",
            )


def _emptied(now: Shape, before: Shape, rules: StopWhen) -> Iterable[Stop]:
    for place, empty in sorted(now.empties.items()):
        table = place.partition(".")[0]
        rows, rows_before = now.rows.get(table, 0), before.rows.get(table, 0)
        if place not in before.empties or not rows or not rows_before:
            continue
        share, share_before = empty / rows, before.empties[place] / rows_before
        filled, filled_before = rows - empty, rows_before - before.empties[place]
        # New rows come with empty cells (an invoice is not yet paid): only where cells have been lost it is a sign.
        lost = share - share_before > rules.empty_cells_rise_by and filled < filled_before
        if (lost and rows >= SMALLEST_PORTFOLIO) or (not filled and filled_before >= FILLED):
            points = round((share - share_before) * 100)
            yield Stop(
                "empty_cells_rise_by",
                f"{place} is empty in {percent(share)} of the rows, was {percent(share_before)}: {points} points more; at most {round(rules.empty_cells_rise_by * 100)} are allowed",
            )


def too_many(found: Iterable[NewlyFitting], rules: StopWhen) -> list[Stop]:
    """Playbooks that suddenly fit many: counted before their limits make it a trickle."""
    return [
        Stop("newly_fitting_a_playbook", f"{item.playbook} fits {item.new} accounts that did not fit at the last run ({percent(item.new / item.seen)} of {item.seen}); stopped above {limit.more_than} and {percent(limit.and_share)}{whose}", largest=item.largest)
        for item in found
        for limit, whose in limits(item.own.newly_fitting_a_playbook, rules.most.newly_fitting_a_playbook)
        if is_above(item.new, item.seen, limit)
    ]  # fmt: skip


def limits(own: Above | None, of_all: Above | None) -> list[tuple[Above, str]]:
    """The tighter one first; with the words that say whose it is. Only one of them is told."""
    if own is not None:
        return [(own, ", the limits of its own")]
    return [] if of_all is None else [(of_all, "")]


def is_above(count: int, of: int, limit: Above) -> bool:
    return count > limit.more_than and (of < SMALLEST_PORTFOLIO or count / of > limit.and_share)


def percent(share: float) -> str:
    return f"{share * 100:.3g} %".replace("-", "−")
