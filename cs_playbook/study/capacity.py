"""What is asked of people in the weeks to come, and what they have → who is over, and how many accounts nobody can afford.

Minutes are fractions to the end: a promise of 45 minutes a month is 45 × 12 / 52 a week.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from msgspec import Struct, field

from cs_playbook.model.team import Person, Team
from cs_playbook.model.time import Calendar
from cs_playbook.plan.ahead import Ahead

FEWEST, MOST = 1, 13  # weeks
A_MONTH = Fraction(52, 12)  # weeks
PROMISE = "promise: "


class Week(Struct, frozen=True):
    """From a day to the Sunday after it, both included: this week from today on, the others from Monday."""

    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


class Standing(Struct, frozen=True):
    """Accounts of one owner ("" nobody) in one segment, each with a promise of so many minutes a month."""

    segment: str
    owner: str
    accounts: int
    minutes: int


class PersonWeek(Struct, frozen=True):
    """`has`: None where nobody says. `asked`: minutes by playbook, and by promise. `possible`: besides, if answers say so."""

    has: Fraction | None
    asked: Mapping[str, Fraction]
    possible: Fraction = Fraction(0)

    @property
    def total(self) -> Fraction:
        return sum(self.asked.values(), Fraction(0))

    @property
    def over(self) -> Fraction:
        """0 where it is not too much, or nobody says how much it may be."""
        return Fraction(0) if self.has is None else max(self.total - self.has, Fraction(0))


class PersonLoad(Struct, frozen=True):
    """`owner` "": lines that nobody has yet. `unplaced`: minutes of steps of which no day can be known."""

    owner: str
    name: str
    weeks: tuple[PersonWeek, ...]
    unplaced: Fraction = Fraction(0)


class Reached(Struct, frozen=True):
    """Of the accounts of a segment, how many can be given what is promised; `left`: minutes a month after that."""

    segment: str
    accounts: int
    minutes: int
    affordable: int
    left: Fraction

    @property
    def without(self) -> int:
        return self.accounts - self.affordable


class Reach(Struct, frozen=True):
    """All minutes a month. `people` have `has`; playbooks ask `playbooks` of it; the rest goes to `segments`, in their order.

    `together`: minutes of an account that is looked after one-to-many: the smallest promise; None: there is none.
    """

    people: int
    has: Fraction
    playbooks: Fraction
    segments: tuple[Reached, ...]
    together: int | None = None

    @property
    def for_promises(self) -> Fraction:
        return max(self.has - self.playbooks, Fraction(0))

    @property
    def without(self) -> int:
        """Accounts that nobody can be afforded for, those aside that are looked after one-to-many anyway."""
        return sum(one.without for one in self.one_to_one)

    @property
    def one_to_one(self) -> tuple[Reached, ...]:
        return tuple(one for one in self.segments if one.minutes != self.together)

    @property
    def missing(self) -> Fraction:
        """Minutes a month that the promises to those accounts ask."""
        return Fraction(sum(one.without * one.minutes for one in self.one_to_one))

    @property
    def saved(self) -> Fraction:
        """What is not asked where they are looked after one-to-many."""
        return self.missing - self.without * (self.together or 0)

    @property
    def person(self) -> Fraction:
        """A month of one of them, on average."""
        return self.has / self.people if self.people else Fraction(0)

    @property
    def pays_off(self) -> bool:
        """Once it spares a whole person."""
        return self.together is not None and self.people > 0 and self.saved >= self.person


class Capacity(Struct, frozen=True):
    """`people`: who is asked most first; nobody's lines last. `reach` None: no segment promises minutes, or nobody has any."""

    day: date
    weeks: tuple[Week, ...]
    people: tuple[PersonLoad, ...]
    reach: Reach | None = None


def weeks_from(day: date, count: int) -> tuple[Week, ...]:
    monday = day - timedelta(days=day.weekday())
    starts = [monday + timedelta(weeks=n) for n in range(count)]
    return tuple(Week(max(start, day), start + timedelta(days=6)) for start in starts)


def minutes_had(person: Person, week: Week, calendar: Calendar) -> Fraction | None:
    """Their minutes a week, less the days on which they are away and holidays; of this week only what is left."""
    if person.minutes_per_week is None:
        return None
    there = sum(calendar.is_worked(day) and person.absence(day) is None for day in week.days)
    return Fraction(person.minutes_per_week * there, len(calendar.week))


def promised(minutes_a_month: int, accounts: int, week: Week, calendar: Calendar) -> Fraction:
    """The part of a promise that falls into a week; a holiday does not take it away."""
    days = sum(day.weekday() in calendar.week for day in week.days)
    return minutes_a_month * accounts / A_MONTH * Fraction(days, len(calendar.week))


