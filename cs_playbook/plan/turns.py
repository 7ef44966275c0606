"""A playbook that starts on a rhythm, the runs there were → the turn that is on, and who is still to start in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct

from cs_playbook.model.rhythm import last_day
from cs_playbook.model.time import Calendar, Rhythm
from cs_playbook.plan.enroll import Before, Candidate


class Turn(Struct, frozen=True):
    """`planned`: the last day of the rhythm so far; `run_on`: the first run on or after it, whose candidates have this turn."""

    planned: date
    run_on: date


def turn_of(
    rhythm: Rhythm, first_live: date, runs: Sequence[date], day: date, calendar: Calendar
) -> Turn | None:
    """None before its first day. Of several days without a run only the last one is made up for."""
    planned = last_day(rhythm, first_live, day, calendar)
    if planned is None:
        return None
    return Turn(planned, min((run for run in runs if planned <= run < day), default=day))


def in_turn(candidates: Iterable[Candidate], turn: Turn | None, day: date) -> Iterator[Candidate]:
    """On the day of the turn all that fit; later only who has fitted since then, and was held back."""
    if turn is None:
        return
    for candidate in candidates:
        if _has_turn(candidate, turn, day):
            yield candidate


def _has_turn(candidate: Candidate, turn: Turn, day: date) -> bool:
    before = candidate.before
    if before.last_started_on is not None and before.last_started_on >= turn.planned:
        return False
    return turn.run_on == day or (candidate.since <= turn.run_on and _was_free(before, turn))


def _was_free(before: Before, turn: Turn) -> bool:
    """Who was still in it after the run of the turn has missed it. Who left it in that very run is only a day late."""
    return before.last_ended_on is None or before.last_ended_on <= turn.run_on
