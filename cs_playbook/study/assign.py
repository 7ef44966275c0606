"""Accounts with the rule that takes each, and the team → who should own what: who moves and why, who stays, who has nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import chain

from msgspec import Struct

from cs_playbook.model.assignment import Assignment, Freeze
from cs_playbook.model.team import Team
from cs_playbook.model.value import Value
from cs_playbook.study.owning import Books, Load, Owned, room_of
from cs_playbook.study.whom import Unit, Units, units_of

EXCHANGES = 3  # accounts that change hands so that one more has an owner
MOST_TRIES = 20_000  # where so many find nothing there is no room, and the search is not worth its time


class Cause(StrEnum):
    """Why an account goes to somebody else, or why it has nobody (better)."""

    NO_OWNER = "no owner"
    NOT_AMONG = "not among them"
    MATCHING = "does not match"
    MAKES_ROOM = "makes room"
    TOGETHER = "one owner for all"
    TOO_MUCH = "more than they can carry"
    FROZEN = "frozen"
    NO_RULE = "no rule fits"
    UNKNOWN = "unknown"
    EMPTY = "empty"
    NOBODY = "nobody matches"
    AWAY = "away"
    NO_ROOM = "no room"


class Said(Struct, frozen=True):
    """A cause; `what`: the fact, or what is known of people; `value`: of the account."""

    cause: Cause
    what: str = ""
    value: str = ""


class Going(Struct, frozen=True):
    """`before` "": it had nobody. `rule`: by its name."""

    account: Owned
    before: str
    now: str
    rule: str
    said: Said


class Left(Struct, frozen=True):
    """What should move and does not, and what has nobody; `rule` "": none takes it."""

    account: Owned
    rule: str
    said: Said


class Carried(Struct, frozen=True):
    """What a person has before and after; `minutes`: that they have a month; None where nobody says."""

    owner: str
    name: str
    before: Load
    after: Load
    minutes: Fraction | None

    @property
    def over(self) -> bool:
        return self.after.share > 1 or (self.minutes is not None and self.after.minutes > self.minutes)


class Proposal(Struct, frozen=True):
    """Of one `assign:`. Moves in order of rule and account; `kept`: rule → accounts that stay with a right owner."""

    segmentation: str
    assignment: Assignment
    day: date
    moves: tuple[Going, ...]
    left: tuple[Left, ...]
    kept: Mapping[str, int]
    people: tuple[Carried, ...]
    freeze: Freeze | None = None


def assign(
    segmentation: str, assignment: Assignment, accounts: Iterable[Owned], team: Team, day: date
) -> Proposal:
    """`accounts`: all active ones, owners spelt as the team spells them. Neither their order nor a second run matters."""
    ordered = tuple(sorted(accounts, key=lambda one: one.key))
    units, freeze = units_of(ordered, assignment, team, day), assignment.freeze(day)
    books = Books(ordered, {person.email: room_of(person) for person in team.people})
    before, crowded = books.loads(), frozenset(books.over())
    _settle(units, books, freeze is not None)
    moves = tuple(_moves(units, books, ordered, crowded))
    left = tuple(_left(units, books, ordered, freeze))
    return Proposal(
        segmentation, assignment, day, moves, left, _kept(units, books, moves, left),
        tuple(_carried(team, before, books.loads(), books)), freeze,
    )  # fmt: skip


# --- who goes where ---


def _settle(units: Units, books: Books, frozen: bool) -> None:
    """Until nothing can be made better: so a second run has nothing to say."""
    ordered, moved = sorted(units.all, key=_first_comes_first), 1
    while moved:
        if not frozen:
            books.leaving(_in_wrong_hands(units, books))
        moved = sum(_place(unit, books, frozen) for unit in ordered)
        if not frozen:
            held = _held(units, books)
            moved += sum(_relieve(owner, held.get(owner, []), books) for owner in books.over())
        if not frozen and not moved:  # only where nothing simpler helps: two accounts change hands for one
            moved = _make_room(ordered, _held(units, books), books)


def _in_wrong_hands(units: Units, books: Books) -> Iterator[Owned]:
    for unit in units.all:
        yield from (one for one in unit.accounts if books.owner(one) not in unit.whom.people)


def _first_comes_first(unit: Unit) -> tuple[int, float, int, str]:
    """Earlier rules first, then the largest."""
    return unit.place, -unit.weight, -unit.minutes, unit.accounts[0].key


def _place(unit: Unit, books: Books, frozen: bool) -> bool:
    """Whether accounts that are in the wrong hands have gone into the right ones."""
    going = [one for one in unit.accounts if not (frozen and books.owner(one))]
    lead = _lead(unit, books, going)
    if lead is None:
        return False
    wrong = [one for one in going if books.owner(one) != lead]
    books.give(wrong, lead)
    return bool(wrong)


def _make_room(units: Sequence[Unit], held: Mapping[str, Sequence[Unit]], books: Books) -> bool:
    """Whether somebody has given one account away, and taken one that is in the wrong hands, or with who has too much."""
    wrong = (unit for unit in units if any(books.owner(one) not in unit.whom.people for one in unit.accounts))
    too_many = (
        unit for owner in books.over() for unit in held.get(owner, ()) if books.relieves(owner, unit.accounts)
    )
    tries = iter(range(MOST_TRIES))
    return any(_exchanged(unit, held, books, EXCHANGES, tries) for unit in chain(wrong, too_many))


def _exchanged(
    unit: Unit, held: Mapping[str, Sequence[Unit]], books: Books, depth: int, tries: Iterator[int]
) -> bool:
    """Whoever has the least is asked first: whether one of theirs finds room elsewhere, or finds it in the same way."""
    before = [books.owner(one) for one in unit.accounts]
    for owner, other in _to_ask(unit, held, books):
        if next(tries, None) is None:
            return False
        books.give(other.accounts, "")
        if books.has_room(owner, unit.accounts):
            books.give(unit.accounts, owner)
            lead = _least(other, books, other.accounts, but=owner)
            if lead is not None:
                books.give(other.accounts, lead)
            if lead is not None or (depth > 1 and _exchanged(other, held, books, depth - 1, tries)):
                return True
            for one, whose in zip(unit.accounts, before, strict=True):
                books.give([one], whose)
        books.give(other.accounts, owner)
    return False


def _to_ask(unit: Unit, held: Mapping[str, Sequence[Unit]], books: Books) -> Iterator[tuple[str, Unit]]:
    """(who could have it, what they could give away for it). Asked one by one: meanwhile books change and change back."""
    weigh = books.weigh(unit.rule.balance, unit.whom.there, unit.accounts)
    before = {books.owner(one) for one in unit.accounts}
    for owner in sorted(unit.whom.there, key=lambda one: (weigh(one), one)):
        for other in held.get(owner, ()) if owner not in before else ():
            if other is not unit and all(books.owner(one) == owner for one in other.accounts):
                yield owner, other


def _lead(unit: Unit, books: Books, going: Sequence[Owned]) -> str | None:
    """Who has most of them already and may own all, else whoever has the least; None where nobody can."""
    if all(books.owner(one) in unit.whom.people for one in going) and not unit.shared:
        return None
    having = Counter(owner for one in unit.accounts if (owner := books.owner(one)) in unit.whom.people)
    for owner, _ in sorted(having.items(), key=lambda item: (-item[1], item[0])):
        rest = [one for one in going if books.owner(one) != owner]
        if not rest or (owner in unit.whom.there and books.has_room(owner, rest)):
            return owner
    return None if len(going) < len(unit.accounts) and having else _least(unit, books, going)


def _least(unit: Unit, books: Books, going: Sequence[Owned], but: str = "") -> str | None:
    able = [one for one in unit.whom.there if one != but and books.has_room(one, going)]
    weigh = books.weigh(unit.rule.balance, able, going)
    return min(able, key=lambda one: (weigh(one), one), default=None)


def _held(units: Units, books: Books) -> dict[str, list[Unit]]:
    """Owner → what is theirs alone, the smallest first."""
    held: dict[str, list[Unit]] = {}
    for unit in sorted(units.all, key=_size):
        owners = {books.owner(one) for one in unit.accounts}
        if len(owners) == 1:
            held.setdefault(owners.pop(), []).append(unit)
    return held


def _relieve(owner: str, theirs: list[Unit], books: Books) -> bool:
    """Whether somebody who has too much has less of it now."""
    moved = False
    while (found := _one_less(owner, theirs, books)) is not None:
        unit, lead = found
        books.give(unit.accounts, lead)
        theirs.remove(unit)
        moved = True
    return moved


def _one_less(owner: str, theirs: Sequence[Unit], books: Books) -> tuple[Unit, str] | None:
    """The smallest that is enough, else the largest that somebody has room for: so as few as possible move."""
    able = [unit for unit in theirs if books.relieves(owner, unit.accounts)]
    enough = [unit for unit in able if books.enough(owner, unit.accounts)]
    rest = [unit for unit in reversed(able) if unit not in enough]
    for unit in (*enough, *rest):
        lead = _least(unit, books, unit.accounts, but=owner)
        if lead is not None:
            return unit, lead
    return None


def _size(unit: Unit) -> tuple[int, Fraction, int, str]:
    return unit.minutes, unit.share, -len(unit.accounts), unit.accounts[0].key


# --- what is told ---


def _moves(units: Units, books: Books, accounts: Sequence[Owned], crowded: frozenset[str]) -> Iterable[Going]:
    """`crowded`: who had too much."""
    found = [one for one in accounts if books.owner(one) != one.owner]
    for one in sorted(found, key=lambda one: (units.of[one.key].place, one.key)):
        unit = units.of[one.key]
        yield Going(one, one.owner, books.owner(one), unit.rule.name, _why_not(one, unit, crowded))


def _why_not(one: Owned, unit: Unit, crowded: frozenset[str]) -> Said:
    """Why the owner they have, or have not, cannot be it."""
    whom = unit.whom
    if not one.owner:
        return Said(Cause.NO_OWNER)
    if one.owner not in whom.among:
        return Said(Cause.NOT_AMONG, unit.rule.to.called)
    for matching in unit.rule.matching:
        if one.owner not in whom.matching(matching):
            return Said(Cause.MATCHING, matching.known, _text(one.values.get(matching.fact)))
    same = unit.rule.same_for
    if unit.shared and same is not None and len({each.owner for each in unit.accounts}) > 1:
        return Said(Cause.TOGETHER, same, _text(one.values.get(same)))
    return Said(Cause.TOO_MUCH if one.owner in crowded else Cause.MAKES_ROOM)


def _left(units: Units, books: Books, accounts: Sequence[Owned], freeze: Freeze | None) -> Iterable[Left]:
    for one in accounts:
        unit, owner = units.of.get(one.key), books.owner(one)
        if unit is not None:
            right = owner in unit.whom.people and len({books.owner(each) for each in unit.accounts}) == 1
            if not right:
                yield Left(one, unit.rule.name, _what_fails(unit, owner, freeze))
        elif one.key in units.empty:
            rule, fact = units.empty[one.key]
            yield Left(one, rule.name, Said(Cause.EMPTY, fact))
        elif not owner:
            yield Left(
                one,
                one.unknown,
                Said(Cause.UNKNOWN, one.unknown, one.empty) if one.unknown else Said(Cause.NO_RULE),
            )


def _what_fails(unit: Unit, owner: str, freeze: Freeze | None) -> Said:
    """Which part of the matching leaves nobody."""
    if freeze is not None and owner:
        return Said(Cause.FROZEN, value=freeze.last.isoformat())
    people = set(unit.whom.among)
    for matching in unit.rule.matching:
        people &= unit.whom.matching(matching)
        if not people:
            return Said(Cause.NOBODY, matching.known, _text(unit.accounts[0].values.get(matching.fact)))
    if not people:
        return Said(Cause.NOBODY)
    if not unit.whom.there:
        return Said(Cause.AWAY)
    return Said(Cause.NO_ROOM, unit.rule.same_for or "" if unit.shared else "")


def _text(value: Value) -> str:
    return "" if value is None else str(value)


def _kept(units: Units, books: Books, moves: Sequence[Going], left: Sequence[Left]) -> dict[str, int]:
    told = {one.account.key for one in moves} | {one.account.key for one in left}
    kept = dict.fromkeys((unit.rule.name for unit in sorted(units.all, key=lambda unit: unit.place)), 0)
    for key, unit in units.of.items():
        kept[unit.rule.name] += key not in told
    return kept


def _carried(
    team: Team, before: Mapping[str, Load], after: Mapping[str, Load], books: Books
) -> Iterable[Carried]:
    none = Load()
    for owner in sorted({*before, *after} - {""}):
        person = team.person(owner)
        name = person.name if person is not None else owner
        yield Carried(owner, name, before.get(owner, none), after.get(owner, none), books.room.get(owner))
