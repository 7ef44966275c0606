"""Who starts today: candidates of a playbook, thinned by what happened before and by its limits; and starts asked by people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

from msgspec import Struct, field

from cs_playbook.model.answer import UNFIT, answer, choose, explain
from cs_playbook.model.asking import expressions_of
from cs_playbook.model.asks import with_defaults
from cs_playbook.model.columns import column_of, known_column
from cs_playbook.model.condition import Evidence
from cs_playbook.model.enrollment import Arm
from cs_playbook.model.event import StartAsked, Started, StartRefused
from cs_playbook.model.expression import Memory, Value, walk
from cs_playbook.model.keys import enrollment_key
from cs_playbook.model.playbook import ANYONE, PLAYBOOK, PLAYED, RULE, Playbook, Reentry, Status
from cs_playbook.model.team import RoleRef
from cs_playbook.plan.decision import Change, Held, HeldBy, Subject, Today
from cs_playbook.plan.people import colleagues
from cs_playbook.source.finding import NOWHERE


class Before(Struct, frozen=True):
    """What is known of one subject in one playbook: the number of the newest episode, whether one is open, when the last one ended.

    `watched`, `is_watched`: the same of those that were held out; to the rule they count as if treated.
    """

    count: int = 0
    treated: int = 0
    is_open: bool = False
    last_ended_on: date | None = None
    watched: int = 0
    is_watched: bool = False
    last_started_on: date | None = None


class Candidate(Struct, frozen=True):
    """Somebody the rule holds for. `since`: the first day it has fitted without a break.

    `barred`: why it is left alone today, or what is in the way.
    """

    account: str
    row: str | None
    since: date
    before: Before = Before()
    barred: Held | None = None


def _nobody(account: str) -> None:
    return None


class Room(Struct, frozen=True):
    """What is used up already of the limits: starts of today, and open enrollments by the owner of their newest task.

    `owner_of`: who would begin with an account. `given_out`: an earlier run has made the starts of this day; whoever
    could start since then begins tomorrow.
    """

    started_today: int = 0
    open_by_owner: Mapping[str, int] = field(default_factory=dict)
    owner_of: Callable[[str], str | None] = _nobody
    given_out: bool = False


def thin(
    playbook: Playbook, candidates: Iterable[Candidate], room: Room, skipped_since: date | None, day: date
) -> Iterator[tuple[Candidate, Held | None]]:
    """Candidates, longest first → each with why it is held, or None: it may start. Who was here before and stays out is left out.

    `skipped_since`: with `already_matching: skip`, the first live day: who has fitted since then without a break is left alone.
    """
    trickle = _Trickle(playbook, room, Counter(room.open_by_owner), room.started_today)
    for candidate in candidates:
        why = _not_again(playbook, candidate, skipped_since, day)
        if why is None:
            if not _is_new(playbook, candidate.before):
                continue
            why = _barred(playbook, candidate) or trickle.holds_back(candidate)
        yield candidate, why


def _barred(playbook: Playbook, candidate: Candidate) -> Held | None:
    """Asked before the limits: who cannot start takes no place from others."""
    if playbook.status is Status.PAUSED:
        return Held(HeldBy.PAUSED, playbook.name, None, "the playbook is paused: it opens nothing")
    return candidate.barred


class _Trickle(Struct):
    """So many a day, so many a person; the rest wait. `busy`: how many each person has. `crowded`: whether, once the day
    is full, anybody has as many as they may."""

    playbook: Playbook
    room: Room
    busy: Counter[str]
    begun: int
    crowded: bool | None = None

    def holds_back(self, candidate: Candidate) -> Held | None:
        """None: it starts, and has taken its place."""
        a_day, a_person = self.playbook.limits.new_per_day, self.playbook.limits.open_per_person
        if self.room.given_out:
            return _limited(self.playbook, "the starts of this day are made")
        full = a_day is not None and self.begun >= a_day
        owner = None if a_person is None or (full and not self._crowded(a_person)) else self._owner(candidate)
        if a_person is not None and owner is not None and self.busy[owner] >= a_person:
            return _limited(self.playbook, f"{owner} has {self.busy[owner]} open already, at most {a_person}")
        if full:
            return _limited(self.playbook, f"at most {a_day} new a day")
        self.begun += 1
        if owner is not None:
            self.busy[owner] += 1
        return None

    def _owner(self, candidate: Candidate) -> str | None:
        return self.room.owner_of(candidate.account)

    def _crowded(self, a_person: int) -> bool:
        """On a full day nobody gets more: where no one is at the limit, nobody need be asked who would begin."""
        if self.crowded is None:
            self.crowded = a_person <= max(self.busy.values(), default=0)
        return self.crowded


def _is_new(playbook: Playbook, before: Before) -> bool:
    """Not open, and either never here or allowed again."""
    if before.is_open or before.is_watched:
        return False
    return before.treated + before.watched == 0 or comes_again(playbook)


def comes_again(playbook: Playbook) -> bool:
    """Each time of a rhythm is an enrollment of its own; any other playbook says `reentry:`."""
    return playbook.reentry is not None or playbook.trigger.every is not None


def _not_again(
    playbook: Playbook, candidate: Candidate, skipped_since: date | None, day: date
) -> Held | None:
    before = candidate.before
    times = before.treated + before.watched
    if skipped_since is not None and times == 0 and candidate.since <= skipped_since:
        return Held(
            HeldBy.ALREADY,
            playbook.name,
            None,
            f"it fitted already on {skipped_since.isoformat()}, when the playbook went live",
        )
    if before.is_open or before.is_watched or times == 0 or playbook.reentry is None:
        return None
    return _rests(playbook, playbook.reentry, before, times, day)


def _rests(playbook: Playbook, again: Reentry, before: Before, times: int, day: date) -> Held | None:
    """It has been here too often, or too lately."""
    if again.at_most is not None and times >= again.at_most:
        return Held(
            HeldBy.RESTING, playbook.name, None, f"it has been here {times} times, at most {again.at_most}"
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


def start(
    playbook: Playbook, subject: Subject, before: Before, asked: StartAsked | None, today: Today
) -> Change | None:
    """The start of an enrollment, by the rule or `asked` by a person; None where its exit or its goal fits already."""
    given = with_defaults(playbook.asks, asked.given if asked else {})
    values = {**subject.values, **{f"given.{name}": value for name, value in given.items()}}
    at_start = {name: subject.values.get(name) for name in asked_at_start(playbook)}
    for name, value in at_start.items():
        values |= _remembered(name, value)
    ways_out = [way_out.when for way_out in playbook.exits] + ([playbook.goal.when] if playbook.goal else [])
    if any(answer(condition, values, today.reckoning) for condition in ways_out):
        return None
    episode = before.count + 1
    key = enrollment_key(today.key_name(subject.account), subject.row, playbook.first_name, episode)
    began = asked.began if asked else None
    within = playbook.goal.within if playbook.goal else None
    event = Started(
        enrollment=key, playbook=playbook.first_name, account=subject.account, row=subject.row, episode=episode,
        definition=playbook.definition, arm=_arm(playbook, subject, asked, today), on=today.day,
        per_value=bool(playbook.trigger.per_value), by=asked.by if asked else RULE, at_start=at_start, began=began, given=given,
        watch_until=None if within is None else (began or today.day) + timedelta(days=within),
    )  # fmt: skip
    return Change(event, _why(playbook, subject, today))


def _arm(playbook: Playbook, subject: Subject, asked: StartAsked | None, today: Today) -> Arm:
    """Only what the rule starts is drawn by lot: a person who asks has a reason."""
    if playbook.status is Status.SHADOW:
        return Arm.SHADOW
    return Arm.HELD_OUT if asked is None and today.watched(playbook, subject) else Arm.TREATED


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
    """Why a start asked for by a person cannot be; None where it can. Its `when` is never asked, its audience always."""
    if playbook is None or playbook.status not in (Status.LIVE, Status.SHADOW):
        return _not_open(asked, playbook)
    unseen = _unseen(playbook, subject)
    if unseen is not None:
        return unseen
    if not may_say(asked.by, playbook, subject, today):
        return who_may(playbook, asked.by)
    if playbook.trigger.per_value and subject.row is None:
        return f"{' or '.join(item.fact for item in playbook.trigger.per_value)} is empty: there is nothing it could be about"
    if before.is_open:
        return "it is in this playbook already"
    if asked.at is not None and playbook.step(asked.at) is None:
        return f"the playbook has no step '{asked.at}'"
    if playbook.audience is not None and not answer(playbook.audience, subject.values, today.reckoning):
        return "it is not in the playbook's audience"
    return None if asked.although else _been_here(playbook, before, today.day)


def _unseen(playbook: Playbook, subject: Subject) -> str | None:
    if not subject.present:
        return "it is not in the snapshot"
    if not subject.active and not playbook.sees_inactive:
        return "the account is not active"
    return None


def _not_open(asked: StartAsked, playbook: Playbook | None) -> str:
    match playbook.status if playbook else None:
        case Status.PAUSED:
            return "the playbook is paused: it opens nothing"
        case Status.DRAINING:
            return "the playbook takes no new ones: it is draining"
        case Status.RETIRED:
            return "the playbook is retired"
        case _:
            return f"the playbook '{asked.playbook}' is not live"


def _been_here(playbook: Playbook, before: Before, day: date) -> str | None:
    """What a person may overrule with a reason: it has been here, too lately or too often."""
    if not before.treated:
        return None
    if playbook.reentry is None:
        return None if comes_again(playbook) else "it has been in this playbook, and there is no reentry"
    resting = _rests(playbook, playbook.reentry, before, before.treated, day)
    return resting.why if resting else None


def may_say(by: str, playbook: Playbook, subject: Subject, today: Today) -> bool:
    """Whether `started_by:` names this person. Who gives no address of the team is believed to act for one who is named.

    A playbook that plays this one needs no leave: its author has said so where it is read.
    """
    named = starters(playbook)
    if by.startswith(PLAYED):
        return True
    if ANYONE in named or not named or today.catalog.team.person(by) is None:
        return bool(named)
    return any(
        person.email == by for role in named for person in colleagues(RoleRef(role, NOWHERE), subject, today)
    )


def starters(playbook: Playbook) -> list[str]:
    """The roles of people who may start it."""
    return [role for role in playbook.trigger.started_by if role not in (RULE, PLAYBOOK)]


def who_may(playbook: Playbook, by: str) -> str:
    named = starters(playbook)
    if not named:
        rule = RULE in playbook.trigger.started_by
        return f"the playbook is started by {'its rule' if rule else 'other playbooks'} only"
    return f"{by} is not its {' or '.join(named)}, who may start it"


def refused(asked: StartAsked, why: str, day: date) -> Change:
    return Change(StartRefused(asked.playbook, asked.account, asked.row, day, why), note=why)


def first_owner(playbook: Playbook, subject: Subject, today: Today) -> str | None:
    """Who would get the first step that somebody owns; None where that cannot be known before it has begun."""
    for step in playbook.steps:
        if step.owner is not None:
            who = choose(step.owner, subject.values, today.reckoning)
            found = () if who is UNFIT else colleagues(who, subject, today)
            return found[0].email if found and not found[0].pool else None
    return None
