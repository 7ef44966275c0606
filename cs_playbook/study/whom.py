"""Accounts and the rules of an `assign:` → which must stay together, and which people may own each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from msgspec import Struct

from cs_playbook.model.assignment import ACCOUNTS, MINUTES, Assignment, AssignRule, Matching
from cs_playbook.model.team import Person, Team
from cs_playbook.model.value import Value
from cs_playbook.source.finding import Span
from cs_playbook.study.owning import Owned


class Lead(Struct, frozen=True):
    """Who may own it. `among`: all that the rule names; `known`: who matches in each respect; `there`: who may get more."""

    among: tuple[str, ...]
    known: Mapping[Matching, frozenset[str]]
    people: tuple[str, ...]
    there: tuple[str, ...]

    def matching(self, one: Matching) -> frozenset[str]:
        return self.known[one]


class Unit(Struct, frozen=True):
    """Accounts that have one owner, mostly a single one. `place`: of the rule. `shared`: they belong together."""

    place: int
    rule: AssignRule
    accounts: tuple[Owned, ...]
    whom: Lead
    shared: bool = False

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.accounts)

    @property
    def share(self) -> Fraction:
        return sum((one.share for one in self.accounts), Fraction(0))

    @property
    def weight(self) -> float:
        """By what the rule balances."""
        if self.rule.balance == MINUTES:
            return self.minutes
        if self.rule.balance == ACCOUNTS:
            return len(self.accounts)
        values = (one.values.get(self.rule.balance) for one in self.accounts)
        return sum(float(value) for value in values if isinstance(value, int | float))


class Units(Struct, frozen=True):
    """`of`: account → its unit. `empty`: account → its rule, and the fact without which nobody can be chosen."""

    all: tuple[Unit, ...]
    of: Mapping[str, Unit]
    empty: Mapping[str, tuple[AssignRule, str]]


def units_of(accounts: Sequence[Owned], assignment: Assignment, team: Team, day: date) -> Units:
    groups: dict[tuple[object, ...], list[Owned]] = {}
    empty: dict[str, tuple[AssignRule, str]] = {}
    for one in accounts:
        if one.rule is None:
            continue
        rule = assignment.rules[one.rule]
        missing = next((fact for fact in _asked(rule) if one.values.get(fact) is None), None)
        if missing is not None:
            empty[one.key] = rule, missing
            continue
        same = None if rule.same_for is None else one.values.get(rule.same_for)
        groups.setdefault((one.rule, "", one.key) if same is None else (one.rule, "all", same), []).append(
            one
        )
    chooser = _Chooser(team, day, assignment.away)
    units = tuple(_unit(together, key[1] == "all", assignment, chooser) for key, together in groups.items())
    return Units(units, {one.key: unit for unit in units for one in unit.accounts}, empty)


def _unit(together: Sequence[Owned], shared: bool, assignment: Assignment, chooser: _Chooser) -> Unit:
    place = together[0].rule or 0
    rule = assignment.rules[place]
    return Unit(place, rule, tuple(together), chooser.whom(rule, together), shared)


def _asked(rule: AssignRule) -> tuple[str, ...]:
    """Without these nobody can be chosen."""
    facts = tuple(one.fact for one in rule.matching)
    return facts if rule.to.fact is None else (*facts, rule.to.fact)


class _Chooser:
    """Holds who has been found for the same question."""

    def __init__(self, team: Team, day: date, away: int) -> None:
        self._team, self._day, self._away = team, day, away
        self._found: dict[tuple[Span, tuple[Value, ...]], Lead] = {}

    def whom(self, rule: AssignRule, accounts: Sequence[Owned]) -> Lead:
        """Who may own all of them."""
        leads = [self._one(rule, one) for one in accounts]
        first = leads[0]
        if all(lead is first for lead in leads):
            return first
        people = tuple(one for one in first.people if all(one in lead.people for lead in leads))
        known = {
            matching: frozenset.intersection(*(lead.known[matching] for lead in leads))
            for matching in rule.matching
        }
        return Lead(first.among, known, people, tuple(one for one in people if one in first.there))

    def _one(self, rule: AssignRule, one: Owned) -> Lead:
        values = tuple(one.values.get(fact) for fact in _asked(rule))
        place = (rule.span, values)
        if place not in self._found:
            self._found[place] = self._look(rule, one)
        return self._found[place]

    def _look(self, rule: AssignRule, one: Owned) -> Lead:
        written = rule.to.people if rule.to.fact is None else (str(one.values.get(rule.to.fact)),)
        persons = {address: self._team.person(address) for address in written}
        among = tuple(person.email if person else address for address, person in persons.items())
        known = {
            matching: frozenset(
                person.email
                for person in persons.values()
                if person is not None and _knows(person, matching, one.values.get(matching.fact))
            )
            for matching in rule.matching
        }
        people = tuple(address for address in among if all(address in who for who in known.values()))
        return Lead(among, known, people, tuple(address for address in people if self._is_there(address)))

    def _is_there(self, address: str) -> bool:
        """Not away for longer than that, nor about to be."""
        person, soon = self._team.person(address), self._day + timedelta(days=self._away)
        return person is None or not any(
            one.first <= soon and (one.last - max(one.first, self._day)).days + 1 > self._away
            for one in person.away
        )


def _knows(person: Person, matching: Matching, value: Value) -> bool:
    known = person.speaks if matching.known == "speaks" else person.sectors
    return str(value).casefold() in {one.casefold() for one in known}
