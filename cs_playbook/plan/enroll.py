"""Who starts today: candidates of a playbook, thinned by what happened before and by its limits; and starts asked by people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from cs_playbook.model.answer import UNFIT, answer, choose, explain
from cs_playbook.model.asking import expressions_of
from cs_playbook.model.columns import column_of, known_column
from cs_playbook.model.condition import Evidence
from cs_playbook.model.enrollment import Arm
from cs_playbook.model.event import StartAsked, Started, StartRefused
from cs_playbook.model.expression import Memory, Value, walk
from cs_playbook.model.keys import enrollment_key
from cs_playbook.model.playbook import Playbook, Status
from cs_playbook.model.step import Approve, Email, Task
from cs_playbook.plan.decision import Change, Held, HeldBy, Subject, Today
from cs_playbook.plan.people import colleagues


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of one subject in one playbook: how many episodes, whether one is open, when the last one ended."""

    count: int = 0
    treated: int = 0
    is_open: bool = False
    last_ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody the rule holds for. `since`: the first day it has fitted without a break. `owner`: who would begin."""

    account: str
    row: str | None
    since: date
    before: Before = Before()
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """What is used up already of the limits: starts of today, and open enrollments by the owner of their newest task.

    `given_out`: an earlier run has made the starts of this day; whoever could start since then begins tomorrow.
    """

    started_today: int = 0
    open_by_owner: Mapping[str, int] = field(default_factory=dict)
    given_out: bool = False


def thin(
    playbook: Playbook, candidates: Iterable[Candidate], room: Room, skipped_since: date | None, day: date
) -> Iterator[tuple[Candidate, Held | None]]:
    """Candidates, longest first → each with why it is held, or None: it may start. Who was here before and stays out is left out.

    `skipped_since`: with `already_matching: skip`, the first live day: who has fitted since then without a break is left alone.
    """
    busy, begun = Counter(room.open_by_owner), room.started_today
    for candidate in candidates:
        why = _not_again(playbook, candidate, skipped_since, day)
        if why is None:
            if not _is_new(playbook, candidate.before):
                continue
            why = _beyond_limits(playbook, candidate, room, busy, begun)
        if why is None:
            busy[candidate.owner or ""] += 1
            begun += 1
        yield candidate, why


def _beyond_limits(
    playbook: Playbook, candidate: Candidate, room: Room, busy: Counter[str], begun: int
) -> Held | None:
    """A trickle: so many a day, so many a person; the rest wait."""
    a_day, a_person = playbook.limits.new_per_day, playbook.limits.open_per_person
    if room.given_out:
        return _limited(playbook, "the starts of this day are made")
    if a_person is not None and candidate.owner is not None and busy[candidate.owner] >= a_person:
        return _limited(
            playbook, f"{candidate.owner} has {busy[candidate.owner]} open already, at most {a_person}"
        )
    if a_day is not None and begun >= a_day:
        return _limited(playbook, f"at most {a_day} new a day")
    return None


def _is_new(playbook: Playbook, before: Before) -> bool:
    """Not open, and either never here or allowed again."""
    if before.is_open:
        return False
    return before.treated == 0 or playbook.reentry is not None


def _not_again(
    playbook: Playbook, candidate: Candidate, skipped_since: date | None, day: date
) -> Held | None:
    before = candidate.before
    if skipped_since is not None and before.treated == 0 and candidate.since <= skipped_since:
        return Held(
            HeldBy.ALREADY,
            playbook.name,
            None,
            f"it fitted already on {skipped_since.isoformat()}, when the playbook went live",
        )
    if before.is_open or before.treated == 0 or playbook.reentry is None:
        return None
    again = playbook.reentry
    if again.at_most is not None and before.treated >= again.at_most:
        return Held(
            HeldBy.RESTING,
            playbook.name,
            None,
            f"it has been here {before.treated} times, at most {again.at_most}",
        )
    if before.last_ended_on is not None:
        free = before.last_ended_on + timedelta(days=again.days_after_end)
        if day < free:
            return Held(
                HeldBy.RESTING,
                playbook.name,
                None,
                f"it ended on {before.last_ended_on.isoformat()}; again from {free.isoformat()}",
                free,
            )
    return None


def _limited(playbook: Playbook, why: str) -> Held:
    return Held(HeldBy.LIMIT, playbook.name, None, why)


def start(playbook: Playbook, subject: Subject, before: Before, by: str, today: Today) -> Change | None:
    """The start of an enrollment; None where its exit or its goal fits already."""
    values = {**subject.values}
    at_start = {name: subject.values.get(name) for name in asked_at_start(playbook)}
    for name, value in at_start.items():
        values |= _remembered(name, value)
    ways_out = [way_out.when for way_out in playbook.exits] + ([playbook.goal.when] if playbook.goal else [])
    if any(answer(condition, values, today.reckoning) for condition in ways_out):
        return None
    episode = before.count + 1
    key = enrollment_key(subject.account, subject.row, playbook.first_name, episode)
    arm = Arm.SHADOW if playbook.status is Status.SHADOW else Arm.TREATED
    within = playbook.goal.within if playbook.goal else None
    event = Started(
        enrollment=key, playbook=playbook.first_name, account=subject.account, row=subject.row, episode=episode,
        definition=playbook.definition, arm=arm, on=today.day, by=by, at_start=at_start,
        watch_until=None if within is None else today.day + timedelta(days=within),
    )  # fmt: skip
    return Change(event, _why(playbook, subject, today))


def _remembered(name: str, value: Value) -> dict[str, Value]:
    memory = Memory("at_start", name)
    return {column_of(memory): value, known_column(memory): True}


def _why(playbook: Playbook, subject: Subject, today: Today) -> tuple[Evidence, ...]:
    asked = [condition for condition in (playbook.audience, playbook.trigger.when) if condition is not None]
    return tuple(explain(condition, subject.values, today.reckoning) for condition in asked)


@lru_cache(maxsize=1024)
def asked_at_start(playbook: Playbook) -> tuple[str, ...]:
    """The facts that its conditions compare with how they were at the start."""
    names = {
        part.subject
        for expression in expressions_of(playbook)
        for part in walk(expression)
        if isinstance(part, Memory) and part.function == "at_start"
    }
    return tuple(sorted(names))


def refusal(
    asked: StartAsked, playbook: Playbook | None, subject: Subject, before: Before, today: Today
) -> str | None:
    """Why a start asked for by a person cannot be; None where it can."""
    if playbook is None or playbook.status is Status.DRAFT:
        return f"the playbook '{asked.playbook}' is not live"
    if not subject.present:
        return "it is not in the snapshot"
    if not subject.active and not playbook.sees_inactive:
        return "the account is not active"
    if "csm" not in playbook.trigger.started_by:
        return "the playbook is started by its rule only"
    if before.is_open:
        return "it is in this playbook already"
    if before.treated and playbook.reentry is None:
        return "it has been in this playbook, and there is no reentry"
    if playbook.audience is not None and not answer(playbook.audience, subject.values, today.reckoning):
        return "it is not in the playbook's audience"
    return None


def refused(asked: StartAsked, why: str, day: date) -> Change:
    return Change(StartRefused(asked.playbook, asked.account, asked.row, day, why), note=why)


def first_owner(playbook: Playbook, subject: Subject, today: Today) -> str | None:
    """Who would get the first step that somebody owns; None where that cannot be known before it has begun."""
    for step in playbook.steps:
        cases = (
            step.verb.owner
            if isinstance(step.verb, Task | Approve)
            else step.verb.sender
            if isinstance(step.verb, Email)
            else None
        )
        if cases is not None:
            who = choose(cases, subject.values, today.reckoning)
            found = () if who is UNFIT else colleagues(who, subject, today)  # type: ignore[arg-type]
            return found[0].email if found else None
    return None