def reach(people: int, has: Fraction, playbooks: Fraction, standing: Sequence[tuple[str, int, int]]) -> Reach:
    """`has`, `playbooks`: minutes a month. `standing`: (segment, accounts, minutes a month each), the first served first.

    Where promises differ the smallest is kept one-to-many, and it is kept before all others: it costs next to nothing.
    """
    sizes = sorted({minutes for _, _, minutes in standing})
    together = sizes[0] if len(sizes) > 1 else None
    left, found = max(has - playbooks, Fraction(0)), []
    for segment, accounts, minutes in sorted(standing, key=lambda one: one[2] != together):
        affordable = min(accounts, int(left / minutes)) if minutes else accounts
        left -= affordable * minutes
        found.append(Reached(segment, accounts, minutes, affordable, left))
    return Reach(people, has, playbooks, tuple(found), together)


def capacity(
    day: date,
    count: int,
    lines: Iterable[Ahead],
    standing: Sequence[Standing],
    team: Team,
    calendar: Calendar,
) -> Capacity:
    """`count`: weeks. `lines`: of all open enrollments. `standing`: segments in their order."""
    counting = _Counting(weeks_from(day, count))
    for line in lines:
        counting.add(line)
    for one in standing:
        counting.promise(one, calendar)
    owners = {*counting.owners(), *(person.email for person in team.people if person.minutes_per_week)}
    loads = [counting.load(owner, team.person(owner), calendar) for owner in owners]
    people = tuple(sorted(loads, key=lambda load: (not load.owner, -_most(load), load.owner)))
    return Capacity(day, counting.weeks, people, _reach(counting, standing, team))


def _most(load: PersonLoad) -> Fraction:
    return sum((week.total for week in load.weeks), Fraction(0))


def _reach(counting: _Counting, standing: Sequence[Standing], team: Team) -> Reach | None:
    """Of all who have minutes together, in a month without holidays."""
    having = {person.email: person.minutes_per_week for person in team.people if person.minutes_per_week}
    if not having or not standing:
        return None
    segments = dict.fromkeys((one.segment, one.minutes) for one in standing)
    accounts = Counter[str]()
    for one in standing:
        accounts[one.segment] += one.accounts
    asked = [(segment, accounts[segment], minutes) for segment, minutes in segments]
    has, playbooks = sum(having.values()), counting.of_playbooks(set(having))
    return reach(len(having), has * A_MONTH, playbooks * A_MONTH, asked)


class _Counting(Struct):
    """Holds the minutes while the lines go by."""

    weeks: tuple[Week, ...]
    asked: dict[tuple[str, int], dict[str, Fraction]] = field(default_factory=dict)
    possible: Counter[tuple[str, int]] = field(default_factory=Counter)
    unplaced: Counter[str] = field(default_factory=Counter)

    def add(self, line: Ahead) -> None:
        place = None if line.due is None else self._week(line.due)
        if line.due is None:
            self.unplaced[line.owner] += line.minutes
        elif place is not None and line.is_sure:
            self._ask(line.owner, place, line.playbook, Fraction(line.minutes))
        elif place is not None:
            self.possible[line.owner, place] += line.minutes

    def promise(self, one: Standing, calendar: Calendar) -> None:
        for place, week in enumerate(self.weeks):
            minutes = promised(one.minutes, one.accounts, week, calendar)
            self._ask(one.owner, place, f"{PROMISE}{one.segment}", minutes)

    def _ask(self, owner: str, week: int, what: str, minutes: Fraction) -> None:
        mine = self.asked.setdefault((owner, week), {})
        mine[what] = mine.get(what, Fraction(0)) + minutes

    def _week(self, due: date) -> int | None:
        return next((place for place, week in enumerate(self.weeks) if due <= week.last), None)

    def owners(self) -> set[str]:
        return {owner for owner, _ in (*self.asked, *self.possible)} | set(self.unplaced)

    def of_playbooks(self, owners: set[str]) -> Fraction:
        """Minutes a week that they ask of these people, on average."""
        mine = (asked for (owner, _), asked in self.asked.items() if owner in owners)
        lines = (items for asked in mine for items in asked.items())
        total = sum((minutes for what, minutes in lines if not what.startswith(PROMISE)), Fraction(0))
        days = (self.weeks[-1].last - self.weeks[0].first).days + 1
        return total * 7 / days

    def load(self, owner: str, person: Person | None, calendar: Calendar) -> PersonLoad:
        weeks = tuple(
            PersonWeek(
                None if person is None else minutes_had(person, week, calendar),
                self.asked.get((owner, place), {}), Fraction(self.possible[owner, place]),
            )
            for place, week in enumerate(self.weeks)
        )  # fmt: skip
        name = person.name if person is not None else owner
        return PersonLoad(owner, name, weeks, Fraction(self.unplaced[owner]))
